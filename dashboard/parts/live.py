"""One face: click on a part of it, and see the probabilities before and after."""

from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from dashboard import controls, load, parameters
from dashboard.charts.parts import before_after
from dashboard.components.chart import chart
from dashboard.components.regions import regions
from dashboard.network import face_choice
from dashboard.network.alone import alone
from dashboard.selection import Selection
from dashboard.state import put, value
from dashboard.thumbnail import enlarge
from dashboard.words import code, percent, plain
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.explain.aligned_regions import align, alignment
from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.part_effects import PartEffects
from ferkit.runs import Run

__all__ = ["show"]

SIDE = 240  # pixels
EVERYONE = ""  # the mean of all faces


@dataclass(frozen=True, eq=False)
class Parts:
    """Where the parts lie, and the faces that they are taken from."""

    masks: np.ndarray  # bool (R, H, W)
    mean_faces: np.ndarray  # uint8 (1 + C, H, W[, 3]): of all faces, and of each class


def show(run: Run, selection: Selection, found: PartEffects | None) -> None:
    """Choose a face, a part of it and whose part it becomes."""
    st.subheader("On one face", anchor=False)
    known = _parts(run, selection, found)
    if known is None:
        again = f"python -m ferkit evaluate {run.name} --data '{selection.data}' --split {selection.split or 'val'}"
        st.caption(f"It needs the mean faces of the classes, which are stored by {code(again)}.")
        return
    face = face_choice.choose(run, selection)
    if face is None:
        return
    masks, donors = _fitted(known, face)
    names = [EVERYONE, *run.classes]
    part = REGIONS.index(value(parameters.PART, REGIONS))
    donor = _donor(names)
    left, middle, right = st.columns([2, 2, 3], gap="medium")
    with left:
        regions(
            enlarge(face.image, 2 * SIDE), masks, REGIONS, key="parts-face", size=SIDE, chosen=part,
            on_click=lambda i: put(parameters.PART, REGIONS[i]),
        )  # fmt: skip
        st.caption(f"{plain(face.text)}. Click a part.")
    try:
        changed, before, after = _swapped(run, face.image, donors[names.index(donor)], masks[part])
    except FerkitError as error:
        st.info(f"No probabilities: {plain(str(error))}", icon=":material/info:")
        return
    what = f"{REGIONS[part]} {f'of {donor}' if donor else 'hidden'}"
    middle.image(enlarge(changed, 2 * SIDE), width=SIDE, caption=f"with the {plain(what)}", alt=f"With the {what}")
    with right:
        st.markdown(_sentence(run, before, after, what))
        chart(before_after(before, after, run.classes, of_classes(run.classes), what), key="parts-live")


def _donor(names: list[str]) -> str:
    texts = {name: name or "the mean face (hidden)" for name in names}
    controls.show(controls.select(parameters.PART_FROM, "The part becomes that of", texts), key="donor")
    return value(parameters.PART_FROM, names)


def _sentence(run: Run, before: np.ndarray, after: np.ndarray, what: str) -> str:
    was, now = int(before.argmax()), int(after.argmax())
    names = [plain(name) for name in run.classes]
    if was == now:
        return (
            f"It stays **{names[was]}**: {percent(before[was], 0)} → {percent(after[was], 0)} with the {plain(what)}."
        )
    return f"It turns from {names[was]} to **{names[now]}** with the {plain(what)}."


def _parts(run: Run, selection: Selection, found: PartEffects | None) -> Parts | None:
    """As measured, else from the mean faces of the run's evaluation; None without either."""
    if found is not None:
        return Parts(found.masks, found.mean_faces)
    results, split = run.results(selection.data), selection.split or "val"
    try:
        stored = load.cams(results, split)
    except FerkitError:
        return None
    counts = stored["right_n"] + stored["wrong_n"]
    whole = np.average(stored["faces"], axis=0, weights=counts if counts.sum() else None)
    means = np.concatenate([np.rint(whole)[None].astype(np.uint8), stored["faces"]])
    return Parts(face_regions(means[0]).masks, means)


def _fitted(known: Parts, face: face_choice.Face) -> tuple[np.ndarray, np.ndarray]:
    """Masks and mean faces of the size and the channels of a face's image, at its landmarks where they are known."""
    image = face.image
    size = (image.shape[1], image.shape[0])
    masks = np.stack(
        [cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for mask in known.masks]
    )
    means = [cv2.resize(mean, size, interpolation=cv2.INTER_LINEAR) for mean in known.mean_faces]
    means_of_its_kind = np.stack([_channelled(mean, image.ndim) for mean in means])
    if face.landmarks is None:
        return masks, means_of_its_kind
    return align(masks, means_of_its_kind, alignment(face_regions(means_of_its_kind[0]), face.landmarks))


def _channelled(face: np.ndarray, dimensions: int) -> np.ndarray:
    if face.ndim == dimensions:
        return face
    return np.repeat(face[..., None], 3, 2) if dimensions == 3 else np.rint(face.mean(2)).astype(np.uint8)


def _swapped(run: Run, image: np.ndarray, donor: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
    """The changed face, and the probabilities (C,) before and after, cached."""
    network = load.classifier(run)

    def make() -> tuple[np.ndarray, ...]:
        from ferkit.explain.parts import swap

        changed = swap(image, donor, mask)
        before, after = network.probabilities(np.stack([image, changed]))
        return changed, before, after

    key = ("swapped", run.key, image.shape, image.tobytes(), donor.tobytes(), mask.tobytes())
    found: tuple[np.ndarray, ...] = load.cached(key, lambda: alone(make))
    return found
