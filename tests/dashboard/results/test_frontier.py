"""The caption under accuracy against size explains what is drawn, and nothing else."""

import pandas as pd

from dashboard.results.frontier import caption


def test_the_caption_explains_what_is_drawn() -> None:
    few = pd.DataFrame({"seeds": [[], []]})
    assert (
        caption(few, people=False, others=False) == "Error bars: 95% interval over the faces, not over training runs."
    )
    many = pd.DataFrame({"seeds": [[0.6, 0.7], *([[]] * 9)]})
    text = caption(many, people=True, others=True)
    assert "Named: the chosen run" in text and "other seeds" in text
    assert "human accuracy" in text and "published results" in text
