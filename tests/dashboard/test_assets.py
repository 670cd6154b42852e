"""What is published is served as it was made, once, to be kept by the browser; nothing else is served."""

import asyncio
import gzip
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from starlette.applications import Starlette

from bench.browser import serving
from dashboard import assets
from ferkit.errors import RunError
from tests.worlds import ROOT


def get(path: str) -> tuple[int, dict[str, str], bytes]:
    """Ask the route as a server does."""
    sent = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}
    with ThreadPoolExecutor(1) as other:  # a browser's event loop may run in this thread
        other.submit(lambda: asyncio.run(Starlette(routes=assets.routes())(scope, receive, send))).result()  # type: ignore[arg-type]
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}  # type: ignore[attr-defined]
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])  # type: ignore[return-value]


def test_bytes_are_made_once_when_asked_for_and_may_be_kept() -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"three"

    url = assets.publish(("numbers", 1), make, "application/octet-stream")
    assert not made and assets.publish(("numbers", 1), make, "application/octet-stream") == url
    for _ in range(2):
        status, headers, body = get(url)
        assert (status, body, headers["content-type"]) == (200, b"three", "application/octet-stream")
        assert "immutable" in headers["cache-control"]
    assert made == [1]
    assert assets.publish(("numbers", 2), make, "text/plain") != url


def test_files_of_a_folder_find_each_other_by_their_names() -> None:
    files = {"a.js": lambda: b"import './deep/b.wasm'", "deep/b.wasm": lambda: b"wasm"}
    folder = assets.publish_folder(("code", 1), files)
    assert folder.endswith("/") and assets.publish_folder(("code", 1), files) == folder
    status, headers, body = get(f"{folder}a.js")
    assert (status, body) == (200, b"import './deep/b.wasm'") and headers["content-type"].startswith("text/javascript")
    status, headers, body = get(f"{folder}deep/b.wasm")
    assert (status, gzip.decompress(body), headers["content-encoding"]) == (200, b"wasm", "gzip")
    assert headers["content-type"] == "application/wasm" and "immutable" in headers["cache-control"]
    assert get(folder)[0] == get(f"{folder}c.js")[0] == 404


def test_any_number_of_parts_have_one_address() -> None:
    parts = {"0": b"zero", "of/1-2": b"both"}
    folder = assets.publish_parts(("parts", 1), parts.__getitem__, "image/jpeg")
    assert folder.endswith("/") and assets.publish_parts(("parts", 1), parts.__getitem__, "image/jpeg") == folder
    for name, part in parts.items():
        status, headers, body = get(folder + name)
        assert (status, body, headers["content-type"]) == (200, part, "image/jpeg")
    assert get(f"{folder}1")[0] == get(folder)[0] == 404


def test_an_address_that_was_never_given_out_has_nothing() -> None:
    assert get("/ferkit/" + 40 * "0")[0] == 404
    assert get("/ferkit/../README.md")[0] == 404


def test_what_cannot_be_made_is_one_sentence() -> None:
    def fail() -> bytes:
        raise RunError("The weights of mine are missing.")

    status, headers, body = get(assets.publish(("broken",), fail, "image/jpeg"))
    assert (status, body) == (422, b"The weights of mine are missing.") and "cache-control" not in headers


def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_shelf", assets._Shelf())
    monkeypatch.setattr(assets, "MOST", 3)
    urls = [assets.publish(("old", i), partial(bytes, [i]), "image/webp") for i in range(5)]
    assert [get(url)[0] for url in urls] == [404, 404, 200, 200, 200]


def test_bytes_beyond_the_limit_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_shelf", assets._Shelf())
    monkeypatch.setattr(assets, "LARGEST", 10)
    made = []

    def make(i: int) -> bytes:
        made.append(i)
        return bytes(8)

    urls = [assets.publish(("large", i), partial(make, i), "image/webp") for i in range(2)]
    for url in (*urls, urls[0]):
        assert get(url)[0] == 200
    assert made == [0, 1, 0]


def test_the_literal_command_serves_the_route_beside_the_app() -> None:
    with serving(ROOT / "dashboard" / "app.py") as server:
        with urllib.request.urlopen(server.address, timeout=30) as page:
            assert page.status == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.address}/ferkit/nothing", timeout=30)
    assert refused.value.code == 404 and b"Reload the page" in refused.value.read()
