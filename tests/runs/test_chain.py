"""A stored chain of a stranger: every defect is one sentence."""

from pathlib import Path

import pandas as pd
import pytest

from ferkit.errors import RunError
from ferkit.runs.chain import COUNTS, read_chain

ROW = {
    "detector": "YuNet",
    "kind": "as drawn",
    "amount": 0.0,
    "smallest": 32,
    "largest": 192,
    **dict.fromkeys(COUNTS, 9),
}


def written(folder: Path, **changes: object) -> Path:
    pd.DataFrame([ROW | changes]).to_parquet(folder / "val-chain.parquet")
    return folder / "val-chain.parquet"


def test_a_good_one_is_read(tmp_path: Path) -> None:
    assert read_chain(written(tmp_path)).to_dict("records") == [ROW]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"detector": "a\nb"}, "a detector is not one line"),
        ({"kind": 3}, "'kind' is not text"),
        ({"amount": float("nan")}, "'amount' does not hold finite"),
        ({"faces": 0}, "a row has no faces"),
        ({"found": 10}, "more faces are found than faces"),
        ({"read": 9.5}, "'read' does not hold whole numbers"),
        ({"extra": -1}, "'extra' is out of range"),
    ],
)
def test_a_broken_one_is_refused(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(RunError, match=reason):
        read_chain(written(tmp_path, **changes))
