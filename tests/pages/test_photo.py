"""The Photo page: uploads, what cannot be read, the same numbers as the command line."""

import hashlib
import io
import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from dashboard import load
from dashboard.camera import cards, corrections, photo, photos
from dashboard.camera.photo import summary
from ferkit.cli import predict
from ferkit.faces import MARGIN, Box
from ferkit.images import ENDINGS, NAMES
from ferkit.metrics import softmax
from ferkit.predict.photo import FaceReading, PhotoReading, read
from tests.pages.components import charts, choice, choose, press, rows, sent
from tests.predict.stubs import Fixed
from tests.predict.test_photos import zipped


def text(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


def png(rgb: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(rgb).save(written, "PNG")
    return written.getvalue()


def upload(at, name: str, content: bytes):
    at.file_uploader(key="photo-upload").upload(name, content)
    return at.run()


def upload_all(at, **contents: bytes):
    files = [(f"{name}.{'zip' if content[:2] == b'PK' else 'png'}", content, "") for name, content in contents.items()]
    at.file_uploader(key="photo-upload").set_value(files)
    return at.run()


def bomb() -> bytes:
    """The header of a PNG of 30000 x 30000 pixels, and nothing behind it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    side = (30_000).to_bytes(4, "big")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", side + side + b"\x08\x00\x00\x00\x00")
        + chunk(b"IDAT", b"")
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("world", "gray"), [("gray_world", True), ("colour_world", False)])
def test_a_face_is_found_and_explained(app: Callable, request: pytest.FixtureRequest, world: str, gray: bool) -> None:
    at = upload(app(request.getfixturevalue(world), "photo"), "astronaut.png", png(data.astronaut()))
    assert "%**, then " in text(at) and "**1 · " in text(at)
    assert ("→ gray → 48×48" in text(at)) == gray and ("→ 64×64" in text(at)) != gray
    assert len(at.image) == 4 and charts(at) == ["Probability per class"] and not at.error


def test_the_map_of_any_class_is_shown(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo", run="alpha"), "astronaut.png", png(data.astronaut()))
    predicted, at_first = at.image[2].proto.imgs[0], text(at)
    assert at.button_group(key="view-map").value == "" and "has not been measured" in at_first
    other = next(name for name in at.button_group(key="view-map").options[1:] if f"· {name}**" not in at_first)
    at.button_group(key="view-map").set_value(other).run()
    assert not at.exception and at.image[2].proto.imgs[0].alt == f"Face 1, the map for {other}"
    assert at.image[2].proto.imgs[0].url != predicted.url and at.query_params["map"] in (other, [other])
    (bars,) = sent(at, "chart")
    assert bars["chosen"] == [other] and bars["clickable"]


def test_several_faces_share_one_caption_and_a_face_unlike_the_training_faces_is_named(
    app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "is_unlike", lambda face, run: True)
    face = data.astronaut()[:300, 80:380]
    at = upload(app(gray_world, "photo"), "three.png", png(np.hstack([face, face[:, ::-1], face])))
    shown = text(at)
    assert "**3 faces**" in shown and shown.count("Red speaks for") == 1 and charts(at) == [""] * 3
    assert shown.count("Unlike the faces it was trained on: do not trust this reading.") == 3


@pytest.mark.parametrize(
    "content",
    [b"no picture at all", png(data.astronaut())[:50_000], b"", bomb()],
    ids=["words", "half", "empty", "bomb"],
)
def test_a_file_that_is_not_an_image_gives_one_message(app: Callable, gray_world, content: bytes) -> None:
    at = upload(app(gray_world, "photo"), "broken.png", content)
    assert len(at.error) == 1 and at.error[0].value.startswith("Expected ") and at.error[0].value.count(". ") == 1
    text(at)


def test_the_photo_stays_until_it_is_removed_or_another_is_uploaded(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo"), "astronaut.png", png(data.astronaut()))
    face = text(at)
    at = at.switch_page("../pages/training.py").run()
    assert "**1 · " not in text(at)
    at = at.switch_page("../pages/photo.py").run()
    assert text(at) == face and at.image[0].proto.imgs[0].alt.startswith("The photo")
    at = upload(at, "wall.png", png(np.full((90, 160, 3), 200, np.uint8)))
    assert "No face was found" in text(at) and "**1 · " not in text(at)
    at.button(key="photo-remove").click().run()
    assert "No face was found" not in text(at) and at.button(key="example-button")
    assert not at.file_uploader[0].value and "kept-photo-upload" not in at.session_state


def test_without_a_face_the_whole_image_can_be_used(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo"), "wall.png", png(np.full((90, 160, 3), 200, np.uint8)))
    assert "No face was found" in text(at)
    at.button(key="photo-take-whole").click().run()
    assert "No face was found" not in text(at) and "**1 · " in text(at)


def test_another_margin_cuts_another_crop(app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    margins = []

    def spy(*args, margin, **options):
        margins.append(margin)
        return read(*args, margin=margin, **options)

    monkeypatch.setattr(photo, "read", spy)
    at = upload(app(gray_world, "photo"), "astronaut.png", png(data.astronaut()))
    for margin in (0.6, 0.6, MARGIN):
        at.slider(key="photo-margin").set_value(margin).run()
        assert "**1 · " in text(at)
    assert margins == [MARGIN, 0.6], "the same photo at the same margin is read once"


@pytest.mark.parametrize(("world", "words"), [("gray_world", "labelled"), ("imageless_world", "in Demo faces")])
def test_an_example_is_offered(app: Callable, request: pytest.FixtureRequest, world: str, words: str) -> None:
    at = app(request.getfixturevalue(world), "photo")
    at.button(key="example-button").click().run()
    assert words in text(at) and "**1 · " in text(at)


def test_without_runs_the_page_shows_the_next_step(app: Callable, empty_world) -> None:
    assert "ferkit train" in text(app(empty_world, "photo"))


@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_the_page_and_the_command_line_agree_on_a_large_photo(
    app: Callable, gray_world, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    large = cv2.resize(data.astronaut(), (3000, 3000), interpolation=cv2.INTER_CUBIC)
    path = tmp_path / "large.jpg"
    Image.fromarray(large).save(path, quality=90)
    kept: list[PhotoReading] = []

    def spy(*args, **options):
        kept.append(read(*args, **options))
        return kept[-1]

    monkeypatch.setattr(photo, "read", spy)
    at = upload(app(gray_world, "photo", run=name), "large.jpg", path.read_bytes())
    command = typer.Typer()
    predict.register(command)
    printed = CliRunner().invoke(command, [str(path), "--run", name, "--json"])
    assert printed.exit_code == 0, printed.output
    (result,) = json.loads(printed.stdout)
    (face,), (on_page,) = result["faces"], kept[0].faces
    assert face["box"] == [on_page.box.x, on_page.box.y, on_page.box.w, on_page.box.h]
    assert face["probabilities"] == pytest.approx(on_page.by_class, abs=1e-6)
    assert f"**{face['emotion']} {face['probabilities'][face['emotion']]:.0%}**" in text(at)


def test_any_run_can_be_tried_where_the_dataset_has_none(
    app: Callable, gray_world, channel: dict, tmp_path: Path
) -> None:
    world = type(gray_world)(tmp_path / "own")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    shutil.copyfile(world.data / "tiny.h5", world.data / "mine.h5")
    for page in ("photo", "webcam", "video", "filters"):
        at = app(world, page, data="mine")
        assert "No run to show yet" not in text(at)
        assert {text for _, text in choice(at, "run")["options"]} == {
            "alpha (not scored here)",
            "beta (not scored here)",
        }
    at = app(world, "photo", data="mine")
    other = next(name for name in ("alpha", "beta") if name != choice(at, "run")["value"])
    choose(at, run=other)
    at = upload(at, "astronaut.png", png(data.astronaut()))
    assert "**1 · " in text(at) and f"**{other}** reads a square" in text(at)


def test_the_page_takes_every_format_that_is_read_and_says_so_as_the_error_does(app: Callable, gray_world) -> None:
    at = app(gray_world, "photo")
    assert NAMES == "JPEG, PNG, WebP, BMP, GIF, TIFF or PPM" and NAMES in at.file_uploader(key="photo-upload").label
    assert NAMES in upload(at, "broken.png", b"no picture at all").error[0].value
    assert {f".{ending}" for ending in (*ENDINGS, "zip")} == set(
        app(gray_world, "photo").file_uploader(key="photo-upload").proto.type
    )


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1), (2, 3000), (10, 3000)])
def test_extreme_shapes_give_one_message(app: Callable, gray_world, size: tuple[int, int]) -> None:
    at = upload(app(gray_world, "photo"), "line.png", png(np.zeros((*size, 3), np.uint8)))
    assert len(at.error) == 1 and at.error[0].value.startswith("Expected a photo ")
    text(at)


def test_the_summary_counts_faces() -> None:
    def reading(*labels: str) -> PhotoReading:
        classes = ("calm", "cross", "glad")
        rows = [np.where(np.array(classes) == label, 0.8, [0.06, 0.14, 0.1]) for label in labels]
        faces = tuple(FaceReading(Box(0, 0, 9, 9, 1.0), classes, row) for row in rows)
        return PhotoReading(1, 1, faces, "detected", 0.0, "fixed")

    assert summary(reading("calm")) == "**calm 80%**, then cross 14%."
    assert summary(reading("calm"), 0.81) == "Unsure: **calm 80%**, then cross 14%."
    assert summary(reading("calm", "cross", "cross")) == "**3 faces**: 2 cross, 1 calm."


def test_run_and_source_are_in_the_address(app: Callable, gray_world, tmp_path: Path) -> None:
    world = type(gray_world)(tmp_path / "own")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    shutil.copyfile(world.data / "tiny.h5", world.data / "mine.h5")  # no run was scored on it
    at = app(world, "photo", data="mine", run="beta", source="camera")
    assert not at.exception and choice(at, "run")["value"] == "beta"
    assert at.get("camera_input") and not at.get("file_uploader")
    choose(at, run="alpha")
    press(at, "source", "upload")
    address = {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}
    assert address["run"] == "alpha" and "source" not in address, "the default is left out"
    assert at.get("file_uploader") and not at.get("camera_input")


def test_a_square_drawn_by_hand_is_read_after_the_faces_that_were_found(app: Callable, gray_world) -> None:
    content = png(data.astronaut())
    at = upload(app(gray_world, "photo"), "astronaut.png", content)
    assert at.button(key="photo-draw").label == "Draw a square" and not sent(at, "square")
    at.button(key="photo-draw").click().run()
    (editor,) = sent(at, "square")
    assert len(editor["found"]) == 1 and editor["drawn"] == [] and (editor["width"], editor["height"]) == (512, 512)
    at.session_state["photo-squares"] = (hashlib.sha256(content).hexdigest(), ((10, 20, 120),))
    at.run()
    assert "**2 faces**" in text(at) and sent(at, "square")[0]["drawn"] == [[10, 20, 120]]
    at.button(key="photo-draw").click().run()
    assert at.button(key="photo-draw").label == "Change the squares" and not sent(at, "square")
    at = upload(at, "other.png", png(np.full((90, 160, 3), 200, np.uint8)))
    assert "No face was found" in text(at) and sent(at, "square")[0]["drawn"] == [], "squares stay with their photo"


def test_a_square_takes_the_place_of_the_whole_image(app: Callable, gray_world) -> None:
    content = png(np.full((90, 160, 3), 200, np.uint8))
    at = upload(app(gray_world, "photo"), "wall.png", content)
    at.button(key="photo-take-whole").click().run()
    at.session_state["photo-squares"] = (hashlib.sha256(content).hexdigest(), ((10, 20, 40),))
    at.run()
    assert "%**, then " in text(at) and "faces**" not in text(at)


def test_more_runs_stand_beside_it_and_mirror_images_are_averaged(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo", run="alpha"), "astronaut.png", png(data.astronaut()))
    alone = text(at)
    at.multiselect(key="photo-beside").set_value(["beta"]).run()
    assert "beta: **" in text(at) and len(charts(at)) == 2 and at.query_params["with"] in ("beta", ["beta"])
    press(at, "mirror", True)
    assert text(at) != alone and "**1 · " in text(at) and len(charts(at)) == 2


def test_a_face_that_is_hard_to_read_comes_with_advice(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo"), "dark.png", png((data.astronaut() * 0.15).astype(np.uint8)))
    assert "Too dark: more light from the front." in text(at)


def test_of_fifty_faces_the_largest_are_shown_in_detail(
    app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes = [Box(50 * i, 50 * j, 40, 40, 0.9) for i in range(10) for j in range(5)]
    monkeypatch.setattr(photo.load, "detector", lambda: Fixed(*boxes))
    noise = np.random.default_rng(5).integers(0, 256, (250, 500, 3), dtype=np.uint8)
    at = upload(app(gray_world, "photo"), "crowd.png", png(noise))
    assert "**50 faces**" in text(at) and f"The {cards.MOST} largest of 50 faces are shown in detail." in text(at)
    assert len(charts(at)) == cards.MOST


def test_a_drawing_has_no_face(app: Callable, gray_world) -> None:
    drawing = np.full((300, 400, 3), 230, np.uint8)
    cv2.circle(drawing, (200, 150), 100, (250, 210, 60), -1)
    for place in ((165, 120), (235, 120)):
        cv2.circle(drawing, place, 12, (0, 0, 0), -1)
    cv2.ellipse(drawing, (200, 180), (50, 30), 0, 0, 180, (0, 0, 0), 5)
    at = upload(app(gray_world, "photo"), "drawing.png", png(drawing))
    assert len(at.warning) == 1 and at.warning[0].value.startswith("No face was found in this photo.")


def test_a_hundred_megapixels_are_one_sentence(app: Callable, gray_world) -> None:
    written = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(written, "PNG")
    at = upload(app(gray_world, "photo"), "large.png", written.getvalue())
    assert [error.value for error in at.error] == [
        "Expected a photo of at most 50 megapixels, got far more. Make it smaller."
    ]


def test_many_photos_are_a_table_and_a_gallery_from_which_each_opens(app: Callable, gray_world) -> None:
    face, wall = png(data.astronaut()), png(np.full((90, 160, 3), 200, np.uint8))
    at = upload_all(app(gray_world, "photo", run="alpha"), one=face, wall=wall, broken=b"no picture at all")
    assert "**2 photos, 1 face**" in text(at) and "1 without a face. 1 could not be read." in text(at)
    shown = rows(at, "Faces of all photos")
    assert [row["File"] for row in shown] == ["one.png", "wall.png", "broken.png"] and not at.error
    assert [row["Remark"] for row in shown[1:]] == ["no face was found", "unknown format"]
    (gallery,) = sent(at, "tiles")
    ((number, title, note, colour, head),) = gallery["tiles"]
    assert (number, note, head) == (0, "one.png", f"{shown[0]['Emotion']} · 1")
    assert title.startswith(shown[0]["Confidence"]) and colour.startswith("#")
    at.session_state["photos-open"] = 0
    at.run()
    assert "**one.png** (1 of 3)" in text(at) and f"**{shown[0]['Emotion']} {shown[0]['Confidence']}**" in text(at)
    assert "→ gray → 48×48 → what speaks for" in text(at) and not sent(at, "table")
    at.button(key="photos-next").click().run()
    assert "No face was found" in text(at)
    at.button(key="photos-next").click().run()
    assert at.error[0].value.startswith("Expected a photo as ") and at.button(key="photos-next").disabled
    at.button(key="photos-back").click().run()
    assert rows(at, "Faces of all photos") == shown
    at.button(key="photo-remove").click().run()
    assert not sent(at, "table") and at.button(key="example-button")
    assert all(name not in at.session_state for name in ("photos-read", "photos-open", "kept-photo-upload"))


def test_a_zip_is_read_once_and_a_hostile_one_is_one_sentence(
    app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_now = []
    each = photos.read_each

    def spy(sources, *args, **options):
        read_now.append(len(sources))
        return each(sources, *args, **options)

    monkeypatch.setattr(photos, "read_each", spy)
    face = png(data.astronaut())
    at = upload_all(app(gray_world, "photo"), holiday=zipped({"a/one.png": face, "a/two.png": face[:50_000]}))
    at.run()
    assert read_now == [2] and [row["File"] for row in rows(at, "Faces of all photos")] == ["a/one.png", "a/two.png"]
    at = upload_all(app(gray_world, "photo"), evil=zipped({"../../one.png": face}))
    assert [error.value for error in at.error] == [
        "evil.zip climbs out of its folder ('../../one.png'); it is not read."
    ]
    text(at)


def test_a_face_taken_as_neutral_reads_as_a_typical_one_until_it_is_forgotten(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo", run="alpha"), "astronaut.png", png(data.astronaut()))
    before = text(at)
    at.button(key="photo-neutral-1").click().run()
    typical = corrections.of(load.all_runs()["alpha"]).typical
    shares = softmax(typical[None])[0]
    name = load.all_runs()["alpha"].classes[int(shares.argmax())]
    assert f"**1 · {name}** {shares.max():.0%}" in text(at) and "Against this neutral face" in text(at)
    at = upload(at, "mirrored.png", png(np.ascontiguousarray(data.astronaut()[:, ::-1])))
    assert "Against this neutral face" in text(at)
    at = upload_all(at, one=png(data.astronaut()), two=png(data.astronaut()))
    assert {row["Confidence"] for row in rows(at, "Faces of all photos")} == {f"{shares.max():.0%}"}
    at.button(key="photos-forget-neutral").click().run()
    assert "Against this" not in text(at)
    assert text(upload(at, "astronaut.png", png(data.astronaut()))) == before


def test_a_run_that_never_saw_neutral_faces_offers_none(app: Callable, colour_world) -> None:
    at = upload(app(colour_world, "photo"), "astronaut.png", png(data.astronaut()))
    assert "%**, then " in text(at) and not [one for one in at.button if "neutral" in one.label]


def test_the_switch_of_the_mirror_image_changes_the_reading(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo", run="alpha"), "astronaut.png", png(data.astronaut()))
    before = sent(at, "chart")
    press(at, "mirror", True)
    assert sent(at, "chart") != before
