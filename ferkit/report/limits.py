"""What a run cannot do, or what nobody knows of it, as sentences from its manifest."""

from collections.abc import Iterator

from ferkit.errors import RunError
from ferkit.evaluate.protocol import fitted_offsets, offsets_sentence
from ferkit.runs import Run, Scores

__all__ = ["limits"]

FEW = 100  # faces of a class


def limits(run: Run) -> list[str]:
    """At least two sentences, the ones about scores first."""
    manifest = run.manifest
    split = next((split for split in ("test", "val") if split in manifest.scores), None)
    found = [*_of_scores(manifest.scores[split], split)] if split else ["It has not been scored on held-out faces."]
    if split and (fitted := fitted_offsets(run, split)):
        found.insert(0, offsets_sentence(fitted))
    return [*found, *_of_training(run), *_of_corruption(run), *ALWAYS]


ALWAYS = (
    "Scores by age, sex, ethnicity or culture are unknown: the dataset does not record them.",
    "It was scored on faces cut out as the dataset cuts them. Other crops, light, poses and cameras give other scores.",
)


def _of_scores(scores: Scores, split: str) -> Iterator[str]:
    present = {name: row for name, row in scores.per_class.items() if row.support}
    if present:
        name, row = min(present.items(), key=lambda pair: pair[1].recall)
        interval = f" [{row.recall_interval[0]:.0%}, {row.recall_interval[1]:.0%}]" if row.recall_interval else ""
        yield f"Its lowest recall is that of {name}: {row.recall:.0%}{interval} of {row.support:,} {split} faces."
    if never := [name for name, row in present.items() if row.recall == 0 and row.precision == 0]:
        yield f"It recognised none of the {split} faces of {', '.join(never)}."
    if rare := [f"{name} ({row.support:,})" for name, row in present.items() if row.support < FEW]:
        yield f"Few {split} faces, so wide intervals: {', '.join(rare)}."
    if scores.leaked:
        yield f"{scores.leaked:,} of the {scores.n:,} {split} faces are pixel-identical to a training face."
    if split == "val":
        yield "There are no scores on test: recipes were chosen, and the temperature fitted, on the same val."


def _of_training(run: Run) -> Iterator[str]:
    manifest = run.manifest
    if manifest.status not in ("finished", "unknown"):
        yield f"Its training was {manifest.status} after {manifest.epochs_done} epochs."
    if manifest.corrections:
        yield f"{manifest.corrections.n:,} of its labels are not the released ones ({manifest.corrections.source})."
    if manifest.soft_label_files:
        files = ", ".join(manifest.soft_label_files)
        yield (
            f"It also learned from soft labels in {files}. Where these come from outside {run.dataset}, its scores are "
            f"no result on {run.dataset} alone."
        )
    if len(manifest.seeds) > 1:
        yield f"It is the best of {len(manifest.seeds)} seeds on val, so its score is slightly optimistic."
    elif "members" not in manifest.config:
        yield "It was trained once: how much another seed would differ is not measured."


def _of_corruption(run: Run) -> Iterator[str]:
    """Its mean accuracy on corrupted faces, where it was measured."""
    try:
        table = run.results().robustness("val")
    except RunError:
        yield "Its accuracy on blurred, dark, noisy or compressed faces was not measured."
        return
    corrupted = table.loc[table["strength"] > 0, "accuracy"].mean()
    clean = table.loc[table["strength"] == 0, "accuracy"].mean()
    kinds = table.loc[table["strength"] > 0, "kind"].nunique()
    yield f"On val faces corrupted in {kinds} ways its mean accuracy is {corrupted:.1%}, otherwise {clean:.1%}."
