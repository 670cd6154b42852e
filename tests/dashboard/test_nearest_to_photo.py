"""The training faces nearest to a face of a photo: found when asked for, in the dataset the run was trained on."""

from collections.abc import Callable

import numpy as np
from skimage import data
from sklearn.neighbors import NearestNeighbors

from ferkit.data import store
from ferkit.evaluate.nearest_train import features_of
from ferkit.faces import MARGIN
from ferkit.predict import Classifier
from ferkit.runs import open_run
from tests.pages.components import sent
from tests.test_images import encoded

BUTTON = "photo-find-nearest"


def with_photo(app: Callable, world):
    at = app(world, "photo", run="alpha")
    at.file_uploader(key="photo-upload").upload("astronaut.png", encoded(data.astronaut()))
    return at.run()


def test_the_five_nearest_are_those_of_scikit_learn(app: Callable, gray_world) -> None:
    from dashboard.camera import photo

    at = with_photo(app, gray_world)
    assert not sent(at, "tiles")
    at.button(key=BUTTON).click().run()
    assert not at.exception
    (shown,) = sent(at, "tiles")
    run, train = open_run("alpha"), store.load("tiny").split("train")
    (face,) = photo.reading_of(encoded(data.astronaut()), run, margin=MARGIN).faces
    known = features_of(Classifier.open(run), train.images).astype(np.float32)
    own = face.features[None].astype(np.float32)
    gaps, places = NearestNeighbors(n_neighbors=5, metric="cosine", algorithm="brute").fit(known).kneighbors(own)
    names = [train.classes[label] for label in train.labels[places[0]]]
    assert [tile[1] for tile in shown["tiles"]] == names
    alike = [
        f"{'' if name == face.label else '⚠ '}{round(100 * (1 - gap))}%"
        for name, gap in zip(names, gaps[0], strict=True)
    ]
    assert [tile[2] for tile in shown["tiles"]] == alike
    assert any("⚠ marks a label" in caption.value for caption in at.caption)


def test_without_the_images_it_says_how_to_bring_them(app: Callable, imageless_world) -> None:
    at = with_photo(app, imageless_world)
    assert not at.exception and BUTTON not in [button.key for button in at.button]
    assert any("data import ARCHIVE.zip --name tiny" in caption.value for caption in at.caption)
