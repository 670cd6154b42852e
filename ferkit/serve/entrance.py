"""Before the replicas of Ray Serve: the front of `ferkit serve`, which gives what a dead replica had to another one.

    entrance = Entrance(handle, limits, replicas=2, token="")     # what Ray asks with every request
    await inside(app, request)                                    # in a replica: the app's answer

Ray itself answers 500 to what a dead replica was working on. Predictions change nothing, so they are computed again.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.responses import Response

from ferkit.serve.exchange import Answered, Request
from ferkit.serve.front import Front, Message
from ferkit.serve.settings import Limits

if TYPE_CHECKING:
    from starlette.requests import Request as Asked

__all__ = ["Entrance", "inside"]


class Entrance:
    """Limits, token, tries and metrics are those of `ferkit.serve.front.Front`; a deployment's handle is its worker."""

    def __init__(self, handle: Any, limits: Limits, replicas: int, token: str) -> None:
        self._front = Handled(handle, limits, replicas, token)

    async def __call__(self, asked: "Asked") -> Response:
        """The answer of a replica, or a refusal; an empty one where the client has gone."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        await self._front(asked.scope, asked.receive, send)
        if not sent:
            return Response(status_code=400)
        response = Response(sent[1]["body"], sent[0]["status"])
        response.raw_headers = sent[0]["headers"]
        return response


class Handled(Front):
    """A front whose workers are a deployment of Ray Serve."""

    def __init__(self, handle: Any, limits: Limits, replicas: int, token: str) -> None:
        super().__init__("", limits, replicas, token)
        self._handle = handle

    async def ask(self, request: Request) -> Answered:
        from ray.exceptions import RayActorError

        try:
            answer: Answered = await self._handle.answer.remote(request)
        except RayActorError as error:
            raise EOFError("the replica ended before its answer") from error
        return answer


async def inside(app: Callable[..., Any], request: Request) -> Answered:
    """What an ASGI application answers, without a connection."""
    sent: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]
    done = asyncio.Event()

    async def receive() -> Message:
        if parts:
            return parts.pop()
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            done.set()

    await app(_scope(request), receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    headers = [(name, value) for name, value in sent[0]["headers"] if name != b"content-length"]
    return Answered(sent[0]["status"], headers, body)


def _scope(request: Request) -> Message:
    path, _, query = request.target.partition(b"?")
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": request.method, "path": unquote(path.decode("latin-1")), "raw_path": path, "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers], "client": None, "server": None,
    }  # fmt: skip
