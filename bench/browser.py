"""A Streamlit app in a real Chromium, timed by the browser's own clock: no polling from outside is part of a number.

`drawn` means: the script has ended, no placeholder is left, and no element came or went for `QUIET` afterwards, which
is not counted.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import ROOT
from ferkit.errors import ConfigError

__all__ = ["Server", "arrived", "chromium", "installed", "pressed", "refilled", "serving", "uploaded", "window"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WATCH = Path(__file__).with_name("watch.js")
PATIENCE = 300  # seconds: a busy machine is measured badly, but measured
QUIET = 400  # milliseconds
LINKS = '.pages a, [data-testid="stSidebarNavLink"]'  # ours, and those of an empty app
HEADING = "document.querySelector('h1')?.innerText"
PICTURE = "(document.querySelector('[data-testid=\"stMain\"] [data-testid=\"stImage\"] img')?.src ?? '')"
SETTLED = f"watch.since !== null && performance.now() - watch.since > {QUIET}"


@dataclass(frozen=True)
class Server:
    """A running app."""

    address: str
    began: float  # seconds since 1970: when its command was given


def installed() -> str | None:
    """Where Chromium or Chrome is, if it is."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium. Raises ConfigError where there is none, or no playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise ConfigError(
            "Pages are timed with playwright, which is missing. Install it: pip install playwright"
        ) from error
    path = installed()
    if path is None:
        raise ConfigError(
            "Pages are timed in Chromium, which is missing. Install it, on Debian: apt-get install chromium"
        )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@contextlib.contextmanager
def window(browser: Any) -> Iterator[Any]:
    """A page with nothing cached yet, watching itself."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(1000 * PATIENCE)
    context.add_init_script(path=str(WATCH))
    yield context.new_page()
    context.close()


@contextlib.contextmanager
def serving(entry: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`streamlit run entry` from the root of the checkout; it answers when the block begins. Raises ConfigError if it
    never does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [str(Path(sys.executable).with_name("streamlit")), "run", str(entry), *options]
    with tempfile.TemporaryFile() as log:
        began = time.time()
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}", process)
            yield Server(f"http://127.0.0.1:{port}", began)
        finally:
            _stop(process)


def _wait(address: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise ConfigError("Expected the app to answer, but it does not start. See why: streamlit run dashboard/app.py")


def _stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def arrived(page: Any, address: str, since: float | None = None) -> float:
    """Open an address; seconds from there, or from the moment `since` (seconds since 1970), until it was drawn."""
    page.goto(address, wait_until="domcontentloaded")
    _until(page, SETTLED)
    navigation, drawn = page.evaluate("[performance.timeOrigin, watch.since]")
    return (drawn if since is None else navigation + drawn - 1000 * since) / 1000


def pressed(page: Any, link: str, title: str) -> float:
    """Click that link of the navigation; seconds until the page headed `title` was drawn."""
    page.evaluate("watch.pressed = 0")
    page.locator(LINKS, has_text=link).first.click()
    _until(page, f"watch.pressed && watch.since > watch.pressed && {HEADING} === {json.dumps(title)} && {SETTLED}")
    return page.evaluate("watch.since - watch.pressed") / 1000


def refilled(page: Any, act: Callable[[], None]) -> tuple[float, int]:
    """Do what ends with a released mouse button; milliseconds until the gallery's new faces were painted, all that are
    in view, and how many it holds."""
    page.evaluate("watch.pressed = 0, watch.changed = null")
    act()
    _until(page, "watch.pressed && watch.changed > watch.pressed && watch.faces && !watch.waiting")
    milliseconds, faces = page.evaluate("[watch.changed - watch.pressed, watch.faces]")
    _until(page, SETTLED)
    return milliseconds, faces


def uploaded(page: Any, content: bytes) -> float:
    """Put a JPEG into the page's uploader; milliseconds from the end of the upload until all it led to was drawn."""
    before = page.evaluate(f"performance.clearResourceTimings(), {PICTURE}")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator('input[type="file"]').first.set_input_files(file)
    sent = (
        "performance.getEntriesByType('resource').filter(one => one.name.includes('upload_file')).at(-1)?.responseEnd"
    )
    _until(page, f"{PICTURE} !== {json.dumps(before)} && watch.since > {sent} && {SETTLED}")
    return page.evaluate(f"watch.since - {sent}")


def _until(page: Any, condition: str) -> None:
    from playwright.sync_api import TimeoutError as Late

    try:
        page.wait_for_function(f"() => {condition}", timeout=1000 * PATIENCE, polling=50)
    except Late as error:
        raise ConfigError(
            f"Expected {page.url} to be drawn within {PATIENCE} s, but it was not. Open it and look."
        ) from error
    if page.locator('[data-testid="stException"]').count():
        raise ConfigError(f"Expected a page to time, got an error on {page.url}. Mend that first.")
