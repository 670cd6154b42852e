"""A run under load: requests a second, their times, and what happens to them when a worker is killed.

    $ python -m bench.serve
    $ python -m bench.serve --workers 2 --clients 8 --seconds 20

Clients in threads send one picture after another over connections that stay open, as one machine sends to another. Then
the same with a worker killed (SIGKILL) after a third of the time and all of them after two thirds. No client sends
anything twice: a request whose connection breaks is lost. The clients' own work is part of the times: they share the
machine.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from bench import ROOT, subjects, timing
from bench.timing import Claim, Report, Sample, combine
from ferkit.deploy.export import export

__all__ = ["main", "measure"]

FACE, PHOTO = "a face of 48×48 without a search", "a photo of 640×480"
PATHS = {FACE: "/predict?whole_image=true", PHOTO: "/predict"}
ENGINES = ("pytorch", "onnx")
BROKEN = (ConnectionError, http.client.HTTPException)
PACKAGES = ("fastapi", "uvicorn", "torch")


@dataclass
class Load:
    """What the clients saw."""

    seconds: list[float] = field(default_factory=list)  # of each answered request
    lost: int = 0  # requests whose connection broke
    refused: int = 0  # with another status than 200

    def quantile(self, share: float) -> float:
        return 1000 * float(np.quantile(self.seconds, share)) if self.seconds else float("nan")


def measure(repeats: int, seconds: int, clients: int, workers: int) -> Report:
    """`repeats` loads of each kind of picture and engine, then one during which workers are killed."""
    pictures = {FACE: subjects.jpeg(subjects.portrait(48, 48)), PHOTO: subjects.jpeg(subjects.portrait(640, 480))}
    samples: list[Sample] = []
    for engine in ENGINES:
        with _served(workers, engine) as (port, parent, note):
            for what, picture in pictures.items():
                samples += _loaded(engine, what, port, parent, picture, repeats, seconds, clients)
            memory = [child.memory_info().rss / 1e6 for child in _workers(parent)]
            samples.append(combine(f"{engine}: memory of a worker", "MB", memory))
            if engine == ENGINES[0]:
                killed, resent = _killing(port, parent, pictures[PHOTO], clients, 3 * seconds)
    figures = _figures(killed, resent)
    samples += [combine(f"{PHOTO}, workers killed: {name}", unit, [value]) for name, unit, value in figures]
    claims = [Claim("requests lost when workers are killed", killed.lost + killed.refused, 0, "")]
    notes = [note, f"{clients} clients, {workers} workers, {seconds} seconds a load; clients on the same machine"]
    return Report("serve", repeats, samples, claims, notes, PACKAGES)


def _loaded(
    engine: str, what: str, port: int, parent: psutil.Process, picture: bytes, repeats: int, seconds: int, clients: int
) -> list[Sample]:
    """The loads of one picture, and the processor time they took."""
    path, what = PATHS[what], f"{engine}, {what}"
    _load(port, path, picture, clients, 2)  # warm
    before = _spent(parent)
    loads = [_load(port, path, picture, clients, seconds) for _ in range(repeats)]
    spent = 1000 * (_spent(parent) - before) / max(1, sum(len(load.seconds) for load in loads))
    return [
        *_samples(what, loads, seconds),
        combine(f"{what}: processor time of the server", "ms/request", [spent]),
    ]


def _samples(what: str, loads: list[Load], seconds: int) -> list[Sample]:
    return [
        combine(f"{what}: answered", "requests/s", [len(load.seconds) / seconds for load in loads]),
        combine(f"{what}: p50", "ms", [load.quantile(0.5) for load in loads]),
        combine(f"{what}: p99", "ms", [load.quantile(0.99) for load in loads]),
        combine(f"{what}: refused or lost", "requests", [x.refused + x.lost for x in loads]),
    ]


def _figures(load: Load, resent: int) -> list[tuple[str, str, float]]:
    counts = {"answered": len(load.seconds), "of these by a second worker": resent}
    counts |= {"refused": load.refused, "lost": load.lost}
    return [(name, "requests", float(n)) for name, n in counts.items()] + [("slowest", "ms", load.quantile(1.0))]


@contextmanager
def _served(workers: int, engine: str) -> Iterator[tuple[int, psutil.Process, str]]:
    """`ferkit serve` of the subject's network: its port, its process, and a sentence about the network."""
    subject = subjects.subject()
    faces, _ = subjects.faces(100)
    with tempfile.TemporaryDirectory() as folder:
        run = subjects.as_run(subject, faces, Path(folder) / "served")
        if engine != ENGINES[0]:
            export(run, None, [engine])
        options = ["--port", "0", "--workers", str(workers), "--engine", engine]
        command = [sys.executable, "-m", "ferkit", "serve", "served", *options]
        environment = os.environ | {"FERKIT_CHECKPOINTS": folder}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            port = int(re.findall(r":(\d+) ", process.stdout.readline())[0])
            for _ in range(2 * workers):  # until every worker is there, more or less
                while _answer(port, "/ready")[0] != 200:
                    pass
            yield port, psutil.Process(process.pid), subject.note
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def _load(port: int, path: str, picture: bytes, clients: int, seconds: float) -> Load:
    """Clients that send the picture again and again for so many seconds."""
    loads = [Load() for _ in range(clients)]
    end = time.perf_counter() + seconds
    threads = [threading.Thread(target=_client, args=(port, path, picture, end, load)) for load in loads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [value for load in loads for value in load.seconds]
    return Load(times, *(sum(getattr(load, name) for load in loads) for name in ("lost", "refused")))


def _client(port: int, path: str, picture: bytes, end: float, load: Load) -> None:
    connection = _connection(port)
    while (began := time.perf_counter()) < end:
        try:
            status, _ = _ask(connection, "POST", path, picture)
        except BROKEN:
            load.lost += 1
            connection.close()  # opened again by the next request
            continue
        load.refused += status != 200
        if status == 200:
            load.seconds.append(time.perf_counter() - began)
    connection.close()


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=120)


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes) -> tuple[int, bytes]:
    connection.request(method, path, body, {"Content-Type": "image/jpeg"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def _answer(port: int, path: str) -> tuple[int, bytes]:
    with closing(_connection(port)) as connection:
        return _ask(connection, "GET", path, b"")


def _workers(parent: psutil.Process) -> list[psutil.Process]:
    """Those that run; a killed one is a zombie until the parent has noticed."""
    running = [child for child in parent.children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in running if "spawn_main" in " ".join(child.cmdline())]


def _spent(parent: psutil.Process) -> float:
    """Seconds of processor time that the workers and the front have taken."""
    return sum(sum(process.cpu_times()[:2]) for process in (parent, *_workers(parent)))


def _killing(port: int, parent: psutil.Process, picture: bytes, clients: int, seconds: float) -> tuple[Load, int]:
    """A load during which one worker gets SIGKILL, and later all; and how many requests a second worker was given."""
    timers = [
        threading.Timer(seconds / 3, lambda: _workers(parent)[0].kill()),
        threading.Timer(2 * seconds / 3, lambda: [worker.kill() for worker in _workers(parent)]),
    ]
    for timer in timers:
        timer.start()
    load = _load(port, PATHS[PHOTO], picture, clients, seconds)
    for timer in timers:
        timer.join()
    resent = re.findall(r"ferkit_requests_resent_total ([\d.]+)", _answer(port, "/metrics")[1].decode())
    return load, int(float(resent[0]))


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=3, seconds=10, clients=8, workers=2)


if __name__ == "__main__":
    main()
