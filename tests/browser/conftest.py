"""The literal command in a real Chromium: `server(world)` gives its address, `page` a window, `visit` and `drawn` wait
for it."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from bench.browser import chromium, installed, serving
from ferkit.errors import ConfigError
from tests.worlds import World

PATIENCE = 120_000  # milliseconds: a busy machine is not a failure
DRAWN = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.getAttribute("data-test-script-state") !== "notRunning") return false;
  const waiting = '[data-testid="stSpinner"], [data-testid="stSkeleton"], [data-stale="true"]';
  if (document.querySelector(waiting)) return false;
  return !!document.querySelector('[data-testid="stMain"] [data-testid="stVerticalBlock"] > *');
}"""
QUIET = 300  # milliseconds: a click takes a moment to set the app running
STILL = f"""(wait) => {{
  if (window.still?.wait !== wait) window.still = {{ wait, since: null }};
  const now = performance.now();
  window.still.since = ({DRAWN})() ? window.still.since ?? now : null;
  return window.still.since !== null && now - window.still.since >= {QUIET};
}}"""


@pytest.fixture(scope="session")
def drawn() -> Callable[[Any], None]:
    """`drawn(page)` waits until the app has run nothing and shown no placeholder for `QUIET`."""
    waits = itertools.count()

    def wait(page: Any) -> None:
        page.wait_for_function(STILL, arg=next(waits), timeout=PATIENCE, polling=25)
        assert page.locator('[data-testid="stException"]').count() == 0

    return wait


@pytest.fixture(scope="session")
def visit(drawn: Callable[[Any], None]) -> Callable[[Any, str], None]:
    """`visit(page, address)` opens an address and waits until it is drawn."""

    def go(page: Any, address: str) -> None:
        page.goto(address, wait_until="domcontentloaded")
        drawn(page)

    return go


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, headless; a test that wants it is skipped where there is none."""
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(chromium())
        except ConfigError as error:
            pytest.skip(str(error))
        yield running


@pytest.fixture(scope="session")
def window(browser: Any) -> Iterator[Callable[[str], Any]]:
    """`window("visitor")` opens a page in the browser of that visitor, who keeps what was fetched from one test to the
    next."""
    visitors: dict[str, Any] = {}

    def opened(visitor: str) -> Any:
        if visitor not in visitors:
            visitors[visitor] = browser.new_context(viewport={"width": 1440, "height": 1000})
            visitors[visitor].set_default_timeout(PATIENCE)
        return visitors[visitor].new_page()

    yield opened
    for context in visitors.values():
        context.close()


@pytest.fixture
def page(window: Callable[[str], Any]) -> Iterator[Any]:
    """A page of its own, without cookies or anything stored."""
    opened = window("visitor")
    opened.context.clear_cookies()
    opened.add_init_script("if (window === top) localStorage.clear()")
    yield opened
    opened.close()


Start = Callable[[World], str]


@contextlib.contextmanager
def servers() -> Iterator[Start]:
    """A function that starts `streamlit run dashboard/app.py` on a free port, once for each world."""
    running: dict[Path, str] = {}
    with contextlib.ExitStack() as stack:

        def start(world: World) -> str:
            if world.path not in running:
                running[world.path] = stack.enter_context(serving(Path("dashboard/app.py"), world.environment)).address
            return running[world.path]

        yield start


@pytest.fixture(scope="session")
def lasting(browser: Any) -> Iterator[Start]:
    """Starts servers that run until the last test has ended."""
    with servers() as start:
        yield start


@pytest.fixture(scope="module")
def server(lasting: Start, gray_world: World) -> Iterator[Start]:
    """`server(world)` gives the address of the app in that world; the one in `gray_world` is shared by all tests."""
    with servers() as start:
        yield lambda world: (lasting if world is gray_world else start)(world)


@pytest.fixture(scope="session")
def camera_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of the astronaut moving sideways, 640 x 480, as Chromium reads it."""
    still = cv2.resize(data.astronaut()[:384], (640, 480))
    moving = [np.roll(still, 3 * i, axis=1) for i in range(15)]
    return filmed(tmp_path_factory.mktemp("camera") / "astronaut.y4m", moving)


@pytest.fixture(scope="session")
def rolled_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The astronaut near the camera, the head rolled clockwise by 35 degrees."""
    turn = cv2.getRotationMatrix2D((224, 115), -35, 2.5)
    turn[:, 2] += (320 - 224, 240 - 115)
    still = cv2.warpAffine(data.astronaut(), turn, (640, 480), borderMode=cv2.BORDER_REPLICATE)
    return filmed(tmp_path_factory.mktemp("camera") / "rolled.y4m", [still] * 15)


def filmed(path: Path, frames: list[np.ndarray]) -> Path:
    """Frames of uint8 RGB (480, 640, 3) as Chromium reads them."""
    with path.open("wb") as out:
        out.write(b"YUV4MPEG2 W640 H480 F15:1 Ip A1:1 C420jpeg\n")
        for frame in frames:
            out.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


@pytest.fixture
def camera_page(browser: Any, camera_video: Path) -> Iterator[Any]:
    """A window of a Chromium whose camera shows `camera_video`."""
    with camera_window(browser, camera_video) as page:
        yield page


@pytest.fixture
def rolled_page(browser: Any, rolled_video: Path) -> Iterator[Any]:
    """A window of a Chromium whose camera shows `rolled_video`."""
    with camera_window(browser, rolled_video) as page:
        yield page


@contextlib.contextmanager
def camera_window(browser: Any, video: Path) -> Iterator[Any]:
    flags = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    running = browser.browser_type.launch(
        executable_path=installed(), args=[*flags, f"--use-file-for-fake-video-capture={video}"]
    )
    page = running.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(120_000)
    yield page
    running.close()
