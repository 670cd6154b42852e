"""A frozen body is unfrozen part by part."""

import pytest

from ferkit.models import build
from ferkit.train.freezing import parts, unfreeze


@pytest.mark.parametrize(("name", "n"), [("base-cnn", 3), ("compact-resnet", 5), ("vit", 8), ("resnet34", 8)])
def test_a_frozen_body_is_unfrozen_from_the_top(name: str, n: int) -> None:
    network = build(name, 3, 1)
    bodies = parts(network)
    assert len(bodies) == n

    def learning(epoch: int, every: int) -> list[bool]:
        unfreeze(network.train(), epoch, 2, every)
        assert all(p.requires_grad for p in network.head.parameters())
        assert [part.training for part in bodies] == [next(part.parameters()).requires_grad for part in bodies]
        return [part.training for part in bodies]

    assert learning(1, 0) == learning(2, 0) == [False] * n
    assert learning(3, 0) == [True] * n
    assert learning(3, 2) == learning(4, 2) == [False] * (n - 1) + [True]
    assert learning(5, 2) == [False] * (n - 2) + [True] * 2
    assert learning(99, 2) == [True] * n
    unfreeze(network.train(), 1, 2, 2)
    assert {name.partition(".")[0] for name, p in network.named_parameters() if p.requires_grad} == {"head"}
    unfreeze(network.train(), 99, 2, 2)
    assert all(p.requires_grad for p in network.parameters())
