"""A comparison in one sentence."""

import numpy as np

from ferkit.evaluate.compare import Paired
from ferkit.evaluate.differences import Difference
from ferkit.evaluate.verdict import verdict

NONE = np.zeros(0, int)
GROUPS = (("fear", 30, 5, 0.001), ("disgust", 2, 12, 0.04), ("sad", 9, 5, 0.4))


def pair(accuracy: float, interval: tuple[float, float], p: float) -> Paired:
    return Paired(1000, NONE, NONE, accuracy, interval, p, 0.0, (0.0, 0.0))


def groups(*rows: tuple[str, int, int, float]) -> list[Difference]:
    return [Difference(name, 100, 0.5, 0.5, up, down, (0.0, 0.0), p, p) for name, up, down, p in rows]


BETTER = pair(0.012, (0.003, 0.021), 0.008)


def test_gains_and_losses_are_named() -> None:
    assert verdict(BETTER, groups(*GROUPS)) == (
        "B is better by 1.2 points [+0.3, +2.1], p = 0.008; it gains on fear and loses on disgust."
    )


def test_where_a_leads_it_is_told_from_its_side() -> None:
    worse = pair(-0.012, (-0.021, -0.003), 0.008)
    assert verdict(worse, groups(*GROUPS), "lenet", "resnet") == (
        "lenet is better by 1.2 points [+0.3, +2.1], p = 0.008; it gains on disgust and loses on fear."
    )


def test_without_a_significant_class_it_says_so() -> None:
    assert verdict(BETTER, groups(("fear", 9, 5, 0.4))).endswith("p = 0.008; no class differs significantly.")
    tie = pair(0.0, (-0.01, 0.01), 1.0)
    assert verdict(tie, groups()) == "A tie: no difference in accuracy, p = 1; no class differs significantly."
    assert verdict(tie, groups(*GROUPS)).endswith("; B gains on fear and loses on disgust.")


def test_of_many_the_largest_are_named() -> None:
    many = groups(*((f"class {i}", 50 - i, 0, 0.001) for i in range(5)))
    assert verdict(BETTER, many).endswith("; it gains on class 0, class 1 and 3 more.")
