"""A View as a map: its faces in the layouts that are stored, those that the Selection leaves out dimmed, its lasso."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard import assets, load, parameters, traits
from dashboard.components.map import Mark, Points, face_map
from dashboard.faces import columns
from dashboard.selection import LAYOUT_NAMES, Polygon
from dashboard.state import narrow, put, value
from dashboard.view import View
from ferkit.data import notes
from ferkit.embed.layouts import by_umap

__all__ = ["draw", "here", "layouts"]

HEIGHT = 500  # pixels


def here(view: View) -> bool:
    """Whether there is a map of this run and split."""
    return view.results.has(view.split, "-map.parquet")


def layouts(view: View) -> dict[str, str]:
    """The layouts stored of it, as {"umap": "UMAP", ...}; a UMAP that only repeats PCA is not among them."""
    table = load.layout(view.results, view.split)
    return {
        name: title
        for name, title in LAYOUT_NAMES.items()
        if f"{name}_x" in table and (name != "umap" or by_umap(table))
    }


def draw(
    chosen: View, shown: View, *, key: str, link: str = "", marks: Sequence[Mark] = (), height: int = HEIGHT
) -> None:
    """The map of `shown`, which is `chosen` or its baseline: bright are the faces that the Selection of `chosen` keeps.

    A lasso and a click narrow the Selection; maps with the same `link`, of the same faces, show each other's.
    """
    selection, on = chosen.selection, "" if shown is chosen else "base"
    names = layouts(shown)
    layout = selection.layout if selection.layout in names else next(iter(names))
    mine = bool(selection.lasso) and selection.on == on and layout == selection.layout

    def lassoed(corners: Polygon) -> None:
        narrow(lasso=corners, layout=layout, on=on if corners else "")

    def relaid(name: str) -> None:
        narrow(layout=name, lasso=())

    points = Points(
        n=len(shown.frame),
        tables=[columns.table_url(shown), _own(shown)],
        layouts=names,
        layout=layout,
        colour={"prediction": "pred"}.get(by := value(parameters.COLOUR), by) or "label",
        title=f"{len(shown.frame):,} faces in the features of {shown.run.name}",
        sprites=columns.sprites(shown.images.faces) if shown.images.faces is not None and shown.images.here else None,
        kept=_bits(chosen, shown, ("lasso", "on")),
        lasso=selection.lasso if mine else (),
        elsewhere=_bits(chosen, shown, ()) if selection.lasso and not mine else "",
        gallery=columns.table_url(chosen) if link or shown is chosen else "",
        open=_row(shown, selection.face),
        marks=marks,
        link=link,
        height=height,
        file=f"{shown.run.name}-{shown.split}-{layout}",
    )
    ids = shown.frame["id"]
    face_map(
        points,
        key=key,
        on_lasso=lassoed,
        on_face=lambda row: narrow(face=str(ids.iat[row])),
        on_layout=relaid,
        on_colour=lambda name: put(parameters.COLOUR, "" if name == "label" else name),
    )


def _own(view: View) -> str:
    """The address of a table of what is known of each face besides the prediction: a number per property, 0 or 1 per
    tag."""
    faces = view.images.faces
    noted = load.key_of(notes.path_of(faces.name)) if faces is not None else ""
    key = ("own", columns.table_url(view), *traits.key(view), noted)

    def make() -> bytes:
        known = {str(name): values.to_numpy(np.float32) for name, values in traits.properties(view).items()}
        known |= {name: has.astype(np.uint8) for name, has in traits.tags(view).items()}
        shared = columns.columns(view)
        return columns.pack({name: values for name, values in known.items() if name not in shared}, view.classes)

    return assets.publish(key, make, "application/octet-stream")


def _bits(chosen: View, shown: View, ignore: tuple[str, ...]) -> str:
    """The rows of `shown` that `chosen` keeps; "" for all."""
    rows = chosen.rows(ignore=ignore)
    if len(rows) == len(chosen.frame):
        return ""
    if shown is not chosen:
        rows = np.flatnonzero(shown.frame["id"].isin(chosen.frame["id"].to_numpy()[rows]).to_numpy())
    return columns.rows_bits(rows, len(shown.frame))


def _row(view: View, face: str) -> int:
    return int(pd.Index(view.frame["id"]).get_indexer([face])[0]) if face else -1
