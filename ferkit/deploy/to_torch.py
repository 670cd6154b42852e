"""A run as torch.export's ExportedProgram."""

import json
from pathlib import Path

import torch

from ferkit.deploy.portable import Portable
from ferkit.deploy.to_onnx import metadata, traced
from ferkit.runs import Run

__all__ = ["METADATA", "write_program"]

METADATA = "ferkit.json"  # in the file's extra files


def write_program(run: Run, portable: Portable, path: Path) -> None:
    """Write `portable` for `torch.export.load`, with a batch of any size. Raises RunError for a network that
    torch.export cannot trace."""
    with traced(run, "torch.export"), torch.no_grad():
        program = torch.export.export(portable, (portable.example(),), dynamic_shapes=({0: torch.export.Dim("batch")},))
        torch.export.save(program, path, extra_files={METADATA: json.dumps(metadata(run, portable))})
