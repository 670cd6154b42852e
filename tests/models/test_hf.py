"""transformers' networks: the weights of a folder, maps in their places, runs that no longer need the folder, and
messages for the rest."""

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.data import store
from ferkit.errors import ConfigError
from ferkit.explain.capture import layers
from ferkit.explain.filters import activations, stored_kernels
from ferkit.models import build, count_macs, count_parameters, load
from ferkit.predict.classifier import Classifier
from ferkit.runs import open_folder
from ferkit.train.config import parse
from ferkit.train.fit import fit
from ferkit.train.loop import Epoch
from tests.worlds import World, tiny_faces

transformers = pytest.importorskip("transformers")
from ferkit.models.hf_config import library  # noqa: E402

DEEP = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "image_size": 32,
    "patch_size": 8,
}
WIDE = {"depths": [1, 1, 1, 1], "hidden_sizes": [16, 32, 48, 64]}
SWIN = {"embed_dim": 16, "depths": [1, 1, 1], "num_heads": [2, 2, 4], "window_size": 3, "image_size": 48}
TYPES = {
    "vit": DEEP,
    "dinov2_with_registers": {key: value for key, value in DEEP.items() if key != "intermediate_size"},
    "vit_mae": DEEP | {"decoder_hidden_size": 16, "decoder_num_hidden_layers": 1},
    "convnext": WIDE,
    "resnet": WIDE | {"embedding_size": 16},
    "swin": SWIN,
    "mobilenet_v2": {"depth_multiplier": 0.25},
    "beit": DEEP,
}
HEADED = {
    "vit": "ViTForImageClassification",
    "vit_mae": "ViTMAEForPreTraining",
    "convnext": "ConvNextForImageClassification",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny models as their authors would have saved them, with their heads."""
    made = {}
    for kind in ("vit", "vit_mae", "convnext", "resnet", "dinov2_with_registers"):
        torch.manual_seed(1)
        config = library().AutoConfig.for_model(kind, **TYPES[kind])
        model = (
            getattr(transformers, HEADED[kind])(config) if kind in HEADED else library().AutoModel.from_config(config)
        )
        for p in model.parameters():
            p.data.add_(0.05 * torch.randn_like(p))  # what starts at zero or one proves nothing
        made[kind] = tmp_path_factory.mktemp("hf") / kind
        model.save_pretrained(made[kind])
    return made


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No network, wherever the tests run; returns the hub's cache, which is empty."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def pretrained(folder: Path, channels: int) -> Any:
    model = build(f"hf:{folder}", 7, channels)
    model.load_pretrained()
    return model.eval()


def original(folder: Path) -> Any:
    return library().AutoModel.from_pretrained(folder).eval()


def grid(tokens: Tensor) -> Tensor:
    side = int(tokens.shape[1] ** 0.5)
    return tokens.transpose(1, 2).reshape(len(tokens), -1, side, side)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("channels", [1, 3])
def test_an_architecture_is_built_from_scratch_and_again_from_what_it_says(kind: str, channels: int) -> None:
    model = build(f"hf:{kind}", 7, channels, config=TYPES[kind]).eval()
    x = torch.randn(2, channels, 48, 48)
    maps = model.maps(x)
    assert maps.ndim == 4 and maps.shape[2] == maps.shape[3] and maps.shape[1] == model.head.in_features
    torch.testing.assert_close(model(x), model.classify(model.pool(maps)))
    assert torch.equal(model(x), model(x)) and model(x).shape == (2, 7)
    args = json.loads(json.dumps(model.looked_up))
    again = build("hf:nowhere", 7, channels, **args).eval()
    again.load_state_dict(model.state_dict())
    assert torch.equal(again(x), model(x)) and json.loads(json.dumps(again.looked_up)) == args
    model.train()(x).sum().backward()
    assert not [name for name, p in model.named_parameters() if p.grad is None]


def test_weights_are_those_of_the_folder(folders: dict[str, Path]) -> None:
    x = torch.randn(2, 3, 32, 32)
    for kind, before in (("vit", 1), ("dinov2_with_registers", 5)):
        torch.testing.assert_close(
            pretrained(folders[kind], 3).maps(x), grid(original(folders[kind])(x).last_hidden_state[:, before:])
        )
    for kind in ("resnet", "convnext"):
        model, expected = pretrained(folders[kind], 3), original(folders[kind])(x)
        torch.testing.assert_close(model.maps(x), expected.last_hidden_state)
        torch.testing.assert_close(
            model.pool(model.maps(x)), expected.pooler_output.flatten(1)
        )  # behind the norm of convnext


@pytest.mark.parametrize("kind", ["vit", "vit_mae", "convnext", "resnet"])
def test_a_gray_face_gives_what_it_would_give_in_three_channels(folders: dict[str, Path], kind: str) -> None:
    x = torch.randn(2, 1, 48, 48)
    gray, colour = pretrained(folders[kind], 1), pretrained(folders[kind], 3)
    torch.testing.assert_close(gray.maps(x), colour.maps(x.expand(-1, 3, -1, -1)), atol=1e-5, rtol=1e-4)
    shapes = [
        (a.shape, b.shape) for a, b in zip(gray.parameters(), colour.parameters(), strict=True) if a.shape != b.shape
    ]
    assert [(a[1], b[1]) for a, b in shapes] == [(1, 3)]


def test_an_autoencoders_patches_are_all_there_and_in_order(folders: dict[str, Path]) -> None:
    model, reference = pretrained(folders["vit_mae"], 3), original(folders["vit_mae"])
    reference.config.mask_ratio = 0.0
    x = torch.randn(3, 3, 32, 32)
    output = reference(x)  # shuffled by chance
    order = output.ids_restore[..., None].expand(-1, -1, 32)
    assert not torch.equal(output.ids_restore, torch.arange(16).expand(3, -1))
    torch.testing.assert_close(model.maps(x), grid(output.last_hidden_state[:, 1:].gather(1, order)))
    assert "body.embeddings.position_embeddings" not in dict(
        model.named_parameters()
    )  # fixed waves, which thawing must not move


def test_positions_are_resized_to_the_face(folders: dict[str, Path]) -> None:
    model, x = pretrained(folders["vit"], 3), torch.randn(2, 3, 48, 48)
    assert model.maps(x).shape == (2, 32, 6, 6)
    table = model.body.embeddings.position_embeddings
    resized = F.interpolate(grid(table[:, 1:]), (6, 6), mode="bicubic", align_corners=False).flatten(2).transpose(1, 2)
    larger = build("hf:vit", 7, 3, config=DEEP | {"image_size": 48}).eval()
    larger.load_state_dict(
        model.state_dict() | {"body.embeddings.position_embeddings": torch.cat([table[:, :1], resized], 1)}
    )
    torch.testing.assert_close(model.maps(x), larger.maps(x))


def test_faces_that_patches_or_windows_do_not_fit_are_sent_back() -> None:
    model = build("hf:vit", 7, 1, config=DEEP | {"patch_size": 14, "image_size": 32}).eval()
    assert model.maps(torch.zeros(1, 1, 32, 32)).shape[2:] == (2, 2)  # as it was made
    with pytest.raises(ConfigError, match=r"patches of 14 pixels, which do not cover faces of 48: --set size=56"):
        model(torch.zeros(1, 1, 48, 48))
    with pytest.raises(ConfigError, match=r"cannot read faces of 32 pixels .* --set size=48"):
        build("hf:swin", 7, 1, config=SWIN).eval()(torch.zeros(1, 1, 32, 32))


def test_counts_are_those_done_by_hand() -> None:
    model, tokens, width, hidden = build("hf:vit", 7, 1, config=DEEP), 37, 32, 64
    layer = 4 * width**2 + 4 * width + 2 * width * hidden + hidden + width + 4 * width
    rest = (
        (64 * width + width) + width + 17 * width + 2 * width + 7 * width + 7
    )  # patches, class token, positions, norm, head
    assert count_parameters(model) == 2 * layer + rest
    products = 4 * width**2 + 2 * width * hidden + 2 * tokens * width
    assert count_macs(model, 1, 48) == 36 * 64 * width + 2 * tokens * products + 7 * width


@pytest.mark.parametrize(("kind", "colour"), [("vit", False), ("convnext", True)])
def test_a_run_is_opened_where_its_folder_is_gone(
    folders: dict[str, Path], tmp_path: Path, kind: str, colour: bool
) -> None:
    folder = shutil.copytree(folders[kind], tmp_path / "pretrained")
    faces = tiny_faces(colour=colour, n=120)
    settings = {"model": f"hf:{folder}", "pretrained": True, "epochs": 1, "batch": 32, "warmup": 0, "size": 32}
    run = fit(parse(settings), faces, tmp_path / "run")
    logits = Classifier.open(run).logits(faces.images[:8])
    shutil.rmtree(folder)
    again = open_folder(run.path)
    assert again.manifest.model.args["config"]["model_type"] == kind and again.manifest.macs > 1000
    opened = Classifier.open(again)
    assert (opened.logits(faces.images[:8]) == logits).all()
    analysis = opened.analyse(faces.images[:8], faces.labels[:8])
    assert (
        analysis.maps.shape == (8, *opened.model.maps(opened.prepare(faces.images[:1])).shape[2:])
        and analysis.maps.max() == 1
    )
    first, *_ = layers(opened.model)
    assert (
        first
        == {"vit": "body.embeddings.patch_embeddings.projection", "convnext": "body.embeddings.patch_embeddings"}[kind]
    )
    kernels = stored_kernels(run)[first]
    assert kernels.shape[:2] == (opened.model.get_submodule(first).out_channels, 3 if colour else 1)
    assert activations(opened.model, opened.prepare(faces.images[:1]), first).shape[0] == len(kernels)
    assert opened.explain(faces.images[:2], layer=first).max() == 1


def test_a_frozen_body_keeps_the_weights_it_brought(folders: dict[str, Path], tmp_path: Path) -> None:
    settings = {
        "model": f"hf:{folders['vit_mae']}",
        "pretrained": True,
        "freeze_epochs": 1,
        "epochs": 1,
        "batch": 32,
        "warmup": 0,
    }
    run = fit(parse(settings), tiny_faces(n=120), tmp_path / "run")
    brought, trained = pretrained(folders["vit_mae"], 1).body.state_dict(), load(run).body.state_dict()
    assert all(torch.equal(trained[key], value) for key, value in brought.items())
    thawed = fit(parse(settings | {"epochs": 2, "body_lr": 0.1}), tiny_faces(n=120), tmp_path / "thawed")
    moved = {key for key, value in load(thawed).body.state_dict().items() if not torch.equal(value, brought[key])}
    assert set(brought) - moved == {"embeddings.position_embeddings"}


def test_a_run_continues_where_its_folder_is_gone(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(folders["vit"], tmp_path / "pretrained")
    config = parse({"model": f"hf:{folder}", "pretrained": True, "epochs": 2, "batch": 32, "warmup": 0})

    def stop(row: Epoch) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(config, tiny_faces(n=120), tmp_path / "run", on_epoch=stop)
    shutil.rmtree(folder)
    assert fit(config, tiny_faces(n=120), tmp_path / "run", resumed=True).manifest.epochs_done == 2


def test_a_failed_download_gives_one_message(tmp_path: Path, offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    world.enter(monkeypatch)
    store.save(tiny_faces())
    started = time.perf_counter()
    settings = ["model=hf:google/vit-base-patch16-224", "pretrained=true", "size=224"]
    sets = [word for setting in settings for word in ("--set", setting)]
    result = CliRunner().invoke(app, ["train", "--recipe", "quick", "--data", "tiny", *sets])
    output = result.stdout + result.stderr
    assert result.exit_code == 2 and output.count("\n") == 1
    assert (
        "The architecture of google/vit-base-patch16-224 is not here and cannot be downloaded" in output
        and "hf:vit" in output
    )
    assert time.perf_counter() - started < 60 and list(world.checkpoints.iterdir()) == []  # and not minutes of trying


def test_a_model_in_the_hubs_cache_needs_no_network(folders: dict[str, Path], offline: Path) -> None:
    home = offline / "models--someone--tiny"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text("0" * 40)
    (home / "snapshots" / ("0" * 40)).mkdir(parents=True)
    shutil.copy(folders["vit"] / "config.json", home / "snapshots" / ("0" * 40))
    model = build("hf:someone/tiny", 7, 1)
    with pytest.raises(ConfigError, match=r"pretrained weights of someone/tiny are not here .* --set pretrained=false"):
        model.load_pretrained()
    shutil.copy(folders["vit"] / "model.safetensors", home / "snapshots" / ("0" * 40))
    model.load_pretrained()
    assert torch.equal(model.body.layernorm.weight, pretrained(folders["vit"], 1).body.layernorm.weight)


def test_weights_that_are_pickled_or_of_another_network_are_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(folders["vit"], tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ConfigError, match="pickled weights are not read"):
        build(f"hf:{folder}", 7, 1).load_pretrained()
    other = shutil.copytree(folders["vit"], tmp_path / "other")
    shutil.copy(folders["convnext"] / "model.safetensors", other)
    with pytest.raises(ConfigError, match="has no weights for 38 of 38 parts"):
        build(f"hf:{other}", 7, 1).load_pretrained()
    with pytest.raises(
        ConfigError, match=r"do not fit its config as it is changed: size mismatch for embeddings.position"
    ):
        build(f"hf:{folders['vit']}", 7, 1, config={"image_size": 48}).load_pretrained()
    (folder / "config.json").unlink()
    with pytest.raises(ConfigError, match=r"holds no config.json"):
        build(f"hf:{folder}", 7, 1)


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("vit", {"wings": 2}, "no argument wings"),
        ("vit", {"config": {"wings": 2}}, "hf:vit has no wings in its config; it has .*hidden_size"),
        ("vit", {"config": {"hidden_size": "wide"}}, "hidden_size takes numbers.* got 'wide'"),
        ("vit", {"config": {"hidden_act": "nope"}}, "hidden_act takes numbers"),
        ("bert", {"config": {"num_hidden_layers": 1, "hidden_size": 12}}, "hf:bert is of type 'bert'"),
        ("./nothing", {}, "architecture of ./nothing is not here"),
    ],
)
def test_what_cannot_be_built_gives_one_message(offline: Path, name: str, args: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(f"hf:{name}", 7, 1, **args)


def test_an_architecture_has_no_weights_and_text_no_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="hf:vit is an architecture without weights"):
        build("hf:vit", 7, 1, config=DEEP).load_pretrained()
    with pytest.raises(ConfigError, match="hf:bert is of type 'bert'; the image networks"):
        build("hf:bert", 7, 3, config={"num_hidden_layers": 1, "hidden_size": 12, "vocab_size": 10})
    with pytest.raises(ConfigError, match="hf:NAME for those of transformers"):
        build("nope", 7, 1)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ConfigError, match="pip install transformers"):
        build("hf:vit", 7, 1)
