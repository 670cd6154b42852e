"""Photos and videos at the command line.  $ python -m ferkit predict FILE... --run RUN"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from ferkit import runs as folders
from ferkit.cli.errors import one_sentence
from ferkit.errors import MediaError

if TYPE_CHECKING:
    from ferkit.faces import Detector
    from ferkit.predict.classifier import Classifier

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `predict` on the main app."""
    app.command()(one_sentence(predict))


def predict(
    images: Annotated[list[Path], typer.Argument(help="Photos and videos.", metavar="FILE...")],
    run: Annotated[str, typer.Option(help="Name of the run that reads the faces.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON value and nothing else; of a video, every reading.")
    ] = False,
) -> None:
    """Find the faces in photos and videos and tell their emotions."""
    opened = folders.open_run(run)
    from ferkit.faces import detector
    from ferkit.predict.classifier import Classifier
    from ferkit.videos import ENDINGS

    classifier, finder = Classifier.open(opened), detector()
    told = []  # all of them before the first word
    for path in images:
        film = path.suffix.lower().lstrip(".") in ENDINGS
        told.append(
            _film(classifier, finder, path) if film else {"image": str(path), "faces": _read(classifier, finder, path)}
        )
    if as_json:
        print(json.dumps(told, ensure_ascii=False, allow_nan=False))
        return
    for one in told:
        _print_faces(one) if "image" in one else _print_people(one)


def _read(classifier: "Classifier", finder: "Detector", path: Path) -> list[dict[str, Any]]:
    """The faces in one picture, largest first. A picture hardly larger than the network's input in which none is found
    is taken for a face already cut out, as datasets have them. Raises MediaError naming the file if it is no
    picture."""
    from ferkit.faces import MARGIN, Box, square_crop, to_network
    from ferkit.images import open_photo

    try:
        picture = open_photo(path)
    except MediaError as error:
        raise MediaError(f"{path.name}: {error}") from error
    boxes, margin, shape = finder.detect(picture), MARGIN, classifier.input
    height, width = picture.shape[:2]
    if not boxes and max(height, width) <= 2 * shape.size:
        boxes, margin = [Box(0, 0, width, height, 1.0)], 0.0
    crops = [to_network(square_crop(picture, box, margin), shape.size, shape.channels) for box in boxes]
    probabilities = classifier.probabilities(np.stack(crops)) if crops else np.empty((0, len(classifier.classes)))
    return [
        {
            "box": [box.x, box.y, box.w, box.h],
            "emotion": classifier.classes[int(p.argmax())],
            "probabilities": dict(zip(classifier.classes, p.tolist(), strict=True)),
        }
        for box, p in zip(boxes, probabilities, strict=True)
    ]


def _film(classifier: "Classifier", finder: "Detector", path: Path) -> dict[str, Any]:
    """Who is in a video and what each shows. Raises MediaError naming the file if it is none."""
    from ferkit.predict.timeline import people, table
    from ferkit.predict.video import Reader, read
    from ferkit.videos import read_video

    shape = classifier.input
    reader = Reader(classifier.probabilities, tuple(classifier.classes), shape.size, shape.channels)
    try:
        film = read(read_video(path), reader, finder)
    except MediaError as error:
        raise MediaError(f"{path.name}: {error}") from error
    faces = [
        {
            "face": one.face,
            "from": one.begin,
            "to": one.end,
            "shares": dict(zip(film.classes, one.shares.tolist(), strict=True)),
        }
        for one in people(film)
    ]
    return {
        "video": str(path),
        "seconds": film.seconds,
        "whole": film.whole,
        "faces": faces,
        "readings": table(film).to_dict("records"),
    }


def _print_people(one: dict[str, Any]) -> None:
    faces = one["faces"]
    which = "" if one["whole"] else "its first "
    print(
        f"{one['video']}: {len(faces) or 'no'} face{'' if len(faces) == 1 else 's'} in {which}{one['seconds']:.1f} seconds"
    )
    for face in faces:
        best = sorted(face["shares"].items(), key=lambda pair: -pair[1])[:3]
        print(
            f"  face {face['face']}, {face['from']:.1f}-{face['to']:.1f} s: "
            + ", ".join(f"{name} {p:.0%}" for name, p in best)
        )


def _print_faces(one: dict[str, Any]) -> None:
    print(f"{one['image']}: {len(one['faces']) or 'no'} face{'' if len(one['faces']) == 1 else 's'}")
    for face in one["faces"]:
        best = sorted(face["probabilities"].items(), key=lambda pair: -pair[1])[:3]
        x, y, w, h = face["box"]
        print(f"  {w}x{h} at {x},{y}: " + ", ".join(f"{name} {p:.0%}" for name, p in best))
