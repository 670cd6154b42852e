"""The HTML document that the browser opens: Streamlit's own, with what must be there before Streamlit starts.

- Where the server answers. Streamlit asks under the page's address first, /failures/_stcore, and waits for a 404.
- What the server says of itself. Streamlit asks for it, waits, and only then opens its connection.
- The scripts that every page needs, fetched together with Streamlit's first ones instead of after them.
- `guard.js`: links to pages are followed, a page on its way cannot be clicked, and Back is one step. Streamlit takes a
  click on a page that is being left for one on the new page: it runs a fragment whose place is gone, and the whole page
  breaks. And it enters a page into the history twice, without its parameters and with them.
"""

import functools
import json
from collections.abc import Iterable
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

__all__ = ["html", "routes"]

STREAMLIT = Path(get_static_dir())
GUARD = Path(__file__).with_name("guard.js")
SERVER = 'window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href, HOST_CONFIG: %s };'
SCRIPTS = ("Html", "BidiComponent", "purify.es", "serialization", "recordbatch")  # of Streamlit, named by their start


def routes(pages: Iterable[str], base: str = "") -> list[Route]:
    """One for each page's address below `base` ("" or "/name"), in place of Streamlit's."""

    async def document(request: Request) -> HTMLResponse:
        return HTMLResponse(html(), headers={"cache-control": "no-cache"})

    return [Route(f"{base}/{page}", document, methods=["GET", "HEAD"]) for page in ("", *pages)]


@functools.lru_cache(1)
def html() -> str:
    """Streamlit's document with our additions at the start of its head."""
    text = (STREAMLIT / "index.html").read_text("utf-8")
    script = f"<script>(() => {{ {SERVER % json.dumps(_host())}\n{GUARD.read_text('utf-8')} }})();</script>"
    return text.replace("<head>", f"<head>\n{_preloads()}\n{script}", 1)


def _host() -> dict[str, object]:
    """As Streamlit's route _stcore/host-config has them: who may frame the app, and that its frame has no token."""
    return {"allowedOrigins": list(st.get_option("client.allowedOrigins")), "useExternalAuthToken": False}


def _preloads() -> str:
    """Links to the scripts in `SCRIPTS`, as far as this version of Streamlit has them."""
    found = [path.name for name in SCRIPTS for path in sorted((STREAMLIT / "static" / "js").glob(f"{name}.*.js"))]
    return "\n".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in found)
