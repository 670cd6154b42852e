"""A million faces: time and memory of importing, evaluating, mapping and opening them, each in a process of its own;
then how long a gallery of them takes in Chromium.

    $ python -m bench.large                                   # an hour; 7 GB of disk
    $ python -m bench.large --faces 120000 --steps 3          # without the map and the gallery
    $ python -m bench.large --faces 300 --steps 3             # does it run? no measurement

A few thousand drawn faces are repeated, each time with other noise. The network is LeNet: what grows with the number of
faces is the same for all. Memory is the most that a process held of its own; pages of the store that the system keeps
as long as it has room are not counted (`RssAnon` of Linux).
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from bench import ROOT, timing
from bench.gallery import claims, clicked, own
from bench.timing import Report, Sample, combine

__all__ = ["main", "measure", "repeated"]

DRAWN = 2100  # different faces
NOISE = 6  # levels, at most, up or down
NAME, RUN = "many", "lenet"
STEPS = {
    "import": "import of a zip of PNG files",
    "load": "opening the store, and one face of it",
    "evaluate": "evaluate, all of it but the map",
    "map": "map: UMAP of a sample, the others placed",
}
CELLS = 5  # clicked
ONE = "--one"  # makes a subprocess measure a single step


def measure(repeats: int, faces: int, steps: int) -> Report:
    """The first `steps` steps, each once, whatever `repeats` says: there is nothing to warm up in an hour of work."""
    chosen = list(STEPS)[:steps]
    with tempfile.TemporaryDirectory() as folder:
        _zip(Path(folder) / f"{NAME}.zip", faces)
        found = {name: _fresh(name, Path(folder)) for name in chosen}
        store = (Path(folder) / "data" / f"{NAME}.h5").stat().st_size
        choice = {"data": NAME, "split": "all", "run": RUN}
        shown = clicked(_environment(Path(folder)), choice, faces, CELLS) if steps > len(STEPS) else []
    samples: list[Sample] = []
    for name, one in found.items():
        samples.append(combine(f"{STEPS[name]}, {faces:,} faces", "s", [one["seconds"]]))
        samples.append(combine("  processor time", "s", [one["processor"]]))
        samples.append(combine("  memory of its own, at most", "MB", [one["megabytes"]]))
    notes = [f"The store has {store / 1e6:,.0f} MB. Importing torch alone takes about 400 MB of memory."]
    return Report("large", 1, [*samples, *shown], claims(shown), notes, ("torch", "numpy", "h5py", "streamlit"))


def repeated(n: int, seed: int = 0) -> Iterator[tuple[np.ndarray, str]]:
    """n faces, uint8 (48, 48), and their classes: a few thousand drawn ones over and over, with other noise."""
    from ferkit.data.synthetic import draw

    drawn, rng = draw(min(n, DRAWN)), np.random.default_rng(seed)
    for i in range(n):
        noise = rng.integers(-NOISE, NOISE + 1, drawn.images.shape[1:], dtype=np.int16)
        image = np.clip(drawn.images[i % len(drawn)] + noise, 0, 255).astype(np.uint8)
        yield image, drawn.classes[drawn.labels[i % len(drawn)]]


def _zip(path: Path, n: int) -> None:
    """Four fifths of them train, the rest val, as images in class folders."""
    with zipfile.ZipFile(path, "w") as archive:
        for i, (image, name) in enumerate(repeated(n)):
            split = "val" if i % 5 == 4 else "train"
            archive.writestr(f"{split}/{name}/{i:07d}.png", cv2.imencode(".png", image)[1].tobytes())


def _fresh(step: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.large", ONE, step, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=_environment(folder))
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"FERKIT_DATA": str(folder / "data"), "FERKIT_CHECKPOINTS": str(folder / "runs")}


def _one(step: str, folder: Path) -> dict[str, float]:
    work = {"import": _import, "load": _load, "evaluate": _evaluate, "map": _map}[step](folder)
    over, held = threading.Event(), [own()]

    def watch() -> None:
        while not over.wait(0.02):
            held.append(own())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began, processor = time.perf_counter(), time.process_time()
    try:
        work()
    finally:
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
        over.set()
        watcher.join()
    return {"seconds": seconds, "processor": processor, "megabytes": max(held)}


def _import(folder: Path) -> Callable[[], object]:
    from ferkit.data.importing import import_faces

    return lambda: import_faces(folder / f"{NAME}.zip", NAME)


def _load(folder: Path) -> Callable[[], object]:
    from ferkit.data import store

    return lambda: store.load(NAME).images[-1].sum()


def _evaluate(folder: Path) -> Callable[[], object]:
    from ferkit import runs
    from ferkit.data import store
    from ferkit.evaluate.evaluation import evaluate
    from ferkit.models import Input, build, save
    from ferkit.train.accelerator import make_accelerator
    from ferkit.train.config import from_recipe
    from ferkit.train.describe import describe

    config = from_recipe(RUN)

    def work() -> None:
        faces = store.load(NAME)
        shape = Input.measure(faces.images[:DRAWN], config.augment.crop)
        model = build(config.model, len(faces.classes), shape.channels, **config.model_args)
        path = folder / "runs" / RUN
        path.mkdir(parents=True)
        about = describe(config, faces, shape, model, make_accelerator(config)).replace(recipe=RUN, status="finished")
        run = runs.create(path, about)
        save(model, run.weights)
        evaluate(run, faces, "all", maps=False)

    return work


def _map(folder: Path) -> Callable[[], object]:
    from ferkit import runs
    from ferkit.evaluate.maps import draw_map

    return lambda: draw_map(runs.open_run(RUN), "all")


def main(argv: Sequence[str] | None = None) -> None:
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == [ONE]:
        print(json.dumps(_one(words[1], Path(words[2]))))
        return
    timing.run(measure, __doc__, argv, repeats=1, faces=1_000_000, steps=len(STEPS) + 1)


if __name__ == "__main__":
    main()
