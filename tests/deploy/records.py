"""A deploy.json as a test wants it."""

from ferkit.deploy.record import Deployment, Exported, Flip, Latency, Lost, Machine
from ferkit.runs import Headline

__all__ = ["headline", "lost", "stored"]


def headline(accuracy: float, n: int = 100) -> Headline:
    """Scores of n faces with that accuracy."""
    spread = (round(accuracy - 0.05, 3), round(accuracy + 0.05, 3))
    return Headline(
        n=n, accuracy=accuracy, accuracy_interval=spread, macro_f1=accuracy, macro_f1_interval=spread,
        balanced_accuracy=accuracy,
    )  # fmt: skip


def lost(accuracy: float, difference: float, p: float, ids: tuple[str, ...] = ("x",)) -> Lost:
    """What a format loses; of its changed faces the first is broken, the second fixed, the others changed."""
    kinds = [(0, 0, 1), (1, 0, 1), *[(2, 0, 1)] * len(ids)]
    flips = [Flip(id=id, label=a, before=b, after=c) for id, (a, b, c) in zip(ids, kinds, strict=False)]
    ends = (round(difference - 0.01, 4), round(difference + 0.005, 4))
    return Lost(scores=headline(accuracy), difference=difference, interval=ends, p=p, flips=tuple(flips))


def stored(data: str = "tiny", weights: str = "", ids: tuple[str, ...] = ("x",), slow: float = 4.0) -> Deployment:
    """float32 of 400 kB and 1 ms, int8 of 100 kB and 0.5 ms that loses 0.3 points, dynamic int8 that takes `slow` ms
    and is significantly worse."""
    formats = {
        "onnx": Exported(file="model.onnx", bytes=400_000, lost=lost(0.7, 0.0, 1.0, ())),
        "int8": Exported(file="model-int8.onnx", bytes=100_000, lost=lost(0.697, -0.003, 0.4, ids)),
        "int8-dynamic": Exported(file="model-int8-dynamic.onnx", bytes=90_000, lost=lost(0.6, -0.1, 0.001, ids)),
    }
    times = {"pytorch": 2.0, "onnx": 1.0, "int8": 0.5, "int8-dynamic": slow}
    latency = tuple(Latency(engine=name, threads=1, batch=1, p50=ms, p95=2 * ms) for name, ms in times.items())
    machine = Machine(name="A processor", cores=2, peak={"1": 50.0}, bandwidth=10.0)
    return Deployment(
        weights=weights, data=data, pytorch=headline(0.7), formats=formats, latency=latency, machine=machine,
        refused={"float16": "float16 has no place here."}, macs=1_000_000,
    )  # fmt: skip
