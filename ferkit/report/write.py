"""Facts and figures into the templates."""

from datetime import date
from pathlib import Path
from typing import Any

from ferkit import files
from ferkit.data import store
from ferkit.errors import FerkitError, RunError
from ferkit.evaluate.protocol import HELD_OUT, fitted_offsets, offsets_sentence, protocol
from ferkit.explain.filters import stored_kernels
from ferkit.report import face_figures, figures
from ferkit.report.facts import Facts, gather
from ferkit.report.questions import questions
from ferkit.report.render import environment
from ferkit.report.reproduce import command
from ferkit.report.style import style
from ferkit.runs import Run, Scores

__all__ = ["html", "markdown", "write"]

FORMATS = (".html", ".md")


def write(compared: list[Run], split: str, out: Path, *, student: bool = False) -> None:
    """Write `out`: HTML, or Markdown with a folder of figures, which is replaced as a whole.

    `student=True` adds questions with lines to answer them on. Raises RunError for another ending, FerkitError for a
    folder of figures that holds other files, and as `gather` does.
    """
    if out.suffix not in FORMATS:
        raise RunError(f"A report ends in {' or '.join(FORMATS)}; got {out.name!r}.")
    if out.suffix == ".html":
        text = html(compared, split, student=student)
    else:
        folder = out.with_name(f"{out.stem}-figures")
        _check_folder(folder)
        text, drawn = markdown(compared, split, folder.name, student=student)
        with files.atomic_folder(folder) as partial:
            for name, svg in drawn.items():
                if svg:
                    (partial / f"{name}.svg").write_text(svg, "utf-8")
    with files.atomic_write(out) as partial:
        partial.write_text(text, "utf-8")


def _check_folder(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and all(path.suffix == ".svg" for path in folder.iterdir())):
        raise FerkitError(f"{folder.name} holds other files than figures. Give the report another name: --out NAME.md")


def html(compared: list[Run], split: str, *, student: bool = False) -> str:
    """The whole report as one HTML file."""
    facts = gather(compared, split)
    return environment(html=True).get_template("report.html").render(**_values(facts, student), figures=_drawn(facts))


def markdown(compared: list[Run], split: str, folder: str, *, student: bool = False) -> tuple[str, dict[str, str]]:
    """The same as Markdown that points at `folder`/<name>.svg, and the figures by name."""
    facts = gather(compared, split)
    drawn = _drawn(facts)
    template = environment(html=False).get_template("report.md")
    return template.render(**_values(facts, student), figures=drawn, folder=folder), drawn


def _values(facts: Facts, student: bool) -> dict[str, Any]:
    first = facts.first
    kinds = {run.name: protocol(run, facts.split, first.dataset) for run in facts.runs}
    return {
        "facts": facts,
        "first": first,
        "leaked": _leaked(facts.scores[first.name]),
        "not_held_out": {name: kind for name, kind in kinds.items() if kind != HELD_OUT},
        "offsets": [
            f"{run.name}: {offsets_sentence(fitted)}"
            for run in facts.runs
            if (fitted := fitted_offsets(run, facts.split, first.dataset))
        ],
        "today": date.today().isoformat(),
        "questions": questions(facts) if student else [],
        "commands": [command(run) for run in facts.runs],
    }


def _leaked(scores: Scores) -> int:
    """How many of the scored faces are also in train; 0 where that is not known."""
    return scores.n - scores.dedup.n if scores.dedup else 0


def _drawn(facts: Facts) -> dict[str, str]:
    """Every figure by name, "" where there is nothing to draw."""
    first = facts.first
    with style():
        drawn = {
            "classes": figures.classes(facts) if facts.counts else "",
            "recalls": figures.recalls(facts),
            "curves": figures.curves(facts),
            "reliability": figures.reliability(facts),
            "heat": face_figures.heat(facts),
            "filters": face_figures.filters(stored_kernels(first)) if first.weights.is_file() else "",
            "failures": _failures(facts),
        }
        drawn |= {f"confusion-{i}": figures.confusion(facts, run.name) for i, run in enumerate(facts.runs)}
    return drawn


def _failures(facts: Facts) -> str:
    """Faces, where their dataset is here."""
    try:
        return face_figures.failures(facts, store.load(facts.first.dataset))
    except FerkitError:
        return ""
