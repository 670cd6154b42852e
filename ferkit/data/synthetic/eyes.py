"""Eyes, lids, brows and the forehead above them."""

import numpy as np

from ferkit.data.synthetic.emotions import Expressions
from ferkit.data.synthetic.people import People
from ferkit.data.synthetic.shapes import Shape, bezier, join, mix, oval, points

__all__ = ["brows", "eyes", "forehead"]

ACROSS = np.linspace(-1, 1, 13)  # along an eye, from the left to the right corner


def eyes(p: People, e: Expressions) -> list[Shape]:
    """Both eyes: white, iris, pupil, glint, lashes, crease and the fold below."""
    return [shape for side in (-1, 1) for shape in _eye(p, e, side)]


def _eye(p: People, e: Expressions, side: int) -> list[Shape]:
    x, y = side * 0.31, -0.045
    lid = p.open * (
        1
        + 0.85 * e.side(5, side)
        - 0.3 * e.side(7, side)
        - 0.35 * e.side(6, side)
        - 0.3 * e.side(9, side)
        - 0.12 * e.side(4, side)
    )
    low = p.open * (
        0.72 + 0.25 * e.side(5, side) - 0.4 * e.side(7, side) - 0.75 * e.side(6, side) - 0.3 * e.side(9, side)
    )
    lid, low = lid.clip(0.012)[:, None], low.clip(0.006)[:, None]
    w = p.eye[:, None]
    slope = side * (0.012 - 0.035 * e.side(1, side) * e.side(15, side))[:, None] * -ACROSS
    arch = 1 - ACROSS**2
    upper, lower = points(x + w * ACROSS, y + slope - lid * arch**0.8), points(x + w * ACROSS, y + slope + low * arch)
    dark = mix(0.3 * p.skin, 0.6 * p.hair, 0.4)
    fold = 0.25 + 0.75 * (e.side(6, side) + 0.6 * e.side(7, side)).clip(0, 1)
    return [
        Shape(oval(x, y - 0.03, 0.22, 0.13), tone=-0.14 - 0.16 * e.side(4, side)),
        Shape(join(upper, lower), mix(np.array([236.0, 232, 228]), p.skin, 0.18)),
        *_iris(p, e, side, (x, y), (lid, low)),
        Shape(upper, dark, width=0.034),
        Shape(lower, mix(p.skin, dark, 0.45), width=0.016),
        Shape(points(x + 1.05 * w * ACROSS, y - 0.045 - lid * arch), mix(p.skin, 0.5 * p.skin, 0.55), width=0.014),
        Shape(
            points(x + 0.95 * w * ACROSS, y + 0.05 + low + 0.035 * arch),
            tone=-0.3 * fold * (0.5 + 0.5 * p.age) - 0.2 * e.side(6, side),
            width=0.035,
        ),
        *_crow(p, e, side),
    ]


def _iris(
    p: People, e: Expressions, side: int, centre: tuple[float, float], lids: tuple[np.ndarray, np.ndarray]
) -> list[Shape]:
    """Iris, pupil and glint, cut off where the lids cover them."""
    lid, low = lids
    x, y = centre[0] + p.gaze[:, 0], centre[1] - 0.006 + p.gaze[:, 1] + 0.0015 * e.lean[:, 1]
    discs = [(0.078, 0.55 * p.iris + 10), (0.062, p.iris + 25), (0.034, np.full_like(p.iris, 12.0))]
    shapes = []
    for radius, colour in discs:
        disc = oval(x, y, radius, radius)
        arch = (1 - ((disc[..., 0] - centre[0]) / p.eye[:, None]) ** 2).clip(0)
        disc[..., 1] = disc[..., 1].clip(centre[1] - lid * arch**0.8, centre[1] + low * arch)
        shapes.append(Shape(disc, colour))
    glint = oval(x + 0.02 * np.sign(p.light[:, 0]), y - 0.018, 0.016, 0.016)
    return [*shapes, Shape(glint, np.full_like(p.iris, 250.0), where=lid[:, 0] > 0.045)]


def _crow(p: People, e: Expressions, side: int) -> list[Shape]:
    """Crow's feet of a raised cheek."""
    depth = -0.5 * e.side(6, side) * (0.4 + 0.6 * p.age)
    return [
        Shape(bezier((side * 0.5, -0.04 + dy * 0.4), (side * 0.6, -0.04 + dy)), tone=depth, width=0.022)
        for dy in (-0.06, 0.0, 0.07)
    ]


def brows(p: People, e: Expressions) -> list[Shape]:
    """Both brows: raised inside (AU 1) or outside (2), lowered and drawn together (4)."""
    shapes = []
    for side in (-1, 1):
        up, out, down = e.side(1, side), e.side(2, side), e.side(4, side)
        squeeze = 0.05 * e.side(9, side) + 0.02 * e.side(6, side)
        inner = p.brow - p.slant - 0.15 * up + 0.15 * down * (1 - 0.6 * up) + squeeze
        middle = p.brow - 0.03 - 0.07 * up - 0.11 * out + 0.05 * down + squeeze
        outer = p.brow + 0.01 + p.slant - 0.11 * out + 0.03 * up - 0.01 * down
        start = side * (0.13 - 0.05 * down)
        top = bezier((start, inner - p.thick), (side * 0.33, middle - 1.7 * p.thick), (side * 0.53, outer))
        bottom = bezier((start, inner + p.thick), (side * 0.33, middle + 0.6 * p.thick), (side * 0.53, outer))
        shapes += [Shape(join(top, bottom), mix(0.75 * p.hair, 0.35 * p.skin, 0.4))]
    return shapes


def forehead(p: People, e: Expressions) -> list[Shape]:
    """Lines across a raised forehead, and those between lowered brows."""
    shapes = []
    for row, y in enumerate((-0.47, -0.56)):
        raised = e(1) * (0.4 + 0.6 * e(2))
        half = 0.18 + 0.22 * e(2)
        shapes.append(
            Shape(
                bezier((-half, y), (0, y - 0.04 + 0.03 * row), (half, y)),
                tone=-0.55 * raised * (0.5 + 0.5 * p.age),
                width=0.03,
            )
        )
    for side in (-1, 1):
        frown = -0.8 * e.side(4, side) * (0.6 + 0.4 * p.age)
        shapes.append(Shape(bezier((side * 0.05, -0.36), (side * 0.035, -0.22)), tone=frown, width=0.03))
    return shapes
