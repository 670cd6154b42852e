"""The same app as replicas of Ray Serve, on one machine or on many.

    $ serve run ferkit.serve.replicas:app run=compact replicas=2
    $ serve deploy ray-serve.yaml

Needs the extra `ray`. Every replica is a process with its own network; Ray starts them where there is room, sends each
request to the less busy of two, and starts a dead one again. The header `X-Replica` of an answer says who gave it.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from ferkit.errors import ConfigError
from ferkit.runs.reading import first_problem
from ferkit.serve.settings import SETTINGS, TOKEN, Settings

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

__all__ = ["HEADER", "Replicated", "app"]

HEADER = "X-Replica"
GRACE = 5  # seconds beyond a request's own limit that a stopping replica gets
PASSED_ON = ("FERKIT_CHECKPOINTS", "FERKIT_LOG", "FERKIT_LOG_PICTURES", TOKEN)  # from the environment to the replicas


class Replicated(Settings):
    """A run, its limits, and how many processes serve it."""

    replicas: Annotated[int, Field(ge=1, le=1000)] = 1
    cores: Annotated[float, Field(gt=0, le=64)] = 1.0  # of each replica

    @property
    def environment(self) -> dict[str, str]:
        """Of a replica."""
        passed = {name: os.environ[name] for name in PASSED_ON if os.environ.get(name)}
        one = Settings(run=self.run, engine=self.engine, limits=self.limits)
        return {**passed, SETTINGS: one.model_dump_json(), "OMP_NUM_THREADS": str(max(1, int(self.cores)))}


def app(arguments: Mapping[str, Any]) -> Any:
    """What `serve run` and `serve deploy` start: `Replicated` from its fields, `run` at least.

    Raises ConfigError for other fields and without Ray.
    """
    try:
        settings = Replicated.model_validate(dict(arguments))
    except ValidationError as error:
        problem = first_problem(error)
        raise ConfigError(f"Expected run=NAME and perhaps replicas, cores, engine and limits: {problem}.") from error
    try:
        from ray import serve
    except ImportError as error:
        raise ConfigError("Serving with Ray needs ray: pip install 'ferkit[ray]'") from error

    deployed = serve.deployment(
        name="ferkit",
        num_replicas=settings.replicas,
        max_ongoing_requests=settings.limits.requests + 1,  # one more, so that the app itself answers 429
        graceful_shutdown_timeout_s=settings.limits.seconds + GRACE,
        ray_actor_options={"num_cpus": settings.cores, "runtime_env": {"env_vars": settings.environment}},
    )
    return deployed(serve.ingress(_opened)(Served)).bind()


class Served:
    """A replica: Ray gives it the app of its own process."""


def _opened() -> "FastAPI":
    """What each replica runs."""
    from ray import serve

    from ferkit.serve.server import opened

    one = opened()
    name = serve.get_replica_context().replica_id.unique_id

    @one.middleware("http")
    async def named(request: "Request", call_next: Any) -> "Response":
        response: Response = await call_next(request)
        response.headers[HEADER] = name
        return response

    return one
