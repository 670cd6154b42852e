"""Every other run against the first: in a sentence, and in numbers."""

from dataclasses import replace

from dashboard.components.table import Column, Mark, table
from dashboard.results import pairing
from dashboard.words import plain, points
from ferkit.evaluate import verdict
from ferkit.evaluate.alignment import Aligned
from ferkit.evaluate.significance import LEVEL, holm

__all__ = ["numbers", "sentence"]


def sentence(aligned: Aligned, run: str, other: str) -> str:
    """The verdict on `run` against `other` in Markdown, with the classes whose recall differs significantly; p is
    Holm-corrected for all runs that are compared with the first."""
    others, groups = aligned.names[1:], pairing.by_class(aligned, other, run)
    adjusted = holm([pairing.compared(aligned, one, run).p for one in others])
    test = replace(pairing.compared(aligned, other, run), p=float(adjusted[others.index(other)]))
    return f"**{plain(verdict.verdict(test, groups, other, run))}**"


def numbers(aligned: Aligned, run: str) -> None:
    """Every other run against the first, in a table: p is Holm-corrected where there are several."""
    others = aligned.names[1:]
    tests = [pairing.compared(aligned, other, run) for other in others]
    adjusted = holm([test.p for test in tests]).tolist()
    rows = [
        {
            "against": other,
            "accuracy": test.accuracy,
            "accuracy interval": _ends(test.accuracy_interval),
            "p": p,
            "macro_f1": test.macro_f1,
            "macro interval": _ends(test.macro_f1_interval),
            "fixed": len(test.fixed),
            "broken": len(test.broken),
        }
        for other, test, p in zip(others, tests, adjusted, strict=True)
    ]
    columns = {
        "against": Column(f"{run} against"),
        "accuracy": Column("Accuracy", points),
        "accuracy interval": Column("95% interval"),
        "p": Column("p" + ("" if len(rows) == 1 else ", Holm"), _p, help="Exact McNemar test, two-sided"),
        "macro_f1": Column("Macro-F1", points),
        "macro interval": Column("95% interval"),
        "fixed": Column("Fixed", "{:,}".format, help=f"{run} is right, the other one wrong"),
        "broken": Column("Broken", "{:,}".format, help=f"{run} is wrong, the other one right"),
    }
    table(rows, columns, title="Differences in numbers", key="differences", marks=_marks(adjusted, tests))


def _marks(adjusted: list[float], tests: list[pairing.Paired]) -> dict[tuple[int, str], Mark]:
    found: dict[tuple[int, str], Mark] = {}
    for i, (p, test) in enumerate(zip(adjusted, tests, strict=True)):
        if p < 1 - LEVEL:
            found[i, "accuracy"] = "better" if test.accuracy > 0 else "worse"
        if test.macro_f1_interval[0] * test.macro_f1_interval[1] > 0:
            found[i, "macro_f1"] = "better" if test.macro_f1 > 0 else "worse"
    return found


def _ends(interval: tuple[float, float]) -> str:
    return points(0.0, interval).partition(" points ")[2]


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.2g}"
