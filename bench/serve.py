"""A run under load: requests a second, their times, and what happens to them when a worker is killed.

    $ python -m bench.serve
    $ python -m bench.serve --workers 2 --clients 8 --seconds 20

Clients in threads send one picture after another over connections that stay open, as one machine sends to another. Then
the same with a worker killed (SIGKILL) in the middle, where a client whose connection breaks sends that request once
more. The clients' own work is part of the times: they share the machine.
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

    seconds: list[float] = field(default_factory=list)  # of each answered request, retries included
    resent: int = 0  # requests whose connection broke
    lost: int = 0  # … twice
    refused: int = 0  # with another status than 200

    def quantile(self, share: float) -> float:
        return 1000 * float(np.quantile(self.seconds, share)) if self.seconds else float("nan")


def measure(repeats: int, seconds: int, clients: int, workers: int) -> Report:
    """`repeats` loads of each kind of picture and engine, then one during which a worker is killed."""
    pictures = {FACE: subjects.jpeg(subjects.portrait(48, 48)), PHOTO: subjects.jpeg(subjects.portrait(640, 480))}
    samples: list[Sample] = []
    for engine in ENGINES:
        with _served(workers, engine) as (port, parent, note):
            for what, picture in pictures.items():
                samples += _loaded(engine, what, port, parent, picture, repeats, seconds, clients)
            memory = [child.memory_info().rss / 1e6 for child in _workers(parent)]
            samples.append(combine(f"{engine}: memory of a worker", "MB", memory))
            if engine == ENGINES[0]:
                killed = _killing(port, parent, pictures[PHOTO], clients, 3 * seconds)
    samples += [combine(f"{PHOTO}, a worker killed: {name}", unit, [value]) for name, unit, value in _figures(killed)]
    claims = [Claim("requests lost when a worker is killed, with one retry on a broken connection", killed.lost, 0, "")]
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
        combine(f"{what}: processor time of the workers", "ms/request", [spent]),
    ]


def _samples(what: str, loads: list[Load], seconds: int) -> list[Sample]:
    return [
        combine(f"{what}: answered", "requests/s", [len(load.seconds) / seconds for load in loads]),
        combine(f"{what}: p50", "ms", [load.quantile(0.5) for load in loads]),
        combine(f"{what}: p99", "ms", [load.quantile(0.99) for load in loads]),
        combine(f"{what}: refused, resent or lost", "requests", [x.refused + x.resent + x.lost for x in loads]),
    ]


def _figures(load: Load) -> list[tuple[str, str, float]]:
    counts = {"answered": len(load.seconds), "resent": load.resent, "refused": load.refused, "lost": load.lost}
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
                with closing(_connection(port)) as connection:
                    _ask(connection, "GET", "/ready", b"")
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
    return Load(times, *(sum(getattr(load, name) for load in loads) for name in ("resent", "lost", "refused")))


def _client(port: int, path: str, picture: bytes, end: float, load: Load) -> None:
    connection = _connection(port)
    while (began := time.perf_counter()) < end:
        try:
            try:
                status = _ask(connection, "POST", path, picture)
            except BROKEN:
                load.resent += 1
                connection.close()  # opened again by the next request
                status = _ask(connection, "POST", path, picture)
        except BROKEN:
            load.lost += 1
            connection.close()
            continue
        load.refused += status != 200
        if status == 200:
            load.seconds.append(time.perf_counter() - began)
    connection.close()


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=120)


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes) -> int:
    connection.request(method, path, body, {"Content-Type": "image/jpeg"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _workers(parent: psutil.Process) -> list[psutil.Process]:
    return [child for child in parent.children() if "spawn_main" in " ".join(child.cmdline())]


def _spent(parent: psutil.Process) -> float:
    """Seconds of processor time that the workers have taken."""
    return sum(sum(child.cpu_times()[:2]) for child in _workers(parent))


def _killing(port: int, parent: psutil.Process, picture: bytes, clients: int, seconds: float) -> Load:
    """A load during which one worker gets SIGKILL after a third of the time."""
    timer = threading.Timer(seconds / 3, _workers(parent)[0].kill)
    timer.start()
    load = _load(port, PATHS[PHOTO], picture, clients, seconds)
    timer.join()
    return load


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=3, seconds=10, clients=8, workers=2)


if __name__ == "__main__":
    main()
