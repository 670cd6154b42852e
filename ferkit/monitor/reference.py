"""How val looks to a run: what the log is compared with. Stored in the run folder as `val-reference.json`.

make(run, faces)         # from the dataset's images and the stored predictions
read(run)                # a Reference, or None where none was made
"""

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError, model_validator

from ferkit import files, images, metrics
from ferkit.audit.pixels import pixel_properties
from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.monitor.features import Basis, component, fit
from ferkit.runs import Run
from ferkit.runs.reading import first_problem, read_object
from ferkit.runs.types import ClassName, Count, Frozen, Line, Number

__all__ = ["FILE", "MEASURES", "Reference", "made", "make", "measured", "read"]

FILE = "val-reference.json"
MEASURES = ("brightness", "sharpness", "confidence")
GRID = np.linspace(0, 1, 201)
BATCH = 2048  # faces
Quantiles = Annotated[tuple[Number, ...], Field(min_length=len(GRID), max_length=len(GRID))]


class Reference(Frozen):
    """`n` faces: the quantiles of each measure at 0, 0.005 … 1, and how many were predicted as each class.

    Measures are brightness, sharpness, confidence and, with a `basis`, the features' coordinate on each direction.
    """

    n: Annotated[Count, Field(ge=1)]
    fingerprint: Line = ""  # of the dataset
    quantiles: Mapping[str, Quantiles]
    predicted: Mapping[ClassName, Count]
    basis: Basis | None = None  # references made before there was one have none

    @model_validator(mode="after")
    def _complete(self) -> "Reference":
        measures = (*MEASURES, *self.components)
        if set(self.quantiles) != set(measures):
            raise ValueError(f"should have the quantiles of {', '.join(measures)}")
        if self.basis and {len(row) for row in self.basis.directions} != {len(self.basis.mean)}:
            raise ValueError("directions should be as long as the mean")
        if any(np.diff(values).min() < 0 for values in self.quantiles.values()):
            raise ValueError("quantiles should rise")
        return self

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the directions' measures; none without a basis."""
        return tuple(map(component, range(len(self.basis.directions)))) if self.basis else ()

    def below(self, measure: str, values: np.ndarray) -> np.ndarray:
        """The share of the reference that is at most each value: its distribution function, float (N,)."""
        points = np.asarray(self.quantiles[measure])
        at = np.unique(points)
        return np.interp(values, at, GRID[np.searchsorted(points, at, "right") - 1], left=0.0, right=1.0)


def measured(faces: np.ndarray, size: int) -> dict[str, np.ndarray]:
    """Brightness and sharpness, float (N,), of uint8 (N, H, W[, 3]) at the network's size, as of a logged face."""
    if faces.shape[1] != size:
        faces = np.stack([images.resize(face, size, size) for face in faces])
    parts = [pixel_properties(faces[i : i + BATCH]) for i in range(0, len(faces), BATCH)]
    return {name: np.concatenate([part[name] for part in parts]) for name in ("brightness", "sharpness")}


def made(
    values: Mapping[str, np.ndarray],
    predicted: Mapping[str, int],
    fingerprint: str = "",
    features: np.ndarray | None = None,
) -> Reference:
    """From the measures of each face, the counts of the predicted classes and the features (N, D)."""
    basis = None if features is None else fit(features)
    measures = {name: values[name] for name in MEASURES}
    if basis is not None and features is not None:
        measures |= {component(k): column for k, column in enumerate(basis.coordinates(features).T)}
    quantiles = {name: tuple(np.quantile(column, GRID).round(5).tolist()) for name, column in measures.items()}
    n = len(values["confidence"])
    return Reference(n=n, fingerprint=fingerprint, quantiles=quantiles, predicted=predicted, basis=basis)


def make(run: Run, faces: Faces) -> Reference:
    """Measure val and store it in the run folder. Raises RunError where the run is not scored on these val faces."""
    results = run.results(faces.name)
    if "val" not in results.scores:
        raise RunError(f"{run.name} is not scored on val. Score it first: python -m ferkit evaluate {run.name}")
    table, val = results.predictions("val"), faces.split("val")
    place = {name: row for row, name in enumerate(val.ids.tolist())}
    rows = np.array([place.get(name, -1) for name in table["id"]])
    if (rows < 0).any():
        raise RunError(f"{run.name} is scored on other val faces than those of {faces.name!r}. Evaluate it again.")
    shares = metrics.softmax(results.logits("val"), results.temperature)
    counts = np.bincount(shares.argmax(1), minlength=len(run.classes))
    values = measured(val.images[rows], run.manifest.input.size) | {"confidence": shares.max(1)}
    features = results.features("val") if results.has("val", "-features.npy") else None
    reference = made(values, dict(zip(run.classes, counts.tolist(), strict=True)), faces.fingerprint, features)
    files.write_json(run.path / FILE, reference.model_dump(mode="json", exclude_none=True))
    return reference


def read(run: Run) -> Reference | None:
    """What `make` stored; None where there is no such file. Raises RunError for a broken one."""
    path = run.path / FILE
    if not path.is_file():
        return None
    try:
        found = Reference.model_validate(read_object(path, f"{run.name}/{FILE}"))
    except ValidationError as error:
        raise RunError(f"{run.name}/{FILE} is no reference ({first_problem(error)}). Make it again.") from error
    if set(found.predicted) != set(run.classes):
        raise RunError(f"{run.name}/{FILE} has other classes than the run. Make it again.")
    return found
