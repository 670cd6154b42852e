"""The compact ResNet with shared kernels and with groups: sizes, and weights that come back."""

import copy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ferkit.errors import ConfigError
from ferkit.models import build, count_parameters, load
from ferkit.models.reparameterized import deployed
from ferkit.predict.folded import folded
from ferkit.runs import open_folder
from ferkit.train.config import parse
from ferkit.train.fit import fit
from ferkit.train.optim import average
from tests.worlds import tiny_faces

SMALL = {"stem": 4, "widths": [6, 8], "blocks": [3, 2], "reduction": 4}


def test_equal_blocks_share_their_kernels_and_have_their_own_norms() -> None:
    shared, apart = build("compact-resnet", 7, 1, **SMALL, shared=True), build("compact-resnet", 7, 1, **SMALL)
    _, first, second, third, _, other = shared.body
    assert second.body[0][0].weight is third.body[0][0].weight and second.body[1][0].weight is third.body[1][0].weight
    assert second.body[0][0].weight is not first.body[1][0].weight and other.body[0][0].weight.shape[0] == 8
    assert second.body[0][1].weight is not third.body[0][1].weight
    assert second.attend.squeeze.weight is not third.attend.squeeze.weight
    assert count_parameters(apart) - count_parameters(shared) == 2 * 9 * 6 * 6
    for copied in (copy.deepcopy(shared), shared.to(memory_format=torch.channels_last), average(shared, 0.9).module):
        assert count_parameters(copied) == sum(p.numel() for p in shared.parameters())
    with pytest.raises(ConfigError, match="no stage has two equal ones"):
        build("compact-resnet", 7, 1, shared=True)


@pytest.mark.parametrize(
    "args",
    [{"shared": True}, {"shared": True, "branches": True}, {"whiten": True}, {"groups": 2}, {"mirrored": True}, {}],
)
def test_what_is_trained_is_loaded_resumed_and_folded(tmp_path: Path, args: dict) -> None:
    faces = tiny_faces()
    settings = {"model": "compact-resnet", "model_args": SMALL | args, "batch": 32, "epochs": 2, "subset": 0.3}
    config = parse(settings | {"freeze_epochs": 1, "unfreeze_every": 1})
    run = fit(config, faces, tmp_path / "run")

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(config, faces, tmp_path / "killed", on_epoch=killed)
    resumed = fit(config, faces, tmp_path / "killed", resumed=True)
    assert resumed.weights.read_bytes() == run.weights.read_bytes()
    model, x = load(open_folder(run.path)), torch.randn(3, 1, 48, 48)
    assert count_parameters(model) == run.manifest.parameters
    buffers = dict(model.named_buffers()).keys() & model.state_dict().keys()
    assert len({id(p) for p in model.parameters()}) + len(buffers) == len(load_file(run.weights))
    with torch.inference_mode():
        torch.testing.assert_close(folded(model)(x), model(x), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(deployed(model)(x), model(x), rtol=1e-5, atol=1e-5)


def test_a_run_that_shares_starts_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    settings = {"model": "compact-resnet", "batch": 32, "epochs": 1, "subset": 0.3, "ema": 0.0, "warmup": 0}
    settings |= {"model_args": SMALL | {"shared": True, "whiten": True}}
    first = fit(parse(settings), tiny_faces(), tmp_path / "first")
    second = fit(parse(settings | {"start": "first", "lr": 1e-9}), tiny_faces(), tmp_path / "second")
    theirs = load(first).state_dict()
    assert theirs["body.0.kernel"].diagonal().ne(1).any()
    for key, value in load(second).state_dict().items():
        assert "running" in key or "tracked" in key or torch.allclose(value, theirs[key], atol=1e-6)


def test_groups_thin_the_second_convolution_of_each_block() -> None:
    thin, full = build("compact-resnet", 7, 1, **SMALL, groups=2), build("compact-resnet", 7, 1, **SMALL)
    assert count_parameters(full) - count_parameters(thin) == 9 * (3 * 6 * 3 + 2 * 8 * 4)
    assert thin(torch.randn(2, 1, 48, 48)).shape == (2, 7)
    with pytest.raises(ConfigError, match="branches or groups, not both"):
        build("compact-resnet", 7, 1, groups=2, branches=True)
    with pytest.raises(ConfigError, match="cannot be built"):
        build("compact-resnet", 7, 1, groups=7)
