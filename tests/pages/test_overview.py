"""Overview: the answer in a sentence, the cards, the table that chooses a run, and runs that cannot be read."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ferkit.published import comparable, published
from tests.pages.components import rows, sent

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "sklearn", "scipy", "umap", "numba")


def text(at) -> str:  # type: ignore[no-untyped-def]
    """All text of a page."""
    kinds = ("markdown", "caption", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


def manifest(world, run: str) -> dict:  # type: ignore[no-untyped-def, type-arg]
    return json.loads((world.checkpoints / run / "run.json").read_text())


def copy(world, path: Path):  # type: ignore[no-untyped-def]
    """The runs of a world in a separate folder, to be changed."""
    changed = type(world)(path)
    shutil.copytree(world.checkpoints, changed.checkpoints, dirs_exist_ok=True)
    return changed


def test_it_names_the_best_run_and_whether_its_lead_is_significant(gray_world, app) -> None:
    at = app(gray_world, "overview")
    assert not at.exception
    scores = {name: manifest(gray_world, name)["scores"]["val"] for name in ("alpha", "beta")}
    first = max(scores, key=lambda name: scores[name]["accuracy"])
    assert f"**{first} " in text(at)
    assert f"{100 * scores[first]['accuracy']:.1f}% of {scores[first]['n']} val faces" in text(at)
    assert "p = " in text(at) or "p < " in text(at)


def test_the_cards_show_the_chosen_run_and_its_difference_with_an_interval(gray_world, app) -> None:
    at = app(gray_world, "overview", run="beta", base="alpha")
    scores = manifest(gray_world, "beta")["scores"]["val"]
    cards = {card["label"]: card for card in sent(at, "cards")[0]["cards"]}
    assert cards["Accuracy"]["value"].startswith(f"{100 * scores['accuracy']:.1f} ±")
    assert cards["Macro-F1"]["value"] == f"{scores['macro_f1']:.3f}"
    assert "points [" in cards["Accuracy"]["note"] and "-" not in cards["Accuracy"]["note"]
    assert cards["Calibration (ECE)"]["note"].endswith("% uncalibrated")
    recalls = {name: row["recall"] for name, row in scores["per_class"].items() if row["support"]}
    assert recalls[cards["Worst class"]["value"]] == min(recalls.values())
    assert "Differences to **alpha** on the same" in text(at)


def test_the_table_is_sorted_and_the_chosen_run_selected(gray_world, app) -> None:
    at = app(gray_world, "overview", run="beta", base="alpha")
    scores = [float(row["Accuracy"].rstrip("%")) for row in rows(at, "All runs")]
    assert scores == sorted(scores, reverse=True)
    chosen = sent(at, "table")[0]["chosen"]
    assert chosen == [[row["Run"] for row in rows(at, "All runs")].index("beta")]


def test_a_run_chosen_among_seeds_says_so(gray_world, app, tmp_path) -> None:
    world = copy(gray_world, tmp_path / "seeds")
    common = {"macro_f1": 0.6, "balanced_accuracy": 0.6, "ece": 0.05}
    seeds = [
        {"run": f"beta-{i}", "seed": i, "accuracy": value, "dedup_accuracy": value - 0.1, **common}
        for i, value in enumerate((0.7, 0.71, 0.72))
    ]
    path = world.checkpoints / "beta" / "run.json"
    path.write_text(json.dumps(manifest(world, "beta") | {"seeds": seeds}))
    shown = text(app(world, "overview", data="tiny", run="beta"))
    assert "Trained 3 times with different seeds: 71.0 ± 1.0%" in shown and "Dashes: the same training" in shown
    assert "Trained" not in text(app(world, "overview", data="tiny", run="alpha"))


def test_scores_on_training_faces_rank_no_run(gray_world, app, tmp_path) -> None:
    world = copy(gray_world, tmp_path / "fitted")
    for run in ("alpha", "beta"):
        folder, scores = world.checkpoints / run, manifest(world, run)["scores"]
        (folder / "run.json").write_text(
            json.dumps(manifest(world, run) | {"scores": scores | {"train": scores["val"]}})
        )
        shutil.copy(folder / "val.parquet", folder / "train.parquet")
    at = app(world, "overview", data="tiny", run="beta", base="alpha", split="train")
    assert not at.exception and "No ranking on these faces: every run was trained on them" in text(at)
    assert "In-sample: **beta** was trained on these faces" in text(at) and " is best" not in text(at)
    assert [row["Evaluation"] for row in rows(at, "All runs")] == ["in-sample", "in-sample"]


def test_a_broken_run_is_one_line_at_the_end_and_the_rest_is_shown(gray_world, app, tmp_path) -> None:
    world = copy(gray_world, tmp_path / "broken")
    (world.checkpoints / "mangled").mkdir()
    (world.checkpoints / "mangled" / "run.json").write_text('{"classes": [')
    (world.checkpoints / "beta" / "val.parquet").unlink()
    at = app(world, "overview")
    assert not at.exception
    assert at.caption[-1].value.startswith("Left out, because they cannot be read:\n\n- mangled: mangled/run.json")
    assert {row["Run"] for row in rows(at, "All runs")} == {"alpha", "beta"}


def test_an_untrusted_name_is_escaped_in_markdown(gray_world, app, tmp_path) -> None:
    world = copy(gray_world, tmp_path / "hostile")
    folder = world.checkpoints / "mangled"
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(manifest(world, "alpha") | {"model": "![x](http://example.org/x.png)"}))
    shown = text(app(world, "overview"))
    assert "mangled" in shown and "![x]" not in shown


def test_the_other_worlds_are_drawn_or_show_the_next_step(colour_world, imageless_world, empty_world, app) -> None:
    at = app(colour_world, "overview", data="colour")
    assert not at.exception and "**rgb classifies" in text(at)
    assert not app(imageless_world, "overview").exception
    at = app(empty_world, "overview")
    assert not at.exception and "python -m ferkit train" in text(at)


def test_it_draws_without_heavy_imports(gray_world) -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "at = AppTest.from_file('dashboard/app.py', default_timeout=120).run()\n"
        "assert not at.exception and at.get('bidi_component')\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=gray_world.environment, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


def test_people_and_published_results_are_shown_for_the_seven_emotions_only() -> None:
    assert comparable(("Angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"))
    assert not comparable(("angry", "happy", "sad"))
    results = published()
    assert all(0.5 < result.accuracy < 0.8 and result.parameters > 10_000 for result in results)
    assert all(result.split and result.protocol for result in results)
    assert [result.parameters for result in results] == sorted(result.parameters for result in results)


@pytest.mark.parametrize(("base", "files"), [("alpha", "beta and alpha"), ("", "beta")])
def test_the_report_is_offered_and_names_its_runs(gray_world, app, base: str, files: str) -> None:
    at = app(gray_world, "overview", run="beta", base=base)
    (button,) = [b for b in at.get("download_button") if "report" in b.label]
    assert button.proto.label.startswith("Write report") and button.proto.help.startswith(f"{files} in one HTML file")
