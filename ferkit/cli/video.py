"""A video at the command line.  $ python -m ferkit video clip.mp4 --csv readings.csv --mp4 readings.mp4"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import TextColumn

from ferkit.cli.bar import progress_bar
from ferkit.cli.errors import report_errors
from ferkit.cli.predict import MIRROR
from ferkit.text import printable

if TYPE_CHECKING:
    from ferkit.predict.video import VideoReading

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `video` on the main app."""
    app.command()(report_errors(video))


def video(
    file: Annotated[Path, typer.Argument(help="A video of any length.", metavar="FILE")],
    run: Annotated[str, typer.Option(help="Name of the run that classifies the faces.")] = "compact-wild",
    rate: Annotated[float, typer.Option(min=0, help="Frames read per second; 0 for every frame.")] = 10.0,
    smoothing: Annotated[float, typer.Option(min=0, max=60, help="Seconds; 0 for each frame by itself.")] = 0.3,
    mirror: Annotated[bool, typer.Option("--mirror", help=MIRROR)] = False,
    csv: Annotated[Path | None, typer.Option(help="Write every reading, with its face's number.")] = None,
    mp4: Annotated[Path | None, typer.Option(help="Write the video with the readings drawn in.")] = None,
    gif: Annotated[Path | None, typer.Option(help="The same as an animated GIF of the first 30 seconds.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Read a video of any length: follow each face, and say what share of its time each emotion has.

    Ctrl-C ends it without writing anything.
    """
    from ferkit.runs import open_run

    opened = open_run(run)
    from ferkit.faces import detector
    from ferkit.predict.classifier import Classifier
    from ferkit.predict.film import annotated
    from ferkit.predict.film import gif as animated
    from ferkit.predict.timeline import table
    from ferkit.predict.video import read
    from ferkit.videos import Budget

    patient = Budget(frames=10**9, pixels=10**16, seconds=1e9)  # it is the caller's own machine
    with progress_bar(TextColumn("{task.completed:.0f} s")) as bar:
        task = bar.add_task("Reading", total=None)

        def progress(done: float, seconds: float) -> None:
            bar.update(task, completed=done, total=seconds or None)

        reading = read(
            file, Classifier.open(opened), detector(),
            rate=rate, mirror=mirror, copy=False, budget=patient, progress=progress,
        )  # fmt: skip
    for path, make in (
        (csv, lambda: table(reading, smoothing).to_csv(index=False, float_format="%.4f").encode()),
        (mp4, lambda: annotated(reading, file, smoothing)),
        (gif, lambda: animated(reading, file, smoothing)),
    ):
        _write(path, make)
    if as_json:
        print(json.dumps(_report(file, opened.name, reading, smoothing), ensure_ascii=False, allow_nan=False))
    else:
        _print(_report(file, opened.name, reading, smoothing))


def _write(path: Path | None, make: Callable[[], bytes]) -> None:
    from ferkit.files import atomic_write

    if path:
        with atomic_write(path) as partial:
            partial.write_bytes(make())


def _report(file: Path, run: str, reading: "VideoReading", smoothing: float) -> dict[str, Any]:
    from ferkit.predict.timeline import shares, table, tracks

    by_face = shares(reading, sigma=smoothing)[list(reading.classes)]
    faces = [
        {"face": face.face, "from": face.begin, "to": face.end, "shares": by_face.loc[face.face].to_dict()}
        for face in tracks(reading)
    ]
    return {
        "video": printable(str(file)),
        "run": run,
        "seconds": reading.seconds,
        "frames": len(reading.times),
        "stopped": reading.stopped,
        "smoothing": smoothing,
        "faces": faces,
        "readings": table(reading, smoothing).to_dict("records"),
    }


def _print(report: dict[str, Any]) -> None:
    count = len(report["faces"])
    what = f"{count or 'no'} face{'' if count == 1 else 's'}"
    print(f"{report['video']}: {what} in {report['seconds']:.1f} seconds, {report['frames']:,} frames read")
    for face in report["faces"]:
        best = sorted(face["shares"].items(), key=lambda pair: -pair[1])[:3]
        words = ", ".join(f"{printable(name)} {share:.0%} of the time" for name, share in best if share)
        print(f"  face {face['face']}, {face['from']:.1f}-{face['to']:.1f} s: {words}")
    if report["stopped"]:
        print(f"  {report['stopped']}")
