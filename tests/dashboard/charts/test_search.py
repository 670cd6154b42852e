"""Charts of a search: best so far, pruned trials, axes, and colours legible on light and dark."""

import json

import pytest

from dashboard.charts import parallel, search
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
    pruned, done, best = search.history(trials, "accuracy on val").marks
    assert pruned.x == [1] and pruned.y == [15] and pruned.symbol == "cross"
    assert done.x == [0, 2, 3] and list(best.y) == [50, 50, 70] and best.step
    assert done.hover[1] == "trial 2, complete after 2 epochs: 40.0%\nlr = 0.001"
    widths = {line.name: line.width for line in search.curves(trials, "accuracy on val").marks}
    assert max(widths, key=lambda name: widths[name]) == "trial 3"


def test_accuracy_is_in_percent_and_f1_a_number() -> None:
    trials = [trial(0, "complete", 0.5)]
    accuracy, f1 = (search.history(trials, f"{name} on val") for name in ("accuracy", "macro-F1"))
    assert (accuracy.marks[1].y, accuracy.y.suffix) == ([50], "%")
    assert (f1.marks[1].y, f1.y.suffix) == ([0.5], "")
    assert f1.y.label == "macro-F1 on val" and f1.x.label == "trial"


def test_the_most_important_setting_is_on_top() -> None:
    (bars,) = search.importances({"lr": 0.7, "model_args.spatial_dropout": 0.3}).marks
    assert bars.y == ["lr", "spatial dropout"] and bars.x == pytest.approx([70, 30]) and bars.text == ["70%", "30%"]


def test_parallel_axes_are_logarithmic_for_wide_ranges_and_categories_for_words() -> None:
    trials = [
        trial(0, "complete", 0.5, lr=0.1, opt="sgd", deep=True),
        trial(1, "complete", 0.4, lr=0.001, opt="adam", deep=False),
    ]
    lr, opt, deep, value = parallel.parallel(trials, "accuracy").data[0].dimensions
    assert list(lr["values"]) == pytest.approx([-3, -1]) and list(lr.ticktext) == ["0.001", "0.01", "0.1"]
    assert list(opt.ticktext) == ["adam", "sgd"] and list(opt["values"]) == [0, 1]
    assert list(deep.ticktext) == ["False", "True"]
    assert list(value["values"]) == [40, 50], "the best is drawn last"
    named = parallel.parallel([trial(0, "complete", 0.5, **{"model_args.spatial_dropout": 0.1})], "F1").data[0]
    assert [dimension.label for dimension in named.dimensions] == ["spatial dropout", "F1"]
    first = json.loads(parallel.parallel(trials, "accuracy", ["opt"]).to_json())["data"][0]["dimensions"][0]
    assert first["label"] == "opt"


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_good_and_bad_trials_are_legible_on_light_and_dark(background: str) -> None:
    assert min(contrast(colour, background) for _, colour in parallel.SCALE) >= 3
