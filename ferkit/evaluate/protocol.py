"""How a score was obtained, so that scores of different kinds are not ranked together. Plain values, for pages."""

from ferkit.runs import ClassOffsets, Run

__all__ = ["HELD_OUT", "IN_SAMPLE", "OUT_OF_FOLD", "PARTLY_IN_SAMPLE", "fitted_offsets", "offsets_sentence", "protocol"]

HELD_OUT = "held out"
OUT_OF_FOLD = "out of fold"
IN_SAMPLE = "in sample"
PARTLY_IN_SAMPLE = "partly in sample"


def fitted_offsets(run: Run, split: str, dataset: str | None = None) -> ClassOffsets | None:
    """The run's class offsets, where they were fitted to the very faces of `split` of `dataset` (its own when None)."""
    fitted = run.manifest.calibration
    return fitted if fitted and dataset in (None, run.dataset) and split == fitted.split else None


def protocol(run: Run, split: str, dataset: str | None = None) -> str:
    """What `run`'s scores on `split` of `dataset` (its own when None) are: of faces the network never saw (`HELD_OUT`),
    of training faces, each scored by the fold that was trained without it (`OUT_OF_FOLD`), of the faces it was trained
    on (`IN_SAMPLE`), or of all splits together (`PARTLY_IN_SAMPLE`)."""
    if dataset not in (None, run.dataset) or split in ("val", "test"):
        return HELD_OUT
    if split == "all":
        return PARTLY_IN_SAMPLE
    return OUT_OF_FOLD if run.manifest.crossval else IN_SAMPLE


def offsets_sentence(fitted: ClassOffsets) -> str:
    """One sentence on scores of the split that class offsets were fitted to."""
    scores = fitted.held_out
    return (
        f"Its weights include {fitted.kind} fitted on {fitted.split}; held out, over {scores.folds} folds: "
        f"{scores.accuracy:.1%}, macro-F1 {scores.macro_f1:.3f}."
    )
