"""Settings and recipes: ranges, old names, and untrusted YAML; each refusal is one sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.data import store
from ferkit.errors import ConfigError
from ferkit.models import MODELS
from ferkit.runs import open_folder, settings
from ferkit.runs.upgrade import RENAMED_SETTINGS
from ferkit.train.config import TrainConfig, from_recipe, parse, recipes, summaries
from tests.untrained import noise
from tests.worlds import ROOT, World

BOMB = "model_args={a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1], b: [*a, *a, *a, *a, *a, *a, *a, *a, *a]}"
HOSTILE = [
    "lr=1e300", "lr=0", "lr=-1", "lr=.nan", "lr=.inf", "lr=true", "lr=[1]", "lr=fast", "lr=",
    "weight_decay=1e300", "weight_decay=.nan", "weight_decay=-1e-9", "body_lr=1e9", "momentum=2",
    "seed=-1", "seed=18446744073709551616", "seed=1e300", "seed=true", "seed=1.5",
    "batch=0", "batch=1", "batch=70000", "batch=9223372036854775808", "batch=true", "batch=big",
    "epochs=0", "epochs=true", "epochs=1000000000", "epochs=.inf", "epochs=3.5", "epochs=null", "epochs={}",
    "size=1", "size=2", "size=-8", "size=100000", "size=48.5",
    "augment.crop=1", "augment.crop=-44", "augment.crop=100000", "augment.small=2", "augment.rotate=1e300",
    "augment.mixup=1.5", "augment.mixup_alpha=1e-300", "augment.cutmix_alpha=.inf", "augment.flip=true",
    "augment.randaugment=31", "augment.wings=2", "augment=3", "augment.crop.deep=3",
    "warmup=1e300", "cycles=1000000000", "cycles=0", "plateau_factor=1", "focal_gamma=1e300", "sam=1e9", "clip=.nan",
    "votes=1e9", "distillation_temperature=0", "distillation_temperature=1e-300", "distillation_weight=2",
    "subset=0", "ema=1", "precision=float16", "optimizer=lion", "schedule=1", "teacher_views=both", "pretrained=maybe",
    "model=3", "model=", "model=[]", "model=\"a\\nb\"", "model_args=3", "model_args=[1]",
    "model_args.classes=1000000000",
    "model_args.channels=64", "model_args.pretrained=true", "model_args={dropout: .nan}",
    "model_args={a: 2026-01-01}", "start=\"\\e[31m\"", f"teacher={'x' * 5000}", f"start={'y' * 30_000}",
    f"seed={'9' * 6000}", f"model_args={'[' * 500}", f"model_args={'{a: ' * 20}1{'}' * 20}", BOMB,
    "epochs=!!python/object/apply:os.system [true]", "epochs=2026-99-99", "epochs: 3", "wings=2", "=3", "epochs=[",
]  # fmt: skip


@pytest.mark.parametrize("setting", HOSTILE, ids=lambda setting: setting[:40])
def test_a_setting_out_of_range_gives_one_message(setting: str) -> None:
    with pytest.raises(ConfigError) as refused:
        from_recipe("quick", [setting])
    message = str(refused.value)
    assert len(message) < 1200 and message.isprintable()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A dataset to train on."""
    world = World(tmp_path)
    world.enter(monkeypatch)
    store.save(noise())
    return world


def train(setting: str) -> list[str]:
    return ["train", "--recipe", "quick", "--data", "noise", "--set", setting]


@pytest.mark.parametrize("setting", ["lr=1e300", "epochs=true", "size=1", BOMB, "model_args.classes=9"])
def test_the_command_ends_with_2(setting: str, world: World) -> None:
    done = CliRunner().invoke(app, train(setting))
    assert done.exit_code == 2 and isinstance(done.exception, SystemExit) and "Traceback" not in done.output
    assert not list(world.checkpoints.glob("*/run.json"))


def test_the_process_exits_with_2(world: World) -> None:
    command = [sys.executable, "-m", "ferkit", *train(BOMB)]
    done = subprocess.run(command, cwd=ROOT, env=world.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert not list(world.checkpoints.glob("*/run.json"))


def test_values_at_the_edges_are_taken() -> None:
    config = parse({"seed": 2**32 - 1, "batch": 65_536, "epochs": 100_000, "size": 1024, "lr": 100, "weight_decay": 10})
    assert config.epochs == 100_000
    assert from_recipe("quick", ["lr=1e-3", "epochs=3.0", "size=8", "start=", "augment.crop=8"]).lr == 0.001


@pytest.mark.parametrize(("old", "value"), [
    ("clean", True), ("frozen", 3), ("opinions", "live"), ("teach", 0.25), ("temperature", 4.0), ("thaw", 2),
])  # fmt: skip
def test_old_names_of_settings_are_read(old: str, value: object) -> None:
    new = RENAMED_SETTINGS[old]
    assert getattr(parse({old: value}), new) == value
    with pytest.warns(FutureWarning, match=f"{old} is now called {new}"):
        assert getattr(from_recipe("quick", [f"{old}={json.dumps(value)}"]), new) == value
    assert old not in TrainConfig.__dataclass_fields__


def test_a_run_of_old_names_shows_the_present_ones(tmp_path: Path) -> None:
    stored = json.loads((ROOT / "checkpoints" / "compact-resnet" / "run.json").read_text("utf-8"))
    for old, new in RENAMED_SETTINGS.items():
        stored["config"].pop(new, None)
        stored["config"][old] = getattr(TrainConfig(), new)
    (tmp_path / "run.json").write_text(json.dumps(stored | {"config": stored["config"] | {"teach": 0.7}}))
    run = open_folder(tmp_path)
    shown = settings(run)
    assert shown["distillation_weight"] == 0.7 and not shown.keys() & RENAMED_SETTINGS.keys()
    assert parse(run.manifest.config).distillation_weight == 0.7


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("base-cnn", None, False), "started with the recipe compact-resnet, which cannot change"),
        ((None, ["epochs=99"], False), "'epochs=99' cannot change them"),
        ((None, None, True), "leave one of them out"),
    ],
)
def test_a_resumed_run_refuses_what_cannot_change(arguments: tuple, reason: str, tmp_path: Path) -> None:
    from ferkit.cli.train import _check_unchanged

    stored = json.loads((ROOT / "checkpoints" / "compact-resnet" / "run.json").read_text("utf-8"))
    (tmp_path / "run.json").write_text(json.dumps(stored | {"recipe": "compact-resnet"}))
    run = open_folder(tmp_path)
    _check_unchanged(run, "compact-resnet", None, False, None)
    with pytest.raises(ConfigError, match=reason):
        _check_unchanged(run, *arguments, None)


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_is_complete(name: str) -> None:
    config = from_recipe(name)
    assert config.model in MODELS
    assert len(summaries()[name]) > 20


def test_nested_settings_are_set_and_wrong_ones_are_named() -> None:
    config = from_recipe("quick", ["augment.rotate=3", "epochs=2", "model_args={filters: 8}"])
    assert (config.augment.rotate, config.epochs, config.model_args) == (3.0, 2, {"filters": 8})
    # none of base-cnn's arguments
    assert from_recipe("quick", ["model_args.stem=8", "model=compact-resnet"]).model_args == {"stem": 8}
    with pytest.raises(ConfigError, match="epochs"):
        from_recipe("quick", ["epochs=many"])
    with pytest.raises(ConfigError, match="reaches inside 'epochs'"):
        from_recipe("quick", ["epochs.more=1"])
    with pytest.raises(ConfigError, match=r"balance.*'none', 'sampler', 'oversample', 'weights' or 'effective'"):
        from_recipe("quick", ["balance=much"])
