"""Live video at 25 frames per second or more (640x480, one face), and a photo of 12 megapixels read in at most 400 ms.

    $ python -m bench.live
    $ python -m bench.live --frames 3 --width 800 --repeats 1     # does it run? no measurement

A frame: detector, classifier, overlay. A photo: from its JPEG bytes to boxes, probabilities, the strip and the heat
map; the browser's own part is in bench.pages.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench import subjects, timing
from bench.subjects import Subject
from bench.timing import Claim, Report, Sample, combine
from dashboard.camera.rendering import render
from ferkit.colours import of_classes
from ferkit.errors import MediaError
from ferkit.faces import Detector, detector
from ferkit.images import open_photo
from ferkit.predict.live import Live
from ferkit.predict.photo import read

__all__ = ["main", "measure"]

RATE = 25.0  # frames per second
PHOTO = 400.0  # milliseconds
FRAME = (640, 480)
SHIFTS = 8  # different frames: the face moves by a pixel
PACKAGES = ("opencv-python-headless", "torch", "pillow", "scikit-image")


def measure(repeats: int, frames: int, width: int) -> Report:
    """Frames per second over `frames` frames, and the parts of a photo `width` x 3/4 `width`."""
    subject, finder = subjects.subject(), detector()
    stream = _stream(subject, finder, repeats, frames)
    content = subjects.jpeg(subjects.portrait(width, width * 3 // 4))
    parts = _photo(subject, finder, content, repeats)
    megapixels = width * (width * 3 // 4) / 1e6
    total = combine(
        f"photo, {megapixels:.1f} megapixels, all of it",
        "ms",
        [sum(row) for row in zip(*(p.values for p in parts), strict=True)],
    )
    claims = [
        Claim(
            f"live {FRAME[0]}x{FRAME[1]}, one face: detector, classifier, overlay",
            stream.median,
            RATE,
            "frames/s",
            least=True,
        ),
        Claim(
            f"photo of {megapixels:.1f} megapixels: bytes to boxes, strip, scores, heat map", total.median, PHOTO, "ms"
        ),
    ]
    notes = [
        subject.note,
        f"the detector is the {finder.name}; the face is scikit-image's astronaut",
        f"the photo has {len(content) / 1e6:.1f} MB",
    ]
    return Report("live", repeats, [stream, total, *parts], claims, notes, PACKAGES)


def _stream(subject: Subject, finder: Detector, repeats: int, frames: int) -> Sample:
    live = Live(subject.classifier, of_classes(subject.classifier.classes), finder)
    still = subjects.portrait(*FRAME)
    pictures = [np.roll(still, shift, axis=1) for shift in range(SHIFTS)]
    if not all(len(live.annotate(picture)[1].faces) == 1 for picture in pictures):
        raise MediaError(
            "Expected exactly one face in every frame, got another number. Choose another detector: see FERKIT_YUNET."
        )

    def play() -> None:
        for i in range(frames):
            live.annotate(pictures[i % SHIFTS])

    seconds = timing.alternate({"play": play}, repeats)["play"]
    return combine(f"live, {frames} frames", "frames/s", [frames / value for value in seconds])


def _photo(subject: Subject, finder: Detector, content: bytes, repeats: int) -> list[Sample]:
    """Milliseconds of each step, in the order of the Photo page."""
    colours = of_classes(subject.classifier.classes)
    steps = ("open and turn upright", "find faces", "crop, classify, explain", "draw boxes and strip")
    values: dict[str, list[float]] = {step: [] for step in steps}

    def once() -> dict[str, float]:
        kept: dict[str, Any] = {}

        def classify() -> None:
            kept["reading"] = read(kept["image"], subject.classifier, finder, boxes=kept["boxes"], explain=True)

        seconds = [
            timing.stopwatch(lambda: kept.update(image=open_photo(content))),
            timing.stopwatch(lambda: kept.update(boxes=finder.detect(kept["image"]))),
            timing.stopwatch(classify),
            timing.stopwatch(lambda: render(kept["image"], kept["reading"], colours)),
        ]
        return dict(zip(steps, seconds, strict=True))

    once()
    for _ in range(repeats):
        for step, seconds in once().items():
            values[step].append(1000 * seconds)
    return [combine(f"  {step}", "ms", milliseconds) for step, milliseconds in values.items()]


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=7, frames=100, width=4000)


if __name__ == "__main__":
    main()
