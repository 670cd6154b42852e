"""From a photo or a video frame to the small square a network reads: detect, crop, track. Never imports torch."""

from ferkit.faces.crop import MARGIN, crop_steps, square_crop, to_network
from ferkit.faces.detect import LIVE, PHOTO, Box, Detector, Effort, detector
from ferkit.faces.track import Track, Tracker
from ferkit.faces.yunet import get_yunet, yunet_file

__all__ = [
    "LIVE",
    "MARGIN",
    "PHOTO",
    "Box",
    "Detector",
    "Effort",
    "Track",
    "Tracker",
    "crop_steps",
    "detector",
    "get_yunet",
    "square_crop",
    "to_network",
    "yunet_file",
]
