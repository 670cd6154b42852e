"""Latencies as tables and sentences."""

from collections.abc import Mapping

from ferkit.deploy.engines import BATCHES, ENGINES, THREADS
from ferkit.deploy.formats import FORMATS
from ferkit.deploy.record import Deployment, Latency, Machine
from ferkit.deploy.sentences import kilobytes, loss, milliseconds

__all__ = ["COLUMNS", "attained", "claims", "machine_line", "markdown", "rows"]

COLUMNS = (
    "Engine", "Size", "Memory", *(f"{t} thread{'s' * (t > 1)}, {b}" for t in THREADS for b in BATCHES), "Faces/s",
    "GFLOP/s",
)  # fmt: skip
FACES = 7178  # FER2013's val and test together
ONE_FACE, ALL_FACES = 1.0, 3.0  # milliseconds, seconds: the aims


def rows(one: Deployment) -> list[list[str]]:
    """One per engine, columns as in `COLUMNS`: p50 / p95 in milliseconds per batch, the most faces a second, and the
    most arithmetic a second with its share of the machine's peak."""
    table = []
    for name in dict.fromkeys(latency.engine for latency in one.latency):
        found = [latency for latency in one.latency if latency.engine == name]
        exported = one.formats.get(ENGINES[name].format) if name in ENGINES else None
        times = [one.latency_of(name, threads, batch) for threads in THREADS for batch in BATCHES]
        table.append([
            ENGINES[name].title if name in ENGINES else name,
            kilobytes(exported.bytes) if exported else "",
            f"{max(latency.peak_mb for latency in found):.0f} MB",
            *(_both(latency) for latency in times),
            f"{max(1000 * latency.batch / latency.p50 for latency in found):,.0f}",
            _share(one, found),
        ])  # fmt: skip
    return table


def attained(one: Deployment, latency: Latency) -> float:
    """GFLOP/s of a batch: two operations per multiply-add."""
    return 2 * one.macs * latency.batch / (latency.p50 * 1e6)


def claims(one: Deployment) -> list[str]:
    """Whether ONNX Runtime in float32 reads one face within a millisecond, and 7,178 within three seconds."""
    single, found = one.latency_of("onnx", 1, 1), [latency for latency in one.latency if latency.engine == "onnx"]
    if single is None:
        return []
    seconds = FACES / max(1000 * latency.batch / latency.p50 for latency in found)
    aims = ((single.p50 <= ONE_FACE, f"at most {ONE_FACE:g} ms"), (seconds <= ALL_FACES, f"at most {ALL_FACES:g} s"))
    words = [f"{aim}: {'met' if met else 'missed'}" for met, aim in aims]
    return [
        f"ONNX Runtime, float32: one face in {milliseconds(single.p50)} on one thread ({words[0]}), "
        f"{FACES:,} faces in {seconds:.1f} s ({words[1]})."
    ]


def machine_line(where: Machine) -> str:
    """What the numbers were measured on."""
    peak = ", ".join(f"{value:,.0f} GFLOP/s on {n} thread{'s' * (n != '1')}" for n, value in where.peak.items())
    return (
        f"{where.name}, {where.cores} cores, load {where.load:.1f} when it began. Peak of a float32 matrix product: "
        f"{peak}; memory {where.bandwidth:.0f} GB/s."
    )


def markdown(measured: Mapping[str, Deployment]) -> str:
    """All runs in one table: a row per run and engine, with what the format loses."""
    heads = (
        "run",
        "engine",
        "file",
        "1 face, 1 thread",
        "1 face, 2 threads",
        "32 faces",
        "256 faces",
        "against PyTorch",
    )
    lines = ["| " + " | ".join(heads) + " |", "| --- | --- |" + " ---: |" * 6]
    for name, one in measured.items():
        for engine in dict.fromkeys(latency.engine for latency in one.latency):
            lines.append("| " + " | ".join(_cells(name, one, engine)) + " |")
    return "\n".join(lines)


def _cells(name: str, one: Deployment, engine: str) -> list[str]:
    about = ENGINES.get(engine)
    exported = one.formats.get(about.format) if about else None
    lost = exported.lost if exported and about and about.format in FORMATS else None
    asked = ((1, 1), (2, 1), (2, 32), (2, 256))
    times = [one.latency_of(engine, threads, batch) for threads, batch in asked]
    return [
        f"`{name}`",
        about.title if about else engine,
        kilobytes(exported.bytes) if exported else "",
        *(milliseconds(latency.p50) if latency else "" for latency in times),
        loss(lost) if lost else "",
    ]


def _both(latency: Latency | None) -> str:
    return "" if latency is None else f"{milliseconds(latency.p50)[:-3]} / {milliseconds(latency.p95)[:-3]}"


def _share(one: Deployment, found: list[Latency]) -> str:
    best = max(found, key=lambda latency: attained(one, latency))
    most, peak = attained(one, best), one.machine.peak.get(str(best.threads)) if one.machine else None
    return f"{most:.1f}" + (f" ({most / peak:.0%})" if peak else "")
