"""Run folders: everything a run is, in one folder that can be copied to another machine."""

from ferkit.runs.folder import (
    LOGIT,
    Results,
    Run,
    clear,
    create,
    names,
    open_folder,
    open_run,
    path_of,
    settings,
    state_of,
    update,
)
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
from ferkit.runs.scores import ClassScores, Headline, Scores

__all__ = [
    "LOGIT", "ClassOffsets", "ClassScores", "CorrectedLabels", "CrossValidation", "DataSpec", "Headline", "HeldOut",
    "InputSpec", "Manifest", "ModelSpec", "Results", "Run", "Scores", "SeedScores", "claim", "clear", "create", "names",
    "open_folder", "open_run", "path_of", "pixel_hashes", "settings", "state_of", "update",
]  # fmt: skip
