"""What each ingredient of a recipe is worth: one switched at a time, every seed, one table made from the run folders.

    $ python -m bench.ablation train --jobs 2      # bench/ablation.yaml into docs/ablation/, goes on where it was stopped
    $ python -m bench.ablation table               # docs/ablation/ into docs/ablation.md

Each run trains in a process of one thread, as many at once as there are jobs. Its folder keeps what the table and the dashboard need,
without the weights: FERKIT_CHECKPOINTS=docs/ablation streamlit run dashboard/app.py
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from bench.worth import BASE, table
from ferkit import files, runs
from ferkit.files import ROOT
from ferkit.runs import LOGIT, Run

__all__ = ["Plan", "main", "train"]

PLAN = Path(__file__).with_suffix(".yaml")
OUT = ROOT / "docs" / "ablation"
KEPT = ("run.json", "history.csv", "val.parquet")


@dataclass(frozen=True)
class Plan:
    """What is trained: a recipe with the settings of the base, and for each row the settings that differ."""

    recipe: str
    data: str
    seeds: tuple[int, ...]
    base: dict[str, Any]
    rows: dict[str, dict[str, Any]]  # name -> {"what": words, "set": {key: value}}

    @classmethod
    def read(cls, path: Path) -> "Plan":
        told = yaml.safe_load(path.read_text("utf-8"))
        return cls(told["recipe"], told["data"], tuple(told["seeds"]), told["base"], told["rows"])

    def settings(self, row: str) -> list[str]:
        """key=value of a row, the base's first."""
        own = self.rows[row]["set"] if row != BASE else {}
        return [f"{key}={json.dumps(value)}" for key, value in (self.base | own).items()]

    def wanted(self) -> list[tuple[str, int]]:
        """(row, seed), all rows of one seed before the next, the base first."""
        return [(row, seed) for seed in self.seeds for row in (BASE, *self.rows)]


def train(plan: Plan, out: Path, jobs: int) -> None:
    """Train what is missing in `out`. Raises CalledProcessError where a run fails; the others go on to their end."""
    missing = [(row, seed) for row, seed in plan.wanted() if not (out / f"{row}-{seed}" / "run.json").is_file()]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(_train, plan, row, seed, out) for row, seed in missing]:
            done.result()


def _train(plan: Plan, row: str, seed: int, out: Path) -> None:
    """One run, among the other runs while it trains, then stripped and moved."""
    name = f"ablation-{row}-{seed}"
    folder = runs.path_of(name)
    told = folder / "run.json"
    if not told.is_file() or json.loads(told.read_text("utf-8"))["status"] != "finished":
        own = [part for setting in [*plan.settings(row), f"seed={seed}"] for part in ("--set", setting)]
        fresh = ["--recipe", plan.recipe, "--data", plan.data, "--force", *own]
        _ferkit("train", "--name", name, "--no-evaluate", *(["--resume"] if (folder / "state.pt").is_file() else fresh))
    _ferkit("evaluate", name, "--no-maps")
    _strip(folder, out / f"{row}-{seed}")


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
    """The finished runs of each row, the base first; rows without one are left out."""
    own: dict[str, list[Run]] = {}
    for row, seed in sorted(plan.wanted(), key=lambda pair: [BASE, *plan.rows].index(pair[0])):
        path = out / f"{row}-{seed}" / "run.json"
        if path.is_file():
            own.setdefault(row, []).append(Run(path.parent, json.loads(path.read_text("utf-8"))))
    return own


def _told(plan: Plan) -> dict[str, tuple[str, str]]:
    """What each row is, in words, and its settings; the base first."""
    changed = {name: " ".join(f"{key}={value}" for key, value in row["set"].items()) for name, row in plan.rows.items()}
    return {BASE: ("the base", " ".join(plan.settings(BASE)))} | {name: (plan.rows[name]["what"], changed[name]) for name in plan.rows}


def main(argv: Sequence[str] | None = None) -> None:
    """Train what is missing, or write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.ablation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("train", "table"))
    parser.add_argument("--plan", type=Path, default=PLAN, help="what to train (%(default)s)")
    parser.add_argument("--out", type=Path, default=OUT, help="where the run folders lie (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once, one thread each")
    asked = parser.parse_args(argv)
    plan = Plan.read(asked.plan)
    if asked.what == "train":
        train(plan, asked.out, asked.jobs)
        return
    if BASE not in (own := found(plan, asked.out)):
        parser.error(f"no finished run of the base in {asked.out}; train it first")
    with files.whole(asked.out.with_suffix(".md")) as beside:
        beside.write_text(table(plan.recipe, _told(plan), own), "utf-8")


if __name__ == "__main__":
    main()
