"""The pages of the dashboard, and the links to them.

The links are plain HTML: Streamlit renders each of its own as Markdown, which cost every page 0.07 s more. A click on
one is followed by `dashboard/document/guard.js`.
"""

from dataclasses import dataclass
from html import escape

__all__ = ["SECTIONS", "Page", "links"]


@dataclass(frozen=True)
class Page:
    """One page: `pages/{name}.py`, at /{name}."""

    name: str
    title: str
    icon: str  # of Material Symbols
    about: str  # shown where the mouse rests on its link


SECTIONS = {
    "Results": (
        Page(
            "overview",
            "Overview",
            "leaderboard",
            "Which run is best? All runs by accuracy, fairness, size and calibration.",
        ),
        Page(
            "compare",
            "Compare",
            "balance",
            "Which checkpoint is better, and is the difference significant? Two to four runs, with paired tests.",
        ),
        Page(
            "confidence",
            "Confidence",
            "speed",
            "Is it as sure as it is right? Calibration, coverage, and curves per class.",
        ),
        Page(
            "deploy",
            "Deploy",
            "rocket_launch",
            "What is lost when it leaves? Accuracy against latency and size of every exported format.",
        ),
        Page(
            "training",
            "Training",
            "show_chart",
            "How did they learn? Curves and settings of several runs side by side.",
        ),
        Page("search", "Search", "tune", "Which settings are better? A search over them, live."),
    ),
    "Faces": (
        Page(
            "dataset",
            "Dataset",
            "grid_view",
            "What is in it? Classes, splits, duplicates, mean faces; import a zip.",
        ),
        Page(
            "failures",
            "Failures",
            "troubleshoot",
            "Where does it fail? From the confusion matrix down to the single face.",
        ),
        Page(
            "slices",
            "Slices",
            "stacked_bar_chart",
            "Where is it weak? Ranges of image properties, tags and corruptions on which it does worse.",
        ),
        Page(
            "labels",
            "Labels",
            "how_to_vote",
            "Is it the label? Errors that people make too, labels that are outvoted or suspect, and notes.",
        ),
        Page(
            "embeddings",
            "Embeddings",
            "scatter_plot",
            "How does it see the emotions? All faces as a map; lasso some.",
        ),
    ),
    "Network": (
        Page(
            "explanations",
            "Explanations",
            "local_fire_department",
            "What does it look at? Mean maps per emotion, parts of the face, how far to believe them, and one face.",
        ),
        Page(
            "parts",
            "Parts of the face",
            "face_retouching_natural",
            "What does each emotion rest on? Parts of the face hidden, or taken from another emotion.",
        ),
        Page(
            "filters",
            "Filters",
            "blur_on",
            "What has it learned? Kernels, feature maps, the faces that excite a channel, every layer.",
        ),
    ),
    "Try it": (
        Page("photo", "Photo", "add_a_photo", "Which emotion does it see in my photo? Every face found, explained."),
        Page("video", "Video", "movie", "How does it change? Every face of a video, followed over time."),
        Page("webcam", "Webcam", "videocam", "And live? Predictions over the camera's image."),
        Page(
            "monitor",
            "Monitor",
            "monitoring",
            "Does it still see what it was chosen on? Logged predictions over time, and alarms.",
        ),
    ),
}


def links(current: str) -> str:
    """In HTML: all pages by section; the one named `current` is marked."""
    sections = (
        f"<h2>{escape(name)}</h2>{''.join(_link(page, current) for page in pages)}" for name, pages in SECTIONS.items()
    )
    return f'<nav class="pages" aria-label="Pages">{"".join(sections)}</nav>'


def _link(page: Page, current: str) -> str:
    here = ' aria-current="page"' if page.name == current else ""
    icon = f'<i aria-hidden="true">{page.icon}</i>'
    return f'<a href="{page.name}" title="{escape(page.about)}"{here}>{icon}{escape(page.title)}</a>'
