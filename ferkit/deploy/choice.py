"""Which exported file to take for a budget of bytes and milliseconds. Plain values, for pages.

found = candidates({"compact": record.read(open_run("compact"))}, {"compact": 1_834_892})
recommend(found, most_bytes=1e6, most_ms=2.0)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ferkit.deploy.record import Deployment, Latency, Lost, Machine
from ferkit.deploy.sentences import kilobytes, loss_of, milliseconds
from ferkit.evaluate.significance import LEVEL

__all__ = [
    "PYTORCH", "Candidate", "candidates", "cautions", "front", "last_machine", "recommend", "recommended",
    "timed_elsewhere",
]  # fmt: skip

PYTORCH = "pytorch"
TITLES = {
    PYTORCH: "PyTorch", "onnx": "ONNX float32", "float16": "float16", "int8": "int8", "int8-dynamic": "dynamic int8",
    "exported-program": "torch.export",
}  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A run in one format, scored."""

    run: str
    format: str  # of `ferkit.deploy.formats`, or PYTORCH
    bytes: int
    accuracy: float
    interval: tuple[float, float]  # 95%
    lost: Lost | None = None  # None for PyTorch itself
    latency: Latency | None = None  # of one face on one thread, where it was measured on the machine of the others

    @property
    def name(self) -> str:
        """The run and its format in words: "compact int8"."""
        return f"{self.run} {TITLES.get(self.format, self.format)}"

    @property
    def ms(self) -> float | None:
        """Milliseconds for one face."""
        return self.latency.p50 if self.latency else None

    @property
    def worse(self) -> bool:
        """Whether it is significantly less accurate than the run in PyTorch."""
        return self.lost is not None and self.lost.difference < 0 and self.lost.p < 1 - LEVEL

    def fits(self, most_bytes: float, most_ms: float) -> bool:
        """Whether it keeps to the budget; what was not timed keeps to that of time."""
        return self.bytes <= most_bytes and (self.ms is None or self.ms <= most_ms)


def candidates(stored: Mapping[str, Deployment], weights: Mapping[str, int]) -> list[Candidate]:
    """Every run in PyTorch, of as many bytes as its `weights`, and in every format that was scored; with times on the
    machine that was last measured on alone."""
    found, last = [], last_machine(stored.values())
    for run, one in stored.items():
        if one.pytorch is None:
            continue
        here = last is not None and last.is_like(one.machine)
        timed = one.latency_of(PYTORCH, 1, 1) if here else None
        scores = one.pytorch
        found.append(
            Candidate(run, PYTORCH, weights.get(run, 0), scores.accuracy, scores.accuracy_interval, latency=timed)
        )
        for name, exported in one.formats.items():
            if exported.lost is not None:
                scores, timed = exported.lost.scores, one.latency_of(name, 1, 1) if here else None
                spread = scores.accuracy_interval
                found.append(Candidate(run, name, exported.bytes, scores.accuracy, spread, exported.lost, timed))
    return found


def last_machine(stored: Iterable[Deployment]) -> Machine | None:
    """The machine on which latencies were measured last; None where none were."""
    machines = [one.machine for one in stored if one.machine is not None and one.latency]
    return max(machines, key=lambda machine: machine.measured, default=None)


def timed_elsewhere(stored: Mapping[str, Deployment]) -> list[str]:
    """Runs whose latencies were measured on another machine than `last_machine`."""
    last = last_machine(stored.values())
    return [run for run, one in stored.items() if last is not None and one.latency and not last.is_like(one.machine)]


def front(found: Iterable[Candidate], cost: str) -> list[Candidate]:
    """Those that are more accurate than every other one of at most their cost, "ms" or "bytes", the cheapest first."""
    best, kept = -1.0, []
    priced = [(value, one) for one in found if (value := getattr(one, cost)) is not None]
    for _, one in sorted(priced, key=lambda pair: (pair[0], -pair[1].accuracy)):
        if one.accuracy > best:
            best = one.accuracy
            kept.append(one)
    return kept


def recommended(found: Iterable[Candidate], most_bytes: float, most_ms: float) -> Candidate | None:
    """The fastest of those formats of the most accurate run that fit and lose nothing significant; where all lose
    something, the most accurate. None where nothing fits."""
    fitting = [one for one in found if one.fits(most_bytes, most_ms) and one.format != PYTORCH]
    if not fitting:
        return None
    best = max(fitting, key=lambda one: one.accuracy)
    same = [one for one in fitting if one.run == best.run and not one.worse] or [best]
    return min(same, key=lambda one: (one.ms if one.ms is not None else float("inf"), one.bytes))


def recommend(found: Iterable[Candidate], most_bytes: float, most_ms: float) -> str:
    """One sentence: what to take for that budget, and what it loses."""
    found = list(found)
    budget = f"≤ {most_bytes / 1e6:g} MB and ≤ {most_ms:g} ms"
    pick = recommended(found, most_bytes, most_ms)
    if pick is not None:
        size = kilobytes(pick.bytes) + (f", {milliseconds(pick.ms)} a face" if pick.ms is not None else ", not timed")
        assert pick.lost is not None  # PyTorch itself is not recommended
        return f"{budget}: {pick.name} ({size}), {100 * pick.accuracy:.1f}% on val, {loss_of(pick.lost)}."
    exported = [one for one in found if one.format != PYTORCH]
    if not exported:
        return f"{budget}: nothing has been exported and scored yet."
    least = min(exported, key=lambda one: one.bytes)
    timed = [one for one in exported if one.ms is not None]
    nearest = f"the smallest is {least.name} with {kilobytes(least.bytes)}"
    if timed:
        quick = min(timed, key=lambda one: one.ms or 0)
        nearest += f", the fastest {quick.name} with {milliseconds(quick.ms or 0)}"
    return f"{budget}: nothing fits; {nearest}."


def cautions(found: Iterable[Candidate], run: str) -> list[str]:
    """Where a smaller format of the run is slower than float32, or significantly worse: a sentence each."""
    mine = {one.format: one for one in found if one.run == run}
    exact, said = mine.get("onnx"), []
    for one in mine.values():
        if one.format in (PYTORCH, "onnx", "exported-program") or one.lost is None:
            continue
        if one.worse:
            said.append(f"{one.name} is significantly worse: {loss_of(one.lost)}.")
        if exact is not None and exact.ms is not None and one.ms is not None and one.ms > 1.1 * exact.ms:
            said.append(
                f"{one.name} is {one.ms / exact.ms:.1f} times as slow as float32 "
                f"({milliseconds(one.ms)} against {milliseconds(exact.ms)})."
            )
    return said
