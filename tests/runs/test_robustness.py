"""Stored scores on corrupted faces: read well, or refused with one sentence."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ferkit.errors import RunError
from ferkit.runs import Results

CLASSES = ("angry", "happy")
Change = Callable[[pd.DataFrame], pd.DataFrame]


def table() -> pd.DataFrame:
    columns: dict[str, Any] = {"kind": ["as released", "blur", "blur"], "strength": [0, 1, 2], "amount": [0.0, 0.5, 1]}
    columns |= {"n": 4, "accuracy": 0.5, "accuracy_low": 0.1, "accuracy_high": 0.9, "macro_f1": 0.4}
    return pd.DataFrame(columns | {"recall angry": 0.5, "recall happy": 0.5})


def predicted() -> pd.DataFrame:
    names = ("as released 0", "blur 1", "blur 2")
    return pd.DataFrame({"id": list("abcd"), **{name: np.array([0, 1, 0, 1], np.uint8) for name in names}})


@pytest.fixture
def results(tmp_path: Path) -> Results:
    table().to_parquet(tmp_path / "val-robustness.parquet", index=False)
    predicted().to_parquet(tmp_path / "val-corrupted.parquet", index=False)
    return Results(tmp_path, "tiny", CLASSES, {})


def test_both_read_well(results: Results) -> None:
    pd.testing.assert_frame_equal(results.robustness("val"), table())
    pd.testing.assert_frame_equal(results.corrupted("val"), predicted())
    with pytest.raises(RunError, match="python -m ferkit robustness RUN --data DATASET --split test"):
        results.robustness("test")


SCORES: dict[str, Change] = {
    "no kind": lambda frame: frame.drop(columns="kind"),
    "a class missing": lambda frame: frame.drop(columns="recall happy"),
    "kinds are numbers": lambda frame: frame.assign(kind=3),
    "kinds are null": lambda frame: frame.assign(kind=None),
    "a kind of two lines": lambda frame: frame.assign(kind="a\nb", strength=[0, 1, 2]),
    "a kind without a name": lambda frame: frame.assign(kind=["", "blur", "blur"]),
    "a very long kind": lambda frame: frame.assign(kind="x" * 1000),
    "a strength twice": lambda frame: frame.assign(strength=1),
    "strengths are text": lambda frame: frame.assign(strength="strong"),
    "strengths negative": lambda frame: frame.assign(strength=[-1, 1, 2]),
    "n is a float": lambda frame: frame.assign(n=1.5),
    "n negative": lambda frame: frame.assign(n=-4),
    "accuracy above 1": lambda frame: frame.assign(accuracy=1.5),
    "accuracy is text": lambda frame: frame.assign(accuracy="high"),
    "recall is NaN": lambda frame: frame.assign(**{"recall happy": np.nan}),
    "amount infinite": lambda frame: frame.assign(amount=np.inf),
    "no rows": lambda frame: frame.iloc[:0],
    "thousands of rows": lambda frame: pd.concat([frame.assign(kind=str(i)) for i in range(400)]),
}
FACES: dict[str, Change] = {
    "no ids": lambda frame: frame.drop(columns="id"),
    "ids are numbers": lambda frame: frame.assign(id=3),
    "ids are the same": lambda frame: frame.assign(id="x"),
    "a strength missing": lambda frame: frame.drop(columns="blur 2"),
    "a class beyond": lambda frame: frame.assign(**{"blur 2": np.array([0, 1, 0, 2], np.uint8)}),
    "classes are text": lambda frame: frame.assign(**{"blur 2": "happy"}),
    "classes are signed": lambda frame: frame.assign(**{"blur 2": -1}),
    "classes are floats": lambda frame: frame.assign(**{"blur 2": 0.5}),
}


def check(results: Results) -> None:
    with pytest.raises(RunError, match="cannot be used") as caught:
        results.corrupted("val")
    message = str(caught.value)
    assert message.isprintable() and len(message) < 400


@pytest.mark.parametrize("change", SCORES.values(), ids=SCORES)
def test_scores_that_are_wrong_are_refused(results: Results, change: Change) -> None:
    change(table()).to_parquet(results.path / "val-robustness.parquet", index=False)
    check(results)


@pytest.mark.parametrize("change", FACES.values(), ids=FACES)
def test_faces_that_are_wrong_are_refused(results: Results, change: Change) -> None:
    change(predicted()).to_parquet(results.path / "val-corrupted.parquet", index=False)
    check(results)


@pytest.mark.parametrize("name", ["val-robustness.parquet", "val-corrupted.parquet"])
def test_broken_files_are_refused(results: Results, name: str) -> None:
    os.truncate(results.path / name, 200)
    check(results)
    (results.path / name).write_text("PAR1 no, PAR1")
    check(results)
