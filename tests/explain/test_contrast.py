"""Evidence for all classes and its contrasts."""

import numpy as np
import pytest
import torch

from ferkit.explain.conductance import conductance
from ferkit.explain.contrast import against, against_others, of_class, pairwise_correlation
from ferkit.explain.evidence import EVIDENCE
from ferkit.explain.hiding import hiding, windows
from ferkit.explain.inside import LAST, at_depth, depths
from ferkit.explain.replica import replica
from ferkit.explain.smoothing import smoothed
from tests.explain.networks import KINDS, made

X = torch.randn(3, 1, 32, 32, generator=torch.Generator().manual_seed(2))
REFERENCE = torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(4)) / 10


def test_contrasts_by_hand() -> None:
    evidence = torch.tensor([[1.0, 2.0, 6.0]]).view(1, 3, 1, 1)
    assert against_others(evidence).flatten().tolist() == [-3.0, -1.5, 4.5]  # 1 - (2 + 6) / 2, and so on
    assert against(evidence, torch.tensor([2]), torch.tensor([0])).item() == 5.0
    assert of_class(evidence, torch.tensor([1])).item() == 2.0
    assert not against_others(torch.ones(1, 1, 2, 2)).any()


def test_correlation_is_that_of_numpy() -> None:
    maps = torch.randn(4, 5, 5, generator=torch.Generator().manual_seed(0))
    expected = np.corrcoef(maps.flatten(1).numpy())[np.triu_indices(4, 1)].mean()
    assert pairwise_correlation(maps) == pytest.approx(expected)
    with_constant = torch.cat([maps, torch.ones(1, 5, 5)])
    assert pairwise_correlation(with_constant) == pytest.approx(expected)
    assert pairwise_correlation(maps[:1].expand(3, 5, 5)) == pytest.approx(1)
    assert np.isnan(pairwise_correlation(maps[:1]))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_score_gains_on_the_way_is_divided_over_the_face(kind: str) -> None:
    model = replica(made(kind))
    gained = model(X) - model(REFERENCE)
    for level in depths(model, X):
        evidence = conductance(model, X, REFERENCE, [level], steps=24, blur=0.0)
        assert evidence.shape == (3, 4, 32, 32)
        torch.testing.assert_close(evidence.sum((2, 3)), gained, rtol=0.15, atol=0.1 * float(gained.abs().max()))


@pytest.mark.parametrize("kind", KINDS)
def test_depths_go_from_coarse_to_fine(kind: str) -> None:
    model = replica(made(kind))
    levels = depths(model, X)
    assert levels[0] == [LAST] and len(levels) > 1
    assert at_depth(levels, 0) == [LAST] and at_depth(levels, 99) == levels[-1]
    assert all(model.get_submodule(name) for level in levels[1:] for name in level)
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("way", EVIDENCE)
@pytest.mark.parametrize("kind", ["compact-resnet", "lenet", "ensemble"])
def test_the_reference_itself_shows_no_evidence(way: str, kind: str) -> None:
    model = replica(made(kind))
    assert EVIDENCE[way](model, X, REFERENCE).abs().max() > 1e-5
    assert EVIDENCE[way](model, REFERENCE, REFERENCE).abs().max() < 1e-6


def test_hiding_agrees_with_a_plain_loop() -> None:
    model = replica(made("lenet"))
    found = hiding(model, X, REFERENCE, share=0.5, across=4)
    with torch.inference_mode():
        for i, rows in enumerate(windows(32, 0.5, 4)):
            for j, columns in enumerate(windows(32, 0.5, 4)):
                hidden = X.clone()
                hidden[:, :, rows, columns] = REFERENCE[:, :, rows, columns]
                torch.testing.assert_close(found[:, :, i, j], model(X) - model(hidden), rtol=1e-3, atol=1e-5)


def test_windows_reach_both_edges() -> None:
    assert windows(8, 0.5, 4) == [slice(0, 3), slice(1, 5), slice(3, 7), slice(5, 8)]
    assert windows(44, 1.0, 2) == [slice(0, 33), slice(11, 44)]


def test_smoothing_keeps_what_is_even_and_the_total() -> None:
    torch.testing.assert_close(smoothed(torch.full((2, 3, 9, 9), 2.0), 1.5), torch.full((2, 3, 9, 9), 2.0))
    point = torch.zeros(1, 15, 15)
    point[0, 7, 7] = 1
    spread = smoothed(point, 1.0)
    assert spread.sum() == pytest.approx(1, abs=1e-3) and spread[0, 7, 7] == spread.max() < 0.2
    assert smoothed(point, 0.0) is point
