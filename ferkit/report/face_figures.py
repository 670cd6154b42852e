"""The figures of a report in pictures: mean faces under their heat, kernels, the surest failures, as SVG text."""

from collections.abc import Mapping

import cv2
import matplotlib as mpl
import numpy as np

from ferkit.data.faces import Faces
from ferkit.explain.filters import tile
from ferkit.report.facts import Facts
from ferkit.report.pictures import pictured
from ferkit.report.style import subplots, svg

__all__ = ["failures", "filters", "heat"]

ACROSS = 7  # faces in a row


def heat(facts: Facts) -> str:
    """Per class the mean face under the mean heat map of the first run, right and wrong. "" where none are stored."""
    results = facts.first.results()
    if not results.has(facts.split, "-cams.npz"):
        return ""
    cams = results.cams(facts.split)
    pictures = [
        [
            _heated(face, cams[kind][j] if cams[f"{kind}_n"][j] else None)
            for j, face in enumerate(cams["faces"][: len(facts.classes)])
        ]
        for kind in ("right", "wrong")
    ]
    below = [[f"{n:,}" for n in cams[f"{kind}_n"]] for kind in ("right", "wrong")]
    return pictured(pictures, below, above=list(facts.classes), beside=["right", "wrong"])


def _heated(face: np.ndarray, heat: np.ndarray | None) -> np.ndarray:
    """uint8 (H, W, 3): the face, a little more than half of it the colours of the heat."""
    gray = cv2.cvtColor(face, cv2.COLOR_GRAY2RGB) if face.ndim == 2 else face
    if heat is None:
        return gray
    grown = cv2.resize(heat.astype(np.float32), face.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    colours = mpl.colormaps["inferno"](np.clip(grown / (float(grown.max()) or 1), 0, 1))[..., :3]
    return np.rint(0.45 * gray + 0.55 * 255 * colours).astype(np.uint8)


def filters(kernels: Mapping[str, np.ndarray]) -> str:
    """The kernels of the first convolution."""
    first = next(iter(kernels.values()))
    shown = first[:64].mean(1)
    figure, ((axes,),) = subplots(6, 0.4 + 0.36 * -(-len(shown) // 16))
    axes.imshow(tile(shown, columns=16, zoom=6, signed=True), interpolation="nearest", cmap="gray", vmin=0, vmax=255)
    axes.axis("off")
    return svg(figure)


def failures(facts: Facts, faces: Faces, most: int = 21) -> str:
    """The faces the first run got wrong with the greatest confidence: true and predicted name below."""
    table = facts.first.results().predictions(facts.split)
    ids, labels = table["id"].tolist(), table["label"].tolist()
    predicted = facts.first.results().logits(facts.split).argmax(1)
    place = {name: row for row, name in enumerate(faces.ids)}
    rows = [row for row in facts.surest_wrong if ids[row] in place][:most]
    if not rows:
        return ""
    lines = [rows[i : i + ACROSS] for i in range(0, len(rows), ACROSS)]
    pictures = [[_heated(faces.images[place[ids[row]]], None) for row in line] for line in lines]
    below = [[f"{facts.classes[labels[row]]}\nnot {facts.classes[predicted[row]]}" for row in line] for line in lines]
    return pictured(pictures, below)
