"""What is served, and what one request may ask for. Travels to the workers as JSON in an environment variable."""

import os
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ferkit.errors import ConfigError
from ferkit.runs.reading import first_problem

__all__ = ["SETTINGS", "TOKEN", "Limits", "Settings"]

SETTINGS = "FERKIT_SERVE"  # environment variables
TOKEN = "FERKIT_SERVE_TOKEN"


class Limits(BaseModel):
    """What one worker takes. Decoding one picture takes at most 7 bytes of memory a pixel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    megabytes: Annotated[int, Field(ge=1, le=1000)] = 20  # of a request, all its pictures together
    megapixels: Annotated[int, Field(ge=1, le=500)] = 25  # of one picture
    pictures: Annotated[int, Field(ge=1, le=1000)] = 16  # of one request
    seconds: Annotated[float, Field(gt=0, le=600)] = 20.0  # from a request's first line to its answer
    requests: Annotated[int, Field(ge=1, le=10_000)] = 16  # at a time, waiting ones included


class Settings(BaseModel):
    """A run and its limits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    engine: str = "pytorch"  # or a format it was exported to
    limits: Limits = Limits()

    def to_environment(self, token: str = "") -> None:
        """For the processes that are started from here; the token in a variable of its own."""
        os.environ[SETTINGS] = self.model_dump_json()
        if token:
            os.environ[TOKEN] = token

    @classmethod
    def from_environment(cls) -> tuple["Settings", str]:
        """The settings and the token, "" where none is asked for. Raises ConfigError where they are not there."""
        try:
            return cls.model_validate_json(os.environ.get(SETTINGS, "{}")), os.environ.get(TOKEN, "")
        except ValidationError as error:
            problem = first_problem(error)
            raise ConfigError(f"{SETTINGS} does not describe what to serve ({problem}). Use ferkit serve.") from error
