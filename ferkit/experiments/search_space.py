"""Search spaces: YAML files beside the recipes that say what a search may change, and within which bounds."""

from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from ferkit.errors import ConfigError

if TYPE_CHECKING:
    from optuna import Trial

__all__ = ["Range", "Space", "read"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Range:
    """Choices, or all from low to high."""

    choices: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False
    step: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _checked(self) -> "Range":
        if bool(self.choices) == (self.low is not None and self.high is not None and self.low < self.high):
            raise ValueError("expected choices, or a low and a higher high")
        if self.log and (self.step or not self.low or self.low < 0):
            raise ValueError("log goes with a low above zero and without a step")
        return self

    @property
    def example(self) -> Any:
        """A value a trial may get."""
        return self.choices[0] if self.choices else int(self.low or 0) if self._integer else self.low

    @property
    def _integer(self) -> bool:
        return bool(self.step) and all(float(x).is_integer() for x in (self.low or 0, self.high or 0, self.step or 0))

    def draw(self, trial: "Trial", name: str) -> Any:
        """A value for a trial."""
        if self.choices:
            return trial.suggest_categorical(name, self.choices)
        assert self.low is not None and self.high is not None
        if self._integer:
            return trial.suggest_int(name, int(self.low), int(self.high), step=int(self.step or 1))
        return trial.suggest_float(name, self.low, self.high, log=self.log, step=self.step)


Space = dict[str, Range]
CHECK = TypeAdapter(Space)


def read(recipe: str, path: Path | None = None) -> Space:
    """The space in `path`, else that of the recipe, else the one for all. Raises ConfigError for what is no space."""
    folder = package_files("ferkit") / "recipes" / "spaces"
    specific = folder / f"{recipe}.yaml"
    source = path or (specific if specific.is_file() else folder / "default.yaml")
    try:
        space = CHECK.validate_python(yaml.safe_load(source.read_text("utf-8")))
    except FileNotFoundError as error:
        raise ConfigError(f"There is no search space {source}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source.name} cannot be read as YAML.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{source.name}, {where or 'the file'}: {first['msg']}.") from error
    if not space:
        raise ConfigError(f"{source.name} names nothing to search.")
    return space
