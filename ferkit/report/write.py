"""Facts and figures into the templates."""

from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from ferkit import files
from ferkit.data import store
from ferkit.errors import FerkitError, RunError
from ferkit.explain.filters import stored_kernels
from ferkit.report import figures
from ferkit.report.again import command
from ferkit.report.facts import Facts, gather
from ferkit.runs import Run, Scores

__all__ = ["html", "markdown", "write"]

FORMATS = (".html", ".md")


def write(found: list[Run], split: str, out: Path) -> None:
    """Write `out`: HTML, or Markdown with a folder of figures. Raises RunError for another ending, or as `gather`
    does."""
    if out.suffix not in FORMATS:
        raise RunError(f"A report ends in {' or '.join(FORMATS)}; got {out.name!r}.")
    if out.suffix == ".html":
        with files.atomic_write(out) as partial:
            partial.write_text(html(found, split), "utf-8")
        return
    folder = out.with_name(f"{out.stem}-figures")
    text, drawn = markdown(found, split, folder.name)
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in drawn.items():
        if svg:
            (folder / f"{name}.svg").write_text(svg, "utf-8")
    with files.atomic_write(out) as partial:
        partial.write_text(text, "utf-8")


def html(found: list[Run], split: str) -> str:
    """The whole report as one HTML file."""
    facts = gather(found, split)
    return _environment(True).get_template("report.html").render(**_told(facts), figures=_drawn(facts))


def markdown(found: list[Run], split: str, folder: str) -> tuple[str, dict[str, str]]:
    """The same as Markdown that points at `folder`/<name>.svg, and the figures by name."""
    facts = gather(found, split)
    drawn = _drawn(facts)
    return _environment(False).get_template("report.md").render(**_told(facts), figures=drawn, folder=folder), drawn


def _environment(escape: bool) -> jinja2.Environment:
    loader = jinja2.PackageLoader("ferkit", "report")
    made = jinja2.Environment(
        loader=loader, autoescape=escape, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    made.filters.update(percent=_percent, count=_count)
    return made


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}%"


def _count(n: int) -> str:
    return f"{n:,}"


def _told(facts: Facts) -> dict[str, Any]:
    first = facts.first
    dirty = _leaked(facts.scores[first.name])
    told = {"facts": facts, "first": first, "leaked": dirty, "today": date.today().isoformat()}
    return told | {"questions": _questions(facts), "again": [command(run) for run in facts.runs]}


def _leaked(scores: Scores) -> int:
    """How many of the scored faces stand in train; 0 where that is not known."""
    return scores.n - scores.dedup.n if scores.dedup else 0


def _questions(facts: Facts) -> list[str]:
    """What the numbers ask of whoever writes the discussion."""
    recall = dict(zip(facts.classes, facts.recalls[facts.first.name][0], strict=True))
    train = facts.counts.get("train", {})
    asked = [
        f"Why is {facts.worst} found least often ({recall[facts.worst]:.0%})? Its label, its faces, or the network?"
    ]
    if facts.rarest:
        asked.append(
            f"{facts.rarest.capitalize()} has {train[facts.rarest]:,} of {sum(train.values()):,} training faces and a recall of "
            f"{recall[facts.rarest]:.0%}. What would you change, and what would it cost the others?"
        )
    if facts.confusions:
        top = facts.confusions[0]
        asked.append(
            f"{top.share:.0%} of {top.true} are taken for {top.predicted}. Would people tell these faces apart?"
        )
    for other, test in facts.tests.items():
        doubt = "surely differ" if test.sure else "cannot be told apart"
        asked.append(
            f"{facts.first.name} and {other} {doubt} on these {test.n:,} faces. What would settle what is left open?"
        )
    if "val" in facts.first.manifest.scores:
        asked.append(
            "What was chosen by looking at val, and what score would you expect on faces nobody has looked at?"
        )
    return asked


def _drawn(facts: Facts) -> dict[str, str]:
    """Every figure by name, "" where there is nothing to draw."""
    first = facts.first
    drawn = {
        "classes": figures.classes(facts) if facts.counts else "",
        "recalls": figures.recalls(facts),
        "curves": figures.curves(facts),
        "reliability": figures.reliability(facts),
        "heat": figures.heat(facts),
        "filters": figures.filters(stored_kernels(first.weights)) if first.weights.is_file() else "",
        "failures": _failures(facts),
    }
    drawn |= {f"confusion-{i}": figures.confusion(facts, run.name) for i, run in enumerate(facts.runs)}
    return drawn


def _failures(facts: Facts) -> str:
    """Faces, where their dataset is here."""
    try:
        return figures.failures(facts, store.load(facts.first.dataset))
    except FerkitError:
        return ""
