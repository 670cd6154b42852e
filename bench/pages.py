"""The first page within 1 s of an empty app, any page within 0.3 s of an empty one, a cell clicked to a full gallery in
200 ms, a lasso in 150 ms.

    $ python -m bench.pages
    $ python -m bench.pages --faces 300 --width 800 --pages 2 --repeats 1     # does it run? no measurement

The empty app, two pages of a title each, runs beside ours in the same browser, in turn. Pages are those of this
checkout; clicks, lassos and the photo of 12 megapixels (upload done to all of it on screen, at most 700 ms) happen in a
world of 35,887 faces made for it.
"""

import itertools
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import ROOT, browser, made_up_results, subjects, timing
from bench.browser import Server, arrived
from bench.timing import Claim, Report, Sample, combine

__all__ = ["main", "measure"]

FIRST, LATER = 1.0, 0.3  # seconds beyond an empty app
CLICK, LASSO, PHOTO = 200.0, 150.0, 700.0  # milliseconds
PACKAGES = ("streamlit", "playwright", "plotly")
APP = ROOT / "dashboard" / "app.py"
LINKS = ".pages a"
EMPTY = """import streamlit as st


def one() -> None:
    st.title("One")


def two() -> None:
    st.title("Two")


st.navigation([st.Page(one, title="One"), st.Page(two, title="Two")]).run()
"""
Pairs = dict[str, list[tuple[float, float]]]  # page -> seconds of an empty page, seconds of ours


def measure(repeats: int, faces: int, width: int, pages: int) -> Report:
    """First page, the first `pages` pages afresh and by the sidebar, then cells, lassos and photos `width` pixels
    wide."""
    with tempfile.TemporaryDirectory() as folder, browser.chromium() as chromium:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        first = {"first page": [(_cold(chromium, empty), _cold(chromium, APP)) for _ in range(repeats)]}
        with (
            browser.serving(empty) as other,
            browser.serving(APP) as server,
            browser.window(chromium) as left,
            browser.window(chromium) as right,
        ):
            afresh, changed = _pages(left, other, right, server, repeats, pages)
        world = made_up_results.write(Path(folder) / "world", faces)
        with browser.serving(APP, world) as server, browser.window(chromium) as page:
            clicked = [
                _cells(page, server, repeats),
                _lassos(page, server, repeats),
                _photos(page, server, repeats, width),
            ]
    claims = [
        Claim("streamlit run to the first page drawn, beyond an empty app", _beyond(first), FIRST, "s"),
        Claim("the slowest page, warm, opened afresh, beyond an empty one", _beyond(afresh), LATER, "s"),
        Claim("the slowest page, warm, by the sidebar, beyond an empty one", _beyond(changed), LATER, "s"),
        Claim(f"a cell clicked to its gallery, {faces:,} faces", clicked[0].median, CLICK, "ms"),
        Claim(f"a lasso released to its gallery, {faces:,} faces", clicked[1].median, LASSO, "ms"),
        Claim("a photo uploaded to faces, scores and heat map on screen", clicked[2].median, PHOTO, "ms"),
    ]
    samples = [
        *_samples(first, "from the command"),
        *_samples(afresh, "afresh"),
        *_samples(changed, "by the sidebar"),
        *clicked,
    ]
    return Report("pages", repeats, samples, claims, _notes(faces), PACKAGES)


def _cold(chromium: Any, entry: Path) -> float:
    """Seconds from the command to the first page drawn in a window that has nothing cached."""
    with browser.window(chromium) as page, browser.serving(entry) as server:
        return arrived(page, server.address, server.began)


def _pages(left: Any, other: Server, right: Any, app: Server, repeats: int, pages: int) -> tuple[Pairs, Pairs]:
    """Each page of ours (window `right`) and an empty one (`left`) in turn; all have been open once before."""
    blank = f"{other.address}/two"  # at an address of its own, as our pages are
    arrived(left, blank)
    arrived(right, app.address)
    links = right.eval_on_selector_all(
        LINKS, "links => links.map(link => [link.innerText.trim().split('\\n').pop(), link.href])"
    )[:pages]
    for _, address in links:
        arrived(right, address)
    afresh: Pairs = {title: [] for title, _ in links}
    changed: Pairs = {title: [] for title, _ in links}
    for _ in range(repeats):
        for title, address in links:
            afresh[title].append((arrived(left, blank), arrived(right, address)))
        for (title, _), other_title in zip(links, itertools.cycle(("One", "Two")), strict=False):
            changed[title].append(
                (browser.pressed(left, other_title, other_title), browser.pressed(right, title, title))
            )
    return afresh, changed


def _cells(page: Any, server: Server, repeats: int) -> Sample:
    """Cells of the confusion matrix, another one each time."""
    arrived(page, f"{server.address}/failures")
    page.locator('.gallery[data-ahead="0"]').wait_for()  # the browser has fetched the faces, once
    cells = [
        name
        for name in page.locator("[data-cell]").evaluate_all("all => all.map(one => one.dataset.cell)")
        if _off_diagonal(name)
    ]
    times = []
    for i in range(repeats + 1):  # the first one warms up
        milliseconds, held = browser.refilled(page, page.locator(f'[data-cell="{cells[i % len(cells)]}"]').click)
        times.append(milliseconds)
    return combine(f"a cell clicked to its gallery painted (the last of {held:,} faces)", "ms", times[1:])


def _off_diagonal(cell: str) -> bool:
    true, _, predicted = cell.partition("|")
    return bool(true and predicted and true != predicted)


def _lassos(page: Any, server: Server, repeats: int) -> Sample:
    """Rings drawn by mouse over the middle of the map, each at another place."""
    arrived(page, f"{server.address}/embeddings")
    page.locator('.gallery[data-ahead="0"]').wait_for()
    times = []
    for i in range(repeats + 1):
        corners = list(_ring(page.locator(".map .stage").first.bounding_box(), 0.35 + 0.15 * (i % 3), 0.15))

        def draw(corners: list[tuple[float, float]] = corners) -> None:
            page.mouse.move(*corners[0])
            page.mouse.down()
            for corner in corners[1:]:
                page.mouse.move(*corner, steps=2)
            page.mouse.up()

        milliseconds, held = browser.refilled(page, draw)
        times.append(milliseconds)
    return combine(f"a lasso released to its gallery painted (the last of {held:,} faces)", "ms", times[1:])


def _ring(box: dict[str, float], middle: float, radius: float) -> Iterator[tuple[float, float]]:
    """Corners of a ring on the map, as shares of its box -> pixels of the window; from the top."""
    for angle in np.linspace(-np.pi / 2, 3 * np.pi / 2, 16):
        x, y = middle + radius * np.cos(angle), 0.5 + radius * np.sin(angle)
        yield box["x"] + x * box["width"], box["y"] + y * box["height"]


def _photos(page: Any, server: Server, repeats: int, width: int) -> Sample:
    """The same picture as another file each time, so that nothing of it is remembered."""
    picture, times = subjects.portrait(width, width * 3 // 4), []
    for i in range(repeats + 1):
        arrived(page, f"{server.address}/photo")  # a second photo would be put beside the first
        times.append(browser.uploaded(page, subjects.jpeg(picture, 90 - i)))
    return combine(
        f"a photo of {picture.size / 3e6:.1f} megapixels, upload done to all of it on screen", "ms", times[1:]
    )


def _beyond(pairs: Pairs) -> float:
    """Of the slowest page: the median of what ours takes beyond an empty one."""
    return max(statistics.median(loaded - empty for empty, loaded in pairs_of_page) for pairs_of_page in pairs.values())


def _samples(pairs: Pairs, how: str) -> list[Sample]:
    empty = [blank for pairs_of_page in pairs.values() for blank, _ in pairs_of_page]
    samples = [combine(f"an empty app, {how}", "s", empty)]
    for title, pairs_of_page in pairs.items():
        samples.append(combine(f"{title}, {how}", "s", [loaded for _, loaded in pairs_of_page]))
        samples.append(
            combine("  beyond the empty one beside it", "s", [loaded - blank for blank, loaded in pairs_of_page])
        )
    return samples


def _notes(faces: int) -> list[str]:
    return [
        f"drawn: the script has ended, no placeholder is left, and nothing came or went for {browser.QUIET} ms, "
        "which are not counted",
        "from the command: server and browser cache cold, Chromium itself running; warm: every page has been open once",
        "cells and lassos: the browser has fetched the sheets of faces before, as it does while nothing else happens",
        f"clicks, lassos and photos happen among {faces:,} faces with made-up results, so that they can be repeated "
        "anywhere",
    ]


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=5, faces=35_887, width=4000, pages=99)


if __name__ == "__main__":
    main()
