"""Bytes for the browser beside the page: columns of numbers and sheets of faces, fetched once and kept there.

    url = publish(("sheet", fingerprint, 3), make, "image/webp")

A component is given the address; `make()` runs when the browser first asks for it. The address is a hash of the key, so
what lies behind one never changes, and the browser may keep it for ever. `publish_folder` gives several files one
address, so that modules find each other by their names; `publish_parts` gives one to any number of parts.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from pathlib import PurePosixPath

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ferkit.errors import FerkitError

__all__ = ["base", "publish", "publish_folder", "publish_parts", "routes"]

PREFIX = "/ferkit/"
MOST = 4096  # addresses that are known
LARGEST = 256 << 20  # bytes that are kept
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
PACKED = (".wasm",)  # endings of files that are sent gzipped: the server would pack them at each request
HEADERS = {"cache-control": "private, max-age=31536000, immutable", "x-content-type-options": "nosniff"}


class _Shelf:
    """What is published; the oldest of it is forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._makers: OrderedDict[str, tuple[Callable[[], bytes], str]] = OrderedDict()
        self._parts: OrderedDict[str, tuple[Callable[[str], bytes], str]] = OrderedDict()
        self._made: OrderedDict[str, bytes] = OrderedDict()

    def put(self, name: str, make: Callable[[], bytes], media_type: str) -> None:
        with self._lock:
            self._makers[name] = (make, media_type)
            self._makers.move_to_end(name)
            while len(self._makers) > MOST:
                self._made.pop(self._makers.popitem(last=False)[0], None)

    def put_parts(self, folder: str, make: Callable[[str], bytes], media_type: str) -> None:
        with self._lock:
            self._parts[folder] = (make, media_type)
            self._parts.move_to_end(folder)
            while len(self._parts) > MOST:
                self._parts.popitem(last=False)

    def get(self, name: str) -> tuple[bytes, str] | None:
        """The bytes and their type; None for an address that was never given out, or is forgotten."""
        with self._lock:
            found, content = self._makers.get(name) or self._part(name), self._made.get(name)
        if found is None:
            return None
        make, media_type = found
        if content is None:
            try:
                content = make()
            except LookupError:  # there is no such part
                return None
            with self._lock:
                self._made[name] = content
                while sum(map(len, self._made.values())) > LARGEST and len(self._made) > 1:
                    self._made.popitem(last=False)
        return content, media_type

    def _part(self, name: str) -> tuple[Callable[[], bytes], str] | None:
        folder, _, part = name.partition("/")
        if folder not in self._parts:
            return None
        make, media_type = self._parts[folder]
        return partial(make, part), media_type


_shelf = _Shelf()


def publish(key: tuple[Hashable, ...], make: Callable[[], bytes], media_type: str) -> str:
    """The address under which the browser gets what `make()` returns; the same key has the same address.

    The key holds all that the bytes rest on (`load.key_of` of each file, fingerprints, settings).
    """
    _shelf.put(name := _name(key), make, media_type)
    return _address(name)


def publish_folder(key: tuple[Hashable, ...], files: Mapping[str, Callable[[], bytes]]) -> str:
    """The address, with a slash at its end, under which the browser gets each of `files` by its name.

    A .wasm is sent gzipped. The key holds all that the bytes rest on.
    """
    folder = _name(key)
    for name, make in files.items():
        ending = PurePosixPath(name).suffix
        _shelf.put(
            f"{folder}/{name}",
            partial(_packed, make) if ending in PACKED else make,
            TYPES.get(ending, "application/octet-stream"),
        )
    return _address(f"{folder}/")


def publish_parts(key: tuple[Hashable, ...], make: Callable[[str], bytes], media_type: str) -> str:
    """The address, with a slash at its end, under which the browser gets `make(part)` by the part's name; there is
    nothing where that raises LookupError.

    The key holds all that the bytes rest on.
    """
    folder = _name(key)
    _shelf.put_parts(folder, make, media_type)
    return _address(f"{folder}/")


def _packed(make: Callable[[], bytes]) -> bytes:
    return gzip.compress(make(), 6, mtime=0)


def _name(key: tuple[Hashable, ...]) -> str:
    return hashlib.blake2b(repr(key).encode(), digest_size=20).hexdigest()


def _address(name: str) -> str:
    return f"{base()}{PREFIX}{name}"


def base() -> str:
    """What every address of the app begins with: nothing, or "/name" where it is served below a path."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


async def _serve(request: Request) -> Response:
    from dashboard import assets  # the module that the pages use now, also after it was edited and loaded again

    try:
        found = await run_in_threadpool(assets._shelf.get, request.path_params["name"])
    except FerkitError as error:
        return PlainTextResponse(str(error), status_code=422)
    if found is None:
        return PlainTextResponse("There is nothing at this address. Reload the page.", status_code=404)
    content, media_type = found
    packed = {"content-encoding": "gzip"} if request.path_params["name"].endswith(PACKED) else {}
    return Response(content, media_type=media_type, headers=HEADERS | packed)


def routes() -> list[Route]:
    """The one route of the app besides Streamlit's own."""
    return [Route(base() + PREFIX + "{name:path}", _serve, methods=["GET"])]
