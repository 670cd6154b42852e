"""deploy.json: what the exported files of a run weigh, lose and take. Reading it needs neither numpy nor torch.

    record = read(run)
    record.formats["int8"].difference, record.formats["int8"].interval

The file may come from anyone: it is read like run.json, bounded and typed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from ferkit import files
from ferkit.errors import RunError
from ferkit.runs import Headline, Run
from ferkit.runs.locks import locked
from ferkit.runs.reading import first_problem, read_object
from ferkit.runs.types import Count, Frozen, Interval, Line, Number, Positive, Share, Split

__all__ = [
    "NAME", "Deployment", "Exported", "Flip", "Latency", "Lost", "Machine", "change", "digest", "read", "settings",
]  # fmt: skip

NAME = "deploy.json"
FORMAT = 1
Milliseconds = Annotated[Number, Field(gt=0)]


class Flip(Frozen):
    """A face whose answer is another one; classes are indices into those of the run."""

    id: Line
    label: Count
    before: Count  # of PyTorch
    after: Count  # of the format


class Lost(Frozen):
    """What a format scores on the faces that the network in PyTorch was scored on, and how the two differ."""

    scores: Headline
    difference: Number  # of accuracy, format - PyTorch, as a share
    interval: Interval  # 95%, paired bootstrap
    p: Share  # exact McNemar, two-sided
    flips: Annotated[tuple[Flip, ...], Field(max_length=1_000_000)] = ()

    @property
    def fixed(self) -> tuple[str, ...]:
        """Ids of the faces that are right where PyTorch is wrong."""
        return tuple(flip.id for flip in self.flips if flip.after == flip.label)

    @property
    def broken(self) -> tuple[str, ...]:
        """Ids of the faces that are wrong where PyTorch is right."""
        return tuple(flip.id for flip in self.flips if flip.before == flip.label)

    @property
    def changed(self) -> tuple[str, ...]:
        """Ids of the faces that are wrong in both, as another class."""
        return tuple(flip.id for flip in self.flips if flip.label not in (flip.before, flip.after))


class Exported(Frozen):
    """One exported file."""

    file: Line
    bytes: Count
    about: Line = ""
    calibration: Line = ""  # the faces that the ranges of int8 were measured on
    largest_difference: Number = 0.0  # of a logit from PyTorch's, over the faces that were tried
    lost: Lost | None = None  # None where the faces were not here


class Latency(Frozen):
    """How long one engine takes for a batch, on one machine."""

    engine: Line  # see `ferkit.deploy.engines`
    threads: Count
    batch: Annotated[Count, Field(ge=1)]
    p50: Milliseconds  # per batch
    p95: Milliseconds
    runs: Count = 0  # that were timed
    peak_mb: Number = 0.0  # resident memory of the process, at most


class Machine(Frozen):
    """What the latencies were measured on."""

    name: Line  # model of the processor
    cores: Count
    system: Line = ""
    measured: Line = ""  # ISO 8601
    load: Number = 0.0  # processes that wanted a core when it began, on average over a minute
    peak: Mapping[Line, Positive] = Field(default_factory=dict)  # GFLOP/s of a matrix product in float32, by threads
    bandwidth: Number = 0.0  # GB/s of a copy in memory, one thread

    def is_like(self, other: "Machine | None") -> bool:
        """Whether times measured on both can be compared."""
        return other is not None and (self.name, self.cores) == (other.name, other.cores)


class Deployment(Frozen):
    """All of deploy.json."""

    format: Annotated[int, Field(strict=True, ge=1, le=FORMAT)] = FORMAT
    weights: Line  # `digest` of the weights that were exported
    settings: Line = ""  # `settings` of the run then; "" where the record is older than they are kept
    data: Line = ""  # dataset and split that were scored, "" for none
    split: Split = "val"
    pytorch: Headline | None = None  # the network as it is, on these faces
    explains: bool = False  # whether the files return class maps
    versions: Mapping[Line, Line] = Field(default_factory=dict)
    formats: Mapping[Line, Exported] = Field(default_factory=dict)
    refused: Mapping[Line, Line] = Field(default_factory=dict)  # format -> why it cannot be made
    parameters: Count = 0
    macs: Count = 0
    machine: Machine | None = None
    latency: tuple[Latency, ...] = ()

    def latency_of(self, engine: str, threads: int, batch: int) -> Latency | None:
        """The measurement, if it was made."""
        wanted = (engine, threads, batch)
        return next((one for one in self.latency if (one.engine, one.threads, one.batch) == wanted), None)


def digest(run: Run) -> str:
    """16 hexadecimal digits of a hash of the run's weights; "" where it has none."""
    import hashlib

    if not run.weights.is_file():
        return ""
    with run.weights.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def settings(run: Run) -> str:
    """Eight digits of a hash of what else an exported file rests on: classes, input, temperature, network."""
    import hashlib

    about = repr((run.classes, run.manifest.input, run.temperature, run.manifest.model))
    return hashlib.sha256(about.encode()).hexdigest()[:8]


def read(run: Run) -> Deployment | None:
    """The run's deploy.json; None where there is none. Raises RunError for a file that is not one."""
    what = f"{run.name}/{NAME}"
    try:
        return Deployment.model_validate(read_object(run.path / NAME, what))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise RunError(
            f"{what} cannot be used: {first_problem(error)}. Make it again: python -m ferkit export {run.name}"
        ) from error


def change(run: Run, **changes: object) -> Deployment:
    """Put values into the run's deploy.json, which is begun where there is none or it is of other weights."""
    with locked(run.path):
        stored, weights = _usable(run), digest(run)
        if stored is None or stored.weights != weights:
            stored = Deployment(weights=weights)
        changed = Deployment.model_validate({**dict(stored), **changes})
        files.write_json(Path(run.path) / NAME, changed.model_dump(mode="json", exclude_none=True))
    return changed


def _usable(run: Run) -> Deployment | None:
    try:
        return read(run)
    except RunError:
        return None
