"""Notes as CSV: what goes out comes in again, and broken tables name the row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferkit.data.faces import Faces
from ferkit.data.notes import MARKS, Note
from ferkit.data.notes_csv import as_csv, from_csv
from ferkit.errors import DataError
from ferkit.text import is_printable

LINE = st.text(max_size=30).filter(is_printable).map(str.strip)


@given(
    st.lists(
        st.builds(
            Note,
            st.text(min_size=1, max_size=30).filter(is_printable),
            st.sampled_from(MARKS),
            LINE,
            LINE,
            st.lists(LINE).map("\n".join),
            LINE,
            LINE,
        ),
        max_size=5,
    )
)
def test_out_and_in_again(some: list[Note]) -> None:
    assert from_csv(as_csv(some)) == some
    assert from_csv(as_csv(some).encode("utf-8-sig")) == some


def test_a_table_from_elsewhere(faces: Faces) -> None:
    content = f'ID , Label,Text\r\n{faces.ids[0]},sad,"two\r\nlines"\r\n{faces.ids[1]},,\r\n'
    assert from_csv(content, faces) == [Note(str(faces.ids[0]), label="sad", text="two\nlines")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Expected a table of notes"),
        (b"file,label\na,sad\n", "columns id, mark"),
        (b"id\nnoise/0\n", "columns id, mark"),
        (b"id,mark\nnoise/0,ambiguous\nnobody,ambiguous\n", "Row 3: No face 'nobody'"),
        (b"id,label\nnoise/0,glad\n", "Row 2: No class 'glad'"),
        (b"id,mark\nnoise/0,silly\n", "Row 2: A note's mark"),
        (b"id,mark\n\xff,x\n", "UTF-8"),
        (b'id,text\nnoise/0,"open\n', "cannot be read as CSV"),
        (b"id,text\nnoise/0," + b"x" * 200_000 + b"\n", "cannot be read as CSV"),
    ],
)
def test_what_is_refused(faces: Faces, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        from_csv(content, faces)
