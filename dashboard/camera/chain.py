"""How many faces of a picture are found and read right, as measured on scenes with faces in known places."""

from dashboard import load
from dashboard.words import plain
from ferkit.errors import FerkitError
from ferkit.evaluate.chain_table import sentence
from ferkit.runs import Run

__all__ = ["measured"]


def measured(run: Run) -> str:
    """One sentence for the detector at work, as Markdown; "" where `ferkit chain` was not run with it."""
    results = run.results()
    if not results.has("val", "-chain.parquet"):
        return ""
    detector = load.detector().name

    def make() -> str:
        try:
            return sentence(results.chain("val"), detector)
        except FerkitError:
            return ""

    key = ("chain", run.key, load.key_of(results.path / "val-chain.parquet"), detector)
    text: str = load.cached(key, make)
    return plain(text)
