"""The document that the browser opens: Streamlit's own, with our script before Streamlit's."""

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import document


@pytest.mark.parametrize("base", ["", "/lab"])
def test_every_page_has_the_document_below_the_base_path(base: str) -> None:
    client = TestClient(Starlette(routes=document.routes(["failures"], base)))
    texts = [client.get(f"{base}/{page}").text for page in ("", "failures")]
    assert texts[0] == texts[1]
    assert client.get(f"{base}/other").status_code == 404
    assert client.get(f"{base}/failures").headers["cache-control"] == "no-cache"


def test_ours_comes_first_and_the_scripts_it_names_are_there() -> None:
    text = document.html()
    assert text.index("BACKEND_BASE_URL") < text.index('<script type="module"')
    preloaded = re.findall(r'href="\./static/js/([\w.-]+)"', text[: text.index("<script>")])
    there = {path.name for path in (document.STREAMLIT / "static" / "js").iterdir()}
    assert len(preloaded) >= 3 and set(preloaded) <= there
