"""The front, before workers that are made up: what they lose is sent again, what they answer is passed on."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ferkit.serve.front import TRIES, Front
from ferkit.serve.settings import Limits

ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: once\r\nx-mine: 1\r\ncontent-length: 4\r\n\r\ntrue"
)
BUSY = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n"
Act = Callable[
    [bytes, int], bytes
]  # a request and how many came before -> what is sent back before the connection ends


class Worker:
    """Listens at a Unix socket and does with each request what it is told."""

    def __init__(self, path: Path, act: Act) -> None:
        self.path, self.asked, self._act = str(path), [], act
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(self.path)
        self._socket.listen(50)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # the front may have gone
            asked = b""
            while b"\r\n\r\n" not in asked or len(asked.partition(b"\r\n\r\n")[2]) < _length(asked):
                asked += connection.recv(1 << 16)
            self.asked.append(asked)
            connection.sendall(self._act(asked, len(self.asked) - 1))

    def close(self) -> None:
        self._socket.close()


def _length(asked: bytes) -> int:
    head = asked.partition(b"\r\n\r\n")[0].lower()
    return int(head.partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[[Act], Worker]]:
    made: list[Worker] = []

    def make(act: Act) -> Worker:
        made.append(Worker(tmp_path / "workers", act))
        return made[-1]

    yield make
    for one in made:
        one.close()


def front(worker: Worker, token: str = "", workers: int = 1, **limits: Any) -> Front:
    return Front(worker.path, Limits(**limits), workers, token)


def client(front: Front) -> TestClient:
    """All its requests in one event loop."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await front(scope, receive, send)
            return
        for what in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{what}.complete"})

    return TestClient(app)


def test_a_request_and_its_answer_are_passed_on(worker) -> None:
    there = worker(lambda asked, n: ANSWER)
    with client(front(there)) as http:
        answer = http.post("/predict?whole_image=true", content=b"pixels", headers={"X-Own": "2"})
    assert (answer.status_code, answer.json(), answer.headers["x-mine"]) == (200, True, "1")
    assert "date" not in answer.headers and answer.headers["content-length"] == "4"
    (asked,) = there.asked
    assert asked.startswith(b"POST /predict?whole_image=true HTTP/1.1\r\n") and asked.endswith(b"\r\n\r\npixels")
    assert b"x-own: 2\r\n" in asked.lower() and asked.lower().count(b"connection:") == 1


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\nconte", ANSWER[:-2]])
def test_a_request_whose_worker_dies_is_given_to_another(worker, before: bytes) -> None:
    one = front(worker(lambda asked, n: before if n < 2 else ANSWER))
    with client(one) as http:
        answer = http.post("/predict", content=b"pixels")
    assert (answer.status_code, answer.text, one.resent) == (200, "true", 2)


def test_one_that_ends_every_worker_is_refused(worker) -> None:
    there = worker(lambda asked, n: b"")
    with client(front(there)) as http:
        answer = http.post("/predict", content=b"poison")
    assert answer.status_code == 502 and len(there.asked) == TRIES
    assert "workers ended" in answer.json()["error"]


def test_one_that_ends_workers_takes_no_others_along(worker) -> None:
    dying = threading.Event()

    def act(asked: bytes, n: int) -> bytes:
        if b"poison" in asked:
            dying.set()
            return b""
        return b"" if not dying.is_set() and n < 20 else ANSWER

    one = front(worker(act), workers=2)
    answers: dict[str, int] = {}

    def ask(http: TestClient, what: str) -> None:
        answers[what] = http.post("/predict", content=what.encode()).status_code

    with client(one) as http:
        asking = [threading.Thread(target=ask, args=(http, what)) for what in ("poison", *"abcdef")]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    assert answers.pop("poison") == 502
    assert set(answers.values()) == {200}


def test_a_worker_without_a_place_is_asked_again(worker) -> None:
    one = front(worker(lambda asked, n: BUSY if n < 3 else ANSWER))
    with client(one) as http:
        assert http.post("/predict", content=b"pixels").status_code == 200
    assert one.resent == 0


def test_beyond_its_places_requests_are_refused(worker) -> None:
    release, held = threading.Event(), threading.Event()

    def act(asked: bytes, n: int) -> bytes:
        held.set()
        release.wait(10)
        return ANSWER

    one = front(worker(act), requests=1)
    with client(one) as http:
        waiting = threading.Thread(target=lambda: http.post("/predict", content=b"first"))
        waiting.start()
        held.wait(10)
        refused = http.post("/predict", content=b"second")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert "All 1 places" in refused.json()["error"]
        release.set()
        waiting.join()
        assert http.post("/predict", content=b"third").status_code == 200


def test_too_many_bytes_are_refused_before_a_worker_has_them(worker) -> None:
    there = worker(lambda asked, n: ANSWER)
    with client(front(there, megabytes=1)) as http:
        assert http.post("/predict", content=bytes(1_000_001)).status_code == 413
        assert http.post("/predict", content=bytes(1_000_000)).status_code == 200
    assert len(there.asked) == 1


def test_a_worker_that_never_answers_is_late(worker) -> None:
    release = threading.Event()
    there = worker(lambda asked, n: release.wait(10) and b"")
    with client(front(there, seconds=0.1)) as http:
        answer = http.post("/predict", content=b"pixels")
    release.set()
    assert answer.status_code == 503 and "0.1 seconds" in answer.json()["error"]


def test_without_the_token_no_body_is_read(worker) -> None:
    there = worker(lambda asked, n: ANSWER)
    with client(front(there, token="secret")) as http:
        http.post("/predict", content=b"pixels", headers={"Authorization": "Bearer wrong"})
        http.post("/predict", content=b"pixels", headers={"Authorization": "Bearer secret"})
    assert [asked.rpartition(b"\r\n\r\n")[2] for asked in there.asked] == [b"", b"pixels"]


def test_metrics_tell_of_the_front_too(worker) -> None:
    def act(asked: bytes, n: int) -> bytes:
        return b"" if n == 0 else ANSWER.replace(b"true", b"a 1\n")

    with client(front(worker(act), megabytes=1)) as http:
        http.post("/predict", content=b"pixels")
        http.post("/predict", content=bytes(1_000_001))
        lines = http.get("/metrics").text.splitlines()
    assert lines[0] == "a 1" and "ferkit_requests_resent_total 1.0" in lines
    assert 'ferkit_front_refused_total{status="413"} 1.0' in lines
