"""Slices: weak slices, properties, tags and corruptions, each with the faces it leads to."""

import base64
import json
import shutil
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import slices as charts
from dashboard.slices import weak
from ferkit.audit import store as audits
from ferkit.data import store
from ferkit.runs import open_run
from ferkit.runs.robustness import RECALL
from tests.pages.components import control
from tests.worlds import World


@pytest.fixture(scope="module")
def audited(gray_world, tmp_path_factory) -> World:  # type: ignore[no-untyped-def]
    """`gray_world` with an audit, and with stored scores of `alpha` on corrupted faces."""
    world = World(tmp_path_factory.mktemp("audited"))
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    patch = pytest.MonkeyPatch()
    world.enter(patch)
    try:
        faces = store.load("tiny")
        audits.save(faces, audits.audit(faces))
        corrupt()
    finally:
        patch.undo()
    return world


def corrupt() -> None:
    """Scores on two strengths of one kind: the first changes nothing, the second makes every face the first class."""
    run = open_run("alpha")
    results = run.results()
    table = results.predictions("val")
    pred = table[[name for name in table.columns if name.startswith("logit ")]].to_numpy().argmax(1).astype(np.uint8)
    right = float((pred == table["label"].to_numpy()).mean())
    rows = [("as released", 0, right), ("blur", 1, right), ("blur", 2, 0.1)]
    scores = [
        {"kind": kind, "strength": s, "amount": float(s), "n": len(pred), "accuracy": share, "accuracy_low": 0.0,
         "accuracy_high": 1.0, "macro_f1": share, **{RECALL + name: share for name in run.classes}}
        for kind, s, share in rows
    ]  # fmt: skip
    pd.DataFrame(scores).to_parquet(results.path / "val-robustness.parquet", index=False)
    faces = {"id": table["id"], "as released 0": pred, "blur 1": pred, "blur 2": np.zeros_like(pred)}
    pd.DataFrame(faces).to_parquet(results.path / "val-corrupted.parquet", index=False)


def part(at, name: str) -> list[dict]:  # type: ignore[no-untyped-def]
    """What the browser gets for the components of that name."""
    parts = [p.proto for p in at.get("bidi_component") if p.proto.component_name == f"ferkit_{name}"]
    return [json.loads(proto.json) for proto in parts]


def shown(at, n: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    (gallery,) = part(at, "gallery")
    bits = np.unpackbits(np.frombuffer(base64.b64decode(gallery["rows"]), np.uint8), bitorder="little")
    return np.flatnonzero(bits[:n])


def frame(world: World, run: str = "alpha") -> pd.DataFrame:
    return pd.read_parquet(world.checkpoints / run / "val.parquet")


@pytest.mark.parametrize("by", ["Weak slices", "By property", "Tags", "Corruptions"])
@pytest.mark.parametrize("world", ["audited", "gray_world", "imageless_world", "colour_world"])
def test_every_view_is_drawn_in_every_world(app, request, world: str, by: str) -> None:
    there = request.getfixturevalue(world)
    at = app(there, "slices", data="colour" if world == "colour_world" else "tiny", by=by)
    assert not at.exception and not at.error
    assert len(part(at, "gallery")) == 1
    assert any("eakest" in text.value or "stands out" in text.value for text in at.markdown)
    offered = [button for button in at.button if button.key == "audit-start"]
    assert len(offered) == (by in ("Weak slices", "By property") and world in ("gray_world", "colour_world"))


def test_the_bars_of_a_property_are_shares_of_its_faces_and_a_slice_in_the_address_holds_them(app, audited) -> None:
    at = app(audited, "slices", data="tiny", run="alpha", by="By property", property="brightness")
    (drawn,) = part(at, "chart")
    bars = next(mark for mark in drawn["marks"] if mark["kind"] == "bars")
    assert drawn["title"].startswith("Accuracy by brightness") and len(bars["y"]) == 8
    table = frame(audited)
    values = pd.read_parquet(audited.data / "tiny-audit.parquet").set_index("id")["brightness"].loc[table["id"]]
    low, high, members = charts.bins(values.to_numpy(float))[2]
    assert drawn["table"]["faces"][2] == members.sum()
    name, a, b = weak.outward("brightness", low, high)
    at = app(audited, "slices", data="tiny", run="alpha", by="By property", property="brightness",
             slices=f"{quote(name)}:{a:.6g}:{b:.6g}")  # fmt: skip
    assert shown(at, len(table)).tolist() == np.flatnonzero(members).tolist()
    assert part(at, "chart")[0]["chosen"] == [2]


def test_a_range_of_six_digits_loses_no_face() -> None:
    values = np.random.default_rng(0).normal(0, [[1e-5], [1.0], [1e4]], (3, 400)).astype(np.float32)
    for row in values:
        low, high = float(row.min()), float(row.max())
        name, a, b = weak.outward("x", low, high)
        assert (name, float(f"{a:.6g}"), float(f"{b:.6g}")) == ("x", a, b)
        assert a <= low and b >= high
        assert abs(a - low) <= 1e-5 * abs(low) and abs(b - high) <= 1e-5 * abs(high)


def test_tags_have_counts_and_accuracy_and_filter_the_faces(app, audited) -> None:
    at = app(audited, "slices", data="tiny", run="alpha", by="Tags")
    (table,) = part(at, "table")
    rows = {row[0][0]: row for row in table["rows"]}
    n = int(rows["unsure"][1][0].replace(",", ""))
    at = app(audited, "slices", data="tiny", run="alpha", by="Tags", tags="unsure")
    assert len(shown(at, len(frame(audited)))) == n > 0
    (table,) = part(at, "table")
    assert [table["rows"][i][0][0] for i in table["chosen"]] == ["unsure"]
    assert control(at, "chip-tags-0")["label"] == "unsure"


def test_a_corruption_shows_the_faces_that_it_breaks(app, audited) -> None:
    table = frame(audited)
    logits = table[[name for name in table.columns if name.startswith("logit ")]].to_numpy()
    right = logits.argmax(1) == table["label"].to_numpy()
    at = app(audited, "slices", data="tiny", run="alpha", by="Corruptions")
    cells = part(at, "chart")[0]["marks"][0]
    assert cells["select"] == ["blur 1", "blur 2"]
    at = app(audited, "slices", data="tiny", run="alpha", by="Corruptions", corrupted="blur 2")
    expected = np.flatnonzero(right & (table["label"] != 0))
    if len(expected):
        assert shown(at, len(table)).tolist() == expected.tolist()
    assert any("wrong with blur 2" in text.value for text in at.markdown)
    assert [chart["title"] for chart in part(at, "chart")][1] == "Recall per emotion: blur"
    at = app(audited, "slices", data="tiny", run="alpha", by="Corruptions", corrupted="<b>{n} 3")
    assert not at.exception and len(part(at, "chart")) == 1  # no such corruption: as if none were chosen


def test_scores_on_corrupted_faces_are_of_the_faces_that_pass_the_filters(app, audited) -> None:
    table = frame(audited)
    half = f"{table['id'].iat[0][:-2]}"  # part of a name
    inside = table["id"].str.contains(half, regex=False).to_numpy()
    assert 0 < inside.sum() < len(table)
    at = app(audited, "slices", data="tiny", run="alpha", by="Corruptions", find=half)
    drawn = part(at, "chart")[0]
    expected = (table["label"].to_numpy() == 0)[inside].mean()  # blur 2 makes every face the first class
    assert drawn["table"]["accuracy"][1] == pytest.approx(expected)
    assert any(f"Computed on the {inside.sum()} faces" in text.value for text in at.caption)
    at = app(audited, "slices", data="tiny", run="alpha", by="Corruptions", dedup="1", corrupted="blur 2")
    kept = ~table["leaked"].to_numpy()
    assert part(at, "chart")[0]["table"]["accuracy"][1] == pytest.approx((table["label"] == 0)[kept].mean())


def test_an_audit_is_made_by_the_button(app, gray_world, tmp_path) -> None:
    world = World(tmp_path / "world")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    at = app(world, "slices", data="tiny", by="By property")
    at.button(key="audit-start").click().run()
    assert not at.exception and not at.error
    assert (world.data / "tiny-audit.parquet").is_file()
    assert ["roll", "roll"] in control(at, "property")["options"]
    assert not [button for button in at.button if button.key == "audit-start"]


def test_a_broken_audit_is_one_sentence_and_can_be_made_again(app, audited, tmp_path) -> None:
    world = World(tmp_path / "world")
    shutil.copytree(audited.path, world.path, dirs_exist_ok=True)
    (world.data / "tiny-audit.parquet").write_bytes(b"no parquet")
    at = app(world, "slices", data="tiny")
    assert not at.exception
    assert any("tiny-audit.parquet cannot be used" in text.value for text in at.markdown)
    at.button(key="audit-start").click().run()
    assert not at.exception
    assert not any("cannot be used" in text.value for text in at.markdown)
