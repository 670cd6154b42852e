"""The same app as replicas of Ray Serve, on one machine or on many.

    $ serve run ferkit.serve.replicas:app run=compact replicas=2
    $ serve deploy ray-serve.yaml

Needs the extra `ray`. Every replica is a process with its own network; Ray starts them where there is room, sends each
request to the less busy of two, and starts a dead one again. Clients reach the entrance, a process without a network
that gives what a dead replica was working on to another. The header `X-Replica` of an answer says who gave it.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, ValidationError

from ferkit.errors import ConfigError
from ferkit.runs.reading import first_problem
from ferkit.serve.entrance import Entrance, inside
from ferkit.serve.exchange import Answered, Request
from ferkit.serve.settings import SETTINGS, TOKEN, Settings

__all__ = ["HEADER", "Replicated", "app"]

HEADER = "X-Replica"
GRACE = 5  # seconds beyond a request's own limit that a stopping replica gets
SPARE = 64  # requests for the other addresses, and those about to be refused, that the entrance takes besides
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

    places, passed = settings.limits.requests, {"env_vars": settings.environment}
    networks = serve.deployment(
        name="network",
        num_replicas=settings.replicas,
        max_ongoing_requests=places + 1,  # one more, so that the app itself answers 429
        graceful_shutdown_timeout_s=settings.limits.seconds + GRACE,
        ray_actor_options={"num_cpus": settings.cores, "runtime_env": passed},
    )(Network)
    entrance = serve.deployment(
        name="ferkit",
        max_ongoing_requests=settings.replicas * places + SPARE,  # beyond its places the entrance answers 429
        graceful_shutdown_timeout_s=settings.limits.seconds + GRACE,
        ray_actor_options={"num_cpus": 0, "runtime_env": passed},
    )(Entrance)
    return entrance.bind(networks.bind(), settings.limits, settings.replicas, os.environ.get(TOKEN, ""))


class Network:
    """A replica: the app of one process, asked by the entrance."""

    def __init__(self) -> None:
        from ray import serve

        from ferkit.serve.server import opened

        self._app = opened()
        self._name = serve.get_replica_context().replica_id.unique_id.encode()

    async def answer(self, request: Request) -> Answered:
        """With the replica's name among the headers."""
        answer = await inside(self._app, request)
        return replace(answer, headers=[*answer.headers, (HEADER.lower().encode(), self._name)])
