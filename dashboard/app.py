"""The dashboard.  $ streamlit run dashboard/app.py"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "dashboard")]

import streamlit as st  # noqa: E402  (the root must be on the path first)
from starlette.routing import Route  # noqa: E402
from streamlit.runtime.scriptrunner import get_script_run_ctx  # noqa: E402

from dashboard import assets, document, early, navigation  # noqa: E402

ABOUT = "ferkit: train, compare and explain classifiers of facial emotions. Nothing leaves this machine."


def registered() -> list[st.Page]:
    """Streamlit's pages. The default one opens at / alone; Overview opens at /overview too, as its neighbours do."""
    ours = [page for pages in navigation.SECTIONS.values() for page in pages]
    default = st.Page(_script("overview"), title="Overview", url_path="home", default=True)
    return [default, *(st.Page(_script(page.name), title=page.title, url_path=page.name) for page in ours)]


def _script(name: str) -> Path:
    return ROOT / "pages" / f"{name}.py"


def _drawing(name: str) -> str:
    """A drawing of the app's own as SVG: nothing is fetched from anywhere."""
    return (ROOT / "dashboard" / "static" / f"{name}.svg").read_text("utf-8")


def routes() -> list[Route]:
    """What the server answers besides Streamlit's own: the document of every page, and what was published."""
    names = [page.name for pages in navigation.SECTIONS.values() for page in pages]
    return [*document.routes(names, assets.base()), *assets.routes()]


def draw() -> None:
    """What every page has: title, navigation, sidebar; then the page."""
    from dashboard import memory, sidebar
    from dashboard.state import enter

    st.set_page_config(page_title="ferkit", page_icon=_drawing("mark"), layout="wide")
    st.html(ROOT / "dashboard" / "static" / "app.css")
    st.logo(_drawing("logo"), size="large", icon_image=_drawing("mark"))
    chosen = st.navigation(registered(), position="hidden")
    name = "overview" if chosen.url_path == "" else chosen.url_path
    enter(name)
    st.sidebar.html(navigation.links(name))
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
