"""The settings of a training, and recipes: YAML files that hold them.

Every setting has a type with a range, so that a wrong one gives one clear message, never a traceback or a full memory.
"""

import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict, field
from importlib.resources import files as package_files
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from ferkit.errors import ConfigError, shown
from ferkit.runs.upgrade import RENAMED_SETTINGS, renamed
from ferkit.train.yaml_values import read_yaml

__all__ = ["Augment", "TrainConfig", "from_recipe", "parse", "recipes", "summaries"]

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
MOST_EPOCHS = 100_000
SMALLEST, LARGEST = 8, 1024  # pixels per side of a face
MAX_ARGUMENTS = 10_000  # characters of model_args as JSON


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("should be a number, not true or false")  # noqa: TRY004
    return value


def _face(pixels: int) -> int:
    if pixels and not SMALLEST <= pixels <= LARGEST:
        raise ValueError(f"should be 0 or from {SMALLEST} to {LARGEST} pixels")
    return pixels


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("should be one line without control characters")
    return text


def _arguments(values: dict[str, Any]) -> dict[str, Any]:
    if reserved := sorted(values.keys() & {"classes", "channels", "name", "lookup", "pretrained"}):
        raise ValueError(f"should not hold {', '.join(reserved)}: classes and channels come from the faces")
    try:
        text = json.dumps(values, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("should hold finite numbers, text, true or false, lists and mappings of these") from error
    if len(text) > MAX_ARGUMENTS:
        raise ValueError(f"should take at most {MAX_ARGUMENTS:,} characters")
    return values


NUMBER = BeforeValidator(_number)
Share = Annotated[float, NUMBER, Field(ge=0, le=1)]
Epochs = Annotated[int, NUMBER, Field(ge=0, le=MOST_EPOCHS)]
Pixels = Annotated[int, NUMBER, Field(ge=0), AfterValidator(_face)]
Strength = Annotated[float, NUMBER, Field(ge=0, le=100)]
Text = Annotated[str, Field(max_length=1000), AfterValidator(_one_line)]


@dataclass(frozen=True, config=STRICT)
class Augment:
    """What happens to a training batch; every amount is the largest that is drawn."""

    crop: Pixels = 0  # pixels per side of the training crop; 0: the whole face
    small: Pixels = 0  # pixels per side to which the crop is shrunk in the first epochs; 0: never
    rotate: Annotated[float, NUMBER, Field(ge=0, le=180)] = 12.0  # degrees either way
    scale: Share = 0.12  # zoom either way, share of the size
    shift: Share = 0.04  # share of the size, on top of what the crop leaves
    centre: bool = False  # the crop is the face's centre, and no shift is drawn
    flip: Share = 0.5  # probability of a mirrored face
    # in place of flip: each face at random in the first epoch, then in every other one (Jordan 2024, arXiv:2404.00498)
    alternating_flip: bool = False
    light: Share = 0.25  # brightness (added, in [0, 1]) and contrast (factor)
    erase: Share = 0.4  # probability that a box is erased
    erase_size: Share = 0.35  # side of that box, share of the size
    mixup: Share = 0.0  # share of the batches that are mixed
    mixup_alpha: Annotated[float, NUMBER, Field(ge=0.01, le=100)] = 0.2  # of Beta(alpha, alpha)
    cutmix: Share = 0.0  # share of the batches in which a box comes from another face
    cutmix_alpha: Annotated[float, NUMBER, Field(ge=0.01, le=100)] = 1.0  # of Beta(alpha, alpha)
    corrupt: Share = 0.0  # share of the faces that are corrupted; each kind that follows strikes a third of these
    exposure: Annotated[float, NUMBER, Field(ge=0, le=2)] = 0.0  # brighter or darker by 2^this, cut off at white
    gamma: Annotated[float, NUMBER, Field(ge=0, le=2)] = 0.0  # tone curve x^(2^±this)
    shade: Share = 0.0  # light from a side: this share is missing at the far edge
    occlude: Share = 0.0  # side of a box of one gray, share of the size
    low_resolution: Annotated[float, NUMBER, Field(ge=0, le=8)] = 0.0  # shrunk by this factor and enlarged; to 1: never
    blur: Annotated[float, NUMBER, Field(ge=0, le=8)] = 0.0  # standard deviation of a Gaussian, pixels of the crop
    noise: Share = 0.0  # standard deviation of Gaussian noise, black being 0 and white 1
    jpeg: Annotated[int, NUMBER, Field(ge=0, le=99)] = 0  # lowest quality of JPEG compression; 0: never compressed
    randaugment: Annotated[int, NUMBER, Field(ge=0, le=30)] = 0  # magnitude of two more operations per face; 0: none


@dataclass(frozen=True, config=STRICT)
class TrainConfig:
    """One training run. Frozen, so that what run.json says is what was trained."""

    model: Annotated[Text, Field(min_length=1, max_length=300)] = "base-cnn"
    model_args: Annotated[dict[str, Any], AfterValidator(_arguments)] = field(default_factory=dict)
    size: Pixels = 0  # pixels per side to which all faces are resized; 0: as they are stored
    pretrained: bool = False  # start from the weights the network's library offers, downloaded where they are not here
    start: Text = ""  # a run whose weights it starts from; of its head those of the classes that both have
    freeze_epochs: Epochs = 0  # epochs in which only the head learns
    unfreeze_every: Epochs = 0  # after those, one more part of the body from the top every so many; 0: all at once
    body_lr: Annotated[float, NUMBER, Field(gt=0, le=100)] = (
        1.0  # learning rate below the head, as a share of the head's
    )
    epochs: Annotated[Epochs, Field(ge=1)] = 30
    batch: Annotated[int, NUMBER, Field(ge=2, le=65_536)] = 128  # faces
    # sgd is Nesterov's; muon takes orthogonal steps on kernels and trains the rest by sgd: see ferkit.train.muon
    optimizer: Literal["sgd", "adam", "adamw", "rmsprop", "muon"] = "sgd"
    lr: Annotated[float, NUMBER, Field(gt=0, le=100)] = 0.1  # peak
    momentum: Share = 0.9
    weight_decay: Annotated[float, NUMBER, Field(ge=0, le=10)] = 5e-4  # not on norms and biases
    small_epochs: Share = 0.5  # share of the epochs on shrunk crops, where augment.small is set
    # last epochs on centre crops without any augmentation but mirroring (FixRes, arXiv:1906.06423)
    plain_epochs: Epochs = 0
    # epochs of linear rise before the schedule; one-cycle has its own
    warmup: Annotated[float, NUMBER, Field(ge=0, le=MOST_EPOCHS)] = 2.0
    schedule: Literal["cosine", "constant", "restarts", "exponential", "one-cycle", "plateau"] = "cosine"
    cycles: Annotated[int, NUMBER, Field(ge=1, le=1000)] = 3  # of restarts: cosines to zero, one after the other
    decay: Annotated[float, NUMBER, Field(gt=0, le=1)] = 0.01  # of exponential: what is left of the rate in the end
    plateau: Epochs = 4  # of plateau: epochs without a better val loss before the rate falls
    plateau_factor: Annotated[float, NUMBER, Field(gt=0, lt=1)] = 0.3  # of plateau: what is left of the rate then
    loss: Literal["cross-entropy", "focal"] = "cross-entropy"  # of the label
    focal_gamma: Strength = 2.0  # of focal: how little the easy faces count; 0 is cross entropy
    label_smoothing: Share = 0.1
    # whose predictions are learned along with the label: runs, "crowd" for the votes, CSV files; comma-separated
    teacher: Text = ""
    distillation_weight: Share = 0.5  # the teachers' share of the loss, where there are any
    # stored: of the whole faces, once; live: of each augmented face as the student sees it
    teacher_views: Literal["stored", "live"] = "stored"
    # augmented views of each face, drawn once, one an epoch in turn, so that live teachers see each once; 0: new ones
    views: Annotated[int, NUMBER, Field(ge=0, le=1000)] = 0
    # divides the logits of teachers and student where they are compared
    distillation_temperature: Annotated[float, NUMBER, Field(ge=0.01, le=1000)] = 2.0
    votes: Strength = 0.0  # weight of the votes as a second target; the dataset must have them
    balance: Literal["none", "sampler", "oversample", "weights", "effective"] = "none"  # see ferkit.train.balance
    # of effective: beyond 1 / (1 - beta) faces, more of a class add little
    effective_beta: Annotated[float, NUMBER, Field(ge=0, lt=1)] = 0.999
    logit_adjustment: Strength = 0.0  # times log P(class), added to the logits while training
    drop_duplicates: bool = False  # without train's pixel-identical duplicates and faces that most votes call no face
    ema: Annotated[float, NUMBER, Field(ge=0, lt=1)] = 0.999  # decay per step of the weights' moving average; 0: none
    patience: Epochs = 0  # epochs without better val macro-F1 until it stops; 0: never
    clip: Annotated[float, NUMBER, Field(ge=0, le=1e6)] = 0.0  # largest norm of the gradient; 0: unclipped
    # radius of sharpness-aware minimisation, which doubles the work; 0: plain descent
    sam: Annotated[float, NUMBER, Field(ge=0, le=10)] = 0.0
    subset: Annotated[float, NUMBER, Field(gt=0, le=1)] = 1.0  # stratified share of train
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    cuda_graphs: bool = False  # on a GPU, replay the captured passes: several times as fast for small networks
    seed: Annotated[int, NUMBER, Field(ge=0, le=2**32 - 1)] = 0
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
    """The config of a recipe with `key=value` settings on top; dots address nested settings: `augment.rotate=5`.
    Another `model` begins with its own arguments, not the recipe's.

    Raises ConfigError for an unknown recipe or key, or a value out of range.
    """
    if name not in recipes():
        raise ConfigError(f"No recipe {shown(name)}; known: {', '.join(recipes())}.")
    values = read_yaml(_text(name), f"The recipe {name}")
    usual = values["model"]
    for setting in sorted(settings or [], key=lambda setting: not setting.startswith("model=")):
        key, equals, text = setting.partition("=")
        if not equals:
            raise ConfigError(f"--set takes key=value, as in --set epochs=20; got {shown(setting)}.")
        value = read_yaml(text, f"--set {shown(setting)}") if text.strip() else ""
        _assign(values, _present_name(key.strip()).split("."), value)
        if key.strip() == "model" and values["model"] != usual:
            values.pop("model_args", None)  # which are those of the usual one
    return parse(values | overrides)


def _present_name(key: str) -> str:
    if key in RENAMED_SETTINGS:
        warnings.warn(f"The setting {key} is now called {RENAMED_SETTINGS[key]}.", FutureWarning, stacklevel=3)
    return RENAMED_SETTINGS.get(key, key)


def _text(recipe: str) -> str:
    return (package_files("ferkit") / "recipes" / f"{recipe}.yaml").read_text("utf-8")


def parse(values: Mapping[str, Any]) -> TrainConfig:
    """A checked config; settings that were renamed are also read by their old names. Raises ConfigError naming the
    first field that is wrong."""
    try:
        return CHECK.validate_python(renamed(dict(values)))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part)[:60] for part in first["loc"])
        if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
            section = Augment if where.startswith("augment.") else TrainConfig
            raise ConfigError(
                f"No setting {shown(where)}; known: {', '.join(section.__dataclass_fields__)}."
            ) from error
        reason = first["msg"].removeprefix("Value error, ")[:160]
        raise ConfigError(f"Setting {shown(where)[1:-1]}: {reason}; got {shown(first['input'])}.") from error


def _assign(values: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise ConfigError(f"Setting {shown('.'.join(path))} reaches inside {shown(part)}, which is a single value.")
    values[path[-1]] = value
