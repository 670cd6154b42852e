"""Charts of a search: best so far, pruned trials, axes, and colours legible on light and dark."""

import json

import pytest

from dashboard.charts import search
from ferkit.experiments.study import Trial

BACKGROUNDS = ("#fcfcfd", "#11131c")


def trial(number: int, state: str, value: float | None, **params: object) -> Trial:
    return Trial(number, state, value, params, {1: 0.1, 2: value or 0.15}, 1.0, "w")


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_the_history_keeps_the_best_so_far_and_pruned_trials_apart() -> None:
    trials = [
        trial(0, "complete", 0.5, lr=0.1),
        trial(1, "pruned", None, lr=0.2),
        trial(2, "complete", 0.4, lr=0.001),
        trial(3, "complete", 0.7, lr=0.01),
    ]
    pruned, done, best = search.history(trials, "accuracy on val").data
    assert list(pruned.x) == [1] and list(pruned.y) == [15] and pruned.marker.symbol == "x-thin"
    assert list(done.x) == [0, 2, 3] and list(best.y) == [50, 50, 70]
    widths = {line.name: line.line.width for line in search.curves(trials, "accuracy on val").data}
    assert max(widths, key=lambda name: widths[name]) == "trial 3"


def test_accuracy_is_in_percent_and_f1_a_number() -> None:
    trials = [trial(0, "complete", 0.5)]
    accuracy, f1 = (search.history(trials, f"{name} on val") for name in ("accuracy", "macro-F1"))
    assert (list(accuracy.data[1].y), accuracy.layout.yaxis.ticksuffix) == ([50], "%")
    assert (list(f1.data[1].y), f1.layout.yaxis.ticksuffix) == ([0.5], "")
    assert f1.layout.yaxis.title.text == "macro-F1 on val" and f1.layout.xaxis.title.text == "trial"


def test_the_most_important_setting_is_on_top() -> None:
    (bars,) = search.importances({"lr": 0.7, "model_args.spatial_dropout": 0.3}).data
    assert list(bars.y) == ["spatial dropout", "lr"] and list(bars.x) == pytest.approx([30, 70])


def test_parallel_axes_are_logarithmic_for_wide_ranges_and_categories_for_words() -> None:
    trials = [
        trial(0, "complete", 0.5, lr=0.1, opt="sgd", deep=True),
        trial(1, "complete", 0.4, lr=0.001, opt="adam", deep=False),
    ]
    lr, opt, deep, value = search.parallel(trials, "accuracy").data[0].dimensions
    assert list(lr["values"]) == pytest.approx([-3, -1]) and list(lr.ticktext) == ["0.001", "0.01", "0.1"]
    assert list(opt.ticktext) == ["adam", "sgd"] and list(opt["values"]) == [0, 1]
    assert list(deep.ticktext) == ["False", "True"]
    assert list(value["values"]) == [40, 50], "the best is drawn last"
    named = search.parallel([trial(0, "complete", 0.5, **{"model_args.spatial_dropout": 0.1})], "F1").data[0]
    assert [dimension.label for dimension in named.dimensions] == ["spatial dropout", "F1"]
    first = json.loads(search.parallel(trials, "accuracy", ["opt"]).to_json())["data"][0]["dimensions"][0]
    assert first["label"] == "opt"


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_good_and_bad_trials_are_legible_on_light_and_dark(background: str) -> None:
    assert min(contrast(colour, background) for _, colour in search.SCALE) >= 3
