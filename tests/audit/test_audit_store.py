"""An audit is stored beside its dataset; what is not an audit of these faces is refused with one sentence."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ferkit.audit import store
from ferkit.audit.columns import GROUP, ISSUES, KIND, MEANINGS
from ferkit.audit.duplicates import duplicates
from ferkit.audit.summary import sentences, summary
from ferkit.data.faces import Faces
from ferkit.errors import DataError
from tests.worlds import tiny_faces


@pytest.fixture(scope="module")
def faces() -> Faces:
    return tiny_faces(n=120)


@pytest.fixture(scope="module")
def table(faces: Faces) -> pd.DataFrame:
    return store.audit(faces)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path))
    return tmp_path


def test_an_audit_has_a_row_per_face(faces: Faces, table: pd.DataFrame) -> None:
    assert list(table) == ["id", *MEANINGS, *ISSUES, GROUP, KIND]
    assert (table["id"] == faces.ids).all()
    leaked = table[KIND][faces.leaked]
    assert (leaked > 0).all() and (table[GROUP][faces.leaked] >= 0).all()
    assert ((table[GROUP] == -1) == (table[KIND] == 0)).all()


def test_saved_is_loaded_and_groups_come_back(faces: Faces, table: pd.DataFrame, folder: Path) -> None:
    assert store.load(faces) is None
    assert store.save(faces, table) == folder / "tiny-audit.parquet"
    loaded = store.load(faces)
    assert loaded is not None
    pd.testing.assert_frame_equal(loaded, table, check_dtype=False)
    found, again = duplicates(faces), store.groups(faces, loaded)
    assert [g.rows.tolist() for g in again] == [g.rows.tolist() for g in found]
    assert [(g.kind, g.splits) for g in again] == [(g.kind, g.splits) for g in found]


def test_progress_goes_from_nothing_to_everything() -> None:
    steps: list[int] = []
    store.audit(tiny_faces(n=40), lambda done, total: steps.append(100 * done // total))
    assert steps == sorted(steps) and steps[-1] == 100 and len(steps) >= 3


def test_an_audit_of_other_faces_is_refused(faces: Faces, table: pd.DataFrame) -> None:
    store.save(faces, table)
    with pytest.raises(DataError, match=r"it is an audit of other faces.*python -m ferkit data audit 'tiny'"):
        store.load(replace(faces, fingerprint="0" * 16))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: t.assign(roll=np.nan), "a property is not finite"),
        (lambda t: t.assign(roll="x"), "a property is not a number"),
        (lambda t: t.assign(odd=2), "an issue is not true or false"),
        (lambda t: t.assign(duplicate_group=9999), "a group is not a row"),
        (lambda t: t.assign(duplicate_kind=7), "a kind of duplicate is unknown"),
        (lambda t: t.assign(id=t["id"].to_numpy()[::-1]), "its ids are those of other faces"),
        (lambda t: t[:-1], "expected 120 rows, got 119"),
    ],
)
def test_a_wrong_table_is_refused(faces: Faces, table: pd.DataFrame, change, reason: str) -> None:  # type: ignore[no-untyped-def]
    store.save(faces, change(table))
    with pytest.raises(DataError, match=f"tiny-audit.parquet cannot be used: {reason}"):
        store.load(faces)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_file_cut_short_is_refused(faces: Faces, table: pd.DataFrame, share: float) -> None:
    path = store.save(faces, table)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DataError, match="Audit the dataset again"):
        store.load(faces)


def test_another_parquet_and_a_folder_are_refused(faces: Faces, folder: Path) -> None:
    path = store.path_of("tiny")
    pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(DataError, match="not an audit of this version"):
        store.load(faces)
    path.unlink()
    path.mkdir()
    with pytest.raises(DataError, match="it is not a file"):
        store.load(faces)


def test_a_name_cannot_climb_out() -> None:
    with pytest.raises(DataError, match="A dataset name must be"):
        store.path_of("../out")


def test_the_summary_counts(faces: Faces, table: pd.DataFrame) -> None:
    counts = summary(faces, table)
    groups = store.groups(faces, table)
    assert counts["n"] == 120 and counts["issues"] == {name: int(table[name].sum()) for name in ISSUES}
    assert counts["duplicates"]["exact"] + counts["duplicates"]["near"] == len(groups)
    assert counts["identical in train"]["val"] == faces.leaked[faces.splits == "val"].sum()
    text = " ".join(sentences(counts))
    assert (
        "120 faces audited" in text
        and f"Groups of duplicates: {counts['duplicates']['exact']} of identical faces" in text
    )
