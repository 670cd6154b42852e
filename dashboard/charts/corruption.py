"""Accuracy on corrupted faces: kinds by strengths, and one kind by emotion."""

from collections.abc import Mapping

import pandas as pd

from dashboard.charts.spec import Axis, Cells, Chart, Lines, Points
from ferkit.runs.robustness import RECALL, column

__all__ = ["cells", "lines"]


def cells(scores: pd.DataFrame, only: str = "", chosen: str = "") -> Chart:
    """A cell per kind and strength with the accuracy, or the recall of the class `only` where it has a face; the more
    of red the more is lost. `scores` as `Results.robustness` gives them; a cell's payload is as "blur 3"."""
    only = only if only and scores[RECALL + only].notna().all() else ""
    measure = RECALL + only if only else "accuracy"
    released = float(scores.loc[scores["strength"] == 0, measure].iloc[0])
    rows = scores[scores["strength"] > 0]
    what = f"Recall of {only}" if only else "Accuracy"
    values = rows[measure].astype(float)
    strengths = [str(s) for s in sorted(rows["strength"].unique())]
    names = list(dict.fromkeys(rows["kind"]))
    return Chart(
        f"{what} on corrupted faces; {released:.1%} as released",
        Axis("strength, 1 weak to 5 strong", kind="category", names=strengths),
        Axis(kind="category", names=names),
        [
            Cells(
                x=[str(s) for s in rows["strength"]],
                y=list(rows["kind"]),
                value=[min(0.0, value - released) for value in values],
                top=max(0.01, released),
                text=[f"{100 * value:.0f}%" for value in values],
                hover=[
                    f"{kind}, strength {strength}\n{what.lower()} {value:.1%}, "
                    + f"{100 * (value - released):+.1f} points".replace("-", "−")
                    for kind, strength, value in zip(rows["kind"], rows["strength"], values, strict=True)
                ],
                select=[column(kind, s) for kind, s in zip(rows["kind"], rows["strength"], strict=True)],
            )
        ],
        height=110 + 27 * len(names),
        legend=False,
        chosen=[chosen] if chosen else [],
        table={"kind": list(rows["kind"]), "strength": list(rows["strength"]), what.lower(): list(values)},
    )


def lines(part: pd.DataFrame, kind: str, classes: tuple[str, ...], colours: Mapping[str, str]) -> Chart:
    """Recall per emotion, and the accuracy on all faces as dashes, against the strength of one kind; the payload of a
    point is as "blur 3"."""
    part = part.sort_values("strength")
    x = part["strength"].tolist()
    marks: list[Lines | Points] = [
        Lines(x, (100 * part["accuracy"]).tolist(), dash=True, width=2.5, name="accuracy, all faces")
    ]
    for name in (name for name in classes if part[RECALL + name].notna().all()):
        y = (100 * part[RECALL + name]).tolist()
        marks.append(Lines(x, y, colour=colours[name], name=name))
        marks.append(
            Points(
                x,
                y,
                size=8,
                colour=colours[name],
                name=name,
                hover=[
                    f"{name}: {value:.1f}%\n{kind} {s}" if s else f"{name}: {value:.1f}%\nas released"
                    for s, value in zip(x, y, strict=True)
                ],
                select=[column(kind, s) if s else "" for s in x],
            )
        )
    return Chart(
        f"Recall per emotion: {kind}",
        Axis("strength, 0 as released", low=0, high=max(x), ticks=x),
        Axis("recall", low=0, high=100, suffix="%"),
        marks,
        height=320,
    )
