"""The dashboard.  $ streamlit run dashboard/app.py"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "dashboard")]

import streamlit as st  # noqa: E402  (the root must be on the path first)
from starlette.routing import Route  # noqa: E402
from streamlit.runtime.scriptrunner import get_script_run_ctx  # noqa: E402

from dashboard import assets, document, early  # noqa: E402

ABOUT = "ferkit: train, compare and explain classifiers of facial emotions. Nothing leaves this machine."
PAGES = {
    "Results": [
        (
            "overview",
            "Overview",
            "leaderboard",
            "Which run is best? All runs by accuracy, fairness, size and calibration.",
        ),
        (
            "compare",
            "Compare",
            "balance",
            "Which checkpoint is better, and is the difference significant? Two to four runs, with paired tests.",
        ),
        (
            "confidence",
            "Confidence",
            "speed",
            "Is it as sure as it is right? Calibration, coverage, and curves per class.",
        ),
        (
            "deploy",
            "Deploy",
            "rocket_launch",
            "What is lost when it leaves? Accuracy against latency and size of every exported format.",
        ),
        ("training", "Training", "show_chart", "How did they learn? Curves and settings of several runs side by side."),
        ("search", "Search", "tune", "Which settings are better? A search over them, live."),
    ],
    "Faces": [
        ("dataset", "Dataset", "grid_view", "What is in it? Classes, splits, duplicates, mean faces; import a zip."),
        (
            "failures",
            "Failures",
            "troubleshoot",
            "Where does it fail? From the confusion matrix down to the single face.",
        ),
        (
            "slices",
            "Slices",
            "stacked_bar_chart",
            "Where is it weak? Ranges of image properties, tags and corruptions on which it does worse.",
        ),
        (
            "labels",
            "Labels",
            "how_to_vote",
            "Is it the label? Errors that people make too, labels that are outvoted or suspect, and notes.",
        ),
        ("embeddings", "Embeddings", "scatter_plot", "How does it see the emotions? All faces as a map; lasso some."),
    ],
    "Network": [
        (
            "explanations",
            "Explanations",
            "local_fire_department",
            "What does it look at? Mean maps per emotion, parts of the face, how far to believe them, and one face.",
        ),
        (
            "parts",
            "Parts of the face",
            "face_retouching_natural",
            "What does each emotion rest on? Parts of the face hidden, or taken from another emotion.",
        ),
        (
            "filters",
            "Filters",
            "blur_on",
            "What has it learned? Kernels, feature maps, the faces that excite a channel, every layer.",
        ),
    ],
    "Try it": [
        ("photo", "Photo", "add_a_photo", "Which emotion does it see in my photo? Every face found, explained."),
        ("video", "Video", "movie", "How does it change? Every face of a video, followed over time."),
        ("webcam", "Webcam", "videocam", "And live? Predictions over the camera's image."),
        (
            "monitor",
            "Monitor",
            "monitoring",
            "Does it still see what it was chosen on? Logged predictions over time, and alarms.",
        ),
    ],
}


def page(name: str, title: str, icon: str) -> st.Page:
    first = name == "overview"
    return st.Page(
        _script(name),
        title=title,
        icon=f":material/{icon}:",
        url_path="home" if first else name,
        default=first,
    )


def _script(name: str) -> Path:
    return ROOT / "pages" / f"{name}.py"


def _drawing(name: str) -> str:
    """A drawing of the app's own as SVG: nothing is fetched from anywhere."""
    return (ROOT / "dashboard" / "static" / f"{name}.svg").read_text("utf-8")


def routes() -> list[Route]:
    """What the server answers besides Streamlit's own: the document of every page, and what was published."""
    about = [page for pages in PAGES.values() for page in pages]
    names, helps = [name for name, *_ in about], {title: help for _, title, _, help in about}
    return [*document.routes(names, helps, assets.base()), *assets.routes()]


def draw() -> None:
    """What every page has: title, navigation, sidebar; then the page."""
    from dashboard import memory, sidebar
    from dashboard.state import enter

    st.set_page_config(page_title="ferkit", page_icon=_drawing("mark"), layout="wide")
    st.html(ROOT / "dashboard" / "static" / "app.css")
    st.logo(_drawing("logo"), size="large", icon_image=_drawing("mark"))
    sections = {section: [page(*about) for *about, _ in pages] for section, pages in PAGES.items()}
    # The default page opens at / alone; this one opens it at /overview, as its neighbours are addressed.
    by_name = st.Page(_script("overview"), title="Overview", url_path="overview", visibility="hidden")
    chosen = st.navigation(sections | {"": [by_name]}, expanded=True)
    name = chosen.url_path or "overview"
    enter(name)
    sidebar.show()
    st.title(chosen.title)
    if name == "overview":
        st.caption(ABOUT)
    chosen.run()
    memory.set_aside()


# The server takes this file for an application with a route of its own, and runs it as the script of every visitor.
app = st.App(__file__, routes=routes())
if get_script_run_ctx(suppress_warning=True) is not None:
    draw()
else:
    early.start()
