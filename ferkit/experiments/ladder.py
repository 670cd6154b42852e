"""From a plain network to a tuned one, each step on top of the last; then other networks on the same faces.

    $ python -m ferkit.experiments.ladder train --jobs 2      # trains what ladder.yaml lists and is missing
    $ python -m ferkit.experiments.ladder table               # writes docs/ladder.md from the run folders

The runs lie in checkpoints/ladder-*, without their weights; the dashboard shows them among all others.
"""

from collections.abc import Sequence

import numpy as np

from ferkit.experiments import plan
from ferkit.experiments.plan import Plan, Row, words
from ferkit.files import runs_dir
from ferkit.runs import Run

__all__ = ["main", "table"]

HEADS = ("parameters", "multiply-adds", "epochs", "val accuracy", "macro-F1", "balanced accuracy", "minutes")


def main(argv: Sequence[str] | None = None) -> None:
    """Train what is missing, or write the table."""
    plan.command("ladder", __doc__, table, argv, runs_dir())


def table(plan: Plan, trained: dict[str, list[Run]]) -> str:
    """The whole of docs/ladder.md, a table for each part of the plan. Raises ValueError where nothing is trained."""
    if not trained:
        raise ValueError("no finished run")
    rows = [plan.rows[name] for name in trained]
    first = next(iter(trained.values()))[0]
    scored = first.manifest.scores["val"]
    intro = (
        f"On {first.dataset} (fingerprint `{scored.fingerprint}`), trained on train, scored on the {scored.n:,} "
        "faces of val: last "
        f"epoch, one forward pass, {len(plan.seeds)} seed{'s' if len(plan.seeds) > 1 else ''}, one thread. Intervals "
        "are 95% bootstrap "
        "intervals over the faces, not over repeated training. The budgets are short: a number says what a network "
        "reaches in so many "
        "epochs, not what it can reach. Minutes are by the clock, pauses and other work on the machine included."
    )
    parts = [
        _part(part, [row for row in rows if row.part == part], trained)
        for part in dict.fromkeys(row.part for row in rows)
    ]
    settings = "\n".join(_settings(row, plan) for row in rows)
    return (
        "# The ladder\n\nMade by `python -m ferkit.experiments.ladder table` from the run folders "
        "`checkpoints/ladder-*`, which `python -m "
        f"ferkit.experiments.ladder train` trains.\n\n{intro}\n\n"
        + "\n\n".join(parts)
        + f"\n\n## Settings\n\n{settings}\n"
    )


def _settings(row: Row, plan: Plan) -> str:
    start = f" with the settings of *{plan.rows[row.start].what}*" if row.start else ""
    changes = f" and `{' '.join(words(row.changes))}`" if row.changes else ""
    return f"- {row.what}: recipe `{row.recipe}`{start}{changes}"


def _part(title: str, rows: list[Row], trained: dict[str, list[Run]]) -> str:
    lines = [f"| | {' | '.join(HEADS)} |", "| --- |" + " ---: |" * len(HEADS)]
    return "\n".join([f"## {title}", "", *lines, *(_line(row.what, trained[row.name]) for row in rows)])


def _line(what: str, runs: list[Run]) -> str:
    manifest, scores = runs[0].manifest, [run.manifest.scores["val"] for run in runs]

    def mean(key: str) -> float:
        return float(np.mean([getattr(values, key) for values in scores]))

    low, high = np.mean([values.accuracy_interval for values in scores], 0)
    cells = [
        f"{manifest.parameters:,}",
        f"{manifest.macs / 1e6:.1f}M",
        str(manifest.epochs_done),
        f"{mean('accuracy'):.1%} [{low:.1%}, {high:.1%}]",
        f"{mean('macro_f1'):.3f}",
        f"{mean('balanced_accuracy'):.1%}",
        f"{np.mean([run.manifest.seconds for run in runs]) / 60:.0f}",
    ]
    return f"| {what} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
