"""A run's ONNX file, of the weights that it has now: the exported one, else one that is made for it once."""

import tempfile
import threading
from pathlib import Path

from ferkit import files
from ferkit.deploy import record
from ferkit.deploy.formats import FORMATS
from ferkit.errors import RunError
from ferkit.runs import Run

__all__ = ["current_onnx", "exported_onnx"]

FILE = FORMATS["onnx"].file
_lock = threading.Lock()  # two visitors who ask at once wait for one export


def exported_onnx(run: Run) -> Path | None:
    """The run folder's model.onnx; None where it is missing, or of other weights or another temperature than the run
    has."""
    path = run.path / FILE
    try:
        stored = record.read(run)
    except RunError:
        return None
    if stored is None or not path.is_file():
        return None
    of_weights = not run.weights.is_file() or stored.weights == record.digest(run)
    return path if of_weights and stored.settings in ("", record.settings(run)) else None


def current_onnx(run: Run) -> Path:
    """That file, or one in the cache folder, made where there is none yet: a few seconds, and torch.

    Raises RunError for a network that ONNX cannot express or a run without weights, ConfigError where a package is
    missing.
    """
    if found := exported_onnx(run):
        return found
    if not run.weights.is_file():
        raise RunError(f"{run.name} has no weights and no {FILE}. Choose another run.")
    path = files.cache_dir() / "onnx" / f"{record.digest(run)}-{record.settings(run)}.onnx"
    with _lock:
        if not path.is_file():
            _make(run, path)
    return path


def _make(run: Run, path: Path) -> None:
    from ferkit.deploy.export import export

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        export(run, None, ["onnx"], Path(folder), store=False)
        with files.atomic_write(path) as partial:
            partial.write_bytes((Path(folder) / FILE).read_bytes())
