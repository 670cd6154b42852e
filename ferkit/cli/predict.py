"""Photos and videos at the command line.  $ python -m ferkit predict FILE... --run RUN"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ferkit.cli.errors import report_errors
from ferkit.text import printable

if TYPE_CHECKING:
    from ferkit.faces import Detector
    from ferkit.predict.classifier import Classifier
    from ferkit.predict.photo import PhotoReading

__all__ = ["MIRROR", "register"]

MIRROR = "Average the probabilities of each face with those of its mirror image."


def register(app: typer.Typer) -> None:
    """Mount `predict` on the main app."""
    app.command()(report_errors(predict))


def predict(
    files: Annotated[list[Path], typer.Argument(help="Photos, zips of photos, videos.", metavar="FILE...")],
    run: Annotated[str, typer.Option(help="Name of the run that classifies the faces.")],
    mirror: Annotated[bool, typer.Option("--mirror", help=MIRROR)] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON value and nothing else; of a video, every reading.")
    ] = False,
) -> None:
    """Find the faces in photos and videos and classify their emotions."""
    from ferkit.runs import open_run

    opened = open_run(run)
    from ferkit.faces import detector
    from ferkit.predict.classifier import Classifier
    from ferkit.videos import ENDINGS

    classifier, finder = Classifier.open(opened), detector()
    # all results before the first is printed: a bad file among them prints nothing but its error
    results = []
    for path in files:
        if path.suffix.lower() == ".zip":
            results += _zip(classifier, finder, path, mirror)
        else:
            one = _video if path.suffix.lower().lstrip(".") in ENDINGS else _photo
            results.append(one(classifier, finder, path, mirror))
    if as_json:
        print(json.dumps(results, ensure_ascii=False, allow_nan=False))
        return
    for result in results:
        _print_photo(result) if "image" in result else _print_video(result)


def _photo(classifier: "Classifier", finder: "Detector", path: Path, mirror: bool) -> dict[str, Any]:
    """The faces in one photo, largest first. Raises MediaError naming the file if it cannot be read."""
    from ferkit.errors import MediaError
    from ferkit.files import read_bytes
    from ferkit.images import PHOTO
    from ferkit.predict.photo import read

    content = read_bytes(path, PHOTO.megabytes * 10**6, PHOTO.what, MediaError)
    try:
        reading = read(content, classifier, finder, mirror=mirror)
    except MediaError as error:
        raise MediaError(f"{path.name}: {error}") from error
    return _result(printable(str(path)), reading)


def _zip(classifier: "Classifier", finder: "Detector", path: Path, mirror: bool) -> list[dict[str, Any]]:
    """The photos of a zip, each with its faces or the reason why it is not read."""
    from ferkit.errors import MediaError
    from ferkit.files import read_bytes
    from ferkit.predict.photos import MOST_MEGABYTES, opened, read_each

    content = read_bytes(path, MOST_MEGABYTES * 10**6, "a zip of photos", MediaError)
    with opened([(path.name, content)]) as sources:
        photos = list(read_each(sources, classifier, finder, mirror=mirror))
    if len(photos) == 1 and photos[0].name == printable(path.name):
        raise MediaError(photos[0].message)
    return [
        {"image": f"{printable(str(path))}/{photo.name}", "error": photo.message}
        if photo.reading is None
        else _result(f"{printable(str(path))}/{photo.name}", photo.reading)
        for photo in photos
    ]


def _result(name: str, reading: "PhotoReading") -> dict[str, Any]:
    faces = [
        {
            "box": [face.box.x, face.box.y, face.box.w, face.box.h],
            "emotion": face.label,
            "probabilities": face.by_class,
        }
        for face in reading.faces
    ]
    return {"image": name, "faces": faces, "method": reading.method, "detector": reading.detector}


def _video(classifier: "Classifier", finder: "Detector", path: Path, mirror: bool) -> dict[str, Any]:
    """The faces of a video and all readings. Raises MediaError naming the file if it cannot be read."""
    from ferkit.errors import MediaError
    from ferkit.predict.timeline import table, tracks
    from ferkit.predict.video import read
    from ferkit.videos import read_video

    content = read_video(path)
    try:
        video = read(content, classifier, finder, mirror=mirror)
    except MediaError as error:
        raise MediaError(f"{path.name}: {error}") from error
    faces = [
        {
            "face": face.face,
            "from": face.begin,
            "to": face.end,
            "shares": dict(zip(video.classes, face.mean.tolist(), strict=True)),
        }
        for face in tracks(video)
    ]
    return {
        "video": printable(str(path)),
        "seconds": video.seconds,
        "stopped": video.stopped,
        "faces": faces,
        "readings": table(video).to_dict("records"),
    }


def _print_photo(result: dict[str, Any]) -> None:
    if "error" in result:
        print(f"{result['image']}: {printable(result['error'])}")
        return
    print(f"{result['image']}: {_count(result['faces'])}")
    for face in result["faces"]:
        x, y, w, h = face["box"]
        print(f"  {w}x{h} at {x},{y}: {_best(face['probabilities'])}")


def _print_video(result: dict[str, Any]) -> None:
    print(f"{result['video']}: {_count(result['faces'])} in {result['seconds']:.1f} seconds")
    for face in result["faces"]:
        print(f"  face {face['face']}, {face['from']:.1f}-{face['to']:.1f} s: {_best(face['shares'])}")
    if result["stopped"]:
        print(f"  {result['stopped']}")


def _count(faces: list[Any]) -> str:
    return f"{len(faces) or 'no'} face{'' if len(faces) == 1 else 's'}"


def _best(probabilities: dict[str, float]) -> str:
    """The three most probable classes; their names come from a run and are escaped."""
    best = sorted(probabilities.items(), key=lambda pair: -pair[1])[:3]
    return ", ".join(f"{printable(name)} {p:.0%}" for name, p in best)
