"""Colours of runs and classes: stable, legible on light and dark, and neighbours far apart."""

import itertools
import tomllib

import cv2
import numpy as np
import pytest

from ferkit import colours
from tests.worlds import ROOT

BACKGROUNDS = ("#fcfcfd", "#11131c")
WINDOW = 4  # runs whose names sort next to each other


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    value = rgb(colour)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def lab(colour: str) -> np.ndarray:
    return cv2.cvtColor(rgb(colour)[None, None], cv2.COLOR_RGB2LAB)[0, 0]


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_runs_are_legible_on_light_and_dark(background: str) -> None:
    for colour in colours.RUNS:
        low, high = sorted((luminance(colour), luminance(background)))
        assert (high + 0.05) / (low + 0.05) >= 2.99, colour


def test_runs_that_sort_together_have_clearly_different_colours() -> None:
    n = len(colours.RUNS)
    assert n == len(set(colours.RUNS)) == 20
    for i in range(n):
        for step in range(1, WINDOW + 1):
            pair = colours.RUNS[i], colours.RUNS[(i + step) % n]
            assert np.linalg.norm(lab(pair[0]) - lab(pair[1])) > 30, pair


def test_a_run_keeps_its_colour_and_many_runs_share_them() -> None:
    names = [f"run {i:02d}" for i in range(25)]
    given = colours.of_runs(names)
    assert given["run 00"] == given["run 20"] == colours.ACCENT and len(given) == 25


def test_runs_that_are_looked_at_together_never_look_alike() -> None:
    names = [f"run {i:02d}" for i in range(30)]
    for together in itertools.islice(itertools.permutations(names, 4), 0, None, 997):
        given = colours.of_runs(names, together)
        pairs = itertools.combinations([lab(given[name]) for name in together], 2)
        assert min(np.linalg.norm(one - other) for one, other in pairs) > 44, together
        assert given[together[0]] == colours.of_runs(names)[together[0]]


def test_known_emotions_keep_their_colours_in_any_case() -> None:
    given = colours.of_classes(("Happy", "fear", "bored"))
    assert given["Happy"] == colours.of_classes(("happy",))["happy"] != given["fear"]
    assert given["bored"] == colours.SPARE[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_captions_are_legible(theme: str) -> None:
    """Streamlit draws a caption in the text's colour at 60% opacity; WCAG 2 asks for a contrast of 4.5."""
    colours_of = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][theme]
    for place in (colours_of, colours_of["sidebar"]):
        for background in (place["backgroundColor"], place["secondaryBackgroundColor"]):
            mixed = 0.6 * rgb(colours_of["textColor"]) + 0.4 * rgb(background)
            caption = "#" + "".join(f"{round(255 * float(value)):02x}" for value in mixed)
            low, high = sorted((luminance(caption), luminance(background)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, background
