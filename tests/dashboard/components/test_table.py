"""A table's rows as they are sent: texts, values to sort by, and what is missing."""

import json

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.components.table import Column, _cell
from dashboard.words import percent
from tests.pages.components import rows, sent


def page() -> None:
    import pandas as pd

    from dashboard.components.table import Column, table
    from dashboard.words import count, percent

    frame = pd.DataFrame({"run": ["a\x1b[1m", "=b"], "share": [0.5, float("nan")], "n": [1200, 7], "ok": [True, False]})
    columns = {"run": Column("Run"), "share": Column("Share", percent), "n": Column("Faces", count), "ok": Column("Ok")}
    table(frame, columns, title="Runs", key="runs", chosen={1}, marks={(0, "share"): "best"}, on_click=print)


def test_texts_values_and_marks_are_sent() -> None:
    at = AppTest.from_function(page).run()
    assert not at.exception
    assert rows(at, "Runs") == [
        {"Run": "a\\x1b[1m", "Share": "50.0%", "Faces": "1,200", "Ok": "True"},
        {"Run": "=b", "Share": "–", "Faces": "7", "Ok": "False"},
    ]
    (data,) = sent(at, "table")
    assert data["rows"][0][1] == ["50.0%", 0.5, "best"] and data["rows"][1][2] == ["7", 7]
    assert [column["number"] for column in data["columns"]] == [False, True, True, False]
    assert data["chosen"] == [1] and data["clickable"]


def test_a_value_of_numpy_is_plain_json() -> None:
    value = pd.Series([0.25])[0]
    assert json.dumps(_cell(value, Column("Share", percent), None)) == '["25.0%", 0.25]'
