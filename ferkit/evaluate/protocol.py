"""How a score was obtained, so that scores of different kinds are not ranked together. Plain values, for pages."""

from ferkit.runs import Run

__all__ = ["HELD_OUT", "IN_SAMPLE", "OUT_OF_FOLD", "PARTLY_IN_SAMPLE", "protocol"]

HELD_OUT = "held out"
OUT_OF_FOLD = "out of fold"
IN_SAMPLE = "in sample"
PARTLY_IN_SAMPLE = "partly in sample"


def protocol(run: Run, split: str, dataset: str | None = None) -> str:
    """What `run`'s scores on `split` of `dataset` (its own when None) are: of faces the network never saw (`HELD_OUT`),
    of training faces, each scored by the fold that was trained without it (`OUT_OF_FOLD`), of the faces it was trained
    on (`IN_SAMPLE`), or of all splits together (`PARTLY_IN_SAMPLE`)."""
    if dataset not in (None, run.dataset) or split in ("val", "test"):
        return HELD_OUT
    if split == "all":
        return PARTLY_IN_SAMPLE
    return OUT_OF_FOLD if run.manifest.crossval else IN_SAMPLE
