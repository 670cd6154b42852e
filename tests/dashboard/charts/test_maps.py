"""The map of all faces: a trace per group, the rest faint."""

import numpy as np
import pytest

from dashboard.charts import maps
from ferkit.colours import MUTED, RIGHT, WRONG

CLASSES, COLOURS = ("angry", "happy"), {"angry": "#111111", "happy": "#222222"}


def points(kept: tuple[bool, ...] = (True, True, True)) -> maps.Points:
    places = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
    labels, preds = np.array([0, 1, 1]), np.array([0, 1, 0])
    return maps.Points(places, labels, preds, np.array([0.5, 0.9, 0.6]), np.array(kept))


def test_points_are_grouped_by_label_prediction_or_outcome() -> None:
    def groups(by: str) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for trace in maps.scatter(points(), CLASSES, COLOURS, by, "UMAP").data:
            sizes[trace.name] = sizes.get(trace.name, 0) + len(trace.x)
        return sizes

    assert groups("label") == {"angry": 1, "happy": 2}
    assert groups("prediction") == {"angry": 2, "happy": 1}
    assert groups("outcome") == {"right": 2, "wrong": 1}


def test_outcome_and_confidence_have_their_own_colours() -> None:
    figure = maps.scatter(points(), CLASSES, COLOURS, "outcome", "UMAP")
    assert {trace.name: trace.marker.color for trace in figure.data} == {"right": RIGHT, "wrong": WRONG}
    figure = maps.scatter(points(), CLASSES, COLOURS, "confidence", "UMAP")
    assert list(figure.data[1].marker.color) == pytest.approx([90, 60]) and figure.layout.coloraxis.cmax == 100


def test_filtered_points_are_faint_and_the_lasso_is_drawn() -> None:
    corners = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    figure = maps.scatter(points((True, False, True)), CLASSES, COLOURS, "label", "UMAP", corners)
    assert figure.data[0].name == "other faces" and figure.data[0].marker.color == MUTED
    assert len(figure.data[0].x) == 1 and sum(len(trace.x) for trace in figure.data) == 3
    assert figure.layout.shapes[0].path == "M0,0L1,0L0,1Z" and figure.layout.title.text == "UMAP"
