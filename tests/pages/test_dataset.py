"""Dataset: what is in it, with and without its images; and the upload of another."""

import io
import shutil
import tarfile
import zipfile
from dataclasses import replace

import cv2
import h5py
import numpy as np
import pytest

from dashboard.charts import classes as charts
from dashboard.dataset import contents, copies, duplicates, importing, scoring, votes
from dashboard.dataset.contents import Contents
from ferkit.audit import crowd as crowds
from ferkit.audit.groups import assemble
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import DataError
from ferkit.runs import open_run
from tests.pages.components import choice, press, sent
from tests.worlds import World, tiny_faces

COUNTS = {"train": {"happy": 100, "sad": 60, "disgust": 5}, "val": {"happy": 10, "sad": 6, "disgust": 1}}


def described(counts=COUNTS, duplicates=None, faces=None) -> Contents:  # type: ignore[no-untyped-def]
    return Contents("some", counts, duplicates or {}, faces)


def faces(**more) -> Faces:  # type: ignore[no-untyped-def]
    """Six faces: 0 and 3 are identical with different labels across splits, 1 and 2 with the same."""
    images = np.arange(6, dtype=np.uint8)[[0, 1, 1, 0, 4, 5], None, None] * np.ones((1, 8, 8), np.uint8) * 20
    parts = {
        "labels": np.array([0, 1, 1, 1, 0, 0], np.int16),
        "splits": np.array(["train", "train", "train", "val", "val", "train"]),
    }
    return Faces(name="some", images=images, ids=np.array(list("abcdef")), classes=("happy", "sad"), **parts, **more)


def zipped(n: int = 6) -> bytes:
    """A zip of two classes with train and test, of random images."""
    rng, out = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for split, label in [(s, c) for s in ("train", "test") for c in ("happy", "sad")]:
            for i in range(n):
                image = cv2.imencode(".png", rng.integers(0, 255, (16, 16), np.uint8))[1]
                archive.writestr(f"{split}/{label}/{i}.png", image.tobytes())
    return out.getvalue()


def test_the_imbalance_in_words() -> None:
    assert (
        contents.imbalance(described())
        == "happy has 20 times the faces of disgust (100 against 5 in train). disgust is rare: 3.0% of train."
    )
    assert contents.imbalance(described({"train": {"a": 3, "b": 3}})) == "Balanced: every class has 3 faces in train."
    assert contents.imbalance(described({"train": {"a": 3, "b": 0}})).startswith("a has 3 faces, b none in train.")


def numbers(at) -> dict[str, str]:
    """The cards of the page: label -> value."""
    (data,) = sent(at, "cards")
    return {card["label"]: card["value"] for card in data["cards"]}


def test_the_bars_count_or_share() -> None:
    counts, log, shares = (charts.distribution(COUNTS, unit) for unit in charts.UNITS)
    train = next(mark for mark in counts.marks if mark.name == "train")
    assert dict(zip(train.y, train.x, strict=True)) == COUNTS["train"] and train.y[0] == "happy"
    assert log.x.kind == "log"
    assert all(sum(mark.x) == pytest.approx(100) for mark in shares.marks)


def test_duplicates_that_disagree_come_first_and_are_counted() -> None:
    groups = assemble(faces(), faces().groups)
    assert [group.rows.tolist() for group in groups] == [[0, 3], [1, 2]]
    assert [len(copies.chosen(groups, name)) for name in copies.CHOICES] == [2, 1, 1, 2, 0]
    lines = duplicates.sentences(described(faces().counts(), faces().duplicates()))
    assert lines[0].startswith("**1 face of val is also in train (50.0%)**")
    older = {"train with a twin": 3, "val also in train": 1}  # as runs of before have it
    assert duplicates.sentences(described(faces().counts(), older))[1].endswith("in any split: 3 of train.")
    assert duplicates.sentences(described()) == ["No two faces have the same pixels."]


def test_votes_confirm_a_label_that_nothing_outvotes() -> None:
    counts = np.array([[9, 1, 0], [1, 9, 0], [0, 2, 8], [0, 9, 1], [0, 0, 0], [3, 6, 1]], np.uint8)
    overall, shares = votes.agreement(faces(votes=counts, vote_names=("happiness", "sadness", "unknown")))  # type: ignore[misc]
    assert overall == pytest.approx(3 / 5)
    assert shares == {"happy": pytest.approx(1 / 2), "sad": pytest.approx(2 / 3)}
    assert votes.agreement(faces()) is None
    assert votes.agreement(faces(votes=counts, vote_names=("x", "y", "z"))) is None


def test_samples_are_seeded_and_of_the_chosen_class() -> None:
    every = contents.sample(faces(), "", 4, 0)
    assert faces().labels[every].tolist() == [0, 0, 1, 1] and (every == contents.sample(faces(), "", 4, 0)).all()
    assert set(contents.sample(faces(), "sad", 9, 1).tolist()) == {1, 2, 3}


@pytest.mark.parametrize(
    ("upload", "name"),
    [
        ("fer2013.zip", "fer2013"),
        ("../../etc/pass wd.ZIP", "pass wd"),
        ("C:\\x\\ü?.csv", "-"),
        ("fer2013.tar.gz", "fer2013"),
        (".zip", "faces"),
        ("", "faces"),
    ],
)
def test_the_suggested_name_is_never_a_path(upload: str, name: str) -> None:
    suggested = store.suggest(upload)
    assert suggested == name or (name == "-" and "/" not in suggested)
    store.path_of(suggested)


def test_with_images_there_are_mean_faces_and_samples(app, gray_world) -> None:
    at = app(gray_world, "dataset", data="tiny")
    assert not at.exception
    means, samples = sent(at, "tiles")
    assert [tile[1] for tile in means["tiles"]] == list(store_of(gray_world).classes)
    assert {tile[1] for tile in samples["tiles"]} == set(store_of(gray_world).classes)
    before = samples["tiles"]
    press(at, "others")
    assert sent(at, "tiles")[1]["tiles"] != before
    press(at, "class", "sad")
    assert {tile[1] for tile in sent(at, "tiles")[1]["tiles"]} == {"sad"}


def store_of(world) -> Faces:  # type: ignore[no-untyped-def]
    return store.load("tiny" if (world.data / "tiny.h5").is_file() else "colour")


@pytest.mark.parametrize("chosen", ["Duplicates", "Crowd votes"])
def test_duplicates_and_votes_are_shown(app, gray_world, chosen: str) -> None:
    at = app(gray_world, "dataset", data="tiny")
    press(at, "faces", chosen)
    assert not at.exception
    expected = "also in train" if chosen == "Duplicates" else "votes confirm"
    assert any(expected in text.value for text in at.markdown)


def test_a_class_leads_to_the_labels_that_votes_outvote(app, gray_world) -> None:
    at = app(gray_world, "dataset", data="tiny", faces="Crowd votes", **{"class": "fear"})
    assert not at.exception
    tiny = store_of(gray_world)
    crowd = crowds.of_faces(tiny)
    assert crowd is not None
    rows = np.flatnonzero(crowd.disputes(tiny.labels) & (tiny.labels == tiny.classes.index("fear")))
    assert any(f"**{len(rows)} face" in text.value for text in at.markdown)
    (figure,) = [data for data in sent(at, "chart") if data["title"].startswith("Labels that the crowd")]
    assert figure["chosen"] == ["fear"] and set(figure["marks"][0]["select"]) <= set(tiny.classes)


def test_without_images_the_stored_counts_and_mean_faces_stay(app, imageless_world) -> None:
    at = app(imageless_world, "dataset", data="tiny")
    assert not at.exception
    assert numbers(at)["Faces"] == "240"
    (means,) = sent(at, "tiles")  # the mean faces stored with the run
    counts = open_run("alpha").manifest.data.counts
    assert [tile[2] for tile in means["tiles"]] == [f"of {n:,} face{'s' * (n != 1)}" for n in counts["val"].values()]
    assert any("Means of the faces of val" in caption.value for caption in at.caption)
    assert any("data import" in text.value for text in at.info)


def test_colour_faces_of_three_classes(app, colour_world) -> None:
    at = app(colour_world, "dataset", data="colour")
    assert not at.exception
    assert {"64×64 colour", "3"} <= set(numbers(at).values())


def test_with_nothing_the_demo_faces_are_a_button(app, empty_world, monkeypatch) -> None:
    from ferkit.data import synthetic

    drawing = synthetic.draw
    monkeypatch.setattr(synthetic, "draw", lambda: drawing(n=60))
    at = app(empty_world, "dataset")
    assert not at.exception
    assert not (empty_world.data / "Demo faces.h5").exists()
    at.button(key="dataset-draw").click().run()
    assert not at.exception
    assert numbers(at)["Faces"] == "60" and (empty_world.data / "Demo faces.h5").is_file()


def test_a_zip_dropped_on_the_page_becomes_the_chosen_dataset(app, empty_world) -> None:
    at = app(empty_world, "dataset")
    at.file_uploader(key="import-source").upload("../../my faces.zip", zipped(), "application/zip").run()
    at.button(key="import-start").click().run()
    assert not at.exception and not at.error
    assert choice(at, "data")["value"] == "my faces"
    assert [path.name for path in empty_world.data.iterdir()] == ["my faces.h5"]
    assert any("**my faces** is imported: 24 faces of 2 classes" in text.value for text in at.success)


def test_a_broken_upload_gives_one_message_and_the_page_stays(app, empty_world) -> None:
    at = app(empty_world, "dataset")
    at.file_uploader(key="import-source").upload("bad.zip", zipped()[:-200], "application/zip").run()
    at.button(key="import-start").click().run()
    assert not at.exception and len(at.error) == 1
    assert at.error[0].value.startswith("bad.zip is cut short or not a zip")
    assert at.button(key="import-start")
    assert not empty_world.data.exists() or not list(empty_world.data.iterdir())


def test_a_tar_dropped_on_the_page_is_imported_and_skipped_files_are_counted(app, empty_world) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(zipped())) as source, tarfile.open(fileobj=out, mode="w:gz") as archive:
        files = {name: source.read(name) for name in source.namelist()} | {"train/happy/![x](http:evil).png": b""}
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    at = app(empty_world, "dataset")
    at.file_uploader(key="import-source").upload("faces.tar.gz", out.getvalue(), "application/gzip").run()
    at.button(key="import-start").click().run()
    assert not at.exception and not at.error
    assert choice(at, "data")["value"] == "faces"
    assert "1 file was skipped" in [box.label for box in at.expander]


@pytest.mark.parametrize("where", ["temporary", "data"])
def test_a_full_or_closed_folder_gives_one_message(app, empty_world, monkeypatch, where: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    at = app(empty_world, "dataset")
    at.file_uploader(key="import-source").upload("faces.zip", zipped(), "application/zip").run()
    if where == "temporary":
        monkeypatch.setattr(importing.shutil, "copyfileobj", full)
    else:
        monkeypatch.setattr(h5py.Group, "create_dataset", full)
    at.button(key="import-start").click().run()
    assert not at.exception and len(at.error) == 1
    assert "No space left on device" in at.error[0].value
    assert not list(empty_world.data.iterdir())


def test_a_stored_dataset_is_replaced_only_on_request(app, gray_world) -> None:
    at = app(gray_world, "dataset", data="tiny")
    assert not at.get("file_uploader"), "the form is loaded when it is opened"
    at.session_state["import"] = True
    at.run()
    at.file_uploader(key="import-source").upload("tiny.zip", zipped(), "application/zip").run()
    assert at.button(key="import-start").disabled
    at.checkbox(key="import-replace").check().run()
    assert not at.button(key="import-start").disabled


def test_a_name_that_climbs_is_refused(app, empty_world) -> None:
    with pytest.raises(DataError):
        store.path_of("../x")
    at = app(empty_world, "dataset")
    at.file_uploader(key="import-source").upload("a.zip", zipped(), "application/zip").run()
    at.text_input[0].set_value("../climb").run()
    at.button(key="import-start").click().run()
    assert len(at.error) == 1 and "letters, digits" in at.error[0].value


@pytest.mark.parametrize("name", ["overview", "dataset", "failures", "embeddings", "photo"])
def test_a_broken_store_is_one_line_and_stops_no_page(app, gray_world, tmp_path, name: str) -> None:
    world = World(tmp_path / "broken")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    (world.data / "broken.h5").write_bytes(b"no store")
    (world.data / "tiny.h5").write_bytes(b"no store")
    for data in ("broken", "tiny"):
        at = app(world, name, data=data)
        assert not at.exception, data
        assert {"broken", "tiny"} <= {value for value, _ in choice(at, "data")["options"]}
        errors = [error.value for error in at.error]
        assert len(errors) == (name == "dataset"), errors
        assert all(error.startswith(f"{data}.h5 is cut short") for error in errors)


def test_a_run_is_scored_on_another_dataset_by_a_button(app, gray_world, tmp_path, monkeypatch) -> None:
    world = gray_world.copy(tmp_path / "world")
    world.enter(monkeypatch)
    drawn = tiny_faces("mine", n=90, emotions=("fear", "happy", "sad"))
    store.save(replace(drawn, classes=("cat", "happy", "sad")))
    at = app(world, "dataset", data="mine")
    expected = "2 runs do not know cat, whose faces are left out of the scores."
    assert any(text.value == expected for text in at.markdown)
    at.selectbox(key="score-run").set_value("beta").run()
    at.button(key="score-start").click().run()
    assert not at.exception and not at.error
    scores = open_run("beta").results("mine").scores["val"]
    labels = store.load("mine").split("val").labels
    assert (scores.n, scores.left_out) == ((labels > 0).sum(), {"cat": (labels == 0).sum()})
    assert any(f"accuracy {scores.accuracy:.1%}" in text.value and " cat." in text.value for text in at.success)
    assert (choice(at, "run")["value"], choice(at, "data")["value"]) == ("beta", "mine")
    at.run()
    assert not at.success


def test_a_run_that_cannot_be_scored_says_why(app, gray_world, tmp_path, monkeypatch) -> None:
    world = gray_world.copy(tmp_path / "world")
    (world.checkpoints / "beta" / "model.safetensors").write_bytes(b"no weights")
    at = app(world, "dataset", data="tiny")
    at.selectbox(key="score-run").set_value("beta").run()
    at.button(key="score-start").click().run()
    assert not at.exception and len(at.error) == 1 and not at.success


def test_which_runs_know_the_classes_of_a_dataset(gray_world, monkeypatch) -> None:
    gray_world.enter(monkeypatch)
    runs = {name: open_run(name) for name in ("alpha", "beta")}
    assert scoring.describe([]) == "No run can be scored on it yet."
    assert scoring.describe(scoring.matches(runs, ["HAPPY", "sad"])) == "2 runs know all of its classes."
    strangers = scoring.matches(runs, ["cat", "dog"])
    assert not any(match.usable for match in strangers)
    assert scoring.describe(strangers) == "2 runs share too few classes to be scored on it."
    lacking = [scoring.Match(runs["alpha"], ("ah*gao",)), scoring.Match(runs["beta"], ())]
    assert scoring.describe(lacking) == (
        r"1 run does not know ah\*gao, whose faces are left out of the scores; 1 run knows all of its classes."
    )


@pytest.mark.parametrize("here", [True, False])
def test_the_sidebar_leaves_copies_out(app, gray_world, imageless_world, monkeypatch, here: bool) -> None:
    gray_world.enter(monkeypatch)
    stored = store.load("tiny")
    left = {split: int((stored.leaked & (stored.splits == split)).sum()) for split in ("val", "test")}
    world = gray_world if here else imageless_world
    before = numbers(app(world, "dataset", data="tiny"))
    at = app(world, "dataset", data="tiny", dedup="1")
    assert not at.exception and sum(left.values())
    after = numbers(at)
    assert after["train"] == before["train"]
    assert {split: int(before[split]) - int(after[split]) for split in left} == left
    assert any(f"{sum(left.values())} exact copies" in text.value for text in at.markdown)
