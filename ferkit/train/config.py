"""Everything a training run can be told, and recipes: YAML files that set it."""

from dataclasses import asdict, field
from importlib.resources import files as package_files
from typing import Annotated, Any, Literal

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from ferkit.errors import ConfigError

__all__ = ["Augment", "TrainConfig", "from_recipe", "parse", "recipes", "summaries"]

Share = Annotated[float, Field(ge=0, le=1)]
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=STRICT)
class Augment:
    """What happens to a training batch; every amount is the largest that is drawn."""

    crop: Annotated[int, Field(ge=0)] = 0  # pixels per side of the training crop; 0: the whole face
    small: Annotated[int, Field(ge=0)] = 0  # pixels per side to which the crop is shrunk in the first epochs; 0: never
    rotate: Annotated[float, Field(ge=0, le=180)] = 12.0  # degrees either way
    scale: Share = 0.12  # zoom either way, share of the size
    shift: Share = 0.04  # share of the size, on top of what the crop leaves
    flip: Share = 0.5  # probability of a mirrored face
    light: Share = 0.25  # brightness (added, in [0, 1]) and contrast (factor)
    erase: Share = 0.4  # probability that a box is erased
    erase_size: Share = 0.35  # side of that box, share of the size
    mixup: Share = 0.0  # share of the batches that are mixed
    mixup_alpha: Annotated[float, Field(gt=0)] = 0.2  # of Beta(alpha, alpha)
    cutmix: Share = 0.0  # share of the batches in which a box comes from another face
    cutmix_alpha: Annotated[float, Field(gt=0)] = 1.0  # of Beta(alpha, alpha)
    randaugment: Annotated[int, Field(ge=0, le=30)] = 0  # magnitude of two more operations per face; 0: none


@dataclass(frozen=True, config=STRICT)
class TrainConfig:
    """One training run. Frozen, so that what run.json says is what was trained."""

    model: str = "base-cnn"
    model_args: dict[str, Any] = field(default_factory=dict)
    size: Annotated[int, Field(ge=0)] = 0  # pixels per side to which all faces are brought; 0: as they are stored
    pretrained: bool = False  # start from the weights the network's library offers, downloaded where they are not here
    start: str = ""  # a run whose weights it starts from; of its head those of the classes that both know
    frozen: Annotated[int, Field(ge=0)] = 0  # epochs in which the head alone learns
    thaw: Annotated[int, Field(ge=0)] = (
        0  # epochs from one part of the body to the next above it, after those; 0: all at once
    )
    body_lr: Annotated[float, Field(gt=0)] = 1.0  # learning rate of all below the head, as a share of the head's
    epochs: Annotated[int, Field(ge=1)] = 30
    batch: Annotated[int, Field(ge=2)] = 128  # faces
    optimizer: Literal["sgd", "adam", "adamw", "rmsprop"] = "sgd"  # sgd is Nesterov's
    lr: Annotated[float, Field(gt=0)] = 0.1  # peak
    momentum: Share = 0.9
    weight_decay: Annotated[float, Field(ge=0)] = 5e-4  # not on norms and biases
    small_epochs: Share = 0.5  # share of the epochs on shrunk crops, where augment.small is set
    warmup: Annotated[float, Field(ge=0)] = (
        2.0  # epochs of linear rise before the schedule, which one-cycle brings itself
    )
    schedule: Literal["cosine", "constant", "restarts", "exponential", "one-cycle", "plateau"] = "cosine"
    cycles: Annotated[int, Field(ge=1)] = 3  # of restarts: cosines to zero, one after the other
    decay: Annotated[float, Field(gt=0, le=1)] = 0.01  # of exponential: what is left of the rate in the end
    plateau: Annotated[int, Field(ge=0)] = 4  # of plateau: epochs without a better val loss before the rate falls
    plateau_factor: Annotated[float, Field(gt=0, lt=1)] = 0.3  # of plateau: what is left of the rate then
    loss: Literal["cross-entropy", "focal"] = "cross-entropy"  # of the label
    focal_gamma: Annotated[float, Field(ge=0)] = 2.0  # of focal: how little the easy faces count; 0 is cross entropy
    label_smoothing: Share = 0.1
    teacher: str = (
        ""  # whose opinion of every face is learned beside its label: runs, and "crowd" for its votes, parted by commas
    )
    teach: Share = 0.5  # the teachers' share of the loss, where there are any
    opinions: Literal["stored", "live"] = (
        "stored"  # of whole faces, once; or of each augmented face as the student sees it
    )
    temperature: Annotated[float, Field(gt=0)] = (
        2.0  # divides the logits of teachers and student where they are compared
    )
    votes: Annotated[float, Field(ge=0)] = (
        0.0  # weight of the crowd's votes, learned beside the label; the dataset must have them
    )
    balance: Literal["none", "sampler", "oversample", "weights", "effective"] = "none"  # see ferkit.train.balance
    effective_beta: Annotated[float, Field(ge=0, lt=1)] = (
        0.999  # of effective: 1 / (1 - beta) faces of a class are as good as any more
    )
    logit_adjustment: Annotated[float, Field(ge=0)] = 0.0  # times log P(class), added to the logits while training
    clean: bool = False  # without train's pixel-identical twins and what most of the crowd calls no face
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.999  # decay per step of the weights' average; 0: none
    patience: Annotated[int, Field(ge=0)] = 0  # epochs without better val macro-F1 until it stops; 0: never
    clip: Annotated[float, Field(ge=0)] = 0.0  # largest norm of the gradient; 0: unclipped
    sam: Annotated[float, Field(ge=0)] = (
        0.0  # radius of sharpness-aware minimisation, which doubles the work; 0: plain descent
    )
    subset: Annotated[float, Field(gt=0, le=1)] = 1.0  # stratified share of train
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: Annotated[int, Field(ge=0)] = 0
    augment: Augment = field(default_factory=Augment)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload]


CHECK = TypeAdapter(TrainConfig)


def recipes() -> list[str]:
    """The names of the recipes in the package."""
    return sorted(p.name[:-5] for p in (package_files("ferkit") / "recipes").iterdir() if p.name.endswith(".yaml"))


def summaries() -> dict[str, str]:
    """What each recipe is for: the comment on its first line."""
    return {name: _text(name).partition("\n")[0].lstrip("# ") for name in recipes()}


def from_recipe(name: str, settings: list[str] | None = None, **overrides: Any) -> TrainConfig:
    """The config of a recipe with `key=value` settings on top; dots reach inside: `augment.rotate=5`. Another `model`
    begins with its own arguments, not the recipe's.

    Raises ConfigError for an unknown recipe or key, or a value out of range.
    """
    if name not in recipes():
        raise ConfigError(f"No recipe {name!r}; known: {', '.join(recipes())}.")
    values = yaml.safe_load(_text(name))
    usual = values["model"]
    for setting in sorted(settings or [], key=lambda setting: not setting.startswith("model=")):
        key, equals, text = setting.partition("=")
        if not equals:
            raise ConfigError(f"--set takes key=value, as in --set epochs=20; got {setting!r}.")
        try:
            _assign(values, key.strip().split("."), yaml.safe_load(text) if text.strip() else "")
        except yaml.YAMLError as error:
            raise ConfigError(f"--set {setting!r} is no value that YAML can read.") from error
        if key.strip() == "model" and values["model"] != usual:
            values.pop("model_args", None)  # which are the usual one's
    return parse(values | overrides)


def _text(recipe: str) -> str:
    return (package_files("ferkit") / "recipes" / f"{recipe}.yaml").read_text("utf-8")


def parse(values: dict[str, Any]) -> TrainConfig:
    """A checked config. Raises ConfigError naming the first field that is wrong."""
    try:
        return CHECK.validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
            known = Augment if where.startswith("augment.") else TrainConfig
            raise ConfigError(f"No setting {where!r}; known: {', '.join(known.__dataclass_fields__)}.") from error
        raise ConfigError(f"Setting {where}: {first['msg']}; got {first['input']!r}.") from error


def _assign(values: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise ConfigError(f"Setting {'.'.join(path)!r} reaches inside {part!r}, which is a single value.")
    values[path[-1]] = value
