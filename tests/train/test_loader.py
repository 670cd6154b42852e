"""The training set as tensors on the device."""

import torch

from ferkit.data.synthetic import draw
from ferkit.models import Input
from ferkit.train.loader import FaceLoader


def test_faces_of_another_size_are_resized() -> None:
    faces = draw(21, seed=0, size=64, colour=True, name="big")
    shape = Input.measure(faces.images, size=32)
    field = FaceLoader.of(faces, shape, torch.device("cpu"))
    assert field.images.shape == (21, 3, 32, 32) and field.images.dtype == torch.uint8
    torch.testing.assert_close(field.batch(slice(None))[0], shape.prepare(faces.images), atol=0.02, rtol=0)
