"""The processes themselves: a killed worker is replaced, a stopped server finishes what it accepted."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import psutil
import pytest
from uvicorn.config import STARTUP_FAILURE

from ferkit.errors import ConfigError
from ferkit.runs import Run
from ferkit.serve.server import app, serve
from ferkit.serve.settings import SETTINGS, Settings
from tests.serve.serving import picture
from tests.worlds import ROOT


class Server:
    """`ferkit serve` in a process of its own, on a free port."""

    def __init__(self, run: str) -> None:
        command = [sys.executable, "-m", "ferkit", "serve", run, "--port", "0", "--seconds", "60"]
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

    def once_more(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """With one retry where the connection is reset."""
        try:
            return self.ask(method, path, body)
        except (ConnectionError, http.client.RemoteDisconnected):
            return self.ask(method, path, body)

    def worker(self) -> psutil.Process:
        (worker,) = [p for p in psutil.Process(self.process.pid).children() if "spawn_main" in " ".join(p.cmdline())]
        return worker


@pytest.fixture
def server(run: Run) -> Iterator[Server]:
    server = Server(run.name)
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

    killed = server.worker()
    killed.kill()
    assert server.once_more("POST", "/predict", picture(side=40)) == first
    assert server.worker().pid != killed.pid

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


def test_an_address_that_is_taken_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTINGS, raising=False)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError, match="address already in use"):
        serve(Settings(run="any"), "127.0.0.1", taken.getsockname()[1], 1)
