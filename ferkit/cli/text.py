"""Names and scores as text for a terminal."""

from rich.markup import escape

from ferkit.runs import Headline, Scores
from ferkit.text import printable

__all__ = ["cell", "headline", "val_line"]


def cell(text: object) -> str:
    """A value as text: no control characters, no markup."""
    return escape(printable(str(text)))


def headline(scores: Headline) -> dict[str, str]:
    """Accuracy and macro-F1 with their intervals, and balanced accuracy, by name."""
    values = {
        "accuracy": (scores.accuracy, scores.accuracy_interval),
        "macro-F1": (scores.macro_f1, scores.macro_f1_interval),
    }
    text = {name: f"{value:.3f} [{low:.3f}, {high:.3f}]" for name, (value, (low, high)) in values.items()}
    return text | {"balanced accuracy": f"{scores.balanced_accuracy:.3f}"}


def val_line(run: str, scores: Scores) -> str:
    """One line after training: accuracy on val with its interval, and macro-F1."""
    low, high = scores.accuracy_interval
    accuracy = f"val accuracy {scores.accuracy:.1%} [{low:.1%}, {high:.1%}]"
    return f"{cell(run)}: {accuracy}, macro-F1 {scores.macro_f1:.3f}"
