"""Crowd votes, by file and by row."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ferkit.data import store
from ferkit.data.importing import import_faces
from ferkit.data.votes import read_votes
from ferkit.errors import DataError

IMAGES = [
    f"{split}/{label}/{split}{i}.png" for split in ("train", "test") for label in ("calm", "glad") for i in range(2)
]
ROWS = [("Training", 3), ("Training", 0), ("PublicTest", 3), ("PrivateTest", 0)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "stored"))
    return tmp_path


def images(root: Path, names: list[str]) -> Path:
    for seed, name in enumerate(names):
        out = io.BytesIO()
        Image.fromarray(np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)).save(out, "PNG")
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(out.getvalue())
    return root


def original(folder: Path) -> Path:
    lines = [f"{emotion},{' '.join([str(i)] * 64)},{usage}" for i, (usage, emotion) in enumerate(ROWS)]
    (folder / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *lines]))
    return folder / "fer2013.csv"


def csv(folder: Path, text: str) -> Path:
    (folder / "votes.csv").write_text(text)
    return folder / "votes.csv"


def votes_of(source: Path, votes: Path) -> dict[str, list[int]]:
    import_faces(source, "x", votes=votes)
    faces = store.load("x")
    return dict(zip(faces.ids.tolist(), faces.votes.tolist(), strict=True))


def test_by_file_joins_split_label_and_file(folder: Path) -> None:
    """The same file name is in two classes: only split, label and file together identify a face."""
    votes = csv(
        folder,
        "split,label,file,happiness,NF\ntrain,calm,train0.png,1,9\ntrain,glad,train0.png,8,2\ntest,GLAD,test1.png,3,0\n",
    )
    got = votes_of(images(folder / "in", IMAGES), votes)
    assert got["train/calm/train0.png"] == [1, 9] and got["train/glad/train0.png"] == [8, 2]
    assert got["test/glad/test1.png"] == [3, 0] and got["train/calm/train1.png"] == [0, 0]
    assert store.load("x").vote_names == ("happiness", "NF")


def test_by_file_name_alone_when_it_is_unambiguous(folder: Path) -> None:
    source = images(folder / "in", ["calm/a.png", "glad/b.png", "calm/c.png", "glad/c.png"])
    got = votes_of(source, csv(folder, "file,yes\na.png,1\nb.png,2\nc.png,3\n"))
    assert got == {"calm/a.png": [1], "glad/b.png": [2], "calm/c.png": [0], "glad/c.png": [0]}


def test_how_many_matched_is_in_the_notes(folder: Path) -> None:
    votes = csv(folder, "split,label,file,yes,no\ntrain,calm,train0.png,7,3\ntest,calm,test0.png,,\n")
    report = import_faces(images(folder / "in", IMAGES), "x", votes=votes)
    assert report.notes[-1] == "Votes: 1 of 8 faces have some in votes.csv, 10 in all."


def test_by_row_follows_the_rows_of_the_table(folder: Path) -> None:
    lines = [f"{usage},{'' if i == 1 else f'fer{i:07d}.png'},{i},{10 - i}" for i, (usage, _) in enumerate(ROWS)]
    got = votes_of(original(folder), csv(folder, "\n".join(["Usage,Image name,neutral,NF", *lines])))
    assert got == {f"row{i:06d}": [i, 10 - i] for i in range(4)}


def test_by_row_also_joins_the_image_names(folder: Path) -> None:
    source = images(
        folder / "in", ["train/calm/fer0000000.png", "train/glad/fer0000001.png", "val/calm/fer0000002.png"]
    )
    text = (
        "Usage,Image name,neutral\nTraining,fer0000000.png,4\nTraining,fer0000001.png,5\nPublicTest,fer0000002.png,6\n"
    )
    assert sorted(votes_of(source, csv(folder, text)).values()) == [[4], [5], [6]]


def test_votes_follow_their_faces_into_a_subset(folder: Path) -> None:
    names = [f"train/{label}/{label}{i}.png" for label in ("calm", "glad") for i in range(20)]
    votes = csv(folder, "\n".join(["file,n", *(f"{Path(name).name},{i}" for i, name in enumerate(names))]))
    faces = import_faces(images(folder / "in", names), "x", votes=votes, subset=0.3).faces
    assert 6 < len(faces) < 20
    assert faces.votes[:, 0].tolist() == [names.index(name) for name in faces.ids.tolist()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Usage,Image name,a\nTraining,x,1\n", r"votes.csv has 1 rows, the source 4"),
        ("Usage,Image name,a\n" + "Training,x,1\n" * 4, "Row 3 has another Usage"),
        (
            "file,a\nx.png,1\n",
            "No face of the source has a row in votes.csv; its file names are those of another source",
        ),
    ],
)
def test_votes_of_another_table_are_refused(text: str, message: str, folder: Path) -> None:
    with pytest.raises(DataError, match=message):
        import_faces(original(folder), "x", votes=csv(folder, text))
    assert store.names() == []


def test_rows_cannot_join_pictures(folder: Path) -> None:
    text = "Usage,Image name,a\n" + "Training,fer0000000.png,1\n" * 8
    with pytest.raises(DataError, match=r"give fer2013.csv as the source"):
        import_faces(images(folder / "in", IMAGES), "x", votes=csv(folder, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,a\nx.png,many\n", "Row 1 of votes.csv has 'many' votes for 'a'"),
        ("file,a,b\nx.png,1,2\ny.png,-1,2\n", "Row 2 of votes.csv has '-1' votes for 'a'"),
        ("file,a\nx.png,1.5\n", "whole number from 0 to 255"),
        ("file,a\nx.png,256\n", "whole number from 0 to 255"),
        ("file,a,b\nx.png,1,\n", "Row 1 of votes.csv has '' votes for 'b'"),
        ("file\nx.png\n", "is not a table of votes"),
        ("file,a\n", "is not a table of votes"),
        ("name,a\nx.png,1\n", "is not a table of votes"),
        ("", "cannot be read as a table"),
    ],
)
def test_a_bad_table_of_votes_is_refused(text: str, message: str, folder: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_votes(csv(folder, text))


def test_a_missing_table_of_votes_is_refused_before_the_source_is_read(folder: Path) -> None:
    with pytest.raises(DataError, match="There is no votes file"):
        import_faces(folder / "nowhere", "x", votes=folder / "nowhere.csv")
