"""A video read at least three times as fast as it plays (640x480, 25 frames per second, one face), by the steps of
the Video page.

    $ python -m bench.video
    $ python -m bench.video --seconds 1 --repeats 1     # does it run? no measurement

Decoding, finding, following and classifying ten times a second.
"""

from collections.abc import Sequence

import numpy as np

from bench import subjects, timing
from bench.timing import Claim, Report, combine
from ferkit.errors import MediaError
from ferkit.faces import detector
from ferkit.predict.video import read
from ferkit.videos import Writer

__all__ = ["main", "measure"]

AIM = 3.0  # times as fast as it plays
FRAME = (640, 480)
RATE = 25  # frames per second
LEAST = 0.9  # of the readings have the face
PACKAGES = ("opencv-python-headless", "torch", "av", "scikit-image")


def measure(repeats: int, seconds: int) -> Report:
    """Seconds of video read per second."""
    subject, finder = subjects.subject(), detector()
    content = _video(seconds)
    video = read(content, subject.classifier, finder)
    if video.rows["face"].value_counts().max() < LEAST * len(video.times):
        raise MediaError("Expected a face in nearly all frames, got fewer. Choose another detector: see FERKIT_YUNET.")
    taken = timing.alternate({"read": lambda: read(content, subject.classifier, finder)}, repeats)["read"]
    sample = combine(f"a video of {seconds} seconds, read", "times", [seconds / value for value in taken])
    claims = [Claim("a video, as fast as it plays", sample.median, AIM, "times", least=True)]
    notes = [
        subject.note,
        f"the detector is the {finder.name}; the face is scikit-image's astronaut, moving sideways",
    ]
    return Report("video", repeats, [sample], claims, notes, PACKAGES)


def _video(seconds: int) -> bytes:
    still, writer = subjects.portrait(*FRAME), Writer(*FRAME, RATE)
    for i in range(seconds * RATE):
        writer.write(i / RATE, np.roll(still, abs(i % (2 * RATE) - RATE), axis=1))
    return writer.close()


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=5, seconds=10)


if __name__ == "__main__":
    main()
