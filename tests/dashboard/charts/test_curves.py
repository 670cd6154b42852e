"""Learning curves: val solid, train dotted, the best epoch marked."""

import pandas as pd
import pytest

from dashboard.charts import curves

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


@pytest.mark.parametrize(("name", "value"), [("accuracy", 60), ("loss", 1.4), ("macro-F1", 0.5)])
def test_the_best_epoch_is_the_largest_score_or_the_smallest_loss(name: str, value: float) -> None:
    figure = curves.curves({"a": HISTORY}, curves.MEASURES[name], {"a": "#111111"})
    (mark,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert list(mark.x) == [2] and list(mark.y) == pytest.approx([value])


def test_train_is_dotted_and_axes_carry_their_unit() -> None:
    train, val, _ = curves.curves({"a": HISTORY}, curves.MEASURES["accuracy"], {"a": "#111111"}).data
    assert (train.line.dash, val.line.dash) == ("dot", "solid") and not train.showlegend
    assert list(val.y) == pytest.approx([35, 60, 55]) and list(train.y) == pytest.approx([30, 40, 50])
    figure = curves.curves({"a": HISTORY}, curves.MEASURES["accuracy"], {"a": "#111111"})
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("epoch", "accuracy")
    assert figure.layout.yaxis.ticksuffix == "%" and figure.layout.title.text == "Accuracy: val solid, train dotted"


def test_the_learning_rate_is_one_line_and_a_column_that_is_missing_is_left_out() -> None:
    (line,) = curves.curves({"a": HISTORY}, curves.MEASURES["learning rate"], {"a": "#111111"}).data
    assert list(line.y) == [0.1, 0.05, 0.0]
    part = HISTORY.drop(columns=["train_loss", "val_loss"])
    assert not curves.curves({"a": part}, curves.MEASURES["loss"], {"a": "#111111"}).data


def test_a_run_of_one_epoch_is_a_point() -> None:
    traces = curves.curves({"a": HISTORY.head(1)}, curves.MEASURES["macro-F1"], {"a": "#111111"}).data
    assert traces[0].mode == "lines+markers" and list(traces[0].y) == [0.3]
