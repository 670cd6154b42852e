"""From a photo or a video frame to the small square a network reads: open, detect, crop, track. Never imports torch."""

from ferkit.faces.crop import MARGIN, square_crop, strip, to_network
from ferkit.faces.detect import LIVE, PHOTO, Box, Detector, Effort, detector
from ferkit.faces.track import Track, Tracker
from ferkit.images import open_picture

__all__ = [
    "LIVE",
    "MARGIN",
    "PHOTO",
    "Box",
    "Detector",
    "Effort",
    "Track",
    "Tracker",
    "detector",
    "open_picture",
    "square_crop",
    "strip",
    "to_network",
]
