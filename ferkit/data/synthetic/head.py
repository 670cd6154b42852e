"""The head without its features: shoulders, neck, ears, skull, hair, beard, glasses."""

import numpy as np

from ferkit.data.synthetic.emotions import Expressions
from ferkit.data.synthetic.people import People
from ferkit.data.synthetic.shapes import Shape, bezier, join, mix, oval, points

__all__ = ["behind", "glasses", "hair", "jaw", "skull"]


def behind(p: People) -> list[Shape]:
    """What lies behind the face: long or curly hair, shoulders, neck, ears."""
    w, v = p.width, p.volume
    long = bezier(
        (-w - v, 1.5),
        (-w - 2.2 * v, 0.4),
        (-w - 2.2 * v, -1.6),
        (0, -1.12 - 1.3 * v),
        (w + 2.2 * v, -1.6),
        (w + 2.2 * v, 0.4),
        (w + v, 1.5),
    )
    around = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    bumps = 1 + 0.05 * np.cos(11 * around + 9 * p.part[:, None])
    curls = points(
        (w + 2.4 * v)[:, None] * bumps * np.cos(around), -0.3 + (0.82 + 2.0 * v)[:, None] * bumps * np.sin(around)
    )
    shapes = [
        Shape(long, 0.8 * p.hair, depth=-0.3, where=p.styled("long")),
        Shape(curls, 0.85 * p.hair, depth=-0.2, where=p.styled("curly")),
        Shape(
            bezier((-1.6, 1.6), (-1.2, 1.15), (-0.3, 1.25), (0, 1.2), (0.3, 1.25), (1.2, 1.15), (1.6, 1.6)),
            p.shirt,
            depth=-0.3,
        ),
        Shape(
            join(bezier((-0.44, 0.5), (-0.36, 1.0), (-0.46, 1.4)), bezier((0.44, 0.5), (0.36, 1.0), (0.46, 1.4))),
            0.72 * p.skin,
            depth=-0.1,
        ),
    ]
    for side in (-1, 1):
        ear = oval(side * (w + 0.02), 0.06, 0.1, 0.2, side * 0.15)
        shapes += [
            Shape(ear, 0.88 * p.skin, depth=-0.05),
            Shape(oval(side * (w + 0.04), 0.05, 0.045, 0.11), 0.62 * p.skin, depth=-0.05),
        ]
    return shapes


def skull(p: People, e: Expressions) -> np.ndarray:
    """The outline of the face: (N, 40, 2); a dropped jaw makes it longer."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    y = -np.cos(angle)[None]
    low = y.clip(0)
    round_ = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.8
    x = p.width[:, None] * round_ * (1 - p.jaw[:, None] * low**2) * (1 + 0.04 * np.abs(np.sin(2 * angle)) * low)
    return points(x, y + (0.17 * e(26)[:, None] - 0.03 * e(17)[:, None]) * low**2)


def jaw(p: People, e: Expressions) -> list[Shape]:
    """A beard from ear to ear, lighter when it is stubble, and the moustache."""
    outline = skull(p, e)[:, 9:32]
    inner = bezier(
        (p.width * 0.97, 0.1),
        (p.width * 0.9, 0.85),
        (0.4, 0.72),
        (0, 0.3),
        (-0.4, 0.72),
        (-p.width * 0.9, 0.85),
        (-p.width * 0.97, 0.1),
    )
    lip = join(
        bezier((-0.3, 0.62), (-0.2, 0.4), (0, 0.45), (0.2, 0.4), (0.3, 0.62)),
        bezier((-0.24, 0.62), (-0.1, 0.52), (0, 0.56), (0.1, 0.52), (0.24, 0.62)),
    )
    lift = points(np.zeros((len(p.width), 1)), -0.05 * (e(10) + e(9) + e(12) * 0.7)[:, None])
    return [
        Shape(
            join(outline, inner),
            mix(p.skin, p.hair, 0.2 + 0.6 * p.beard),
            where=p.beard > 0,
            depth=_rim(outline, inner),
        ),
        Shape(lip + lift, mix(p.skin, p.hair, 0.2 + 0.65 * p.moustache), where=p.moustache > 0),
    ]


def _rim(outline: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """z: 0 along the outline, up on the face along the inner curve."""
    flat = chin_depth(outline)
    raised = np.full((len(inner), inner.shape[1]), 0.5)
    return np.concatenate([flat, np.broadcast_to(raised, (len(flat), inner.shape[1]))], 1)


def chin_depth(outline: np.ndarray) -> np.ndarray:
    """z of the outline: the chin is in front of the ears."""
    return 0.3 * outline[..., 1].clip(0) ** 2


def hair(p: People, e: Expressions) -> list[Shape]:
    """The hair over the forehead, by style, with strands from the crown to the hairline."""
    outline, v = skull(p, e), p.volume[:, None, None]
    crown = np.concatenate([outline[:, 28:], outline[:, :13]], 1)[:, ::2]
    rise = np.cos(np.linspace(-1.3, 1.3, crown.shape[1]))[:, None]
    crown = crown * (1 + v * (0.6 + rise * np.array([0.3, 0.7])))
    shapes = []
    for style, line in _hairlines(p).items():
        ragged = 0.0 if style == "parted" else 0.035
        line = line + points(np.zeros((1, 1)), ragged * p.strands * np.sin(np.linspace(0, np.pi, line.shape[1])))
        shapes += _lock(p, crown, line, p.styled(style))
    away = 0.3 * p.part
    shine = bezier((away - 0.5, -0.78), (away, -1.05), (away + 0.4, -0.86))
    return [*shapes, Shape(shine, tone=np.full(len(away), 0.22), width=0.09, depth=0.35, where=~p.styled("bald"))]


def _hairlines(p: People) -> dict[str, np.ndarray]:
    """Where the hair of each style ends on the forehead, from left to right: (N, 12, 2)."""
    w, away = p.width, 0.35 * p.part
    return {
        "short": bezier(
            (-w, 0.0), (-w * 0.8, -0.45), (-0.55, -0.75), (0, -0.66), (0.55, -0.75), (w * 0.8, -0.45), (w, 0.0)
        ),
        "fringe": bezier(
            (-w, 0.15), (-w * 0.85, -0.3), (-0.4, -0.45), (0, -0.5), (0.4, -0.45), (w * 0.85, -0.3), (w, 0.15)
        ),
        "parted": bezier(
            (-w, 0.1),
            (-w * 0.95, -0.45),
            (-0.3 + away, -0.55),
            (away, -1.2),
            (0.3 + away, -0.55),
            (w * 0.95, -0.45),
            (w, 0.1),
        ),
        "long": bezier(
            (-w, 0.75), (-w, -0.1), (-0.45 + away, -0.4), (away, -1.5), (0.45 + away, -0.4), (w, -0.1), (w, 0.75)
        ),
        "curly": bezier(
            (-w, -0.05), (-w * 0.85, -0.5), (-0.5, -0.66), (0, -0.62), (0.5, -0.66), (w * 0.85, -0.5), (w, -0.05)
        ),
    }


def _lock(p: People, crown: np.ndarray, line: np.ndarray, where: np.ndarray) -> list[Shape]:
    """The hair between crown and hairline, and strands of lighter and darker hair across it."""
    over = np.interp(np.linspace(-1, 1, line.shape[1]), [-1, -0.5, 0, 0.5, 1], [0.05, 0.45, 0.55, 0.45, 0.05])
    shapes = [
        Shape(join(crown, line), p.hair, depth=np.concatenate([np.zeros(crown.shape[1]), over[::-1]]), where=where)
    ]
    share = np.array([0.12, 0.4, 0.7, 0.95])
    for k in range(1, line.shape[1] - 1):
        top = crown[:, round((0.25 + 0.5 * k / (line.shape[1] - 1)) * (crown.shape[1] - 1))]
        strand = (
            top[:, None]
            + share[:, None] * (line[:, k] - top)[:, None]
            + points(0.03 * p.strands[:, :4], np.zeros((1, 4)))
        )
        colour = p.hair * (1 + 0.28 * p.strands[:, k : k + 1]).clip(0.6, 1.5)
        shapes.append(Shape(strand, colour, width=0.05, depth=share * over[k], where=where))
    return shapes


def glasses(p: People) -> list[Shape]:
    """Two rims, the bridge and the temples."""
    shapes = [
        Shape(bezier((-0.12, -0.08), (0, -0.14), (0.12, -0.08)), p.rims, width=0.035, depth=0.75, where=p.glasses)
    ]
    angle = np.linspace(0, 2 * np.pi, 25)
    for side in (-1, 1):
        x = side * 0.33 + 0.22 * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.7
        y = -0.03 + 0.17 * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.7
        temple = bezier((side * 0.55, -0.08), (side * p.width, -0.06))
        shapes.append(Shape(points(x, y)[None], p.rims, width=0.035, depth=0.66, where=p.glasses))
        shapes.append(Shape(temple, p.rims, width=0.035, depth=np.linspace(0.6, 0, temple.shape[1]), where=p.glasses))
    return shapes
