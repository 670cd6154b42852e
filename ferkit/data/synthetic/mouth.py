"""Nose, cheeks, mouth and chin."""

import numpy as np

from ferkit.data.synthetic.emotions import Expressions
from ferkit.data.synthetic.people import People
from ferkit.data.synthetic.shapes import Shape, bezier, join, mix, oval, points

__all__ = ["cheeks", "mouth", "nose"]

ACROSS = np.linspace(-1, 1, 17)  # along the mouth, from corner to corner
ARCH = 1 - ACROSS**2


def nose(p: People, e: Expressions) -> list[Shape]:
    """Bridge, tip, wings and nostrils; a wrinkled nose (AU 9) is shorter, wider, and lined across the bridge."""
    wing = p.nose * (1 + 0.15 * e(9) + 0.08 * e(12))
    base = 0.36 - 0.045 * e(9) - 0.015 * e(10)
    shade = np.where(p.light[:, 0] > 0, -1, 1)
    outline = mix(0.62 * p.skin, p.skin, 0.1)
    shapes = [
        Shape(
            join(
                bezier((shade * 0.04, -0.2), (shade * 0.05, 0.1), (shade * wing, base)),
                bezier((shade * 0.11, -0.16), (shade * 0.16, 0.1), (shade * wing * 1.3, base)),
            ),
            tone=np.full(len(wing), -0.3),
        ),
        Shape(bezier((0, -0.1), (0, 0.1), (0, base - 0.1)), tone=np.full(len(wing), 0.22), width=0.06, depth=0.8),
        Shape(oval(0, base + 0.06, wing * 0.9, 0.035), tone=np.full(len(wing), -0.3)),
        Shape(oval(-0.01 * shade, base - 0.07, 0.05, 0.04), tone=np.full(len(wing), 0.25), depth=0.9),
        Shape(
            bezier((-wing * 0.7, base + 0.01), (0, base + 0.07), (wing * 0.7, base + 0.01)),
            outline,
            width=0.02,
            depth=0.78,
        ),
    ]
    for side in (-1, 1):
        curl = bezier((side * wing * 0.95, base - 0.09), (side * wing * 1.35, base), (side * wing * 0.75, base + 0.03))
        shapes += [
            Shape(curl, outline, width=0.02, depth=0.7),
            Shape(oval(side * wing * 0.48, base + 0.012, wing * 0.24, 0.02, -side * 0.3), 0.28 * p.skin, depth=0.76),
            *_wrinkles(e, side),
        ]
    return shapes


def _wrinkles(e: Expressions, side: int) -> list[Shape]:
    deep = -0.9 * e.side(9, side)
    rows = [bezier((side * 0.02, y), (side * 0.08, y - 0.01), (side * 0.13, y + 0.05)) for y in (-0.12, -0.04, 0.05)]
    return [Shape(row, tone=deep, width=0.028, depth=0.72) for row in rows]


def cheeks(p: People, e: Expressions) -> list[Shape]:
    """Cheekbones, and the fold from nose to mouth corner that smiling, sneering and wrinkling the nose deepen."""
    shapes = []
    for side in (-1, 1):
        smile, sneer = e.side(12, side), (e.side(9, side) + e.side(10, side)).clip(0, 1)
        deep = (0.12 + 0.18 * p.age + 0.5 * smile + 0.45 * sneer).clip(0, 0.8)
        corner = side * (p.mouth * (1 + 0.3 * smile) + 0.08)
        fold = bezier(
            (side * (p.nose + 0.02), 0.3 - 0.04 * sneer), (corner * 0.98, 0.38), (corner, 0.58 - 0.06 * smile)
        )
        shapes += [
            Shape(oval(side * 0.42, 0.25 - 0.05 * e.side(6, side), 0.14, 0.1), tone=0.06 + 0.22 * e.side(6, side)),
            Shape(fold, tone=-deep, width=0.035),
        ]
    return shapes


def mouth(p: People, e: Expressions) -> list[Shape]:
    """Lips, teeth and the dark between them, then the shadow on the chin."""
    x, line, upper, lower = _opening(p, e)
    thin = p.lips * (1 - 0.6 * e(23)) * (1 - 0.2 * e(12))
    bow = 1 - 0.18 * np.exp(-((ACROSS / 0.16) ** 2))
    above = upper - (0.05 * thin)[:, None] * ARCH**0.7 * bow
    below = lower + (0.068 * thin * (1 + 0.25 * e(17)))[:, None] * ARCH**0.6
    lip = mix(p.skin * np.array([0.82, 0.6, 0.6]), np.array([150.0, 70, 70]), 0.15)
    gape = (lower - upper).max(1)
    chin = (below[:, 8] + 0.07).clip(0.7)
    return [
        Shape(points(x, above), tone=-0.1 * np.ones(len(gape)), width=0.03),
        Shape(join(points(x, above), points(x, line)), 0.86 * lip),
        Shape(join(points(x, line), points(x, below)), lip),
        Shape(
            join(points(x, upper), points(x, lower)), np.full_like(p.skin, 28.0) * [1.2, 0.8, 0.8], where=gape > 0.02
        ),
        *_teeth(p, e, x, upper, lower),
        Shape(points(x, line), 0.32 * p.skin, width=0.026, where=gape <= 0.03),
        *_corners(p, e, x, line),
        Shape(bezier((-0.16, chin), (0, chin + 0.05), (0.16, chin)), tone=-0.28 - 0.3 * e(17), width=0.06),
    ]


def _opening(p: People, e: Expressions) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x, the line where closed lips meet, and the inner edges of the upper and the lower lip: each (N, 17)."""
    half = p.mouth * (1 + 0.34 * e(12) + 0.3 * e(20) - 0.14 * e(23) - 0.22 * e(26) - 0.05 * e(17))
    corner = sum(((1 + side * ACROSS) / 2)[None] * _corner(p, e, side)[:, None] for side in (-1, 1))
    middle = 0.625 + 0.02 * e(12) - 0.05 * e(17) - 0.04 * e(9) - 0.02 * e(15)
    line = middle[:, None] + corner * ACROSS**2
    parted = e(25) * (1 - 0.5 * e(23))
    up = 0.035 * parted + 0.055 * e(10) * parted + 0.035 * e(26)
    down = 0.07 * parted + 0.06 * e(16) * (0.3 + 0.7 * parted) + 0.22 * e(26)
    round_ = ARCH ** (0.75 - 0.25 * e(20))[:, None]
    return (
        half[:, None] * ACROSS,
        line,
        line - up[:, None] * round_ - (0.03 * e(10) * ARCH.max())[:, None] * ARCH,
        line + down[:, None] * round_,
    )


def _corner(p: People, e: Expressions, side: int) -> np.ndarray:
    return (
        -p.curve - 0.15 * e.side(12, side) + 0.13 * e.side(15, side) + 0.03 * e.side(20, side) + 0.02 * e.side(9, side)
    )


def _teeth(p: People, e: Expressions, x: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> list[Shape]:
    """A row above, and one below where the lower lip is pulled down or stretched."""
    gap = lower - upper
    white = mix(np.array([238.0, 232, 222]), 0.5 * p.skin, 0.12 * np.ones(len(x)))
    edge = upper + np.minimum(gap * (0.9 - 0.5 * e(26))[:, None], 0.07 * ARCH**0.4)
    bottom = lower - np.minimum(gap * 0.35, 0.05 * ARCH**0.4)
    inner = slice(1, -1)
    show = gap.max(1) > 0.045
    return [
        Shape(join(points(x, upper)[:, inner], points(x, edge)[:, inner]), white, where=show & (e(26) < 0.75)),
        Shape(
            join(points(x, bottom)[:, inner], points(x, lower)[:, inner]),
            0.85 * white,
            where=show & (e(16) + 0.7 * e(20) > 0.35),
        ),
    ]


def _corners(p: People, e: Expressions, x: np.ndarray, line: np.ndarray) -> list[Shape]:
    """The small shadow at each corner, turned down by AU 15 and up by AU 12."""
    shapes = []
    for side, k in ((-1, 0), (1, -1)):
        turn = 0.06 * e.side(15, side) - 0.04 * e.side(12, side)
        mark = bezier((x[:, k], line[:, k]), (x[:, k] + side * 0.035, line[:, k] + turn))
        shapes.append(Shape(mark, tone=-0.35 - 0.3 * e.side(15, side), width=0.04))
    return shapes
