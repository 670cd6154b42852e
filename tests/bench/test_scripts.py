"""Each script of bench/ runs at tiny sizes and says what a reader needs; what it measures here means nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench import __main__ as everything
from bench import (
    browser,
    embedding,
    evaluation,
    gradcam,
    label_issues,
    large,
    live,
    networks,
    neutral,
    resizing,
    rolled,
    same_face,
    scoring,
    serve,
    subjects,
    timing,
    video,
)
from bench.timing import Claim, Report, Sample
from ferkit import runs
from ferkit.data import store
from ferkit.errors import ConfigError
from tests.worlds import ROOT

MACHINE = {"cpu", "cores", "python", "load before"}


@pytest.fixture(autouse=True)
def bare_clone() -> None:
    """A test has no run and no dataset in its folders, and nothing cached from another test."""
    subjects._base.cache_clear()


def run_script(script, capsys: pytest.CaptureFixture[str], *sizes: str) -> dict:
    """What `python -m bench.SCRIPT --json --repeats 2` prints."""
    script.main(["--json", "--repeats", "2", *sizes])
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"bench", "machine", "repeats", "samples", "claims", "notes"}
    assert set(report["machine"]) > MACHINE and "not installed" not in report["machine"].values()
    assert report["bench"] == script.__name__.removeprefix("bench.") and report["repeats"] == 2
    for sample in report["samples"]:
        assert sample["min"] <= sample["median"] <= sample["max"] and sample["unit"]
    for claim in report["claims"]:
        least = claim["bound"] == "at least"
        assert claim["holds"] == (claim["measured"] >= claim["limit"] if least else claim["measured"] <= claim["limit"])
    return report


def values(report: dict, start: str) -> list[float]:
    """Of the one sample that begins so."""
    (sample,) = (sample for sample in report["samples"] if sample["what"].strip().startswith(start))
    return sample["values"]


def test_evaluation_parts_sum_up_to_the_whole_and_no_run_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(evaluation, capsys, "--faces", "24")
    total = values(report, "evaluate 24 faces")
    parts = [sample["values"] for sample in report["samples"][1:]]
    np.testing.assert_allclose(np.sum(parts, 0), total)
    assert [claim["limit"] for claim in report["claims"]] == [5]
    assert runs.names() == [] and store.names() == []
    assert any("untrained compact-resnet" in note for note in report["notes"]) and any(
        "drawn faces" in note for note in report["notes"]
    )


@pytest.mark.filterwarnings("ignore")  # of the packages it is compared with
def test_each_network_is_measured_in_its_own_process(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(networks, capsys, "--batches", "1", "--smallest", "1")
    assert [sample["unit"] for sample in report["samples"]] == ["trained/s", "faces/s", "MB"]
    assert all(value > 0 for sample in report["samples"] for value in sample["values"])
    assert report["samples"][0]["what"].startswith("quick: 53,071 parameters")


def test_gradcam_agrees_with_both_peers(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(gradcam, capsys, "--faces", "10", "--subset", "8")
    for peer in ("captum", "pytorch-grad-cam"):
        assert min(values(report, f"agreement of our maps with {peer}'s")) > 0.999
        ferkit_times, peer_times = values(report, "ours, per face"), values(report, f"{peer}, a face at a time")
        np.testing.assert_allclose(
            values(report, f"times as fast as {peer}, a face at a time"), np.divide(peer_times, ferkit_times)
        )
    assert [claim["limit"] for claim in report["claims"]] == [20, 3, 3, 3, 3]


def test_every_engine_scores_the_same_faces(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(ROOT / "checkpoints"))
    monkeypatch.setattr(scoring, "RUNS", ("compact-tiny",))  # each run is exported, in seconds
    monkeypatch.setattr(scoring, "CALIBRATION", 32)
    report = run_script(scoring, capsys, "--faces", "8", "--batch", "8")
    engines = [sample["what"].split(":")[0] for sample in report["samples"]]
    kinds = ["PyTorch, float32", "PyTorch, bfloat16", "ONNX Runtime, float32", "ONNX Runtime, int8"]
    found = [name for name in engines if "OpenVINO" not in name]  # an extra
    assert found == [f"compact-tiny, {kind}" for kind in kinds]
    assert [claim["measured"] for claim in report["claims"]] == [sample["min"] for sample in report["samples"]]
    assert "ONNX Runtime, float32" not in report["notes"][1], "it gives PyTorch's answers"


def test_many_faces_are_imported_and_opened_in_processes_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    large.main(["--json", "--faces", "140", "--steps", "2"])
    report = json.loads(capsys.readouterr().out)
    assert [sample["unit"] for sample in report["samples"]] == ["s", "s", "MB"] * 2
    assert report["samples"][0]["what"] == "import of a zip of PNG files, 140 faces"
    assert all(sample["min"] > 0 for sample in report["samples"])


def test_live_counts_frames_and_the_photos_steps(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(live, capsys, "--frames", "2", "--width", "640")
    assert report["samples"][0]["unit"] == "frames/s" and min(report["samples"][0]["values"]) > 0
    np.testing.assert_allclose(
        np.sum([sample["values"] for sample in report["samples"][2:]], 0), values(report, "photo, 0.3 megapixels")
    )
    assert {claim["unit"] for claim in report["claims"]} == {"frames/s", "ms"}


def test_drawn_people_are_read_against_their_neutral_face(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(ROOT / "checkpoints"))
    report = run_script(neutral, capsys, "--people", "3")
    read = {sample["what"]: sample["values"][0] for sample in report["samples"]}
    assert {f"demo, {way}: {name}" for way in ("pictures", "video") for name in ("as read", "both")} < set(read)
    assert read["demo, pictures: as read"] > 50, "drawn faces are what it was trained on"
    assert all(0 <= value <= 100 for value in read.values()) and len(report["notes"]) == 1 + len(read)


def test_label_issues_are_ranked_on_drawn_faces(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(label_issues, capsys, "--faces", "140", "--k", "20")
    for ranking in ("confident learning,", "largest loss", "random"):
        assert 0 <= values(report, f"precision at 20, {ranking}")[0] <= 1
    assert values(report, "faces on which cleanlab says the same") == [1]
    assert any("drawn faces" in note for note in report["notes"])


def test_a_video_is_read_as_often_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(video, capsys, "--seconds", "1")
    (sample,) = report["samples"]
    assert (
        sample["unit"] == "times"
        and min(sample["values"]) > 0
        and report["claims"][0]["measured"] == pytest.approx(np.median(sample["values"]))
    )


def test_faces_are_shrunk_in_two_ways(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(resizing, capsys, "--faces", "14")
    assert len(report["samples"]) == 12 and values(report, "noise 0: answers that change")[0] <= 50
    assert values(report, "noise 20: largest change") > values(report, "noise 0: largest change")


def test_rolled_faces_are_found_and_read_in_two_ways(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(rolled, capsys, "--faces", "16")
    assert len(report["samples"]) == 12 and values(report, "0°: found")[0] >= values(report, "30°: found")[0] > 0
    for roll in (0, 15, 20, 30):  # Haar's boxes have no landmarks
        assert values(report, f"{roll}°: right as it is") == values(report, f"{roll}°: right upright")
    assert sum("only upright" in note for note in report["notes"]) == 4


def test_people_are_known_by_looks_and_by_features(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(same_face, capsys, "--people", "12")
    assert [sample["unit"] for sample in report["samples"]] == ["%"] * 4
    assert np.median(values(report, "by looks")) > 60
    one, two = (np.median(values(report, f"joined by looks, of the pairs of {who}")) for who in ("one", "two"))
    assert one > two


def test_a_face_is_placed_and_a_map_arranged(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_script(embedding, capsys, "--faces", "260", "--arranged", "210")
    assert [sample["unit"] for sample in report["samples"]] == ["ms", "ms", "ms", "s"]
    assert report["claims"][0]["limit"] == 100


def alone(script: str, *sizes: str) -> dict:
    """What a script prints in its own process, as it is typed: data loaders fork, and a browser needs its own event
    loop."""
    command = [sys.executable, "-m", f"bench.{script}", "--json", *sizes]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_training_is_fed_both_ways() -> None:
    report = alone("training", "--repeats", "2", "--faces", "28", "--subset", "14", "--workers", "1")
    seconds, rate = values(report, "epoch over 28 faces, whole crops"), values(report, "images per second")
    np.testing.assert_allclose(np.multiply(seconds, rate), 28)
    assert len(values(report, "epoch over 28 faces, shrunk crops")) == 2
    ferkit_times, peer_times = (
        values(report, "training step, fed by resident"),
        values(report, "training step, fed by ImageFolder, 1 workers"),
    )
    np.testing.assert_allclose(values(report, "training: times as fast"), np.divide(peer_times, ferkit_times))
    assert [claim["unit"] for claim in report["claims"]] == ["s", "%"] and runs.names() == []


@pytest.mark.timeout(600)  # a browser and four servers, on a machine that may be busy
def test_pages_are_opened_and_clicked() -> None:
    pytest.importorskip("playwright")
    if browser.installed() is None:
        pytest.skip("pages are timed in Chromium: apt-get install chromium")
    report = alone("pages", "--repeats", "1", "--faces", "210", "--width", "640", "--pages", "2")
    kinds = [sample["what"] for sample in report["samples"]]
    for how in ("from the command", "afresh", "by the sidebar"):
        assert f"an empty app, {how}" in kinds
    assert {"Overview, afresh", "Compare, by the sidebar"} < set(kinds)
    assert [claim["limit"] for claim in report["claims"]] == [1, 0.3, 0.3, 200, 150, 700]
    assert all(
        value > 0 for sample in report["samples"] if "beyond" not in sample["what"] for value in sample["values"]
    )


@pytest.mark.timeout(300)
def test_cells_of_failures_are_clicked() -> None:
    pytest.importorskip("playwright")
    if browser.installed() is None:
        pytest.skip("pages are timed in Chromium: apt-get install chromium")
    report = alone("gallery", "--repeats", "2", "--faces", "700")
    assert len(values(report, "a cell clicked to its gallery painted, 700 faces")) == 2
    assert [claim["limit"] for claim in report["claims"]] == [300]


@pytest.mark.timeout(600)
def test_the_webcam_is_timed_in_three_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("playwright")
    if browser.installed() is None:
        pytest.skip("the webcam is timed in Chromium: apt-get install chromium")
    shutil.copytree(ROOT / "checkpoints" / "compact-wild", tmp_path / "compact-wild")
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    report = alone("webcam", "--repeats", "1", "--seconds", "1")
    names = [sample["what"] for sample in report["samples"]]
    for way in ("browser, rate", "browser, latency", "browser, cold start", "server, rate", "snapshots, rate"):
        assert way in names and values(report, way)[0] > 0
    assert [claim["limit"] for claim in report["claims"]] == [25, 3]
    assert any("fer" in note for note in report["notes"]) and "ours in PyTorch, the network, a face" in names


def test_works_alternate_after_one_turn_that_is_not_counted() -> None:
    turns: list[str] = []
    seconds = timing.alternate({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, repeats=2)
    assert turns == list("ab" * 3)
    assert {name: len(times) for name, times in seconds.items()} == {"a": 2, "b": 2}


def test_a_ratio_is_taken_pair_by_pair() -> None:
    assert timing.ratios("", [1.0, 2.0], [4.0, 2.0]).values == (4.0, 1.0)
    assert timing.combine("", "s", [3.0, 1.0, 9.0]).median == 3.0


def test_a_claim_holds_on_its_side_of_the_limit() -> None:
    assert Claim("", 5.0, 5.0, "s").holds and not Claim("", 5.1, 5.0, "s").holds
    assert Claim("", 3.0, 3.0, "x", least=True).holds and not Claim("", 2.9, 3.0, "x", least=True).holds


def report(name: str, measured: float) -> Report:
    return Report(
        name,
        1,
        [Sample("work", "s", (measured,))],
        [Claim(f"{name} is quick", measured, 5, "s")],
        ["a note"],
        ["numpy"],
    )


def test_a_script_prints_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    timing.run(lambda repeats: report("tortoise", 9.25), "What it is.", [], repeats=3)
    printed = capsys.readouterr().out
    for words in (
        "bench.tortoise",
        f"numpy {np.__version__}",
        "work",
        "9.25",
        "a note",
        "tortoise is quick",
        "at most 5 s",
        "NO",
    ):
        assert words in printed


@pytest.mark.parametrize("wrong", [["--repeats", "0"], ["--repeats", "few"], ["--speed", "1"]])
def test_a_wrong_option_ends_with_status_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        timing.run(lambda repeats: report("x", 1), "", wrong, repeats=3)
    assert ended.value.code == 2 and "usage" in capsys.readouterr().err


def test_what_is_missing_gives_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    def measure(repeats: int) -> Report:
        raise ConfigError("Nothing here. Install it.")

    with pytest.raises(SystemExit) as ended:
        timing.run(measure, "", [], repeats=1)
    assert ended.value.code == 2 and capsys.readouterr().err == "Nothing here. Install it.\n"


def test_all_scripts_end_in_one_table_of_claims(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        everything, "_report", lambda name, repeats: report(name, 1.0 if name == "live" else 9.0).as_dict()
    )
    assert everything.main(["live", "gradcam"]) == 0
    printed = capsys.readouterr().out
    table = printed[printed.index("Claims") :]
    assert [("yes" in line, "NO" in line) for line in table.splitlines() if "quick" in line] == [
        (True, False),
        (False, True),
    ]
    assert everything.main(["--json"]) == 0
    assert [entry["bench"] for entry in json.loads(capsys.readouterr().out)["reports"]] == list(everything.SCRIPTS)


def test_a_script_that_fails_is_reported_and_the_others_continue(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original = everything._report
    broken = {"FERKIT_YUNET": "/nowhere/yunet.onnx"}
    for name, value in broken.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        everything,
        "_report",
        lambda name, repeats: original(name, repeats) if name == "live" else report(name, 1.0).as_dict(),
    )
    assert everything.main(["live", "gradcam", "--json"]) == 1
    sample = json.loads(capsys.readouterr().out)
    assert [entry["bench"] for entry in sample["reports"]] == ["gradcam"]
    assert sample["failures"]["live"].startswith("FERKIT_YUNET names yunet.onnx")


def test_an_unknown_script_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        everything.main(["speed"])
    assert "no script speed" in capsys.readouterr().err


def test_faces_repeat_when_there_are_too_few_and_a_few_have_every_class() -> None:
    few, note = subjects.faces(7)
    assert sorted(few.labels.tolist()) == list(range(7)) and "drawn" in note
    many, note = subjects.faces(subjects.DRAWN + 5, "val")
    np.testing.assert_array_equal(many.images[-5:], many.images[:5])
    assert len(np.unique(many.ids)) == len(many) and set(many.splits) == {"val"} and "repeated" in note


def test_the_photo_is_a_jpeg_of_that_size() -> None:
    photo = cv2.imdecode(np.frombuffer(subjects.jpeg(subjects.portrait(320, 240)), np.uint8), cv2.IMREAD_COLOR)
    assert photo.shape == (240, 320, 3)


def test_serving_is_measured_and_a_killed_worker_loses_no_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load = serve._load
    monkeypatch.setattr(serve, "_load", lambda *what: load(*what[:-1], what[-1] / 4))  # quarters of the seconds
    report = run_script(serve, capsys, "--seconds", "1", "--clients", "2", "--workers", "1")
    values = {sample["what"]: sample["median"] for sample in report["samples"]}
    assert values["onnx, a face of 48×48 without a search: answered"] > 0 and values["pytorch: memory of a worker"] > 50
    assert values["a photo of 640×480, workers killed: answered"] > 0
    assert [claim["holds"] for claim in report["claims"]] == [True]
