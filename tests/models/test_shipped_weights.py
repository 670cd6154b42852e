"""Every shipped run opens, and its network has exactly the weights that are stored."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ferkit.models import load
from ferkit.runs import open_run

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("checkpoints/**/model.safetensors"))


def test_there_are_shipped_weights() -> None:
    assert FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_shipped_weights_load_bit_for_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(folder.parent))
    loaded, stored = load(open_run(folder.name)).state_dict(), load_file(folder / "model.safetensors")
    assert loaded.keys() == stored.keys()
    assert all(torch.equal(loaded[key], value) for key, value in stored.items())
