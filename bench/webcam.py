"""The webcam in three ways, in one run: in the visitor's browser, through the server by WebRTC, by snapshots.

    $ python -m bench.webcam
    $ python -m bench.webcam --repeats 1 --seconds 3     # does it run? no measurement
    $ FERKIT_FER=/tmp/fer/bin/python python -m bench.webcam     # beside the package `fer`: see bench/fer_peer.py

Aims: 25 frames per second in the browser, and 3 s from Start to the first frame that was read. Chromium has a camera
that plays a file: 640x480, 30 frames/s, one face. The run is the first of `RUNS` that is here; faces are found by YuNet
where its file is, else there is an oval in the browser and Haar on the server. Rates are those that the page shows.
Before that, the same frames are read in Python by us and, where it is, by `fer`.
"""

import contextlib
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench import subjects, timing
from bench.browser import PATIENCE, installed, serving
from bench.fer_peer import compare
from bench.timing import Claim, Report, combine
from ferkit import runs
from ferkit.deploy.current import exported_onnx
from ferkit.errors import ConfigError
from ferkit.faces import yunet_file
from ferkit.predict.classifier import Classifier

__all__ = ["main", "measure"]

RUNS = ("compact-wild", "compact", "demo")
RATE, COLD = 25.0, 3.0  # frames per second, seconds
FRAME = (640, 480)
SHIFTS = [round(30 * np.sin(2 * np.pi * i / 60)) for i in range(60)]  # pixels: the face moves to and fro
FEW = 12  # of them are read in Python
LINE = r"([\d.]+) frames per second"
PACKAGES = ("streamlit", "streamlit-webrtc", "playwright", "onnxruntime")
Values = dict[str, list[float]]  # name of a sample -> a value a repeat


def measure(repeats: int, seconds: int) -> Report:
    """Each way for `seconds`, one after the other, `repeats` times over, each time in a browser with nothing cached."""
    run = next((name for name in RUNS if name in runs.names()), None)
    if run is None:
        raise ConfigError(f"Expected one of {', '.join(RUNS)} in checkpoints/, got none. Bring one.")
    values: Values = {}
    frames = [np.roll(subjects.portrait(*FRAME), shift, axis=1) for shift in SHIFTS[:: len(SHIFTS) // FEW]]
    opened = runs.open_run(run)
    peers, beside = compare(Classifier.open(opened), frames, repeats, exported_onnx(opened))
    with tempfile.TemporaryDirectory() as folder, serving(Path("dashboard/app.py")) as server:
        video = _video(Path(folder) / "camera.y4m")
        for _ in range(repeats):
            for way in (_browser, _server, _snapshots):
                with _window(video) as page:
                    way(page, f"{server.address}/webcam?run={run}", seconds, values)
    units = {"rate": "frames/s", "latency": "ms", "cold": "s"}
    samples = {name: combine(name, units[name.split(", ")[1].split()[0]], found) for name, found in values.items()}
    claims = [
        Claim("webcam in the browser", samples["browser, rate"].median, RATE, "frames/s", least=True),
        Claim("webcam in the browser, Start to the first frame read", samples["browser, cold start"].median, COLD, "s"),
    ]
    finder = "YuNet" if yunet_file() else "an oval in the browser, the Haar cascade on the server"
    notes = [
        f"run {run}; faces by {finder}",
        "latency in the browser: from the camera's frame to the picture drawn over it",
        beside,
    ]
    return Report("webcam", repeats, [*samples.values(), *peers], claims, notes, PACKAGES)


def _browser(page: Any, address: str, seconds: int, values: Values) -> None:
    page.goto(address)
    page.get_by_role("button", name="Start camera").click()
    page.locator(".webcam[data-state=on]").wait_for()
    page.wait_for_timeout(1000 * seconds)
    shown = page.locator(".webcam").evaluate("it => ({...it.dataset})")
    _keep(values, "browser", rate=shown["rate"], latency=shown["latency"])
    _keep(values, "browser", **{"cold start": float(shown["cold"]) / 1000})


def _server(page: Any, address: str, seconds: int, values: Values) -> None:
    page.goto(f"{address}&mode=server")
    start = page.frame_locator('iframe[title*="webrtc"]').get_by_role("button", name="Start camera")
    start.wait_for()
    began = time.perf_counter()
    start.click()
    line = page.get_by_text(re.compile(rf"^{LINE} · ")).first
    line.wait_for(timeout=90_000)  # a busy machine connects late
    _keep(values, "server", **{"cold start": time.perf_counter() - began})
    page.wait_for_timeout(1000 * seconds)
    rate = re.search(LINE, line.inner_text())
    assert rate
    _keep(values, "server", rate=rate[1])


def _snapshots(page: Any, address: str, seconds: int, values: Values) -> None:
    page.goto(f"{address}&mode=snapshots")
    shutter = page.get_by_role("button", name="Take photo")
    shutter.wait_for()
    page.wait_for_function("() => document.querySelector('[data-testid=stCameraInput] video')?.readyState >= 2")
    began = time.perf_counter()
    shutter.click()
    page.get_by_text("%, then ").or_(page.get_by_text("No face was found")).first.wait_for()
    taken = time.perf_counter() - began
    _keep(values, "snapshots", rate=1 / taken, latency=1000 * taken)


def _keep(values: Values, way: str, **found: float | str) -> None:
    for name, value in found.items():
        values.setdefault(f"{way}, {name}", []).append(float(value))


@contextlib.contextmanager
def _window(video: Path) -> Iterator[Any]:
    """A page of a new Chromium whose camera plays `video`. Raises ConfigError where there is no Chromium."""
    from playwright.sync_api import sync_playwright

    if (path := installed()) is None:
        raise ConfigError(
            "The webcam is timed in Chromium, which is missing. Install it, on Debian: apt-get install chromium"
        )
    flags = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with sync_playwright() as playwright:
        flags.append(f"--use-file-for-fake-video-capture={video}")
        running = playwright.chromium.launch(executable_path=path, args=flags)
        page = running.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(1000 * PATIENCE)
        yield page
        running.close()


def _video(path: Path) -> Path:
    """Two seconds as Chromium's fake camera reads them."""
    still = subjects.portrait(*FRAME)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{FRAME[0]} H{FRAME[1]} F30:1 Ip A1:1 C420jpeg\n".encode())
        for shift in SHIFTS:
            moved = np.ascontiguousarray(np.roll(still, shift, axis=1))
            out.write(b"FRAME\n" + cv2.cvtColor(moved, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=3, seconds=10)


if __name__ == "__main__":
    main()
