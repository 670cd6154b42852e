"""The processes themselves: a killed worker is replaced, a stopped server finishes what it accepted."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from uvicorn.config import STARTUP_FAILURE

from ferkit.errors import ConfigError
from ferkit.files import runs_dir
from ferkit.runs import Run
from ferkit.serve.server import _listening, app, serve
from ferkit.serve.settings import SETTINGS, Settings
from tests.serve.serving import picture
from tests.worlds import ROOT


class Server:
    """`ferkit serve` in a process of its own, on a free port."""

    def __init__(self, run: str, *more: str) -> None:
        command = [sys.executable, "-m", "ferkit", "serve", run, "--port", "0", "--seconds", "60", *more]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.port = int(re.findall(r":(\d+) ", self.line)[0]) if ":" in self.line else 0

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=100)
        try:
            connection.request(method, path, body, {"Content-Type": "image/png"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def workers(self) -> list[psutil.Process]:
        """Those that run; a killed one is a zombie until the parent has noticed."""
        return [child for child in psutil.Process(self.process.pid).children() if _is_worker(child)]


def _is_worker(child: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(child.cmdline())
    except psutil.NoSuchProcess:  # a zombie is none either
        return False


@pytest.fixture
def server(run: Run) -> Iterator[Server]:
    with started(run.name) as server:
        yield server


@pytest.fixture
def exported_server(make_run: object) -> Iterator[Server]:
    """Two workers of a run that ships exported: they are there in a second, for they need no torch."""
    pytest.importorskip("onnxruntime")
    shutil.copytree(ROOT / "checkpoints" / "compact-wild", runs_dir() / "compact-wild")
    with started("compact-wild", "--workers", "2", "--engine", "onnx") as server:
        yield server


@contextlib.contextmanager
def started(run: str, *more: str) -> Iterator[Server]:
    server = Server(run, *more)
    yield server
    workers = psutil.Process(server.process.pid).children() if server.process.poll() is None else []
    server.process.kill()
    for worker in workers:
        with contextlib.suppress(psutil.NoSuchProcess):
            worker.kill()
    server.process.communicate()


def test_a_killed_worker_is_replaced_and_a_stopped_server_finishes_its_requests(server: Server) -> None:
    assert server.line.startswith("Serving tiny on http://127.0.0.1:")
    assert server.ask("GET", "/ready")[0] == 200, "who asks before the worker is there waits"
    first = server.ask("POST", "/predict", picture(side=40))
    assert first[0] == 200

    (killed,) = server.workers()
    killed.kill()
    assert server.ask("POST", "/predict", picture(side=40)) == first, "who asks after the kill waits too"
    assert [worker.pid for worker in server.workers()] != [killed.pid]

    answers: list[tuple[int, bytes]] = []
    large = picture(side=2500)
    sending = threading.Thread(target=lambda: answers.append(server.ask("POST", "/predict", large)))
    sending.start()
    while b"ferkit_requests_in_progress 1.0" not in server.ask("GET", "/metrics")[1] and not answers:
        time.sleep(0.005)
    os.kill(server.process.pid, signal.SIGTERM)
    sending.join(60)
    assert [status for status, _ in answers] == [200]
    assert server.process.wait(60) == 0
    assert server.process.stderr is not None and "Traceback" not in server.process.stderr.read()
    with pytest.raises(ConnectionError):
        server.ask("GET", "/health")


@pytest.mark.timeout(300)
def test_no_accepted_request_is_lost_with_killed_workers(exported_server: Server) -> None:
    """One is killed, then all at once, then all are replaced in turn (SIGHUP), while clients send one after another."""
    server = exported_server
    assert server.ask("GET", "/ready")[0] == 200
    wanted, ended = server.ask("POST", "/predict", picture(side=300)), threading.Event()
    answers: list[tuple[int, bytes]] = []
    broken: list[Exception] = []

    def client() -> None:
        while not ended.is_set():
            try:
                answers.append(server.ask("POST", "/predict", picture(side=300)))
            except Exception as error:  # what a client without a retry would call lost
                broken.append(error)
                return

    clients = [threading.Thread(target=client) for _ in range(4)]
    for thread in clients:
        thread.start()
    try:
        for count in (1, 2):
            settle(answers, 20)
            for worker in server.workers()[:count]:
                worker.kill()
            wait(lambda: len(server.workers()) == 2)
        settle(answers, 20)
        before = {worker.pid for worker in server.workers()}
        os.kill(server.process.pid, signal.SIGHUP)
        wait(lambda: len(now := {worker.pid for worker in server.workers()}) == 2 and not now & before)
        settle(answers, 20)
    finally:
        ended.set()
        for thread in clients:
            thread.join(60)
    assert not broken and {status for status, _ in answers} == {200}
    assert all(answer == wanted for answer in answers)
    resent = re.findall(rb"ferkit_requests_resent_total ([\d.]+)", server.ask("GET", "/metrics")[1])
    assert float(resent[0]) > 0, "some were being answered by a worker that was killed"


def test_workers_end_with_a_parent_that_is_killed(exported_server: Server) -> None:
    assert exported_server.ask("GET", "/ready")[0] == 200
    workers = exported_server.workers()
    assert len(workers) == 2
    exported_server.process.kill()
    exported_server.process.wait()
    for worker in workers:
        worker.wait(30)


def settle(answers: list[tuple[int, bytes]], more: int) -> None:
    """Wait for so many more answers."""
    until = len(answers) + more
    wait(lambda: len(answers) >= until)


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_run_that_cannot_be_opened_ends_the_worker_with_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run.weights.write_bytes(b"broken")
    monkeypatch.setenv(SETTINGS, Settings(run=run.name).model_dump_json())
    with pytest.raises(SystemExit) as ended:
        app()
    assert ended.value.code == STARTUP_FAILURE
    error = capsys.readouterr().err
    assert error.startswith("Error: ") and error.count("\n") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_are_sent_at_once(host: str) -> None:
    """Without TCP_NODELAY an answer in two parts waits 40 ms for the client's word on the first."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(_listening(host, 0))
        assert listening.proto == socket.IPPROTO_TCP, "where asyncio sets it"
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)


def test_an_address_that_is_taken_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTINGS, raising=False)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError, match="address already in use"):
        serve(Settings(run="any"), "127.0.0.1", taken.getsockname()[1], 1)
