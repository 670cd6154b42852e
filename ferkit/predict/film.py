"""A video with its readings drawn in, as MP4 or as a small animated GIF."""

import io
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image

from ferkit.colours import of_classes
from ferkit.errors import MediaError
from ferkit.faces.detect import Box
from ferkit.predict.drawing import draw_faces
from ferkit.predict.photo import FaceReading
from ferkit.predict.timeline import SMOOTHING, hold_until, smoothed
from ferkit.predict.video import VideoReading
from ferkit.videos import Source, Writer, frames

__all__ = ["GIF_RATE", "GIF_SECONDS", "annotated", "gif"]

TICK = 0.001  # seconds: the clock of what is read
RATE = 30.0  # frames per second of the MP4, at most
GIF_RATE = 5.0  # frames per second
GIF_SECONDS = 30.0  # from the start on
GIF_SIDE = 400  # pixels


def annotated(video: VideoReading, source: Source | None = None, sigma: float = SMOOTHING) -> bytes:
    """An MP4 with every reading drawn in, smoothed over `sigma` seconds, without sound. source: the video that was
    read, where the reading does not hold it. Raises MediaError."""
    writer = Writer(video.width, video.height, RATE)
    for time, rgb in _drawn(video, source, RATE, sigma):
        writer.write(time, rgb)
    return writer.close()


def gif(video: VideoReading, source: Source | None = None, sigma: float = SMOOTHING) -> bytes:
    """The first `GIF_SECONDS` as an animated GIF that plays for ever; otherwise as `annotated`."""
    scale = min(1.0, GIF_SIDE / max(video.width, video.height))
    size = max(1, round(video.width * scale)), max(1, round(video.height * scale))
    pictures = (
        Image.fromarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)).quantize(128)
        for time, rgb in _drawn(video, source, GIF_RATE, sigma, GIF_SECONDS)
    )
    first = next(pictures, None)
    if first is None:
        raise MediaError("Expected a video, got a file without a frame. Save or copy it again.")
    made = io.BytesIO()
    milliseconds = round(1000 / GIF_RATE)
    first.save(made, "GIF", save_all=True, append_images=pictures, duration=milliseconds, loop=0, optimize=False)
    return made.getvalue()


def _drawn(
    video: VideoReading, source: Source | None, rate: float, sigma: float, longest: float = np.inf
) -> Iterator[tuple[float, np.ndarray]]:
    """(seconds, uint8 RGB (height, width, 3)) of the frames, at most `rate` a second."""
    colours, probabilities = of_classes(video.classes), smoothed(video, sigma)
    begin, until = video.rows["time"].to_numpy(), hold_until(video)
    boxes = video.rows[["x", "y", "w", "h"]].to_numpy(int).tolist()
    numbers = video.rows["face"].tolist()
    for time, frame in frames(video.mp4 if source is None else source, max(video.width, video.height), rate=rate):
        if time > min(video.seconds, longest) + TICK:
            return
        rgb = frame
        if rgb.shape[:2] != (video.height, video.width):
            rgb = cv2.resize(rgb, (video.width, video.height), interpolation=cv2.INTER_AREA)
        rows = np.flatnonzero((begin <= time + TICK) & (time + TICK < until))
        faces = [
            FaceReading(Box(x, y, w, h, 0.0), video.classes, probabilities[i], track=numbers[i])
            for i in rows.tolist()
            for x, y, w, h in [boxes[i]]
        ]
        draw_faces(rgb, faces, colours)
        yield time, rgb
