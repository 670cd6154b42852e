"""Runs that belong together: planned in a YAML file, trained side by side, kept without their weights.

A row names what is changed and which row it starts from. Each run trains in a process of one thread, as many at once as there are
jobs; what is finished is not trained again. Its folder keeps what a table and the dashboard need.
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
from ferkit.files import ROOT
from ferkit.runs import LOGIT, Run

__all__ = ["BASE", "KEPT", "Plan", "Row", "command", "found", "train", "words"]

BASE = "base"  # the row that others start from where they name none
KEPT = ("run.json", "history.csv", "val.parquet")


@dataclass(frozen=True)
class Row:
    """One thing to train."""

    name: str
    what: str  # in words
    recipe: str
    own: dict[str, Any]  # settings that it changes
    settings: dict[str, Any]  # with those of the rows it starts from
    part: str = ""  # of the table it stands in


@dataclass(frozen=True)
class Plan:
    """All rows, each under every seed."""

    data: str
    seeds: tuple[int, ...]
    rows: dict[str, Row]

    @classmethod
    def read(cls, path: Path) -> "Plan":
        told = yaml.safe_load(path.read_text("utf-8"))
        rows: dict[str, Row] = {}
        for name, row in told["rows"].items():
            start = rows.get(row.get("from", BASE))
            recipe = row.get("recipe") or (start.recipe if start else told["recipe"])
            settings = (start.settings if start else {}) | row["set"]
            rows[name] = Row(name, row["what"], recipe, row["set"], settings, row.get("part", ""))
        return cls(told["data"], tuple(told["seeds"]), rows)

    def wanted(self) -> list[tuple[Row, int]]:
        """(row, seed), all rows of one seed before the next."""
        return [(row, seed) for seed in self.seeds for row in self.rows.values()]


def words(settings: dict[str, Any]) -> list[str]:
    """key=value, as --set takes them."""
    return [f"{key}={json.dumps(value)}" for key, value in settings.items()]


def train(plan: Plan, out: Path, jobs: int) -> None:
    """Train what is missing in `out`. Raises CalledProcessError where a run fails; the others go on to their end."""
    missing = [(row, seed) for row, seed in plan.wanted() if not (out / f"{row.name}-{seed}" / "run.json").is_file()]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(_train, plan.data, row, seed, out) for row, seed in missing]:
            done.result()


def _train(data: str, row: Row, seed: int, out: Path) -> None:
    """One run, among the other runs while it trains, then stripped and moved."""
    name = f"{out.name}-{row.name}-{seed}"
    folder = runs.path_of(name)
    told = folder / "run.json"
    if not told.is_file() or json.loads(told.read_text("utf-8"))["status"] != "finished":
        own = [part for setting in [*words(row.settings), f"seed={seed}"] for part in ("--set", setting)]
        fresh = ["--recipe", row.recipe, "--data", data, "--force", *own]
        _ferkit("train", "--name", name, "--no-evaluate", *(["--resume"] if (folder / "state.pt").is_file() else fresh))
    _ferkit("evaluate", name, "--no-maps")
    _strip(folder, out / f"{row.name}-{seed}")


def _ferkit(*words: str) -> None:
    command = [sys.executable, "-m", "ferkit", *words]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True, stdout=subprocess.DEVNULL)


def _strip(folder: Path, to: Path) -> None:
    """Move what is kept, the logits in half precision."""
    told = pd.read_parquet(folder / "val.parquet")
    halves = {column: np.float16 for column in told if str(column).startswith(LOGIT)}
    told.astype(halves).to_parquet(folder / "val.parquet", compression="zstd", index=False)
    for path in folder.iterdir():
        if path.name not in KEPT:
            path.unlink()
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, to)


def found(plan: Plan, out: Path) -> dict[str, list[Run]]:
    """The finished runs of each row, in the order of the plan; rows without one are left out."""
    own: dict[str, list[Run]] = {}
    for name in plan.rows:
        paths = (out / f"{name}-{seed}" / "run.json" for seed in plan.seeds)
        if there := [Run(path.parent, json.loads(path.read_text("utf-8"))) for path in paths if path.is_file()]:
            own[name] = there
    return own


def command(script: str, about: str | None, table: Callable[[Plan, dict[str, list[Run]]], str], argv: Sequence[str] | None) -> None:
    """A script's command line: train what is missing of bench/<script>.yaml into docs/<script>/, or write the table beside it.

    `table` raises ValueError where too little is trained for one.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m bench.{script}", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("train", "table"))
    parser.add_argument("--plan", type=Path, default=Path(__file__).with_name(f"{script}.yaml"), help="what to train (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / script, help="where the run folders lie (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once, one thread each")
    asked = parser.parse_args(argv)
    plan = Plan.read(asked.plan)
    if asked.what == "train":
        train(plan, asked.out, asked.jobs)
        return
    try:
        text = table(plan, found(plan, asked.out))
    except ValueError as error:
        parser.error(f"{error} in {asked.out}; train it first")
    with files.whole(asked.out.with_suffix(".md")) as beside:
        beside.write_text(text, "utf-8")
