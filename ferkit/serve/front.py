"""What clients connect to: it reads a request to its end, gives it to a worker and answers when the worker has.

    front = Front(address, limits, workers=2)     # an ASGI application
    front.resent                                  # requests that were given to another worker, because theirs had died

A worker that is killed takes what it was computing with it. The front still has those requests and gives them to
another; predictions change nothing, so one that is computed twice does no harm. A request whose worker died twice is
tried alone from then on, so that one which kills workers takes no others along, and is refused after `TRIES`.
"""

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from h11 import LocalProtocolError

from ferkit.serve.bodies import DRAINED
from ferkit.serve.exchange import BROKEN, Address, Answered, Headers, Request, exchange
from ferkit.serve.refusals import Refused, busy, fatal, late, too_large
from ferkit.serve.settings import Limits

__all__ = ["TRIES", "Front"]

TRIES = 4  # times that a request is given to a worker
TOGETHER = 2  # of these, beside others
AGAIN = 0.05  # seconds until a worker without a place is asked again
LATER = 1.0  # seconds after its own limit that a worker may still answer
OF_CONNECTION = (
    b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"expect",
    b"content-length",
)  # fmt: skip
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Front:
    """For the workers that listen at an address; /predict is counted and limited, everything else is passed on."""

    def __init__(self, address: Address, limits: Limits, workers: int, token: str = "") -> None:
        self.address, self.limits = address, limits
        self.places = workers * limits.requests  # of requests to /predict that are held at a time
        self.resent, self.refused = 0, Counter[int]()
        self._taken, self._alone, self._token = 0, asyncio.Lock(), token

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError("The front speaks HTTP alone.")
        try:
            answer = await self._answered(scope, receive)
        except Refused as error:
            self.refused[error.status] += 1
            answer = _as_answer(error)
        if answer is not None:
            length = (b"content-length", str(len(answer.body)).encode())
            await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]})
            await send({"type": "http.response.body", "body": answer.body})

    async def _answered(self, scope: Message, receive: Receive) -> Answered | None:
        """None where the client has gone. Raises Refused."""
        try:
            async with asyncio.timeout(self.limits.seconds + LATER):
                if scope["path"] == "/predict" and scope["method"] == "POST":
                    async with self._place():
                        body = await self._body(receive) if self._allowed(scope["headers"]) else b""
                        return None if body is None else await self._dispatched(_request(scope, body))
                answer = await self._dispatched(_request(scope, b""))
                return self._counted(answer) if scope["path"] == "/metrics" and answer.status == 200 else answer
        except TimeoutError as error:
            raise late(self.limits.seconds) from error

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._taken >= self.places:
            raise busy(self.places)
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    def _allowed(self, headers: Headers) -> bool:
        """Whether the token is right; without it the worker answers, and no body is read."""
        wanted = f"Bearer {self._token}".encode()
        return not self._token or any(
            name == b"authorization" and hmac.compare_digest(value, wanted) for name, value in headers
        )

    async def _body(self, receive: Receive) -> bytes | None:
        """All of it; None where the client has gone. Raises Refused beyond the limit, after it was sent."""
        chunks, read, most, more = [], 0, self.limits.megabytes * 10**6, True
        while more and read <= DRAINED * most:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk, more = message.get("body", b""), message.get("more_body", False)
            read += len(chunk)
            if read <= most:
                chunks.append(chunk)
        if read > most:
            raise too_large(self.limits.megabytes)
        return b"".join(chunks)

    async def _dispatched(self, request: Request) -> Answered:
        """Raises Refused where no worker outlives it."""
        for attempt in range(TRIES):
            self.resent += bool(attempt)
            async with self._alone if attempt >= TOGETHER else nullcontext():
                try:
                    answer = await self._exchanged(request)
                except BROKEN:
                    continue
                except LocalProtocolError as error:
                    raise Refused(
                        400, "Expected HTTP, got a head that cannot be passed on. Send fewer headers."
                    ) from error
            return Answered(answer.status, _kept(answer.headers, (b"date",)), answer.body)
        raise fatal(TRIES)

    async def _exchanged(self, request: Request) -> Answered:
        """A worker's answer. One that has no place for it is asked again: no more come in here than all have places."""
        while (answer := await self.ask(request)).status == 429:
            await asyncio.sleep(AGAIN)
        return answer

    async def ask(self, request: Request) -> Answered:
        """Raises one of `BROKEN` where the worker ends before its answer."""
        return await exchange(self.address, request)

    def _counted(self, answer: Answered) -> Answered:
        """The workers' metrics, and the front's own."""
        lines = [
            "# HELP ferkit_requests_resent_total Requests given to another worker, because theirs had died.",
            "# TYPE ferkit_requests_resent_total counter",
            f"ferkit_requests_resent_total {float(self.resent)}",
            "# HELP ferkit_front_refused_total Requests that no worker was given, by status.",
            "# TYPE ferkit_front_refused_total counter",
            *(f'ferkit_front_refused_total{{status="{status}"}} {float(n)}' for status, n in self.refused.items()),
        ]
        body = answer.body + "\n".join([*lines, ""]).encode()
        return Answered(answer.status, answer.headers, body)


def _request(scope: Message, body: bytes) -> Request:
    query = scope["query_string"]
    target = scope["raw_path"] + (b"?" + query if query else b"")
    return Request(scope["method"], target, _kept(scope["headers"]), body)


def _kept(headers: Iterable[tuple[bytes, bytes]], without: tuple[bytes, ...] = ()) -> Headers:
    """Headers that are the request's or the answer's, and not the connection's."""
    return [(name, value) for name, value in headers if name.lower() not in (*OF_CONNECTION, *without)]


def _as_answer(error: Refused) -> Answered:
    more = [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
    return Answered(error.status, [(b"content-type", b"application/json"), *more], json.dumps(error.as_dict()).encode())
