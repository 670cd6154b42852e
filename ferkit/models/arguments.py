"""What a network may be given: every argument checked by name, type and range before anything is built.

The signature of a network is its specification: each argument is annotated with one of the types below, or with a
`Literal`. A run folder may come from anyone, so nothing else is passed on, neither paths nor sizes without bounds.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ferkit.errors import ConfigError, shown

__all__ = [
    "CHANNELS",
    "MAX_CLASSES",
    "MAX_STAGES",
    "STRICT",
    "Blocks",
    "Depth",
    "Kernel",
    "Places",
    "Positive",
    "Share",
    "Slope",
    "Stages",
    "Stride",
    "Weight",
    "Width",
    "check_arguments",
    "check_shape",
    "first_problem",
]

STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)  # a bool is not an int, a string not a number
MAX_CLASSES = 1000
CHANNELS = (1, 3)  # gray, RGB
MAX_STAGES = 12

Width = Annotated[int, Field(ge=1, le=4096)]  # channels of a layer, features
Depth = Annotated[int, Field(ge=1, le=32)]  # layers, blocks
Kernel = Annotated[int, Field(ge=1, le=31)]  # pixels
Stride = Annotated[int, Field(ge=1, le=32)]  # pixels
Places = Annotated[int, Field(ge=1, le=32)]  # per side of a map
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Slope = Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)]
Stages = Annotated[Sequence[Width], Field(min_length=1, max_length=MAX_STAGES)]  # the width of each stage
Blocks = Annotated[Sequence[Depth], Field(min_length=1, max_length=MAX_STAGES)]  # the blocks of each stage


def check_shape(name: str, classes: Any, channels: Any) -> None:
    """Raises ConfigError unless there are 1 to 1,000 classes, and one or three channels."""
    if type(classes) is not int or not 1 <= classes <= MAX_CLASSES:
        raise ConfigError(f"{name} takes 1 to {MAX_CLASSES:,} classes; got {shown(classes)}.")
    if type(channels) is not int or channels not in CHANNELS:
        raise ConfigError(f"{name} takes 1 channel (gray) or 3 (RGB); got {shown(channels)}.")


def check_arguments(name: str, network: Callable[..., Any], given: Mapping[str, Any], fixed: Sequence[str]) -> None:
    """Check `given` against the annotations of a network's signature, from which the arguments named in `fixed` are
    left out. Raises ConfigError for an argument that it does not have, or that is of another type or out of range."""
    target = network.__init__ if inspect.isclass(network) else network
    hints = get_type_hints(target, include_extras=True)
    parameters = {key: p for key, p in inspect.signature(network).parameters.items() if key not in fixed}
    if unknown := [str(key) for key in given if key not in parameters]:
        listed = ", ".join(sorted(key[:60] for key in unknown[:5]))
        raise ConfigError(f"{name} has no argument {listed}; it takes {', '.join(parameters)}.")
    fields: dict[str, Any] = {key: (hints[key], p.default) for key, p in parameters.items()}
    model: type[BaseModel] = create_model("Arguments", __config__=STRICT, **fields)
    try:
        model.model_validate(dict(given))
    except ValidationError as error:
        raise ConfigError(f"{name} cannot be built: {first_problem(error)}.") from error


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong, as `key: reason; got value`."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part)[:60] for part in first["loc"])
    reason = first["msg"][:160]
    return f"{where}: {reason[:1].lower()}{reason[1:]}; got {shown(first['input'])}"
