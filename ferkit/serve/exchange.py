"""One HTTP request to a worker and its whole answer, over a connection of its own."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import h11

__all__ = ["BROKEN", "Address", "Answered", "Headers", "Request", "exchange"]

Headers = Sequence[tuple[bytes, bytes]]
Address = str | tuple[str, int]  # of a Unix socket, or host and port
BROKEN = (OSError, EOFError, h11.RemoteProtocolError)  # the worker ended before its answer did
CHUNK = 1 << 16  # bytes


@dataclass(frozen=True)
class Request:
    """As it goes to a worker: headers without those of the client's connection."""

    method: str
    target: bytes  # path and query
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Answered:
    """All of an answer."""

    status: int
    headers: Headers
    body: bytes


async def exchange(address: Address, request: Request) -> Answered:
    """Raises one of `BROKEN` where the connection ends before the whole answer is there."""
    if isinstance(address, str):
        reader, writer = await asyncio.open_unix_connection(address)
    else:
        reader, writer = await asyncio.open_connection(*address, family=socket.AF_INET)
    try:
        protocol = h11.Connection(h11.CLIENT)
        writer.write(_as_bytes(protocol, request))
        await writer.drain()
        return await _answer(protocol, reader)
    finally:
        writer.close()


def _as_bytes(protocol: h11.Connection, request: Request) -> bytes:
    length = (b"content-length", str(len(request.body)).encode())
    headers = [*request.headers, length, (b"connection", b"close")]
    parts = (
        h11.Request(method=request.method, target=request.target, headers=headers),
        h11.Data(data=request.body),
        h11.EndOfMessage(),
    )
    return b"".join(protocol.send(part) or b"" for part in parts)


async def _answer(protocol: h11.Connection, reader: asyncio.StreamReader) -> Answered:
    head, body = None, []
    while True:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            protocol.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body.append(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return Answered(head.status_code, list(head.headers), b"".join(body))
        elif isinstance(event, h11.ConnectionClosed | h11.EndOfMessage):
            raise EOFError("the worker closed the connection without an answer")
