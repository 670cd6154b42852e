"""What a web page says of its network."""

import json

from ferkit.report.web_card import web_card
from ferkit.runs import Run, open_folder
from tests.worlds import ROOT


def test_the_card_of_a_scored_run_adds_up() -> None:
    run = open_folder(ROOT / "checkpoints" / "compact-wild")
    card = json.loads(json.dumps(web_card(run)))
    scores, matrix = card["scores"], card["confusion"]
    assert sum(map(sum, matrix)) == scores["n"] == 3589
    assert abs(sum(matrix[i][i] for i in range(7)) / 3589 - scores["accuracy"]) < 1e-9
    for i, name in enumerate(card["classes"]):
        row = scores["per_class"][name]
        assert (
            sum(matrix[i]) == row["support"] and row["recall_interval"][0] < row["recall"] < row["recall_interval"][1]
        )
    assert set(card["colours"]) == set(card["classes"]) and card["input"] == {"size": 48, "channels": 1, "crop": 44}
    assert len(card["limits"]) > 2


def test_a_run_without_scores_says_so(run: Run) -> None:
    card = web_card(run)
    assert card["scores"] is None and card["confusion"] is None
    assert "It has not been scored on held-out faces." in card["limits"]
