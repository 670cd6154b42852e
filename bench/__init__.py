"""One script per claim: `python -m bench.NAME` prints machine, repeats, median and spread; `python -m bench` runs them
all in turn."""

from pathlib import Path

__all__ = ["ROOT"]

ROOT = Path(__file__).resolve().parents[1]
