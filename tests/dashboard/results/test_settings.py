"""Settings of several runs: what differs."""

from dashboard.results.settings import differing


def test_a_mean_of_runs_does_not_differ_in_how_to_train() -> None:
    mean = {"model": "compact", "members": "a, b"}
    trained = {"model": "compact", "lr": "0.1", "epochs": "8"}
    names = ["model", "members", "lr", "epochs"]
    assert differing(names, [mean, trained]) == [False, True, False, False]
    assert differing(names, [trained, trained | {"epochs": "9"}]) == [False, False, False, True]
