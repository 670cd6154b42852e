"""A face of a photo is placed on the map from the Photo page."""

from collections.abc import Callable

from skimage import data

from dashboard.camera.placed import Placed
from tests.pages.test_photo import png, text, upload


def test_a_photos_face_goes_to_the_map_of_the_run_that_read_it(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo", run="alpha"), "astronaut.png", png(data.astronaut()))
    at.button(key="photo-place-1").click().run()
    text(at)
    placed = at.session_state["placed"]
    assert isinstance(placed, Placed) and placed.label.startswith("your photo: ")
    assert placed.picture.startswith("data:image/jpeg;base64,")
    assert at.title[0].value == "Embeddings"
    assert any(button.key == "placed-remove" for button in at.button)


def test_without_a_map_of_the_run_there_is_no_such_button(app: Callable, gray_world, imageless_world) -> None:
    (imageless_world.checkpoints / "alpha" / "val-map.parquet").unlink()
    at = upload(app(imageless_world, "photo", run="alpha", data="tiny"), "astronaut.png", png(data.astronaut()))
    text(at)
    assert not any(button.key == "photo-place-1" for button in at.button)
