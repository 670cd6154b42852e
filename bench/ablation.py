"""What each ingredient of a recipe is worth: one switched at a time, every seed, one table made from the run folders.

    $ python -m bench.ablation train --jobs 2      # bench/ablation.yaml into docs/ablation/, goes on where it was stopped
    $ python -m bench.ablation table               # docs/ablation/ into docs/ablation.md

The dashboard shows these runs, too: FERKIT_CHECKPOINTS=docs/ablation streamlit run dashboard/app.py
"""

from collections.abc import Sequence

from bench import plan
from bench.worth import table
from ferkit.files import ROOT

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> None:
    """Train what is missing, or write the table."""
    plan.command("ablation", __doc__, table, argv, ROOT / "docs" / "ablation")


if __name__ == "__main__":
    main()
