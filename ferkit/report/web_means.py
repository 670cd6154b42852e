"""The mean face and the mean map of every class, as one picture for a web page.

means = web_means(run)      # None where the run has none
means.sheet                 # WebP: a column per class, faces above, the same faces under their maps below
means.metadata              # plain values for card.json
"""

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image

from ferkit.errors import FerkitError
from ferkit.explain.overlay import clear, signed_overlay
from ferkit.explain.stored import GROUPS, read_evidence, read_record
from ferkit.runs import Run

__all__ = ["SHEET", "WebMeans", "web_means"]

SHEET = "means.webp"
TILE = 192  # pixels a side
QUALITY = 82
FEW = 5  # faces from which on a mean map sets the common scale
SPLITS = ("test", "val")
AGAINST_OTHERS = "what speaks for the emotion rather than for the others"
GRADCAM = "what speaks for the emotion (Grad-CAM)"


@dataclass(frozen=True)
class WebMeans:
    """The picture and what is to be said of it."""

    sheet: bytes
    metadata: dict[str, Any]

    @property
    def files(self) -> dict[str, bytes]:
        """What lies beside card.json."""
        return {SHEET: self.sheet}


def web_means(run: Run) -> WebMeans | None:
    """Of the first of test and val that has mean faces; None where neither has."""
    for split in SPLITS:
        try:
            cams = run.results().cams(split)
        except FerkitError:
            continue
        maps, n, words = _maps(run, split, cams)
        metadata = {
            "file": SHEET,
            "split": split,
            "words": words,
            "signed": bool((maps < 0).any()),
            "faces": (cams["right_n"] + cams["wrong_n"]).tolist(),  # of each class: in its mean face
            "explained": n.tolist(),  # … predicted as it: in its mean map
        }
        return WebMeans(_sheet(cams["faces"], maps, _top(maps, n)), metadata)
    return None


def _maps(run: Run, split: str, cams: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, str]:
    """A map per class over the faces predicted as it, float32 (C, h, w), their counts (C,), and what they show:
    contrasts that `ferkit explain` found faithful, else Grad-CAM."""
    folder, classes = run.results().path, run.classes
    try:
        record, evidence = read_record(folder, split, classes), read_evidence(folder, split, len(classes))
        at = GROUPS.index(("predicted", ""))
        if record.chosen:
            return evidence["contrast"][at].astype(np.float32), evidence["n"][at], AGAINST_OTHERS
    except FerkitError:
        pass  # it was not explained, or not by this version: Grad-CAM is named as what is shown
    return cams["predicted"].astype(np.float32), cams["predicted_n"], GRADCAM


def _top(maps: np.ndarray, n: np.ndarray) -> float:
    """The largest magnitude of the maps over several faces: their common scale."""
    many = maps[n >= FEW] if (n >= FEW).any() else maps
    return max(float(np.abs(many).max(initial=0)), 1e-12)


def _sheet(faces: np.ndarray, maps: np.ndarray, top: float) -> bytes:
    """`faces` uint8 (C, H, W[, 3]), `maps` (C, h, w): WebP of C × 2 tiles."""
    shown = [clear(cv2.resize(face, (TILE, TILE), interpolation=cv2.INTER_CUBIC)) for face in faces]
    rgb = [face if face.ndim == 3 else np.repeat(face[:, :, None], 3, 2) for face in shown]
    under = [signed_overlay(face, map_, top) for face, map_ in zip(shown, maps, strict=True)]
    out = io.BytesIO()
    Image.fromarray(np.vstack([np.hstack(rgb), np.hstack(under)])).save(out, "WEBP", quality=QUALITY, method=6)
    return out.getvalue()
