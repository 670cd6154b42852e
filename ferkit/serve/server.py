"""The processes: a parent, which is the front and starts workers again, and workers, each with its own network.

    client ── TCP ── front (a thread of the parent) ── Unix socket ── one of the workers

All workers listen at one socket, which the parent keeps open: whoever is free takes the next request, and while none is
there, requests wait. uvicorn starts a dead worker again but forgets what it was doing; the front does not.
"""

import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from ferkit.errors import ConfigError, FerkitError
from ferkit.predict.photo import PhotoReading
from ferkit.runs import Run
from ferkit.serve.engine import Engine
from ferkit.serve.exchange import Address
from ferkit.serve.front import Front
from ferkit.serve.settings import Settings
from ferkit.serve.telemetry import share_between_workers
from ferkit.serve.workers import ALIVE, Workers
from ferkit.text import printable

__all__ = ["app", "opened", "serve"]

BACKLOG = 2048  # connections that wait at the socket
GRACE = 5  # seconds beyond a request's own limit that a stopping worker gets


def serve(settings: Settings, host: str, port: int, workers: int, token: str = "") -> None:
    """Listen until SIGTERM or Ctrl-C; what has been accepted by then is answered. Raises ConfigError where the address
    is taken or not this machine's."""
    settings.to_environment(token)
    cores = os.cpu_count() or 1
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores // workers)))  # threads of one worker's network
    # clients may connect from here on: while workers start, they wait
    with _listening(host, port) as sock, share_between_workers(), _meeting_place() as (inner, address):
        front = FrontThread(Front(address, settings.limits, workers, token), settings, sock)
        supervisor = Workers(_config(settings, "ferkit.serve.server:app", factory=True, workers=workers), inner, front)
        shown = f"http://{host}:{sock.getsockname()[1]}"
        print(f"Serving {settings.run} on {shown} (see /docs). Ctrl-C stops it.", flush=True)
        front.start()
        supervisor.run()


def _config(settings: Settings, app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, backlog=BACKLOG, log_level="warning", access_log=False, server_header=False,
        timeout_worker_healthcheck=ALIVE, timeout_graceful_shutdown=int(settings.limits.seconds) + GRACE, **more,
    )  # fmt: skip


class FrontThread(threading.Thread):
    """The front at a socket, until it is stopped: then it takes no new connections and answers what it has."""

    def __init__(self, front: Front, settings: Settings, sock: socket.socket) -> None:
        super().__init__(name="front", daemon=True)
        self._sock, self._server = sock, uvicorn.Server(_config(settings, front, lifespan="off", ws="none"))

    def run(self) -> None:
        self._server.run(sockets=[self._sock])

    def stop(self, now: bool = False) -> None:
        self._server.should_exit = True
        self._server.force_exit = now


@contextmanager
def _meeting_place() -> Iterator[tuple[socket.socket, Address]]:
    """The socket of the workers, which nobody else can reach; where there are no Unix sockets, other programs of this
    machine can."""
    if not hasattr(socket, "AF_UNIX"):
        with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as sock:
            yield sock, sock.getsockname()
        return
    with tempfile.TemporaryDirectory(prefix="ferkit-") as folder, socket.socket(socket.AF_UNIX) as sock:
        path = str(Path(folder) / "workers")
        sock.bind(path)
        sock.listen(BACKLOG)
        yield sock, path


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
        raise ConfigError(f"Cannot listen on {host}:{port}: {reason}. Choose another: --host, --port") from error
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named; else each answer waits 40 ms for the client
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, made.detach())


def app() -> FastAPI:
    """What each worker runs. A run that cannot be opened ends it, and the parent, with one sentence."""
    _end_with_parent()
    try:
        return opened()
    except FerkitError as error:
        print("Error:", printable(" ".join(str(error).split())), file=sys.stderr, flush=True)
        sys.exit(STARTUP_FAILURE)


def _end_with_parent() -> None:
    """A worker whose parent was killed ends: nobody can reach it any more."""
    if (parent := multiprocessing.parent_process()) is not None:

        def wait() -> None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=wait, name="parent", daemon=True).start()


def opened() -> FastAPI:
    """The app of the environment's settings. Raises FerkitError where its run cannot be opened."""
    from ferkit.faces import detector
    from ferkit.monitor.log import record
    from ferkit.monitor.pictures import kept
    from ferkit.monitor.store import address
    from ferkit.runs import open_run
    from ferkit.serve.app import create

    settings, token = Settings.from_environment()

    def log(reading: PhotoReading, seconds: float) -> None:
        record("serve", settings.run, reading.faces, seconds)

    one = create(settings, _engine(open_run(settings.run), settings.engine), detector(), token, log)
    if address() and (pictures := kept()):
        one.description += f" The crops of the latest {pictures:,} faces are kept in a log."
    return one


def _engine(run: Run, name: str) -> Engine:
    from ferkit.serve.exported import PYTORCH, Exported

    if name != PYTORCH:
        return Exported(run, name)
    from ferkit.predict.classifier import Classifier

    return Classifier.open(run)
