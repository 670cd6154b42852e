"""The columns of an audit, with what each means, for tables and pages."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["GROUP", "ISSUES", "KIND", "KINDS", "MEANINGS"]

MEANINGS: Mapping[str, str] = MappingProxyType({
    "brightness": "mean gray value, 0 black to 1 white",
    "contrast": "standard deviation of the gray values, 0 to 0.5",
    "lightest": "gray value that 99% of the pixels do not exceed, 0 to 1",
    "darkest": "gray value that 5% of the pixels do not exceed, 0 to 1",
    "black": "share of black pixels",
    "white": "share of white pixels",
    "side light": "right half brighter (above 0) or left half (below 0)",
    "entropy": "entropy of the gray values in bits, 0 to 8",
    "sharpness": "variance of the Laplacian by that of the image, low where blurred",
    "noise": "standard deviation of the noise, 0 to 1",
    "roll": "degrees, above 0 turned clockwise",
    "face size": "size of the face, 1 as the mean face",
    "asymmetry": "difference from its mirror image, 0 symmetric to 1",
    "eye opening": "eyes closed (about 0.2) to wide open (about 0.6)",
    "mouth opening": "mouth closed (about 0.3) to wide open (about 1)",
    "brow height": "brows lowered (about -1) to raised (about 1)",
    "likeness": "correlation with the mean face, -1 to 1",
})  # fmt: skip

ISSUES: Mapping[str, str] = MappingProxyType({
    "dark": "mean gray value below 0.2",
    "bright": "mean gray value above 0.8",
    "low contrast": "standard deviation of the gray values below 0.08",
    "blurred": "sharpness below 0.2",
    "odd": "pixels unlike those of other faces: a drawing, a frame, a cover",
    "not a face": "half of the voters say so; without votes, unlike the mean face in every pose",
})  # fmt: skip

GROUP = "duplicate_group"
KIND = "duplicate_kind"
KINDS = ("", "exact", "near")  # of a duplicate, by the number that is stored; "" for a face without one
