"""After a training: a line of scores at once, then the map, unless it is left out."""

import io
from typing import Any

import pytest
from rich.console import Console

from ferkit.cli import scoring
from ferkit.embed.layouts import LEAST
from ferkit.runs import open_folder


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Splits whose map was drawn."""
    splits: list[str] = []
    monkeypatch.setattr(scoring, "draw_with_bar", lambda run, split: splits.append(split))
    return splits


@pytest.mark.parametrize("maps", [True, False])
def test_scores_are_printed_and_stored_and_the_map_can_be_left_out(run: Any, faces: Any, drawn, maps: bool) -> None:
    console = Console(file=io.StringIO(), width=200)
    scores = scoring.score_on_val(console, run, faces, maps=maps)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert f"tiny: val accuracy {scores.accuracy:.1%} [" in printed and drawn == ["val"] * maps
    stored = open_folder(run.path).results().scores["val"]
    assert stored.n == scores.n == 30 and stored.accuracy == pytest.approx(scores.accuracy)
    assert (f"UMAP needs {LEAST} faces, and val has 30" in printed) == (maps and scores.n < LEAST)


def test_an_interrupted_map_loses_no_score(run: Any, faces: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(run: Any, split: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scoring, "draw_with_bar", interrupt)
    with pytest.raises(KeyboardInterrupt):
        scoring.score_on_val(Console(file=io.StringIO()), run, faces)
    assert open_folder(run.path).results().scores["val"].n == 30
