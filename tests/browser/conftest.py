"""The literal command in a real Chromium: `server(world)` gives its address, `page` a window, `visit` and `drawn` wait for it."""

import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240_000  # milliseconds: a busy machine is no failure
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DRAWN = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.getAttribute("data-test-script-state") !== "notRunning") return false;
  if (document.querySelector('[data-testid="stSpinner"], [data-testid="stSkeleton"], [data-stale="true"]')) return false;
  return !!document.querySelector('[data-testid="stMain"] [data-testid="stVerticalBlock"] > *');
}"""


@pytest.fixture(scope="session")
def drawn() -> Callable[[Any], None]:
    """`drawn(page)` waits until the app runs nothing and shows no placeholder, twice: a click takes a moment to set it running."""

    def wait(page: Any) -> None:
        for _ in range(2):
            page.wait_for_function(DRAWN, timeout=PATIENCE, polling=50)
            page.wait_for_timeout(250)
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
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Chromium, headless; a test that wants it is skipped where there is none."""
    sync = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright: pip install playwright")
    chromium = next((found for name in NAMES if (found := shutil.which(name))), None)
    if chromium is None:
        pytest.skip("browser tests need Chromium: apt-get install chromium")
    with sync.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A window of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Any], str]]:
    """`server(world)` starts `streamlit run dashboard/app.py` on a free port in that world and returns its address."""
    running: dict[Path, tuple[subprocess.Popen, str]] = {}

    def start(world: Any) -> str:
        if world.path not in running:
            log = tmp_path_factory.mktemp("server") / "log"
            running[world.path] = _start(world.environment, log)
        return running[world.path][1]

    yield start
    for process, _ in running.values():
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(environment: dict[str, str], log: Path) -> tuple[subprocess.Popen, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    streamlit = Path(sys.executable).with_name("streamlit")
    command = [str(streamlit), "run", "dashboard/app.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("w") as out:
        process = subprocess.Popen([*command, "--server.headless", "true"], cwd=ROOT, env=environment, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end and process.poll() is None:
        try:
            if urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).status == 200:
                return process, address
        except OSError:
            time.sleep(0.1)
    process.kill()
    process.wait()
    raise AssertionError(f"the app did not come up: {log.read_text()[-2000:]}")
