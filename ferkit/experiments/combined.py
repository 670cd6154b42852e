"""Finished runs stored as one new run: what an ensemble, an average and class offsets have in common."""

import shutil
from collections.abc import Sequence
from typing import Any

import torch

import ferkit
from ferkit import files, runs
from ferkit.errors import RunError
from ferkit.models import Network, save
from ferkit.runs import Manifest, Run

__all__ = ["check_free", "store", "write"]


def check_free(name: str, force: bool) -> None:
    """Raise RunError for a name that is taken, unless the run there is to be replaced."""
    if runs.path_of(name).exists() and not force:
        raise RunError(f"There is a run {name!r} already. Give another --name or replace it (--force).")


def store(members: Sequence[Run], name: str, network: Network, **about: Any) -> Run:
    """Write checkpoints/<name>: the network, and a manifest with the classes and data of the first member and what
    `about` says; it knows the training faces of all members where each knows its own."""
    first = members[0].manifest
    manifest = Manifest(
        status="finished",
        classes=first.classes,
        data=first.data,
        seconds=sum(run.manifest.seconds for run in members),
        versions={"ferkit": ferkit.__version__, "torch": torch.__version__},
        **about,
    )
    return write(members, name, network, manifest)


def write(members: Sequence[Run], name: str, network: Network, manifest: Manifest, copied: Sequence[str] = ()) -> Run:
    """Write checkpoints/<name>, in the place of what is there: the network, the manifest, hashes of the training faces
    where each member knows its own, and of the first member the files of the names in `copied` that it has."""
    hashes = [known for run in members if (known := run.train_hashes()) is not None]
    path = runs.path_of(name)
    with files.atomic_folder(path) as folder:
        if len(hashes) == len(members):
            runs.hashes.write(folder, *hashes)
        for file in copied:
            if (members[0].path / file).is_file():
                shutil.copyfile(members[0].path / file, folder / file)
        save(network, folder / "model.safetensors")
        runs.create(folder, manifest)
    return runs.open_folder(path)
