"""A run's model card: Markdown with front matter, as Hugging Face reads it, from its manifest alone.

    card(open_run("compact"))

Mitchell et al. 2019, Model Cards for Model Reporting, doi:10.1145/3287560.3287596.
Format: https://huggingface.co/docs/hub/model-cards
"""

from typing import Any

import yaml

from ferkit.errors import RunError
from ferkit.evaluate.protocol import HELD_OUT, fitted_offsets, offsets_sentence, protocol
from ferkit.report.limits import limits
from ferkit.report.render import environment, escape
from ferkit.report.reproduce import command
from ferkit.runs import Run, Scores

__all__ = ["card", "front_matter"]


def card(run: Run) -> str:
    """The whole card. Raises RunError for a run that is still being trained."""
    if run.manifest.status == "training":
        raise RunError(f"{run.name} is still being trained. Write its card when it is finished.")
    manifest, scores = run.manifest, run.manifest.scores
    fitted = [offsets_sentence(offsets) for split in scores if (offsets := fitted_offsets(run, split))]
    side, colour = manifest.input.size, "gray" if manifest.input.channels == 1 else "RGB"
    return environment(html=False).get_template("card.md").render(
        run=run,
        manifest=manifest,
        scores=scores,
        kinds={split: protocol(run, split) for split in scores},
        fitted=fitted,
        front="---\n" + yaml.safe_dump(front_matter(run), sort_keys=False, allow_unicode=True, width=1000) + "---",
        summary=_summary(run),
        shape=f"{side} × {side} pixels, {colour}",
        limits=[sentence for sentence in limits(run) if sentence not in fitted],
        training=_training(run),
        command=command(run),
    )  # fmt: skip


def front_matter(run: Run) -> dict[str, Any]:
    """What the Hub indexes: task, tags, dataset, and the scores of each held-out split as `model-index`."""
    results = [_result(run, split, scores) for split, scores in run.manifest.scores.items() if _held_out(run, split)]
    return {
        "library_name": "ferkit",
        "pipeline_tag": "image-classification",
        "tags": ["facial-expression-recognition", run.manifest.model.name],
        "datasets": [run.dataset],
        "metrics": ["accuracy", "f1"],
        "model-index": [{"name": run.name, "results": results}],
    }


def _held_out(run: Run, split: str) -> bool:
    return protocol(run, split) == HELD_OUT


def _result(run: Run, split: str, scores: Scores) -> dict[str, Any]:
    fitted = fitted_offsets(run, split)
    held_out = fitted.held_out if fitted else scores
    values = {
        ("accuracy", "Accuracy"): held_out.accuracy,
        ("f1", "Macro-F1"): held_out.macro_f1,
        ("recall", "Balanced accuracy"): held_out.balanced_accuracy,
    }
    return {
        "task": {"type": "image-classification", "name": "Facial expression recognition"},
        "dataset": {"name": run.dataset, "type": run.dataset, "split": split},
        "metrics": [{"type": kind, "name": name, "value": round(value, 4)} for (kind, name), value in values.items()],
    }


def _summary(run: Run) -> str:
    """One sentence: what it is and how accurate."""
    manifest = run.manifest
    cost = f"{manifest.parameters:,} parameters ({manifest.macs / 1e6:.1f}M multiply-adds a face)"
    size = f"A {escape(manifest.model.name)} of {cost}"
    split = next((split for split in ("test", "val") if split in manifest.scores), None)
    if split is None:
        return f"{size}, trained on {escape(run.dataset)}."
    scores = manifest.scores[split]
    low, high = scores.accuracy_interval
    right = f"**{scores.accuracy:.1%}** of {scores.n:,} {split} faces [{low:.1%}, {high:.1%}]"
    return f"{size}, trained on {escape(run.dataset)}, that recognises {right}."


def _training(run: Run) -> dict[str, Any]:
    """What is known of how it was trained, in words."""
    manifest = run.manifest
    known = {
        "Recipe": manifest.recipe,
        "Selection": manifest.selection,
        "Seed": manifest.seed,
        "Epochs": manifest.epochs_done or None,
        "Time": f"{manifest.seconds / 60:.0f} minutes" if manifest.seconds else None,
        "Device": manifest.device,
        "Versions": ", ".join(f"{name} {version}" for name, version in manifest.versions.items()),
        "Commit": manifest.commit,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}
