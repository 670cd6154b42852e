"""Write a run in other formats, check them against PyTorch and store what they lose.  $ python -m ferkit export RUN"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

import ferkit
from ferkit import files, metrics
from ferkit.data.faces import Faces
from ferkit.deploy import record
from ferkit.deploy.check import agreeing
from ferkit.deploy.formats import FORMATS, Format, chosen
from ferkit.deploy.losing import lost
from ferkit.deploy.mirrored import store_halves
from ferkit.deploy.portable import Portable
from ferkit.deploy.quantise import to_dynamic_int8, to_float16, to_static_int8
from ferkit.deploy.record import Deployment, Exported
from ferkit.deploy.sample import Sample, sample
from ferkit.deploy.session import Session
from ferkit.deploy.to_onnx import write_onnx
from ferkit.deploy.to_torch import write_program
from ferkit.errors import RunError
from ferkit.predict.classifier import Classifier
from ferkit.runs import Headline, Run

__all__ = ["export"]

Progress = Callable[[str, int, int], None]  # what is being made, done, in all


@dataclass(frozen=True, eq=False)
class _Work:
    """What all formats are made from."""

    run: Run
    portable: Portable
    faces: Sample
    folder: Path  # to write to for the moment
    reference: np.ndarray | None  # PyTorch's logits of the scored faces, float32 (N, C)


def export(
    run: Run,
    faces: Faces | None = None,
    formats: Sequence[str] = (),
    out: Path | None = None,
    progress: Progress = lambda name, done, total: None,
    *,
    store: bool = True,
) -> Deployment:
    """Write the formats of these names (all when none are given) into `out`, the run folder by default, and what they
    weigh and lose into the run's deploy.json, which is returned; `store=False` leaves it as it is.

    float32 files that differ from PyTorch by more than `check.TOLERANCE` are not written. int8 is calibrated on
    training faces of `faces`, or on drawn ones; scores are of its val, and missing without it. A file takes the place
    of an older one when it is complete. Raises ConfigError for an unknown format or a package that is not installed,
    RunError where none of the formats can be made.
    """
    wanted, out = chosen(formats), out or run.path
    classifier = Classifier.open(run)
    with tempfile.TemporaryDirectory() as folder:
        portable = Portable(classifier)
        shown = sample(run, classifier.input, faces)
        reference = None if shown.scored is None else classifier.logits(shown.scored)
        work = _Work(run, portable, shown, Path(folder), reference)
        made, refused = _make_all(work, wanted, progress)
        for name in made:
            with files.atomic_write(out / FORMATS[name].file) as partial:
                shutil.copyfile(work.folder / FORMATS[name].file, partial)
    return _stored(work, faces, made, refused) if store else Deployment(weights=record.digest(run), formats=made)


def _make_all(work: _Work, wanted: Sequence[Format], progress: Progress) -> tuple[dict[str, Exported], dict[str, str]]:
    made: dict[str, Exported] = {}
    refused: dict[str, str] = {}
    for done, one in enumerate(wanted):
        progress(one.name, done, len(wanted))
        try:
            made[one.name] = _make(work, one)
        except RunError as error:
            refused[one.name] = str(error)
    progress("", len(wanted), len(wanted))
    if refused and not made:
        raise RunError(next(iter(refused.values())))
    return made, refused


def _make(work: _Work, one: Format) -> Exported:
    """Write one format into the work's folder, check it and score it."""
    path, source = work.folder / one.file, work.folder / "written-out.onnx"
    calibration = ""
    if one.name == "exported-program":
        write_program(work.run, work.portable, path)
    elif not source.is_file():
        write_onnx(work.run, work.portable, source)
    if one.name == "onnx":
        shutil.copyfile(source, path)
    elif one.name == "float16":
        to_float16(source, path)
    elif one.name == "int8":
        to_static_int8(source, path, work.faces.calibration)
        calibration = work.faces.origin
    elif one.name == "int8-dynamic":
        to_dynamic_int8(source, path)
    if path.suffix == ".onnx":
        store_halves(path)
    session = Session.open(path)
    difference = agreeing(work.run, one, session, work.portable, work.faces.checked)
    exported = Exported(
        file=one.file,
        bytes=path.stat().st_size,
        about=one.about,
        calibration=calibration,
        largest_difference=difference,
    )
    return _scored(work, exported, session)


def _scored(work: _Work, exported: Exported, session: Session) -> Exported:
    """The same with what it loses, where faces are here to score it on."""
    shown = work.faces
    if shown.scored is None or shown.labels is None or shown.ids is None or work.reference is None:
        return exported
    logits = session.logits(shown.scored)
    largest = max(exported.largest_difference, float(np.abs(logits - work.reference).max()))
    found = lost(logits, work.reference, shown.labels, shown.ids)
    return exported.model_copy(update={"largest_difference": largest, "lost": found})


def _stored(work: _Work, faces: Faces | None, made: Mapping[str, Exported], refused: Mapping[str, str]) -> Deployment:
    """deploy.json with what was made now beside what was made of the same weights and temperature before."""
    before = record.change(work.run)
    settings = record.settings(work.run)
    same = before.settings in ("", settings)  # else the files beside it have another temperature inside
    rest = {name: one for name, one in before.formats.items() if same and name not in refused}
    sentences = {name: why for name, why in before.refused.items() if name not in made} | dict(refused)
    scored: dict[str, object] = {}
    if work.reference is not None and work.faces.labels is not None and faces is not None:
        matrix = metrics.confusion(work.faces.labels, work.reference.argmax(1), len(work.run.classes))
        scored = {"data": faces.name, "pytorch": Headline(**metrics.headline(matrix))}
    return record.change(
        work.run,
        settings=settings,
        explains=work.portable.explains,
        versions=_versions(),
        formats={**rest, **{name: _kept(one, rest.get(name)) for name, one in made.items()}},
        refused={name: why[:900] for name, why in sentences.items()},
        parameters=work.run.manifest.parameters,
        macs=work.run.manifest.macs,
        **scored,
    )


def _kept(now: Exported, before: Exported | None) -> Exported:
    """With what is known of the same file, where it was not scored this time: only calibration depends on faces."""
    if before is None or now.lost is not None or now.calibration:
        return now
    return now.model_copy(update={"lost": before.lost, "largest_difference": before.largest_difference})


def _versions() -> dict[str, str]:
    found = {"ferkit": ferkit.__version__}
    for name in ("torch", "onnx", "onnxruntime"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
