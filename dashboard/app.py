"""The dashboard.  $ streamlit run dashboard/app.py"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "dashboard")]

import streamlit as st  # noqa: E402  (the root must be on the path first)

from dashboard import memory, sidebar  # noqa: E402
from dashboard.components.guard import guard  # noqa: E402
from dashboard.state import enter  # noqa: E402

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
            "Which checkpoint is better, and is it sure? Two to four runs, with paired tests.",
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
        ("embeddings", "Embeddings", "scatter_plot", "How does it see the emotions? All faces as a map; lasso some."),
    ],
    "Network": [
        (
            "gradcam",
            "Grad-CAM",
            "local_fire_department",
            "What does it look at? Mean heat maps per emotion, and a wall of examples.",
        ),
        ("filters", "Filters", "blur_on", "What has it learned? Kernels of any convolution and a face's feature maps."),
    ],
    "Try it": [
        ("photo", "Photo", "add_a_photo", "What does it say of my photo? Every face found, explained."),
        ("video", "Video", "movie", "How does it change? Every face of a video followed and told over time."),
        ("webcam", "Webcam", "videocam", "And live? Predictions over the camera's picture."),
    ],
}


def page(name: str, title: str, icon: str, help: str) -> st.Page:
    first = name == "overview"
    return st.Page(
        _script(name),
        title=title,
        icon=f":material/{icon}:",
        url_path="home" if first else name,
        help=help,
        default=first,
    )


def _script(name: str) -> Path:
    return ROOT / "pages" / f"{name}.py"


st.set_page_config(page_title="ferkit", page_icon=":material/sentiment_satisfied:", layout="wide")
sections = {section: [page(*told) for told in pages] for section, pages in PAGES.items()}
by_name = st.Page(
    _script("overview"), title="Overview", url_path="overview", visibility="hidden"
)  # the default page opens at / alone
chosen = st.navigation(sections | {"": [by_name]})
enter(chosen.url_path or "overview")
sidebar.show()
with st.sidebar:
    guard()
st.title(chosen.title)
chosen.run()
memory.set_aside()
