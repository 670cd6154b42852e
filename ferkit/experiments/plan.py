"""Runs that belong together: planned in a YAML file, trained side by side, kept without their weights.

A row names what is changed and which row it starts from. Each run trains in a process of one thread, as many at once as
there are jobs; what is finished is not trained again. Its folder keeps what a table and the dashboard need.
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from ferkit import files, runs
from ferkit.files import runs_dir
from ferkit.runs import LOGIT, Run, open_folder

__all__ = ["BASE", "KEPT", "WEIGHTS", "Plan", "Row", "command", "finished", "train", "words"]

BASE = "base"  # the row that others start from where they name none
KEPT = ("run.json", "history.csv", "val.parquet")
WEIGHTS = "model.safetensors"
MOST = 4_000_000  # bytes of weights that are kept, where they are


@dataclass(frozen=True)
class Row:
    """One thing to train."""

    name: str
    what: str  # in words
    recipe: str
    changes: dict[str, Any]  # settings that it changes
    settings: dict[str, Any]  # with those of the rows it starts from
    part: str = ""  # of the table it stands in
    start: str = ""  # the row it starts from, where it names one


@dataclass(frozen=True)
class Plan:
    """All rows, each under every seed."""

    data: str
    seeds: tuple[int, ...]
    rows: dict[str, Row]
    prefix: str = ""  # of the folders' names
    keep: tuple[str, ...] = ()  # files beyond `KEPT`
    name: str = ""  # of its file

    @classmethod
    def read(cls, path: Path) -> "Plan":
        stored = yaml.safe_load(path.read_text("utf-8"))
        rows: dict[str, Row] = {}
        for name, row in stored["rows"].items():
            start = rows.get(row.get("from", BASE))
            recipe = row.get("recipe") or (start.recipe if start else stored["recipe"])
            settings = (start.settings if start else {}) | row["set"]
            part = row.get("part") or (start.part if start else "")
            rows[name] = Row(name, row["what"], recipe, row["set"], settings, part, row.get("from", ""))
        return cls(
            stored["data"],
            tuple(stored["seeds"]),
            rows,
            stored.get("prefix", ""),
            tuple(stored.get("keep", ())),
            path.stem,
        )

    def wanted(self) -> list[tuple[Row, int]]:
        """(row, seed), all rows of one seed before the next."""
        return [(row, seed) for seed in self.seeds for row in self.rows.values()]

    def folder(self, out: Path, row: str, seed: int) -> Path:
        """Where a run lies when it is done."""
        return out / f"{self.prefix}{row}{f'-{seed}' if len(self.seeds) > 1 else ''}"


def words(settings: dict[str, Any]) -> list[str]:
    """key=value, as --set takes them."""
    return [f"{key}={json.dumps(value)}" for key, value in settings.items()]


def train(plan: Plan, out: Path, jobs: int) -> None:
    """Train what is missing in `out`. Raises CalledProcessError where a run fails; the others go on to their end."""
    missing = [(row, seed) for row, seed in plan.wanted() if not _scored(plan.folder(out, row.name, seed))]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(_train, plan, row, seed, plan.folder(out, row.name, seed)) for row, seed in missing]:
            done.result()


def _finished(folder: Path) -> bool:
    return (folder / "run.json").is_file() and open_folder(folder).manifest.status == "finished"


def _scored(folder: Path) -> bool:
    return _finished(folder) and "val" in open_folder(folder).manifest.scores


def _train(plan: Plan, row: Row, seed: int, to: Path) -> None:
    """One run, among the other runs while it trains, then stripped and, where it belongs elsewhere, moved."""
    here = to.parent.resolve() == runs_dir().resolve()
    name = to.name if here else f"{to.parent.name}-{row.name}-{seed}"
    folder = runs.path_of(name)
    if not _finished(folder):
        settings = [part for setting in [*words(row.settings), f"seed={seed}"] for part in ("--set", setting)]
        fresh = ["--recipe", row.recipe, "--data", plan.data, "--force", *settings]
        _ferkit("train", "--name", name, "--no-evaluate", *(["--resume"] if (folder / "state.pt").is_file() else fresh))
    _ferkit("evaluate", name, "--no-maps")
    _strip(folder, plan.keep)
    if not here:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, to)


def _ferkit(*words: str) -> None:
    command = [sys.executable, "-m", "ferkit", *words]
    subprocess.run(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True, stdout=subprocess.DEVNULL)


def _strip(folder: Path, keep: Sequence[str]) -> None:
    """Remove what is not kept, and store the logits in half precision."""
    stored = pd.read_parquet(folder / "val.parquet")
    halves = {column: np.float16 for column in stored if str(column).startswith(LOGIT)}
    stored.astype(halves).to_parquet(folder / "val.parquet", compression="zstd", index=False)
    for path in folder.iterdir():
        if path.name not in (*KEPT, *keep) or (path.name == WEIGHTS and path.stat().st_size > MOST):
            path.unlink()


def finished(plan: Plan, out: Path) -> dict[str, list[Run]]:
    """The finished runs of each row, in the order of the plan; rows without one are left out."""
    runs_of: dict[str, list[Run]] = {}
    for name in plan.rows:
        folders = [plan.folder(out, name, seed) for seed in plan.seeds]
        if there := [open_folder(folder) for folder in folders if _scored(folder)]:
            runs_of[name] = there
    return runs_of


def command(
    script: str,
    about: str | None,
    table: Callable[[Plan, dict[str, list[Run]]], str],
    argv: Sequence[str] | None,
    out: Path,
) -> None:
    """A script's command line: train what is missing of <script>.yaml into `out`, or write the table
    docs/<script>.md. Another plan beside that file is chosen by its name, and lies in a folder of that name.

    `table` raises ValueError where too little is trained for one.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m ferkit.experiments.{script}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("train", "table"))
    parser.add_argument("--plan", default=script, help="what to train: a YAML file, or a plan's name (%(default)s)")
    parser.add_argument("--out", type=Path, help=f"where the run folders lie ({out}, or a folder of the plan's name)")
    parser.add_argument("--to", type=Path, help="where the table goes (docs/PLAN.md)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once, one thread each")
    options = parser.parse_args(argv)
    path = Path(options.plan)
    path = path if path.suffix else Path(__file__).with_name(f"{options.plan}.yaml")
    if not path.is_file():
        parser.error(f"no plan {options.plan}: {path} is missing")
    plan = Plan.read(path)
    folder = options.out or (out if plan.name == script else out.parent / plan.name)
    if options.what == "train":
        train(plan, folder, options.jobs)
        return
    try:
        text = table(plan, finished(plan, folder))
    except ValueError as error:
        parser.error(f"{error} in {folder}; train it first")
    with files.atomic_write(options.to or Path("docs") / f"{plan.name}.md") as partial:
        partial.write_text(text, "utf-8")
