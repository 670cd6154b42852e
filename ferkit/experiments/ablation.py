"""What each ingredient of a recipe is worth: one switched at a time, every seed, one table made from the run folders.

    $ python -m ferkit.experiments.ablation train --jobs 2      # trains what ablation.yaml lists and is missing
    $ python -m ferkit.experiments.ablation table               # writes docs/ablation.md from the run folders

`--plan screening` does the same for screening.yaml, the network of `compact-votes` in twenty epochs: docs/screening.md.

The runs lie in checkpoints/ablation/ and checkpoints/screening/. The dashboard shows them, too:

    $ FERKIT_CHECKPOINTS=checkpoints/ablation streamlit run dashboard/app.py
"""

from collections.abc import Sequence

from ferkit.experiments import plan
from ferkit.experiments.ablation_table import table
from ferkit.files import runs_dir

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> None:
    """Train what is missing, or write the table."""
    plan.command("ablation", __doc__, table, argv, runs_dir() / "ablation")


if __name__ == "__main__":
    main()
