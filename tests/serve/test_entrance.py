"""What a dead replica was working on is given to another, with Ray's handle played by a list of replicas."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from ferkit.serve.app import create
from ferkit.serve.entrance import Entrance, inside
from ferkit.serve.exchange import Answered, Request
from ferkit.serve.front import TRIES
from ferkit.serve.settings import Limits, Settings
from tests.predict.stubs import Fixed, Stub
from tests.serve.serving import BOX, CLASSES, brightness, client, picture

PICTURE: dict[str, Any] = {"content": picture(), "headers": {"content-type": "image/png"}}


class Died(Exception):
    """In place of `ray.exceptions.RayActorError`."""


class Handle:
    """The first so many calls find a replica that dies; the others get the app's answer."""

    def __init__(self, dying: int) -> None:
        self.app = create(Settings(run="mine"), Stub(CLASSES, brightness), Fixed(BOX))
        self.dying, self.asked = dying, 0
        self.answer = self

    async def remote(self, request: Request) -> Answered:
        self.asked += 1
        if self.asked <= self.dying:
            raise Died
        return await inside(self.app, request)


@pytest.fixture(autouse=True)
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    exceptions = ModuleType("ray.exceptions")
    exceptions.RayActorError = Died  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ray", ModuleType("ray"))
    monkeypatch.setitem(sys.modules, "ray.exceptions", exceptions)


def behind(handle: Handle, token: str = "", **limits: Any) -> Any:
    """A client of the entrance, as Ray calls it: with Starlette's request."""
    from fastapi.testclient import TestClient
    from starlette.requests import Request as Asked

    entrance = Entrance(handle, Limits(**limits), 2, token)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        response = await entrance(Asked(scope, receive))
        await response(scope, receive, send)

    return TestClient(Starlette(routes=[Mount("/", app=app)]))


def test_answers_are_those_of_one_process() -> None:
    with client() as http:
        expected = http.post("/predict?whole_image=true", **PICTURE)
    answer = behind(Handle(0)).post("/predict?whole_image=true", **PICTURE)
    assert answer.status_code == expected.status_code == 200 and answer.json() == expected.json()
    assert answer.headers["content-type"] == "application/json"


def test_a_dead_replica_costs_a_try_and_not_the_request() -> None:
    handle = Handle(dying=1)
    http = behind(handle)
    assert http.post("/predict", **PICTURE).status_code == 200 and handle.asked == 2
    assert "ferkit_requests_resent_total 1.0" in http.get("/metrics").text


def test_what_ends_every_replica_is_refused() -> None:
    handle = Handle(dying=99)
    answer = behind(handle).post("/predict", **PICTURE)
    assert answer.status_code == 502 and handle.asked == TRIES and "error" in answer.json()


def test_limits_hold_before_a_replica_is_asked() -> None:
    handle = Handle(0)
    large = behind(handle, megabytes=1).post("/predict", content=bytes(1_000_001), headers=PICTURE["headers"])
    assert large.status_code == 413 and handle.asked == 0


def test_refusals_of_the_app_are_passed_on() -> None:
    answer = behind(Handle(0)).post("/predict", content=b"no picture", headers=PICTURE["headers"])
    assert answer.status_code == 422 and "Expected a picture" in answer.json()["error"]
    assert behind(Handle(0)).get("/nowhere").status_code == 404


def test_an_answer_in_parts_is_joined() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        first = await receive()
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"9"), (b"a", b"b")]})
        await send({"type": "http.response.body", "body": first["body"], "more_body": True})
        await send({"type": "http.response.body", "body": scope["query_string"]})
        assert (await receive())["type"] == "http.disconnect"

    asked = Request("POST", b"/a%20b?x=1", [(b"A", b"b")], b"body ")
    with ThreadPoolExecutor(1) as other:  # this thread may have an event loop, of a browser
        answer = other.submit(lambda: asyncio.run(inside(app, asked))).result()
    assert answer == Answered(201, [(b"a", b"b")], b"body x=1")
