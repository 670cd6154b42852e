"""Labels that a training corrects: applied before the first step, and kept in the run folder, so that a resumed run
learns from the same ones whatever has become of the file or the notes."""

from dataclasses import dataclass
from pathlib import Path

from ferkit.data import corrections
from ferkit.data.corrections import Corrections
from ferkit.data.faces import SPLITS, Faces
from ferkit.errors import DataError, RunError
from ferkit.runs import CorrectedLabels, Run

__all__ = ["FILE", "Correct", "resumed"]

FILE = "corrections.csv"


@dataclass(frozen=True)
class Correct:
    """Corrections, and the splits they are applied to; val stays as released unless it is named."""

    labels: Corrections
    splits: tuple[str, ...] = ("train",)

    def apply(self, faces: Faces) -> Faces:
        """The faces to train on. Raises DataError where no label of these splits would change."""
        if not len(self.labels.rows(faces, self.splits)):
            raise DataError(
                f"{self.labels.source} changes no label of {' or '.join(self.splits)} of {faces.name!r}. Leave it out."
            )
        return self.labels.apply(faces, self.splits)

    def described(self, faces: Faces) -> CorrectedLabels:
        """What the manifest says of them; `faces` are those as released."""
        n = len(self.labels.rows(faces, self.splits))
        return CorrectedLabels(source=self.labels.source, digest=self.labels.digest, n=n, splits=self.splits)

    def write(self, folder: Path) -> None:
        """Keep them in a run folder."""
        (folder / FILE).write_text(corrections.as_csv(self.labels), encoding="utf-8")


def resumed(run: Run, faces: Faces) -> Correct | None:
    """What the run was started with; None where it corrects nothing. Raises RunError where its file is missing or is
    another one."""
    spec = run.manifest.corrections
    if spec is None:
        return None
    splits = tuple(split for split in SPLITS if split in spec.splits)
    try:
        given = corrections.read(str((run.path / FILE).absolute()), faces)
    except DataError as error:
        raise RunError(f"{run.name} cannot be continued: {error}") from error
    if given.digest != spec.digest:
        raise RunError(f"{run.name}/{FILE} has changed since the run was started. Train a new run: --name NEW")
    return Correct(Corrections(spec.source, given.labels), splits)
