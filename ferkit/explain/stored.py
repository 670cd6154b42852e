"""What `explain` leaves in a run folder, typed, written atomically and read as untrusted, without torch.

<split>-explain.json   scores of methods and baselines, regions, sentences: `Record`
<split>-evidence.npz   mean maps per class, and per explained face its shares of evidence: `read_evidence`
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError

from ferkit import files
from ferkit.errors import RunError
from ferkit.explain.face_regions import REGIONS
from ferkit.runs import Run
from ferkit.runs.locks import locked
from ferkit.runs.pending import together
from ferkit.runs.reading import first_problem, read_object
from ferkit.runs.types import ClassName, Count, Frozen, Line, Number, Share, Split
from ferkit.text import printable

__all__ = [
    "COMMON",
    "GROUPS",
    "KINDS",
    "ContrastScore",
    "MethodScore",
    "Record",
    "read_evidence",
    "read_record",
    "write",
]

LARGEST = 256 << 20  # bytes, unpacked
KINDS = ("own", "contrast")  # of maps: evidence for the class, and the same against the others
COMMON = "conductance"  # the way to contrast classes by which runs are compared
GROUPS = (("predicted", ""), ("label", ""), ("label", "right"), ("predicted", "wrong"), ("label", "wrong"))
NumberOrNone = Number | None  # None: there was no map to measure
Name = Annotated[str, Field(strict=True, max_length=60)]


class MethodScore(Frozen):
    """Means over the faces that all methods explained."""

    deletion_auc: Share  # lower is better
    insertion_auc: Share  # higher is better
    road: Number  # in [-1, 1], higher is better
    randomisation_correlation: NumberOrNone = None  # with the maps of shuffled weights; near 0 is good
    ms_per_face: Annotated[Number, Field(ge=0)] = 0.0  # of processor time
    sensitivity: NumberOrNone = None  # relative change under noise of the face
    over_centre: tuple[Number, Number, Number] = (
        0.0,
        0.0,
        0.0,
    )  # insertion less deletion, over the blob's, and 95%
    title: Name = ""
    degenerate: Count = 0  # faces without a map to draw
    sentence: Line = ""


class ContrastScore(Frozen):
    """One way to tell classes apart."""

    correlation: NumberOrNone  # mean, pairwise, of the classes' mean maps, nothing subtracted
    method: Name  # in METHODS
    different: bool  # whether the classes' mean maps differ
    faithful: bool  # whether it explains better than a blob in the middle


class Record(Frozen):
    """`<split>-explain.json`."""

    run: Name
    data: Name
    split: Split
    n: Count  # faces whose evidence was gathered, for regions and mean maps
    faces_per_method: Count  # of them, on which methods were scored
    faces_per_contrast: Count = 0  # of them, on which the ways to contrast classes were compared
    mean_pairwise_correlation: dict[Name, NumberOrNone]  # "gradcam", "contrastive"
    contrasts: dict[Name, ContrastScore]
    chosen: Name  # the contrast that is both faithful and different; "" where none is
    shown: Name = COMMON  # the one that the stored evidence is by: the chosen one, or `COMMON`
    summary: Line
    methods: dict[Name, MethodScore]
    baselines: dict[Name, MethodScore]
    ranking: tuple[Name, ...]  # methods and baselines, most faithful first
    regions: dict[ClassName, dict[Name, NumberOrNone]]  # mean share of evidence for the true class, per true class
    regions_found: bool = True  # on the mean face; False: usual proportions
    fingerprint: Name = ""  # of the dataset
    seconds: Annotated[Number, Field(ge=0)] = 0.0


def write(run: Run, record: Record, arrays: Mapping[str, np.ndarray]) -> None:
    """Put both files among the run's results, together: after a crash both are new, or none is.

    Raises FerkitError where they cannot be written.
    """
    with locked(run.path), together(run.path) as staged:
        folder = staged / run.results(record.data).path.relative_to(run.path)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / f"{record.split}-evidence.npz", allow_pickle=False, **arrays)
        files.write_json(folder / f"{record.split}-explain.json", record.model_dump(mode="json"))


def read_record(folder: Path, split: str, classes: tuple[str, ...]) -> Record:
    """The scores of a split. Raises RunError where they are missing or broken."""
    path = folder / f"{split}-explain.json"
    what = f"{folder.name}/{path.name}"
    try:
        record = Record.model_validate(read_object(path, what))
    except FileNotFoundError as error:
        raise _missing(what, split) from error
    except ValidationError as error:
        raise RunError(f"{what} cannot be used: {first_problem(error)}. {_again(split)}") from error
    if set(record.regions) != set(classes):
        raise RunError(f"{what} cannot be used: it is about other classes than the run's. {_again(split)}")
    return record


def read_evidence(folder: Path, split: str, classes: int) -> dict[str, np.ndarray]:
    """What was stored of a split's sample of N faces.

    `own` and `contrast`, float16 (G, C, h, w): mean maps per group of `GROUPS` (whose class is explained, and
    which outcomes count) and class, each face's largest magnitude being 1 before; `n` int32 (G, C), faces. `cells`
    float16 (M, h, w): what speaks for the prediction rather than for the label, per confusion `cell` int32 (M, 3), its
    label, its prediction, its faces. `mean_face` uint8 (H, W[, 3]); `masks` bool (R, H, W). Per face `ids`, `label`,
    `predicted`, and the shares of its evidence in each region, `shares_true`, `shares_predicted`, `shares_against`
    (N, R), not a number where there is none; `shares_common` as `shares_true`, by the way `COMMON`.

    Raises RunError where the file is missing or broken.
    """
    path = folder / f"{split}-evidence.npz"
    what = f"{folder.name}/{path.name}"
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise ValueError("it is too large")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        _check(arrays, classes)
    except FileNotFoundError as error:
        raise _missing(what, split) from error
    except Exception as error:  # zipfile and numpy raise whatever they please
        reason = printable(" ".join(str(error).split()))[:160] or type(error).__name__
        raise RunError(f"{what} cannot be used: {reason}. {_again(split)}") from error
    return arrays


def _check(arrays: Mapping[str, np.ndarray], classes: int) -> None:
    """Raises ValueError, KeyError or TypeError for what is not evidence."""
    n = arrays["n"]
    _expect(n.shape == (len(GROUPS), classes) and n.dtype.kind in "iu" and bool((n >= 0).all()), "n has another shape")
    for name in KINDS:
        _expect(arrays[name].ndim == 4 and arrays[name].shape[:2] == n.shape, f"{name} has another shape")
    cell = arrays["cell"]
    _expect(cell.ndim == 2 and cell.shape[1] == 3 and cell.dtype.kind in "iu", "cell has another shape")
    _expect(bool(((cell[:, :2] >= 0) & (cell[:, :2] < classes)).all()), "cell names a class that the run lacks")
    _expect(arrays["cells"].ndim == 3 and len(arrays["cells"]) == len(cell), "cells has another shape")
    for name in (*KINDS, "cells"):
        maps = arrays[name]
        _expect(min(maps.shape[-2:]) > 0 and max(maps.shape) <= 1024 * 8, f"{name} has another shape")
        _expect(maps.dtype.kind == "f" and bool(np.isfinite(maps).all()), f"{name} does not hold finite numbers")
    label, ids = arrays["label"], arrays["ids"]
    _expect(ids.dtype.kind == "U" and ids.shape == label.shape and ids.ndim == 1, "its ids are not text")
    for name in ("label", "predicted"):
        values = arrays[name]
        _expect(values.dtype.kind in "iu" and values.shape == label.shape, f"{name} should be whole numbers")
        _expect(bool(((values >= 0) & (values < classes)).all()), f"{name} names a class that the run lacks")
    for name in ("shares_true", "shares_predicted", "shares_against", "shares_common"):
        shares = arrays[name]
        _expect(shares.shape == (len(label), len(REGIONS)) and shares.dtype.kind == "f", f"{name} has another shape")
        numbers = shares[np.isfinite(shares)]
        _expect(bool(((numbers >= 0) & (numbers <= 1.001)).all()), f"{name} should lie from 0 to 1")
    masks, face = arrays["masks"], arrays["mean_face"]
    _expect(masks.dtype == np.bool_ and masks.ndim == 3 and len(masks) == len(REGIONS), "masks has another shape")
    _expect(face.dtype == np.uint8 and face.shape[:2] == masks.shape[1:], "mean_face has another shape")


def _expect(fine: bool, reason: str) -> None:
    if not fine:
        raise ValueError(reason)


def _missing(what: str, split: str) -> RunError:
    return RunError(f"There is no {what}. {_again(split)}")


def _again(split: str) -> str:
    return f"Make it: python -m ferkit explain RUN --data DATASET --split {split}"
