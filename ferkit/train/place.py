"""Where a run trains: next to the run it replaces until its first epoch is done, then in its place.

A training that fails at once, or is stopped in its first epoch, leaves the run that was there as it was.
"""

import shutil
from pathlib import Path

from ferkit import files
from ferkit.errors import RunError
from ferkit.runs import Manifest, Run

__all__ = ["Place", "check_free"]


def check_free(path: Path) -> None:
    """Raise RunError where a run lies at `path`."""
    if (path / "run.json").is_file():
        raise RunError(
            f"There is a run {path.name!r} already. "
            "Give another --name, continue it (--resume), or replace it (--force)."
        )


class Place:
    """The folder of a run in training; `run` is the run where it lies at the moment."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        replaces = (path / "run.json").is_file()
        self.run = Run(path.with_name(f".{path.name}.new") if replaces else path, manifest)

    @classmethod
    def of(cls, run: Run) -> "Place":
        """The place of a run that is resumed."""
        place = cls(run.path, run.manifest)
        place.run = run
        return place

    @property
    def apart(self) -> bool:
        """Whether the run still trains next to the one it is to replace."""
        return self.run.path != self.path

    def prepare(self) -> Path:
        """An empty folder to train in, or the one that is there where it holds no run; what a killed training left
        goes."""
        if self.apart:
            shutil.rmtree(self.run.path, ignore_errors=True)
        self.run.path.mkdir(parents=True, exist_ok=True)
        return self.run.path

    def settle(self) -> None:
        """Take the place of the run that was there."""
        if self.apart:
            files.replace_folder(self.run.path, self.path)
            self.run = Run(self.path, self.run.manifest)

    def close(self, status: str) -> None:
        """Enter how the training ended; one that never finished an epoch is removed."""
        if self.apart:
            shutil.rmtree(self.run.path, ignore_errors=True)
        elif (self.path / "run.json").is_file():
            self.run.update(status=status)
