"""Learning curves: val solid, train dotted, the best epoch marked."""

import pandas as pd
import pytest

from dashboard.charts import curves
from dashboard.charts.spec import Lines, Points

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "lr": [0.1, 0.05, 0.0],
        "train_loss": [2.0, 1.5, 1.2],
        "train_accuracy": [0.3, 0.4, 0.5],
        "val_loss": [1.9, 1.4, 1.5],
        "val_accuracy": [0.35, 0.6, 0.55],
        "val_macro_f1": [0.3, 0.5, 0.5],
    }
)


@pytest.mark.parametrize(
    ("name", "value", "words"), [("accuracy", 60, "60.0%"), ("loss", 1.4, "1.4"), ("macro-F1", 0.5, "0.5")]
)
def test_the_best_epoch_is_the_largest_score_or_the_smallest_loss(name: str, value: float, words: str) -> None:
    chart = curves.curves({"a": HISTORY}, curves.MEASURES[name], {"a": "#111111"})
    (mark,) = [mark for mark in chart.marks if isinstance(mark, Points)]
    assert mark.x == [2] and mark.y == pytest.approx([value]) and mark.hover == [f"a: best epoch 2, {words}"]


def test_train_is_dotted_and_axes_carry_their_unit() -> None:
    chart = curves.curves({"a": HISTORY}, curves.MEASURES["accuracy"], {"a": "#111111"})
    train, val, _ = chart.marks
    assert train.dash and not val.dash and train.name == val.name == "a"
    assert list(val.y) == pytest.approx([35, 60, 55]) and list(train.y) == pytest.approx([30, 40, 50])
    assert val.hover[0] == "a val\nepoch 1: 35.0%"
    assert (chart.x.label, chart.y.label, chart.y.suffix) == ("epoch", "accuracy", "%")
    assert chart.title == "Accuracy: val solid, train dotted"


def test_the_learning_rate_is_one_line_and_a_column_that_is_missing_is_left_out() -> None:
    (line,) = curves.curves({"a": HISTORY}, curves.MEASURES["learning rate"], {"a": "#111111"}).marks
    assert list(line.y) == [0.1, 0.05, 0.0] and line.hover[0] == "a\nepoch 1: 0.1"
    part = HISTORY.drop(columns=["train_loss", "val_loss"])
    assert not curves.curves({"a": part}, curves.MEASURES["loss"], {"a": "#111111"}).marks


def test_a_run_of_one_epoch_is_drawn() -> None:
    line, best = curves.curves({"a": HISTORY.head(1)}, curves.MEASURES["macro-F1"], {"a": "#111111"}).marks
    assert isinstance(line, Lines) and list(line.y) == [0.3] and best.x == [1]
