"""Run folders: everything a run is, in one folder that can be copied to another machine."""

from ferkit.runs.flat_settings import settings
from ferkit.runs.folder import Run, clear, create, open_folder, state_of, update
from ferkit.runs.hashes import pixel_hashes
from ferkit.runs.locks import claim
from ferkit.runs.manifest import (
    ClassOffsets,
    CorrectedLabels,
    CrossValidation,
    DataSpec,
    HeldOut,
    InputSpec,
    Manifest,
    ModelSpec,
    SeedScores,
)
from ferkit.runs.named import names, open_run, path_of
from ferkit.runs.results import Results
from ferkit.runs.scores import ClassScores, Headline, Scores
from ferkit.runs.tables import LOGIT

__all__ = [
    "LOGIT", "ClassOffsets", "ClassScores", "CorrectedLabels", "CrossValidation", "DataSpec", "Headline", "HeldOut",
    "InputSpec", "Manifest", "ModelSpec", "Results", "Run", "Scores", "SeedScores", "claim", "clear", "create", "names",
    "open_folder", "open_run", "path_of", "pixel_hashes", "settings", "state_of", "update",
]  # fmt: skip
