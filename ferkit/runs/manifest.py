"""What run.json says of a run, typed: a frozen Manifest. Reading it needs neither numpy nor torch.

manifest = open_run("compact").manifest
manifest.input.size, manifest.scores["val"].accuracy, manifest.scores["val"].per_class["fear"].recall
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from ferkit.runs.scores import ScoresBySplit
from ferkit.runs.types import ClassName, Count, Frozen, Json, Line, Number, Positive, Seed, Share, Slope, Split

__all__ = [
    "FORMAT", "ClassOffsets", "CorrectedLabels", "CrossValidation", "DataSpec", "HeldOut", "InputSpec", "Manifest",
    "ModelSpec", "SeedScores", "Status",
]  # fmt: skip

FORMAT = 2
Status = Literal["training", "finished", "interrupted", "failed", "unknown"]


class ModelSpec(Frozen):
    """A network: its name in `ferkit.models.MODELS` and the arguments it is built with."""

    name: Annotated[Line, Field(min_length=1)]
    args: Json = Field(default_factory=dict)


class InputSpec(Frozen):
    """The faces a network reads. See `ferkit.models.Input`."""

    size: Annotated[int, Field(strict=True, ge=4, le=1024)]  # pixels per side
    channels: Annotated[int, Field(strict=True)]  # 1 gray, 3 RGB
    mean: tuple[Share, ...]  # per channel, of values in [0, 1]
    std: tuple[Positive, ...]
    crop: Count = 0  # pixels per side of the centre that is read; 0: the whole face

    @model_validator(mode="after")
    def _fits(self) -> "InputSpec":
        if self.channels not in (1, 3):
            raise ValueError(f"channels should be 1 or 3, not {self.channels}")
        if not len(self.mean) == len(self.std) == self.channels:
            raise ValueError(
                f"mean and std should have one value per channel ({self.channels}), "
                f"not {len(self.mean)} and {len(self.std)}"
            )
        if self.crop > self.size:
            raise ValueError(f"crop should be at most the size of {self.size} pixels, not {self.crop}")
        return self


class DataSpec(Frozen):
    """The dataset a run was trained on."""

    name: Annotated[Line, Field(min_length=1)]
    fingerprint: Line = ""
    counts: Mapping[Split, Mapping[ClassName, Count]] = Field(default_factory=dict)  # faces per split and class
    duplicates: Mapping[Line, Count] = Field(default_factory=dict)


class SeedScores(Frozen):
    """What one of several trainings that differ in their seed alone scored on val."""

    run: Line
    seed: Seed
    seconds: Number | None = None
    accuracy: Share
    dedup_accuracy: Share | None = None
    macro_f1: Share
    balanced_accuracy: Share
    ece: Share
    flip_accuracy: Share | None = None
    recall: Mapping[ClassName, Share] = Field(default_factory=dict)


class CrossValidation(Frozen):
    """The scores of each fold."""

    folds: Annotated[int, Field(strict=True, ge=2, le=1000)]
    accuracy: tuple[Share, ...]
    macro_f1: tuple[Share, ...]
    balanced_accuracy: tuple[Share, ...]

    @model_validator(mode="after")
    def _one_score_per_fold(self) -> "CrossValidation":
        for name in ("accuracy", "macro_f1", "balanced_accuracy"):
            if (n := len(getattr(self, name))) != self.folds:
                raise ValueError(f"{name} should have one value for each of {self.folds} folds, not {n}")
        return self


class CorrectedLabels(Frozen):
    """Labels that the training put in place of the released ones; `corrections.csv` in the run folder holds them."""

    source: Line  # the file they came from, or "notes"
    digest: Line  # of ids and labels
    n: Count  # faces whose label is another one
    splits: tuple[Split, ...] = ("train",)


class HeldOut(Frozen):
    """Scores of cross-validation: each face was read with what the other folds gave."""

    folds: Annotated[int, Field(strict=True, ge=2, le=1000)]
    seed: Seed = 0  # of the folds
    accuracy: Share
    macro_f1: Share
    balanced_accuracy: Share
    g_mean: Share  # geometric mean of the recalls
    ece: Share
    nll: Number
    recall: Mapping[ClassName, Share]


class ClassOffsets(Frozen):
    """One number per class that was added to the bias of the head after training."""

    run: Line  # whose weights these are otherwise
    split: Split = "val"  # whose faces they were fitted to
    cost: Share  # of accuracy, that they might take
    tau: Share = 0.0  # of the logit adjustment that they are; 0: one was fitted for each class
    offsets: Mapping[ClassName, Annotated[Number, Field(ge=-100, le=100)]]
    held_out: HeldOut  # with offsets
    without: HeldOut  # with a temperature alone, on the same folds

    @property
    def kind(self) -> str:
        """What they are, as words of a sentence."""
        return f"a logit adjustment of τ = {self.tau:g}" if self.tau else "class offsets"


class Manifest(Frozen):
    """A run: what was trained, on what, how, and what it scored."""

    format: Annotated[int, Field(strict=True, ge=FORMAT, le=FORMAT)] = FORMAT
    recipe: Line | None = None
    status: Status = "unknown"
    model: ModelSpec
    classes: Annotated[tuple[ClassName, ...], Field(min_length=2, max_length=1000)]
    input: InputSpec
    parameters: Count
    macs: Count  # multiply-adds of one forward pass
    config: Json = Field(default_factory=dict)  # the settings of the training, or of the ensemble
    selection: Line = ""  # which epoch was kept, and why
    data: DataSpec
    seed: Seed = 0
    started: Line = ""  # ISO 8601
    commit: Line = ""  # of ferkit
    versions: Mapping[Line, Line] = Field(default_factory=dict)
    device: Line = ""
    epochs_done: Count = 0
    seconds: Annotated[Number, Field(ge=0)] = 0.0
    temperature: Annotated[Positive, Field(ge=1e-3, le=1e3)] = 1.0  # fitted on val; 1 until then
    temperature_slope: Slope = 0.0  # with the entropy of the prediction
    scores: ScoresBySplit = Field(default_factory=dict)  # on the dataset it was trained on
    seeds: tuple[SeedScores, ...] = ()  # of all trainings this one was chosen from
    crossval: CrossValidation | None = None
    corrections: CorrectedLabels | None = None
    calibration: ClassOffsets | None = None
    study: Line = ""  # the search it comes from
    trial: Count | None = None  # of that search

    @field_validator("classes")
    @classmethod
    def _differ(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        if twice := sorted({name for name in classes if classes.count(name) > 1}):
            raise ValueError(f"should be different names, but {twice[0]!r} occurs twice")
        return classes

    @model_validator(mode="after")
    def _of_these_classes(self) -> "Manifest":
        named: list[tuple[str, Mapping[str, Any]]] = [
            (f"scores.{split}.per_class", scores.per_class) for split, scores in self.scores.items()
        ]
        named += [(f"data.counts.{split}", counts) for split, counts in self.data.counts.items()]
        if fitted := self.calibration:
            named += [("calibration.offsets", fitted.offsets), ("calibration.held_out.recall", fitted.held_out.recall)]
        for where, mapping in named:
            if set(mapping) != set(self.classes):
                raise ValueError(f"{where} should have exactly the classes of the run")
        return self

    @property
    def comparable_seeds(self) -> tuple[SeedScores, ...]:
        """`seeds`, unless this run has offsets since then, which none of them was scored with: its own seed's score is
        another one than its score now."""
        val = self.scores.get("val")
        own = next((seed.accuracy for seed in self.seeds if seed.seed == self.seed), None)
        return () if self.calibration and (val is None or own != val.accuracy) else self.seeds

    @property
    def soft_label_files(self) -> tuple[str, ...]:
        """Names of the files it learned soft labels from: they may come from outside its dataset."""
        named = [*str(self.config.get("teacher", "")).split(","), *map(str, self.config.get("soft_labels") or ())]
        files = (name.strip().rsplit("/", 1)[-1] for name in named if name.strip().lower().endswith(".csv"))
        return tuple(dict.fromkeys(files))

    def replace(self, **changes: Any) -> "Manifest":
        """A copy with other values, checked like any manifest."""
        return type(self)(**{name: getattr(self, name) for name in type(self).model_fields} | changes)

    def as_json(self) -> dict[str, Any]:
        """Plain values for run.json; what is None is left out."""
        return {key: value for key, value in self.model_dump(mode="json").items() if value is not None}
