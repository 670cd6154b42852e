"""The processes that listen: a parent that holds the socket and restarts workers, each of which has its network.

A worker that is killed takes the requests it was working on with it: their clients see the connection reset and may
send them again. Those who connect meanwhile wait at the socket, which stays open.
"""

import os
import socket
import sys

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from ferkit.errors import ConfigError, FerkitError
from ferkit.predict.photo import PhotoReading
from ferkit.runs import Run
from ferkit.serve.engine import Engine
from ferkit.serve.settings import Settings
from ferkit.serve.telemetry import share_between_workers
from ferkit.text import printable

__all__ = ["app", "opened", "serve"]

BACKLOG = 2048  # connections that wait at the socket
GRACE = 5  # seconds beyond a request's own limit that a stopping worker gets
ALIVE = 30  # seconds within which a busy worker must answer the parent


def serve(settings: Settings, host: str, port: int, workers: int, token: str = "") -> None:
    """Listen until SIGTERM or Ctrl-C; what has been accepted by then is answered. Raises ConfigError where the address
    is taken or not this machine's."""
    settings.to_environment(token)
    cores = os.cpu_count() or 1
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores // workers)))  # threads of one worker's network
    config = uvicorn.Config(
        "ferkit.serve.server:app", factory=True, host=host, port=port, workers=workers, backlog=BACKLOG,
        log_level="warning", access_log=False, server_header=False, timeout_worker_healthcheck=ALIVE,
        timeout_graceful_shutdown=int(settings.limits.seconds) + GRACE,
    )  # fmt: skip
    # it listens from here on: those who connect while workers start wait
    with _listening(host, port) as sock, share_between_workers():
        address = f"http://{host}:{sock.getsockname()[1]}"
        print(f"Serving {settings.run} on {address} (see /docs). Ctrl-C stops it.", flush=True)
        Multiprocess(config, sockets=[sock]).run()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
        raise ConfigError(f"Cannot listen on {host}:{port}: {reason}. Choose another: --host, --port") from error


def app() -> FastAPI:
    """What each worker runs. A run that cannot be opened ends it, and the parent, with one sentence."""
    try:
        return opened()
    except FerkitError as error:
        print("Error:", printable(" ".join(str(error).split())), file=sys.stderr, flush=True)
        sys.exit(STARTUP_FAILURE)


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
