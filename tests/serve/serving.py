"""An app around an engine that needs no network, and pictures to send."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from fastapi.testclient import TestClient

from ferkit.faces import Box
from ferkit.serve.app import create
from ferkit.serve.settings import Limits, Settings
from tests.predict.stubs import Fixed, Stub

CLASSES = ("angry", "happy")
BOX = Box(2, 3, 20, 20, 0.9)


def brightness(images: np.ndarray) -> np.ndarray:
    """The brighter a face, the happier."""
    happy = images.reshape(len(images), -1).mean(1) / 255
    return np.column_stack([1 - happy, happy])


def picture(gray: int = 200, side: int = 48, ending: str = ".png") -> bytes:
    return cv2.imencode(ending, np.full((side, side + 16, 3), gray, np.uint8))[1].tobytes()


def client(
    predict: Callable[[np.ndarray], np.ndarray] = brightness, token: str = "", on_reading: Any = None, **limits: Any
) -> TestClient:
    """To be used as `with client() as http:`, which starts and stops the app."""
    settings = Settings(run="mine", limits=Limits(**limits))
    app = create(settings, Stub(CLASSES, predict), Fixed(BOX), token, on_reading)
    return TestClient(app, raise_server_exceptions=False)


def send(http: TestClient, *contents: bytes, **options: Any) -> Any:
    """POST the pictures as a form."""
    files = [("pictures", (f"{i}.png", content, "image/png")) for i, content in enumerate(contents)]
    return http.post("/predict", files=files, **options)
