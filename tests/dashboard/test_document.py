"""The document that the browser opens: Streamlit's own, with our script before Streamlit's."""

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_routes import create_host_config_routes

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


def test_the_document_says_of_the_server_what_streamlit_would_ask_for() -> None:
    found = re.search(r"HOST_CONFIG: (\{.*?\}) \};", document.html())
    assert found
    ours = json.loads(found[1])
    asked = TestClient(Starlette(routes=create_host_config_routes(""))).get("/_stcore/host-config").json()
    assert ours["allowedOrigins"] and ours == {name: asked[name] for name in ours}
    assert type(ours["useExternalAuthToken"]) is bool  # or Streamlit would ask after all
