"""The routes.

    app = create(settings, engine, detector)     # an ASGI application

POST /predict, GET /health, /ready, /metrics, /openapi.json, /docs. Errors are {"error": one sentence}.
"""

import asyncio
import contextlib
import hmac
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import numpy as np
from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ferkit import __version__
from ferkit.faces import Detector
from ferkit.serve.answers import Answer, Failure, Health, answer
from ferkit.serve.bodies import FIELD, receive
from ferkit.serve.engine import Batched, Engine
from ferkit.serve.reader import OnReading, Reader
from ferkit.serve.refusals import Refused, late
from ferkit.serve.settings import Settings
from ferkit.serve.telemetry import Telemetry

__all__ = ["create"]

READY = 2.0  # seconds within which a blank face must be classified
BYTES = {"type": "string", "format": "binary"}
FORM = {
    "type": "object",
    "properties": {FIELD: {"type": "array", "items": BYTES, "minItems": 1}},
    "required": [FIELD],
    "additionalProperties": False,
}
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": FORM},
        **{kind: {"schema": BYTES} for kind in ("image/jpeg", "image/png", "image/webp", "application/octet-stream")},
    },
}
STATUSES = {
    400: "Malformed request",
    413: "More bytes or pictures than a request may have",
    415: "Another content type",
    422: "A picture that cannot be read, or a setting out of range",
    429: "All places for requests are taken; try again",
    502: "The workers that read it ended",
    503: "Not finished in time, or not ready",
}


def create(
    settings: Settings, engine: Engine, detector: Detector, token: str = "", on_reading: OnReading | None = None
) -> FastAPI:
    """The app that serves an engine. With a token, /predict wants it as `Authorization: Bearer TOKEN`."""
    telemetry = Telemetry()

    def count(*reading: Any) -> None:
        telemetry.reading(*reading)
        if on_reading is not None:
            on_reading(*reading)

    reader = Reader(Batched(engine, telemetry.batch), detector, settings.limits, count)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(reader.close)

    app = FastAPI(
        title="ferkit", version=__version__, lifespan=lifespan, redoc_url=None,
        description=f"Faces and their emotions in pictures, read by the run {settings.run!r}.",
    )  # fmt: skip
    _errors(app)
    _predict(app, settings, reader, telemetry, token)
    _states(app, settings, reader, telemetry)
    return app


def _predict(app: FastAPI, settings: Settings, reader: Reader, telemetry: Telemetry, token: str) -> None:
    responses: dict[int | str, Any] = {
        status: {"model": Failure, "description": text} for status, text in STATUSES.items()
    }
    if token:
        responses[401] = {"model": Failure, "description": "The token is missing or wrong"}

    @app.post(
        "/predict",
        responses=responses,
        openapi_extra={"requestBody": BODY},
        dependencies=[Depends(_bearer(token))] if token else [],
    )
    async def predict(
        request: Request,
        whole_image: Annotated[bool, Query(description="Take each picture's middle square for one face.")] = False,
    ) -> Answer:
        """The faces of one or several pictures: their boxes, emotions and probabilities."""
        try:
            async with reader.place() as place, asyncio.timeout(settings.limits.seconds):
                uploads = await receive(request, settings.limits)
                readings = await place.read(uploads, whole_image)
        except TimeoutError as error:
            raise late(settings.limits.seconds) from error
        except ClientDisconnect as error:
            raise Refused(400, "The request was not sent to its end.") from error
        named = [(upload.name, reading) for upload, reading in zip(uploads, readings, strict=True)]
        return answer(settings.run, reader.detector.name, named)

    @app.middleware("http")
    async def measured(request: Request, call_next: Any) -> Response:
        if request.url.path != "/predict":
            return await call_next(request)
        began = time.monotonic()
        with telemetry.in_progress.track_inprogress():
            response: Response = await call_next(request)
        telemetry.request(response.status_code, time.monotonic() - began)
        return response


def _bearer(token: str) -> Any:
    scheme = HTTPBearer(auto_error=False)

    async def check(given: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)]) -> None:
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise Refused(401, "Expected the header Authorization: Bearer TOKEN with the token of this server.")

    return check


def _states(app: FastAPI, settings: Settings, reader: Reader, telemetry: Telemetry) -> None:
    @app.get("/health")
    async def health() -> Health:
        """Whether the worker answers at all."""
        return Health(status="alive", run=settings.run)

    @app.get("/ready", responses={503: {"model": Failure, "description": "Not within two seconds"}})
    async def ready() -> Health:
        """Whether a face is classified within two seconds."""
        shape = reader.engine.input
        face = np.zeros((1, shape.size, shape.size, 3)[: 3 if shape.channels == 1 else 4], np.uint8)
        try:
            await asyncio.wait_for(asyncio.wrap_future(reader.engine.submit(face)), READY)
        except Exception as error:  # whatever the engine raises
            sentence = f"A face was not classified within {READY:g} seconds. Try again later."
            raise Refused(503, sentence, retry=5) from error
        return Health(status="ready", run=settings.run)

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """Counts and times in Prometheus' format, of all workers together."""
        return Response(await asyncio.to_thread(telemetry.text), media_type="text/plain; version=0.0.4")


def _errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        headers = error.headers | ({"WWW-Authenticate": "Bearer"} if error.status == 401 else {})
        return JSONResponse(error.as_dict(), error.status, headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"][1:]))
        return JSONResponse({"error": f"{name}: {first['msg']}. Correct it, or leave it out."}, 422)

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> JSONResponse:
        sentence = {404: "There is no such address. See /docs.", 405: "The address takes another method. See /docs."}
        return JSONResponse(
            {"error": sentence.get(error.status_code, str(error.detail))}, error.status_code, error.headers
        )

    @app.exception_handler(Exception)
    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": "The server made a mistake; its log has the details."}, 500)
