"""Untrusted run folders: each opens and reads well, or is refused with one message, and no other run is affected."""

import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from ferkit import runs
from ferkit.cli import app as command
from ferkit.errors import FerkitError, RunError
from ferkit.explain.filters import stored_kernels
from ferkit.models import load
from tests.pages.components import rows
from tests.worlds import World

Change = Callable[[Path], object]


def text(content: str | bytes, name: str = "run.json") -> Change:
    encoded = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / name).write_bytes(encoded)


def value(*path: Any) -> Change:
    """Another value, the last one, at a path in run.json."""

    def change(folder: Path) -> None:
        stored = json.loads((folder / "run.json").read_text())
        inner = stored
        for key in path[:-2]:
            inner = inner[key]
        inner[path[-2]] = path[-1]
        (folder / "run.json").write_text(json.dumps(stored))

    return change


def without(*path: str) -> Change:
    def change(folder: Path) -> None:
        stored = json.loads((folder / "run.json").read_text())
        inner = stored
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        (folder / "run.json").write_text(json.dumps(stored))

    return change


def table(change: Callable[[pd.DataFrame], pd.DataFrame], name: str = "val.parquet") -> Change:
    def write(folder: Path) -> None:
        path = folder / name
        change(pd.read_parquet(path)).to_parquet(path, index=False)

    return write


def column(name: str, content: Any, file: str = "val.parquet") -> Change:
    return table(lambda frame: frame.assign(**{name: content}), file)


def history(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Change:
    return lambda folder: change(pd.read_csv(folder / "history.csv")).to_csv(folder / "history.csv", index=False)


def features(change: Callable[[np.ndarray], np.ndarray]) -> Change:
    def write(folder: Path) -> None:
        path = folder / "val-features.npy"
        np.save(path, change(np.load(path)), allow_pickle=True)

    return write


def cams(**changes: Any) -> Change:
    def write(folder: Path) -> None:
        path = folder / "val-cams.npz"
        with np.load(path) as stored:
            arrays = dict(stored)
        arrays |= {key: new(arrays[key]) for key, new in changes.items() if new is not None}
        np.savez(path, **{key: array for key, array in arrays.items() if changes.get(key, 0) is not None})

    return write


def folder_in_place(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def pipe(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return change


def elsewhere(content: str) -> Change:
    def change(folder: Path) -> None:
        (folder / "on-other").mkdir()
        (folder / "on-other" / "scores.json").write_text(content)

    return change


class Opener:
    """What must never be unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, ("touch pwned",))


def bomb(folder: Path) -> None:
    """An archive of a few kilobytes that declares half a gigabyte of zeros."""
    with (
        zipfile.ZipFile(folder / "val-cams.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("right.npy", "w") as entry,
    ):
        for _ in range(520):
            entry.write(bytes(1 << 20))


FOLDS: dict[str, Any] = {"folds": 3, "accuracy": [], "macro_f1": [], "balanced_accuracy": []}
DEEP = "[" * 2000 + "]" * 2000
PICKLED = pickle.dumps(Opener())

REFUSED: dict[str, Change] = {
    "empty": text(""),
    "half": text('{"classes": ['),
    "no UTF-8": text(b"\xff\xfe{}"),
    "null bytes": text(bytes(1000)),
    "a list": text("[]"),
    "a number": text("3"),
    "null": text("null"),
    "an empty object": text("{}"),
    "nested too deep": text(DEEP),
    "an object nested too deep": text('{"a":' * 3000 + "1" + "}" * 3000),
    "an endless number": text('{"seed": ' + "9" * 6000 + "}"),
    "huge": text("[" + "0," * (9 << 20) + "0]"),
    "a folder": folder_in_place("run.json"),
    "a pipe": pipe("run.json"),
    "config nested too deep": value("config", json.loads('{"a":' * 100 + "1" + "}" * 100)),
    "config is a list": value("config", []),
    "config holds NaN": value("config", {"lr": float("nan")}),
    "half a character": value("config", {"teacher": "\ud800"}),
    "newer": value("format", 99),
    "format is text": value("format", "one"),
    "format is true": value("format", True),
    "no classes": without("classes"),
    "classes null": value("classes", None),
    "classes a text": value("classes", "angry"),
    "one class": value("classes", ["angry"]),
    "classes twice": value("classes", ["a"] * 7),
    "other classes": value("classes", list("abcdefg")),
    "classes are numbers": value("classes", [1, 2, 3]),
    "a blank class": value("classes", ["", "b"]),
    "a class that steers the terminal": value("classes", ["\x1b[2J", "b"]),
    "100,000 classes": value("classes", [str(i) for i in range(100_000)]),
    "no model": without("model"),
    "model a text": value("model", "lenet"),
    "model without a name": value("model", {"args": {}}),
    "model named by a number": value("model", "name", 3),
    "model args a list": value("model", "args", []),
    "no input": without("input"),
    "size 0": value("input", "size", 0),
    "size negative": value("input", "size", -48),
    "size huge": value("input", "size", 10**9),
    "size a float": value("input", "size", 47.5),
    "size null": value("input", "size", None),
    "2 channels": value("input", "channels", 2),
    "true channels": value("input", "channels", True),
    "mean of other length": value("input", "mean", [0.5, 0.5]),
    "mean a number": value("input", "mean", 0.5),
    "std 0": value("input", "std", [0.0]),
    "std infinite": value("input", "std", [float("inf")]),
    "crop above size": value("input", "crop", 49),
    "temperature null": value("temperature", None),
    "temperature 0": value("temperature", 0),
    "temperature NaN": value("temperature", float("nan")),
    "temperature a text": value("temperature", "warm"),
    "scores null": value("scores", None),
    "scores a list": value("scores", []),
    "scores empty": value("scores", {"val": {}}),
    "scores of an unknown split": value("scores", {"../../etc": {}}),
    "scores a number": value("scores", {"val": 1}),
    "accuracy NaN": value("scores", "val", "accuracy", float("nan")),
    "accuracy a text": value("scores", "val", "accuracy", "high"),
    "accuracy above 1": value("scores", "val", "accuracy", 70),
    "interval of one end": value("scores", "val", "accuracy_interval", [0.5]),
    "n negative": value("scores", "val", "n", -1),
    "per_class a list": value("scores", "val", "per_class", []),
    "per_class lacks classes": value("scores", "val", "per_class", {}),
    "dedup a number": value("scores", "val", "dedup", 1),
    "seeds a number": value("seeds", 3),
    "seeds of numbers": value("seeds", [1, 2]),
    "crossval a number": value("crossval", 3),
    "crossval of too few folds": value("crossval", FOLDS),
    "data null": value("data", None),
    "data without a name": value("data", {}),
    "counts a list": value("data", "counts", []),
    "counts of other classes": value("data", "counts", {"train": {"a": 1}}),
    "counts negative": value("data", "counts", {"train": {"angry": -1}}),
    "parameters a text": value("parameters", "many"),
    "macs null": value("macs", None),
    "seed beyond 64 bits": value("seed", 1 << 70),
    "status unknown": value("status", ["training"]),
    "device of two lines": value("device", "a\nb"),
    "scores elsewhere broken": elsewhere("{"),
    "scores elsewhere of wrong types": elsewhere('{"val": 3}'),
    "scores elsewhere of other classes": elsewhere('{"val": {"n": 1}}'),
}  # fmt: skip

BROKEN: dict[str, Change] = {
    "predictions empty": text("", "val.parquet"),
    "predictions no parquet": text("PAR1 no, PAR1", "val.parquet"),
    "predictions cut short": lambda folder: os.truncate(folder / "val.parquet", 900),
    "predictions a folder": folder_in_place("val.parquet"),
    "predictions pickled": text(PICKLED, "val.parquet"),
    "no ids": table(lambda frame: frame.drop(columns="id")),
    "no logits": table(lambda frame: frame[["id", "label", "leaked"]]),
    "a logit missing": table(lambda frame: frame.iloc[:, :-1]),
    "rows missing": table(lambda frame: frame.iloc[:-1]),
    "rows too many": table(lambda frame: pd.concat([frame, frame])),
    "no rows": table(lambda frame: frame.iloc[:0]),
    "ids are numbers": column("id", 3),
    "ids are the same": column("id", "x"),
    "ids are null": column("id", None),
    "ids are lists": table(lambda frame: frame.assign(id=[["a"]] * len(frame))),
    "labels are text": column("label", "happy"),
    "labels are floats": column("label", 0.5),
    "labels negative": column("label", -1),
    "labels beyond the classes": column("label", 7),
    "leaked is text": column("leaked", "no"),
    "logits are text": column("logit happy", "high"),
    "logits are NaN": column("logit happy", float("nan")),
    "logits are infinite": column("logit happy", float("inf")),
    "features empty": text("", "val-features.npy"),
    "features no array": text("features", "val-features.npy"),
    "features pickled": text(PICKLED, "val-features.npy"),
    "features of objects": features(lambda array: np.array([Opener()] * len(array), object)),
    "features cut short": lambda folder: os.truncate(folder / "val-features.npy", 300),
    "features of other rows": features(lambda array: array[:-1]),
    "features of one dimension": features(lambda array: array[:, 0]),
    "features are integers": features(lambda array: array.astype(np.int64)),
    "features are NaN": features(lambda array: array * np.float16(np.nan)),
    "features declared huge": text(
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }".ljust(128),
        "val-features.npy",
    ),
    "map no parquet": text("map", "val-map.parquet"),
    "map without places": table(lambda frame: frame[["id"]], "val-map.parquet"),
    "map of other rows": table(lambda frame: frame.iloc[:3], "val-map.parquet"),
    "map of text": column("umap_x", "left", "val-map.parquet"),
    "map is NaN": column("umap_x", float("nan"), "val-map.parquet"),
    "half of a t-SNE": column("tsne_x", 1.0, "val-map.parquet"),
    "mean maps empty": text("", "val-cams.npz"),
    "mean maps no archive": text("PK\x03\x04 no", "val-cams.npz"),
    "mean maps cut short": lambda folder: os.truncate(folder / "val-cams.npz", 400),
    "mean maps a bomb": bomb,
    "mean maps without faces": cams(faces=None),
    "mean maps of other classes": cams(right=lambda array: array[:3]),
    "mean maps of objects": cams(right=lambda array: np.array([Opener()], object)),
    "mean maps flat": cams(right=lambda array: array[0]),
    "mean maps are NaN": cams(wrong=lambda array: array * np.nan),
    "mean faces of floats": cams(faces=lambda array: array / 2),
    "counts of maps negative": cams(right_n=lambda array: array * 0 - 1),
    "counts of maps are text": cams(right_n=lambda array: array.astype(str)),
    "history binary": text(PICKLED, "history.csv"),
    "history of another table": text("a,b\n1,2\n", "history.csv"),
    "history a folder": folder_in_place("history.csv"),
    "history of text": history(lambda frame: frame.assign(val_accuracy="high")),
    "history without an epoch": history(lambda frame: frame.assign(epoch=None)),
    "hashes empty": text("", "train-hashes.npy"),
    "hashes pickled": text(PICKLED, "train-hashes.npy"),
    "hashes are floats": lambda folder: np.save(folder / "train-hashes.npy", np.ones(3)),
    "weights empty": text("", "model.safetensors"),
    "weights a text": text("weights", "model.safetensors"),
    "weights pickled": text(PICKLED, "model.safetensors"),
    "weights declared huge": text(b"\xff" * 7 + b"\x7f" + b"{}", "model.safetensors"),
    "weights a folder": folder_in_place("model.safetensors"),
    "weights missing": lambda folder: (folder / "model.safetensors").unlink(),
    "an unknown network": value("model", "name", "nosuch"),
    "arguments of another network": value("model", "args", {"wings": 2}),
    "another size of the network": value("model", "args", "filters", 16),
}

FINE: dict[str, Change] = {
    "unknown keys": value("weather", [[["sunny"]]]),
    "no scores": without("scores"),
    "no config": without("config"),
    "no temperature": without("temperature"),
    "more columns": column("note", "hello"),
    "no map": lambda folder: (folder / "val-map.parquet").unlink(),
    "a map no page asks for": text("?", "test-map.parquet"),
    "no hashes": lambda folder: (folder / "train-hashes.npy").unlink(),
    "no history": lambda folder: (folder / "history.csv").unlink(),
    "a folder named strangely": lambda folder: (folder / "on-..").mkdir(),
}


@pytest.fixture
def folder(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy of an evaluated run."""
    world = World(tmp_path / "world")
    world.enter(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(gray_world.checkpoints / "alpha", world.checkpoints / "bad")


def read_everything(run: runs.Run) -> None:
    assert run.key and runs.settings(run) and run.history() is not None
    for dataset in run.datasets():
        results = run.results(dataset)
        for split in results.splits:
            assert results.logits(split).shape == (results.scores[split].n, len(run.classes))
            assert len(results.features(split)) == results.scores[split].n
            if results.has(split, "-map.parquet"):
                results.layout(split)
            results.cams(split)
    run.train_hashes()
    stored_kernels(run)
    load(run)


def check_sentence(error: FerkitError) -> None:
    message = str(error)
    assert "\n" not in message and message.isprintable() and 20 < len(message) < 700
    assert message.endswith(".") or "Train" in message or "--" in message
    assert not Path("pwned").exists()


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_an_invalid_manifest_gives_one_message(folder: Path, change: Change) -> None:
    change(folder)
    with pytest.raises(RunError, match="bad") as caught:
        runs.open_run("bad")
    check_sentence(caught.value)


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_gives_one_message(folder: Path, change: Change) -> None:
    change(folder)
    run = runs.open_run("bad")
    with pytest.raises(FerkitError) as caught:
        read_everything(run)
    check_sentence(caught.value)


@pytest.mark.parametrize("change", FINE.values(), ids=FINE)
def test_what_is_harmless_reads_well(folder: Path, change: Change) -> None:
    read_everything(runs.open_run("bad"))
    change(folder)
    read_everything(runs.open_run("bad"))
    assert not Path("pwned").exists()


@pytest.fixture
def crowded(gray_world: World, tmp_path: Path) -> World:
    """Two good runs among bad ones."""
    world = World(tmp_path / "crowded")
    shutil.copytree(gray_world.data, world.data, dirs_exist_ok=True)
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    chosen = [*list(REFUSED.items())[::6], *list(BROKEN.items())[::9]]
    for i, (_, change) in enumerate(chosen):
        change(shutil.copytree(gray_world.checkpoints / "beta", world.checkpoints / f"bad-{i:02d}"))
    assert len(chosen) > 20
    return world


def test_the_command_lists_the_good_ones(crowded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    crowded.enter(monkeypatch)
    done = CliRunner().invoke(command, ["runs"])
    assert done.exit_code == 0, done.output
    assert "alpha" in done.stdout and "beta" in done.stdout and "Left out, because bad-00" in done.stdout


@pytest.mark.parametrize("page", ["overview", "compare", "failures"])
def test_pages_show_the_good_ones(crowded: World, app: Callable[..., Any], page: str) -> None:
    at = app(crowded, page, data="tiny", run="alpha", base="beta")
    assert not at.exception and not at.error
    if page == "overview":
        assert {"alpha", "beta"} <= {row["Run"] for row in rows(at, "All runs")}
        assert any("Left out" in caption.value and "bad-00" in caption.value for caption in at.caption)
