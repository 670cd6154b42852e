"""The maps of one face as a PNG that says where it is from: under the picture in words, and in its text chunks."""

import io
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from dashboard.components.explained import Row
from ferkit import __version__
from ferkit.images import rgb
from ferkit.text import printable

__all__ = ["png"]

CELL, GAP, EDGE = 168, 12, 24  # pixels
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
INK, SOFT, GROUND = (24, 26, 34), (92, 96, 108), (255, 255, 255)


def png(face: np.ndarray, rows: Sequence[Row], origin: Mapping[str, str]) -> bytes:
    """Rows of maps over a face, uint8 (H, W[, 3]); `origin` says run, methods, parameters, class, file."""
    columns = max((len(row.cells) for row in rows), default=1)
    width = 2 * EDGE + max(4, columns) * (CELL + GAP) - GAP
    fonts = {size: ImageFont.load_default(size=size) for size in (13, 15, 18)}
    lines = [
        line
        for name, text in origin.items()
        for line in _wrapped(f"{name}: {printable(text)}", fonts[13], width - 2 * EDGE)
    ]
    heads = [_wrapped(row.sentence, fonts[13], width - 2 * EDGE) for row in rows]
    height = 2 * EDGE + sum(34 + 18 * len(head) + CELL + 46 for head in heads) + 18 * len(lines)
    sheet = Image.new("RGB", (width, height), GROUND)
    pen, y = ImageDraw.Draw(sheet), EDGE
    for row, head in zip(rows, heads, strict=True):
        pen.text((EDGE, y), row.title, INK, fonts[18])
        pen.text((EDGE + pen.textlength(row.title, fonts[18]) + 14, y + 4), row.scale, SOFT, fonts[13])
        y += 28
        for line in head:
            pen.text((EDGE, y), line, SOFT, fonts[13])
            y += 18
        y += 6
        for i, cell in enumerate(row.cells):
            x = EDGE + i * (CELL + GAP)
            sheet.paste(Image.fromarray(_painted(face, cell.paint)), (x, y))
            if cell.paint is None:
                for k, line in enumerate(_wrapped(cell.problem, fonts[13], CELL - 16)):
                    pen.text((x + 8, y + CELL // 2 - 18 + 17 * k), line, INK, fonts[13])
            pen.text((x, y + CELL + 5), _fitting(f"{cell.title} {cell.note}", fonts[15], CELL), INK, fonts[15])
        y += CELL + 46
    for line in lines:
        pen.text((EDGE, y), line, SOFT, fonts[13])
        y += 18
    return _file(sheet, origin)


def _painted(face: np.ndarray, paint: np.ndarray | None) -> np.ndarray:
    """uint8 RGB (CELL, CELL, 3)."""
    size = (CELL, CELL)
    ground = cv2.resize(rgb(face), size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    if paint is None:
        return np.rint(0.3 * ground + 0.7 * 245).astype(np.uint8)  # type: ignore[no-any-return]
    covering = paint.astype(np.float32)
    covering[..., :3] *= covering[..., 3:] / 255  # so that clear pixels lend no colour to their neighbours
    large = cv2.resize(covering, size, interpolation=cv2.INTER_LINEAR)
    return np.rint(ground * (1 - large[..., 3:] / 255) + large[..., :3]).clip(0, 255).astype(np.uint8)  # type: ignore[no-any-return]


def _wrapped(text: str, font: Font, width: float) -> list[str]:
    lines: list[str] = []
    for word in printable(text).split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _fitting(text: str, font: Font, width: float) -> str:
    while font.getlength(text) > width and len(text) > 2:
        text = text[:-2] + "…"
    return text


def _file(sheet: Image.Image, origin: Mapping[str, str]) -> bytes:
    chunks = PngInfo()
    for name, text in {"Software": f"ferkit {__version__}", **origin}.items():
        chunks.add_itxt(name, printable(text))
    file = io.BytesIO()
    sheet.save(file, "PNG", pnginfo=chunks)
    return file.getvalue()
