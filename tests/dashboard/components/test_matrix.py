"""What the cells of a matrix say, and which clicks count."""

import numpy as np
import pytest

from dashboard.components import matrix as module
from dashboard.components.matrix import CONFUSION, agreement_of, counted, subtracted

COUNTS = np.array([[30, 10], [1, 199]])
CLASSES = ("fear", "happy")


def data(cells: module.Cells, top: float | None = None, words: module.Words = CONFUSION) -> dict:
    return cells.as_data(CLASSES, top, words.cell)


def test_a_cell_holds_share_and_count() -> None:
    by_row = data(counted(COUNTS, "row"))
    assert by_row["large"] == [["75%", "25%"], ["0.5%", "100%"]]
    assert by_row["small"] == [["30", "10"], ["1", "199"]]
    by_column = data(counted(COUNTS, "column"))
    assert by_column["large"] == [["97%", "4.8%"], ["3.2%", "95%"]]
    counts = data(counted(COUNTS, "count"))
    assert (counts["large"], counts["small"]) == (by_row["small"], by_row["large"])
    assert by_row["words"][0][1] == "fear predicted as happy: 10 faces, 25.0% of the row"
    assert by_row["words"][1][0] == "happy predicted as fear: 1 face, 0.5% of the row"


def test_colours_share_a_scale() -> None:
    assert data(counted(COUNTS, "count"))["fill"][1][1] == 1
    assert data(counted(COUNTS, "count"), top=398)["fill"] == [[0.075, 0.025], [0.003, 0.5]]
    assert data(counted(np.zeros((2, 2), int), "row"))["fill"] == [[0, 0], [0, 0]]


def test_a_difference_has_signs() -> None:
    other = np.array([[20, 20], [1, 199]])
    less = data(subtracted(COUNTS, other, "row"))
    assert less["large"] == [["+25.0", "−25.0"], ["0", "0"]]
    assert less["small"] == [["+10", "−10"], ["0", "0"]]
    assert less["fill"] == [[1, -1], [0, 0]] and less["signed"]
    assert less["words"][0][1] == "fear predicted as happy: −10 faces, −25.0 points of the row"


def test_the_file_holds_every_cell() -> None:
    table = data(counted(COUNTS, "column"))["table"]
    assert table["row"] == ["fear", "fear", "happy", "happy"] and table["column"] == ["fear", "happy"] * 2
    assert table["faces"] == [30, 10, 1, 199] and table["share of the column"][2] == pytest.approx(1 / 31, abs=1e-6)


def test_names_with_braces_stay_as_they_are() -> None:
    words = agreement_of("run{0}", "b")
    assert words.all_row.format("fear") == "run{0} predicts fear"
    assert data(counted(COUNTS, "row"), words=words)["words"][0][1].startswith("run{0} predicts fear, b happy: 10")


@pytest.mark.parametrize("sent", [None, 3, ["fear"], ["fear", "nobody"], ["", ""], {"fear": "happy"}])
def test_what_makes_no_sense_is_no_click(sent: object) -> None:
    assert module._cell(sent, CLASSES) is None


def test_names_stand_for_rows_and_columns() -> None:
    assert module._cell(["fear", "happy"], CLASSES) == ("fear", "happy")
    assert module._cell(["", "happy"], CLASSES) == ("", "happy")
    assert module._cell(("fear", ""), CLASSES) == ("fear", "")
