"""Class distribution."""

from dashboard.charts import classes

COUNTS = {"train": {"angry": 30, "happy": 70}, "val": {"angry": 5, "happy": 5}}


def test_the_distribution_has_bars_per_split_and_the_largest_class_on_top() -> None:
    train, val = classes.distribution(COUNTS, "faces").marks
    assert (train.name, val.name) == ("train", "val")
    assert train.y == ["happy", "angry"] and train.x == [70, 30] and train.text == ["70", "30"]
    assert train.hover == ["happy: 70 faces of train", "angry: 30 faces of train"]


def test_units_change_values_and_axis() -> None:
    shares = classes.distribution(COUNTS, "share of the split")
    assert shares.marks[1].x == [50, 50] and shares.x.label == "% of the split"
    log = classes.distribution(COUNTS | {"test": {"angry": 0, "happy": 3}}, "faces, log scale")
    assert log.x.kind == "log" and log.marks[2].x == [3, None], "nothing has no place on a log scale"


def test_an_empty_split_causes_no_division_by_zero() -> None:
    assert classes.distribution({"val": {"angry": 0}}, "share of the split").marks[0].x == [0]
