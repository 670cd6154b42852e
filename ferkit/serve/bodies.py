"""The pictures of a request: multipart/form-data, or one picture's bytes. Nothing touches the disk, and no more is kept
in memory than the limit."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ferkit.serve.refusals import Refused, too_large, too_many, unreadable, unsupported
from ferkit.serve.settings import Limits
from ferkit.text import printable

__all__ = ["FIELD", "Upload", "receive"]

FIELD = "pictures"
RAW = "application/octet-stream"
NAME = 200  # characters kept of a file's name
DRAINED = 4  # times the limit: how much of a body that is too large is read before the answer, so that it arrives


@dataclass(frozen=True)
class Upload:
    """One file of a request."""

    name: str  # printable, as the client calls it
    content: bytes


async def receive(request: Request, limits: Limits) -> list[Upload]:
    """The pictures of a request, at least one. Raises Refused: 413, 415 or 422."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        uploads = await _files(request, await _body(request, limits), limits)
    elif kind == RAW or kind.startswith("image/"):
        uploads = [Upload("", await _body(request, limits))]
    else:
        raise unsupported(printable(kind[:NAME]) or "no type")
    if not any(upload.content for upload in uploads):
        raise unreadable(f"Expected a picture, got none. Send a file as the field {FIELD!r}, or its bytes as the body.")
    return uploads


async def _body(request: Request, limits: Limits) -> bytes:
    """All of it. Raises Refused beyond the limit, after the client has sent the rest."""
    chunks, read, most = [], 0, limits.megabytes * 10**6
    async for chunk in request.stream():
        read += len(chunk)
        if read <= most:
            chunks.append(chunk)
        elif read > DRAINED * most:
            break
    if read > most:
        raise too_large(limits.megabytes)
    return b"".join(chunks)


async def _files(request: Request, body: bytes, limits: Limits) -> list[Upload]:
    parser = MultiPartParser(request.headers, _stream(body), max_files=limits.pictures, max_fields=0)
    parser.spool_max_size = limits.megabytes * 10**6 + 1  # in memory, never in a file
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise _refusal(error, limits) from error
    except (KeyError, LookupError, UnicodeDecodeError) as error:  # no boundary; a name or charset that is none
        raise _broken("its head cannot be read") from error
    try:
        if strange := [key for key, _ in form.multi_items() if key != FIELD]:
            shown = printable(strange[0][:NAME])
            raise unreadable(f"Expected files as the field {FIELD!r}, got the field {shown!r}. Rename it.")
        files = [file for _, file in form.multi_items() if isinstance(file, UploadFile)]
        return [Upload(printable((file.filename or "")[:NAME]), await file.read()) for file in files]
    finally:
        await form.close()


async def _stream(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _refusal(error: MultiPartException, limits: Limits) -> Refused:
    if error.message.startswith("Too many files"):
        return too_many(limits.pictures)
    if error.message.startswith("Too many fields"):
        return unreadable(f"Expected files as the field {FIELD!r}, got a field of text. Send it with a file name.")
    return _broken(error.message.rstrip("."))


def _broken(reason: str) -> Refused:
    return unreadable(f"Expected multipart/form-data, got a body that is broken ({reason}). Send it again.")
