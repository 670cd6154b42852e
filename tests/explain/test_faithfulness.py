"""Measures of maps: deletion, insertion, ROAD, sensitivity, randomisation; by hand and against exact solutions."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.explain.faithfulness import BASELINES, area, faithfulness, ranks
from ferkit.explain.methods import METHODS
from ferkit.explain.randomisation import correlations, shuffled
from ferkit.explain.road import fill_in, road
from ferkit.explain.sensitivity import sensitivity
from tests.explain.networks import Cue, cue_faces, made

REFERENCE = torch.zeros(1, 1, 32, 32)


def test_area_by_hand() -> None:
    curves = torch.tensor([[1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.5, 1.0]])
    assert area(curves).tolist() == [0.25, 1.0, 0.5]


def test_ranks_order_pixels_strongest_first() -> None:
    maps = torch.tensor([[[0.0, 3.0], [1.0, 2.0]]])
    assert (ranks(maps, 2) * 4).int().tolist() == [[[3, 0], [2, 1]]]
    even = ranks(torch.zeros(2, 3, 3), 6)
    assert sorted(even[0].flatten().tolist()) == pytest.approx([i / 36 for i in range(36)])
    assert torch.equal(even[0], even[1])
    assert even[0].flatten().tolist() != sorted(even[0].flatten().tolist())  # not in reading order


def test_both_curves_agree_with_a_plain_loop() -> None:
    x, target, _ = cue_faces()
    model, maps = Cue().eval(), torch.rand(6, 32, 32, generator=torch.Generator().manual_seed(0))
    found = faithfulness(model, x, target, maps, REFERENCE, steps=4)
    for face in range(6):
        order = maps[face].flatten().argsort(descending=True)
        for step in range(5):
            first = torch.zeros(1024, dtype=torch.bool)
            first[order[: step * 256]] = True
            first = first.view(1, 1, 32, 32)
            for curve, mixed in (
                (found.deletion, torch.where(first, REFERENCE, x[face : face + 1])),
                (found.insertion, torch.where(first, x[face : face + 1], REFERENCE)),
            ):
                expected = model(mixed).softmax(1)[0, target[face]].item()
                assert curve[face, step].item() == pytest.approx(expected, abs=1e-5)


def test_the_true_cue_beats_both_baselines() -> None:
    x, target, where = cue_faces()
    model = Cue().eval()
    best = faithfulness(model, x, target, where.float(), REFERENCE)
    right = road(model, x, target, where.float())
    for make in BASELINES.values():
        assert (best.score > faithfulness(model, x, target, make(6, 32), REFERENCE).score).all()
        assert right.mean() > road(model, x, target, make(6, 32)).mean()
    upside = faithfulness(model, x, target, -where.float(), REFERENCE)
    assert (upside.score < 0).all()


def test_filling_in_solves_the_equations_of_the_paper() -> None:
    """Each filled pixel is the weighted mean of its neighbours: 1/6 beside, 1/12 across."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(1, 1, 12, 12, generator=generator)
    hole = torch.rand(1, 1, 12, 12, generator=generator) < 0.4
    filled = fill_in(x, hole)
    assert torch.equal(filled[~hole], x[~hole])
    places = [tuple(place) for place in hole[0, 0].nonzero().tolist()]
    matrix, right = np.eye(len(places)), np.zeros(len(places))
    for row, (i, j) in enumerate(places):
        near = [(i + a, j + b, 2 if a == 0 or b == 0 else 1) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
        near = [(a, b, w) for a, b, w in near if 0 <= a < 12 and 0 <= b < 12]
        total = sum(w for *_, w in near)
        for a, b, w in near:
            if (a, b) in places:
                matrix[row, places.index((a, b))] -= w / total
            else:
                right[row] += w / total * x[0, 0, a, b].item()
    np.testing.assert_allclose(filled[hole].numpy(), np.linalg.solve(matrix, right), atol=1e-3)


def test_a_large_hole_is_filled_smoothly() -> None:
    ramp = torch.linspace(0, 1, 44).expand(1, 1, 44, 44).clone()
    hole = torch.zeros(1, 1, 44, 44, dtype=torch.bool)
    hole[:, :, 8:36, 8:36] = True
    assert (fill_in(torch.where(hole, 9.0, ramp), hole) - ramp).abs().max() < 0.05


def test_sensitivity_is_none_without_noise_and_grows_with_it() -> None:
    model, x, target = made("compact-resnet"), torch.randn(3, 1, 32, 32), torch.tensor([0, 1, 2])
    method = METHODS["hirescam"]
    found = [sensitivity(method, model, x, target, noise=noise).mean() for noise in (0.0, 0.05, 1.0)]
    assert found[0] < 1e-4 < found[1] < found[2]


def test_shuffled_weights_are_the_same_numbers() -> None:
    model = made("compact-resnet")
    before = {key: value.clone() for key, value in model.state_dict().items()}
    other = shuffled(model, seed=1)
    for (name, a), b in zip(other.named_parameters(), model.parameters(), strict=True):
        assert torch.equal(a.flatten().sort().values, b.flatten().sort().values), name
    assert not torch.equal(other.head.weight, model.head.weight)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert torch.equal(shuffled(model, 1).head.weight, other.head.weight)


def test_correlations_are_those_of_numpy() -> None:
    a, b = torch.rand(3, 5, 5), torch.rand(3, 5, 5)
    expected = [np.corrcoef(x.flatten(), y.flatten())[0, 1] for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(correlations(a, b).numpy(), expected, atol=1e-5)
    assert correlations(a[:1], torch.ones(1, 5, 5)).item() == 0
    grown = F.interpolate(a[:, None], (10, 10), mode="bilinear")[:, 0]
    assert correlations(a, grown).min() > 0.8


def _bright(x: Tensor) -> Tensor:
    return x[:, 0]


def test_maps_of_shuffled_weights_differ_for_what_reads_the_network() -> None:
    x, target, _ = cue_faces()
    model = Cue().eval()
    other = shuffled(model)
    found = METHODS["gradcam"].maps(model, x, target).maps
    assert correlations(found, METHODS["gradcam"].maps(other, x, target).maps).mean() < 0.9
    assert correlations(_bright(x), _bright(x)).mean() > 0.999
