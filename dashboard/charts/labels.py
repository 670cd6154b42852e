"""Labels against the crowd's votes and against a network: whose errors they are, and which labels are doubtful."""

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.charts.spec import Axis, Bars, Chart, Rules
from dashboard.words import interval, percent
from ferkit.audit.crowd_errors import RateByBin
from ferkit.colours import MUTED, WRONG

__all__ = ["BITS", "confirmed", "entropy", "error_by_agreement", "kinds", "range_of", "suspects"]

PEOPLE, DOUBT = "#e8a317", "#6366f1"
KINDS = {"people err too": PEOPLE, "only the model errs": WRONG}  # the tags of errors
ROOM = 9  # % of the axis that a number in a bar needs
BITS = 0.25  # width of a bin of the entropy
INSIDE = 1e-6  # a range of the Selection holds both its ends, a bin only the lower one


def kinds(counts: Mapping[str, Mapping[str, int]], chosen: Sequence[Sequence[str]] = ()) -> Chart:
    """Errors by kind as shares of the errors on each class, a row each: `{"all": {"people err too": 679, ...}, ...}`.

    What is selected is [row, kind]; the first row stays on top, the others follow by the share of the first kind.
    """
    first, *rest = counts
    total = {row: max(1, sum(kinds.values())) for row, kinds in counts.items()}
    names = list(counts[first])
    rows = [first, *sorted(rest, key=lambda row: -counts[row][names[0]] / total[row])]
    base, marks = np.zeros(len(rows)), []
    for name in names:
        n = [counts[row].get(name, 0) for row in rows]
        share = np.array([100 * k / total[row] for k, row in zip(n, rows, strict=True)])
        marks.append(
            Bars(
                x=base + share,
                y=rows,
                base=base,
                horizontal=True,
                name=name,
                colour=KINDS.get(name, MUTED),
                text=[f"{k:,}" if part >= ROOM else "" for k, part in zip(n, share, strict=True)],
                hover=[
                    f"{row}: {name}\n{k:,} of {total[row]:,} errors ({part:.0f}%)"
                    for row, k, part in zip(rows, n, share, strict=True)
                ],
                select=[[row, name] for row in rows] if name in KINDS else (),
            )
        )
        base = base + share
    return Chart(
        "Whose errors are they?",
        x=Axis("share of the errors", low=0, high=100, suffix="%"),
        y=Axis(kind="category"),
        marks=marks,
        height=150 + 27 * len(rows),
        chosen=[list(part) for part in chosen],
    )


def error_by_agreement(rates: RateByBin, human: float | None, chosen: Sequence[Sequence[float]] = ()) -> Chart:
    """Error rate by the share of the votes for the label, with the error of one person against the others as a line;
    what is selected is a range of the share, [low, high]."""
    keep = np.flatnonzero(rates.n > 0)
    low, high = rates.edges[keep], rates.edges[keep + 1]
    rows = list(zip(keep.tolist(), low.tolist(), high.tolist(), strict=True))
    bars = Bars(
        x=50 * (low + high),
        y=100 * rates.rate[keep],
        low=100 * rates.interval[0, keep],
        high=100 * rates.interval[1, keep],
        width=90 * float(rates.edges[1] - rates.edges[0]),
        colour=DOUBT,
        hover=[
            f"{low:.0%} to {high:.0%} of the votes for the label: {rates.n[i]:,} faces\nerror {percent(rates.rate[i])} "
            f"[{interval(*rates.interval[:, i].tolist())}]"
            for i, low, high in rows
        ],
        select=[range_of(low, high, last=high == rates.edges[-1]) for _, low, high in rows],
    )
    lines = [] if human is None else [Rules(100 * (1 - human), label=f"one person errs {percent(1 - human)}")]
    return Chart(
        "Error of the model by the crowd's agreement with the label",
        x=Axis("share of the votes for the label", low=0, high=100, suffix="%"),
        y=Axis("error of the model, 95% CI", low=0, high=100, suffix="%"),
        marks=[bars, *lines],
        height=320,
        chosen=[list(part) for part in chosen],
    )


def entropy(bits: np.ndarray, chosen: Sequence[Sequence[float]] = ()) -> Chart:
    """How many faces there are by the entropy of their votes, in bins of a quarter bit; what is selected is a range in
    bits, [low, high]."""
    bits = bits[np.isfinite(bits)]
    edges = np.arange(0, max(1.0, float(bits.max(initial=0))) + BITS, BITS)
    place = np.minimum((bits / BITS + INSIDE).astype(int), len(edges) - 2)
    counts = np.bincount(place, minlength=len(edges) - 1)
    low = edges[:-1]
    total = max(1, len(bits))
    bars = Bars(
        x=low + BITS / 2,
        y=counts,
        width=0.9 * BITS,
        colour=PEOPLE,
        hover=[
            f"{start:.2f} to {start + BITS:.2f} bits: {n:,} faces ({n / total:.1%})"
            for start, n in zip(low.tolist(), counts.tolist(), strict=True)
        ],
        select=[range_of(start, start + BITS, last=start == low[-1]) for start in low.tolist()],
    )
    return Chart(
        "How far people disagree about a face",
        x=Axis("entropy of the votes in bits; 0: all agree, 1: two answers of one half each", low=0),
        y=Axis("faces", low=0),
        marks=[bars],
        height=320,
        chosen=[list(part) for part in chosen],
    )


def range_of(low: float, high: float, *, last: bool) -> list[float]:
    """The bin low <= value < high as a range with both ends, the last one with its upper end."""
    return [round(low, 6), round(high if last else high - INSIDE, 6)]


def confirmed(
    shares: Mapping[str, float], colours: Mapping[str, str], counts: Mapping[str, int], chosen: Sequence[str] = ()
) -> Chart:
    """Share in [0, 1] of each class's labels that no other answer outvotes, and how many it does outvote; the least
    confirmed below. What is selected is the class."""
    hover = {
        name: f"{name}: the crowd confirms {percent(shares[name])} of the labels and outvotes {counts[name]:,}"
        for name in shares
    }
    text = {name: f"{share:.0%}" for name, share in shares.items()}
    return _shares("Labels that the crowd confirms, by class", shares, colours, text, hover, chosen)


def suspects(
    counts: Mapping[str, int], totals: Mapping[str, int], colours: Mapping[str, str], chosen: Sequence[str] = ()
) -> Chart:
    """How many labels of each class are suspect, of how many faces; what is selected is the class."""
    shares = {name: n / max(1, totals[name]) for name, n in counts.items()}
    hover = {name: f"{name}: {n:,} of {totals[name]:,} labels are suspect" for name, n in counts.items()}
    text = {name: f"{n:,} · {shares[name]:.0%}" for name, n in counts.items()}
    high = min(100, 140 * max(shares.values(), default=1) + 1)
    return _shares("Suspect labels by class", shares, colours, text, hover, chosen, high)


def _shares(
    title: str,
    shares: Mapping[str, float],
    colours: Mapping[str, str],
    text: Mapping[str, str],
    hover: Mapping[str, str],
    chosen: Sequence[str],
    high: float = 100,
) -> Chart:
    """A bar per class, the largest share on top."""
    names = sorted(shares, key=shares.__getitem__, reverse=True)
    bars = Bars(
        [100 * shares[name] for name in names],
        names,
        horizontal=True,
        colour=[colours[name] for name in names],
        text=[text[name] for name in names],
        hover=[hover[name] for name in names],
        select=names,
    )
    x = Axis("share of the class's faces", low=0, high=high, suffix="%")
    return Chart(title, x, Axis(kind="category"), [bars], height=90 + 28 * len(names), chosen=list(chosen))
