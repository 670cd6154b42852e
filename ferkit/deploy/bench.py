"""How fast a run is in every engine, each measured in a process of its own.  $ python -m ferkit bench RUN"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ferkit.deploy import record
from ferkit.deploy.engines import BATCHES, THREADS, Engine
from ferkit.deploy.formats import FORMATS
from ferkit.deploy.machine import machine
from ferkit.deploy.record import Deployment, Latency, Machine
from ferkit.errors import FerkitError
from ferkit.runs import Run

__all__ = ["measure", "this_machine", "worker"]

PATIENCE = 600  # seconds that one process may take
SECONDS = 1.0  # for which each batch is called
POOLS = ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM")  # whose threads are set in the environment
Progress = Callable[[str, int, int], None]  # engine, done, in all
Worker = Callable[[dict[str, Any]], dict[str, Any]]


def measure(
    run: Run,
    chosen: Sequence[Engine],
    where: Machine,
    *,
    batches: Sequence[int] = BATCHES,
    threads: Sequence[int] = THREADS,
    seconds: float = SECONDS,
    progress: Progress = lambda name, done, total: None,
    work: Worker | None = None,
    folder: Path | None = None,
) -> tuple[Deployment, dict[str, str]]:
    """Latencies of these engines into the run's deploy.json, beside those of other engines on the same machine;
    and why an engine was left out, by its name. Files that an engine needs are those in the run folder, or
    else in `folder`."""
    call, found, missing = work or worker, list[Latency](), dict[str, str]()
    for done, (engine, n) in enumerate(jobs := [(one, n) for one in chosen for n in threads]):
        progress(engine.title, done, len(jobs))
        if engine.name in missing or (reason := _unready(run, engine, folder)):
            missing.setdefault(engine.name, reason)
            continue
        path = _file(run, engine, folder) if engine.format else run.path
        described = _described(run, engine.name, path, n, batches, seconds)
        try:
            rows = call(described)["latency"]
        except FerkitError as error:
            missing[engine.name] = str(error)
            continue
        found += [Latency(engine=engine.name, threads=n, **row) for row in rows]
    progress("", len(jobs), len(jobs))
    return _stored(run, where, found), missing


def this_machine(threads: Sequence[int] = THREADS, seconds: float = SECONDS, work: Worker | None = None) -> Machine:
    """The machine, with its peak measured."""
    call = work or worker
    return machine(lambda n: call({"engine": "peak", "threads": n, "seconds": seconds}), tuple(threads))


def worker(described: dict[str, Any]) -> dict[str, Any]:
    """What `ferkit.deploy.worker` says in a new process with as many threads as `threads`. Raises FerkitError."""
    threads = str(described["threads"])
    command = [sys.executable, "-m", "ferkit.deploy.worker", json.dumps(described)]
    environment = os.environ | {f"{pool}_NUM_THREADS": threads for pool in POOLS} | {"PYTHONWARNINGS": "ignore"}
    root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE, check=True)
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except subprocess.TimeoutExpired as error:
        raise FerkitError(f"it took longer than {PATIENCE} s") from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines()
        raise FerkitError(lines[-1][:200] if lines else f"status {error.returncode}") from error
    return answer


def _unready(run: Run, engine: Engine, folder: Path | None) -> str:
    """Why the engine cannot run it here; "" where it can."""
    if importlib.util.find_spec(engine.package) is None:
        extra = engine.package if engine.package == "openvino" else "deploy"
        return f"{engine.package} is not installed: pip install 'ferkit[{extra}]'"
    if engine.format and not (path := _file(run, engine, folder)).is_file():
        return f"{path.name} is not there: python -m ferkit export {run.name}"
    return ""


def _file(run: Run, engine: Engine, folder: Path | None) -> Path:
    """The exported file that the engine runs."""
    name = FORMATS[engine.format].file
    return run.path / name if folder is None or (run.path / name).is_file() else folder / name


def _described(
    run: Run, engine: str, path: Path, threads: int, batches: Sequence[int], seconds: float
) -> dict[str, Any]:
    reads = run.manifest.input
    return {
        "engine": engine,
        "path": str(path),
        "shape": [reads.size, reads.size, *((3,) if reads.channels == 3 else ())],
        "threads": threads,
        "batches": list(batches),
        "seconds": seconds,
    }


def _stored(run: Run, where: Machine, found: Sequence[Latency]) -> Deployment:
    """deploy.json with these latencies; older ones of other engines stay where they are of the same machine."""
    before = record.change(run)
    measured = {(one.engine, one.threads, one.batch) for one in found}
    same = where.is_like(before.machine)
    kept = [one for one in before.latency if same and (one.engine, one.threads, one.batch) not in measured]
    manifest = run.manifest
    return record.change(
        run, machine=where, latency=(*kept, *found), parameters=manifest.parameters, macs=manifest.macs
    )
