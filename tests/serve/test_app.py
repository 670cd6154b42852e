"""The routes: what is answered, and the one sentence of each refusal."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.serve.serving import brightness, client, picture, send

FORM = "multipart/form-data"


def post(http: Any, content: bytes, kind: str) -> Any:
    return http.post("/predict", content=content, headers={"Content-Type": kind})


def test_a_form_of_pictures_gets_faces_in_its_order() -> None:
    with client() as http:
        answer = send(http, picture(255), picture(0)).json()
    assert (answer["run"], answer["detector"]) == ("mine", "fixed")
    first, second = answer["pictures"]
    assert (first["name"], first["width"], first["height"], first["method"]) == ("0.png", 64, 48, "detected")
    assert first["faces"] == [
        {"box": {"x": 2, "y": 3, "w": 20, "h": 20}, "emotion": "happy", "confidence": 1.0,
         "probabilities": {"angry": 0.0, "happy": 1.0}}
    ]  # fmt: skip
    assert second["faces"][0]["emotion"] == "angry"


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "IMAGE/PNG; q=1"])
def test_bytes_are_one_picture_without_a_name(kind: str) -> None:
    with client() as http:
        answer = http.post("/predict", content=picture(), headers={"Content-Type": kind})
    assert answer.status_code == 200
    assert [p["name"] for p in answer.json()["pictures"]] == [""]


def test_the_middle_of_a_picture_is_taken_for_a_face_on_request() -> None:
    with client() as http:
        (picture_,) = send(http, picture(), params={"whole_image": True}).json()["pictures"]
    assert picture_["method"] == "whole image"
    assert picture_["faces"][0]["box"] == {"x": 8, "y": 0, "w": 48, "h": 48}


def test_names_from_outside_cannot_steer_a_terminal() -> None:
    with client() as http:
        answer = http.post("/predict", files=[("pictures", ("\x1b[31m\u202e" + "a" * 900, picture(), "image/png"))])
    (shown,) = [p["name"] for p in answer.json()["pictures"]]
    assert "\x1b" not in shown and "\u202e" not in shown and len(shown) < 300


REFUSALS: dict[str, tuple[int, str, Callable]] = {
    "too many bytes": (413, "at most 1 MB in a request", lambda http: send(http, bytes(1_000_001))),
    "far too many bytes": (413, "at most 1 MB in a request", lambda http: send(http, bytes(9_000_001))),
    "too many bytes, raw": (
        413, "at most 1 MB", lambda http: post(http, bytes(10**6 + 1), "image/png")
    ),
    "too many pictures": (413, "at most 2 pictures", lambda http: send(http, *[picture()] * 3)),
    "too many pixels": (422, "0.png: Expected a picture of at most", lambda http: send(http, picture(side=1200))),
    "no picture": (422, "1.png: Expected a picture as JPEG", lambda http: send(http, picture(), b"words")),
    "a broken picture": (422, "broken or cut short", lambda http: send(http, picture()[:-60])),
    "an empty picture": (422, "Expected a picture, got none", lambda http: send(http, b"")),
    "an empty body": (415, "got no type", lambda http: http.post("/predict")),
    "no files": (422, "a field of text", lambda http: http.post("/predict", files=[("pictures", (None, "x"))])),
    "another field": (
        422, "got the field 'image'", lambda http: http.post("/predict", files=[("image", ("a", picture()))])
    ),
    "no boundary": (
        422, "body that is broken",
        lambda http: post(http, b"x", FORM),
    ),
    "a torn form": (
        422, "Expected",
        lambda http: post(http, b"--b\r\nnonsense", FORM + "; boundary=b"),
    ),
    "JSON": (415, "got application/json", lambda http: http.post("/predict", json={})),
    "a strange setting": (422, "whole_image", lambda http: send(http, picture(), params={"whole_image": "maybe"})),
    "another address": (404, "no such address", lambda http: http.get("/nothing")),
    "another method": (405, "another method", lambda http: http.get("/predict")),
}  # fmt: skip


@pytest.mark.parametrize(("status", "words", "ask"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_refused_gets_a_status_and_one_sentence(status: int, words: str, ask: Callable) -> None:
    with client(megabytes=1, megapixels=1, pictures=2) as http:
        answer = ask(http)
        assert answer.status_code == status, answer.text
        assert list(answer.json()) == ["error"] and words in answer.json()["error"]
        assert send(http, picture()).status_code == 200, "the next request is answered"


def test_requests_beyond_the_places_are_told_to_come_again() -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(images: np.ndarray) -> np.ndarray:
        entered.set()
        release.wait(10)
        return brightness(images)

    with client(slow, requests=1) as http:
        answers: list = []
        thread = threading.Thread(target=lambda: answers.append(send(http, picture())))
        thread.start()
        assert entered.wait(10)
        refused = send(http, picture())
        release.set()
        thread.join()
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert [answer.status_code for answer in answers] == [200]
        assert send(http, picture()).status_code == 200


def test_a_request_that_takes_too_long_is_ended_and_keeps_its_place_until_its_thread_is_free() -> None:
    release = threading.Event()

    def slow(images: np.ndarray) -> np.ndarray:
        release.wait(60)
        return brightness(images)

    with client(slow, seconds=0.2, requests=1) as http:
        began = time.monotonic()
        late = send(http, picture(), picture())
        assert (late.status_code, late.headers["Retry-After"]) == (503, "5") and time.monotonic() - began < 30
        assert "longer than 0.2 seconds" in late.json()["error"]
        assert send(http, picture()).status_code == 429
        release.set()
        while (again := send(http, picture())).status_code == 429:
            time.sleep(0.01)
        assert again.status_code == 200


def test_an_engine_that_fails_gives_500_without_details_and_the_next_is_answered() -> None:
    def broken(images: np.ndarray) -> np.ndarray:
        if images.mean() > 250:
            raise ValueError("/secret/path")
        return brightness(images)

    with client(broken) as http:
        failed = send(http, picture(255))
        assert failed.status_code == 500 and "secret" not in failed.text
        assert send(http, picture(0)).status_code == 200


def test_with_a_token_only_its_bearer_is_answered() -> None:
    with client(token="geheim ü") as http:
        assert send(http, picture()).status_code == 401
        wrong = send(http, picture(), headers={"Authorization": "Bearer geheim"})
        assert wrong.status_code == 401 and wrong.headers["WWW-Authenticate"] == "Bearer"
        assert "Bearer TOKEN" in wrong.json()["error"] and "geheim" not in wrong.text
        assert send(http, picture(), headers={"Authorization": "Bearer geheim ü".encode()}).status_code == 401
        assert http.get("/health").status_code == 200
        assert "HTTPBearer" in http.get("/openapi.json").text
    with client(token="plain") as http:
        assert send(http, picture(), headers={"Authorization": "Bearer plain"}).status_code == 200


def test_health_is_alive_and_ready_only_while_faces_are_classified() -> None:
    broken = threading.Event()

    def sometimes(images: np.ndarray) -> np.ndarray:
        if broken.is_set():
            raise ValueError
        return brightness(images)

    with client(sometimes) as http:
        assert http.get("/ready").json() == {"status": "ready", "run": "mine"}
        broken.set()
        assert http.get("/ready").status_code == 503
        assert http.get("/health").json() == {"status": "alive", "run": "mine"}


def test_metrics_count_requests_pictures_faces_and_batches() -> None:
    with client() as http:
        send(http, picture(255), picture(255))
        send(http, b"words")
        text = http.get("/metrics").text
    for line in (
        'ferkit_requests_total{status="200"} 1.0', 'ferkit_requests_total{status="422"} 1.0',
        "ferkit_pictures_total 2.0",
        'ferkit_faces_total{emotion="happy"} 2.0', "ferkit_batch_faces_sum 2.0", "ferkit_requests_in_progress 0.0",
        "ferkit_request_seconds_count 2.0", 'ferkit_confidence_bucket{le="0.9"} 0.0',
    ):  # fmt: skip
        assert line in text, line


def test_every_reading_is_handed_on() -> None:
    seen: list = []
    with client(on_reading=lambda reading, seconds: seen.append((reading.faces[0].label, seconds > 0))) as http:
        send(http, picture(255), picture(0))
    assert seen == [("happy", True), ("angry", True)]
