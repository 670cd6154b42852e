"""Parts of a face replaced: on a network that reads the mouth alone, only the mouth counts."""

import numpy as np
import pytest
import torch
from torch import Tensor

from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.parts import changes, faded, replaced, swap
from ferkit.metrics import Temperature, softmax
from ferkit.models import Network

SIDE = 32
MOUTH = REGIONS.index("mouth")


def masks() -> Tensor:
    return torch.from_numpy(face_regions(np.zeros((SIDE, SIDE))).masks)


class MouthReader(Network):
    """Class 0 for a dark mouth, class 1 for a bright one; it sees nothing else."""

    def __init__(self) -> None:
        super().__init__(1, 2)
        self.head.weight.data = torch.tensor([[-3.0], [3.0]])
        self.head.bias.data.zero_()

    def maps(self, x: Tensor) -> Tensor:
        return x * masks()[MOUTH]


def faces(n: int = 40) -> Tensor:
    return torch.randn(n, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 5


def test_only_the_mouth_counts_for_a_network_that_reads_the_mouth() -> None:
    model, x = MouthReader().eval(), faces()
    found = changes(model, x, torch.zeros(1, 1, SIDE, SIDE), masks())
    assert found.shape == (40, 1, len(REGIONS), 2)
    others = [i for i in range(len(REGIONS)) if i != MOUTH]
    assert found[:, :, others].abs().max() == 0 and found[:, :, MOUTH].abs().mean() > 0.01
    torch.testing.assert_close(found.sum(3), torch.zeros(40, 1, len(REGIONS)))


def test_a_bright_mouth_is_evidence_for_its_class() -> None:
    bright = torch.zeros(1, 1, SIDE, SIDE)
    bright[0, 0, masks()[MOUTH]] = 1.0
    found = changes(MouthReader().eval(), faces(), torch.cat([bright, -bright]), masks())
    assert (found[:, 0, MOUTH, 1] > 0).float().mean() > 0.9
    assert (found[:, 1, MOUTH, 1] < 0).float().mean() > 0.9


def test_nothing_outside_of_the_part_changes_and_no_edge_is_left() -> None:
    x, donor = faces(2), torch.randn(1, SIDE, SIDE)
    soft = faded(masks())
    new = replaced(x, donor, soft[MOUTH])
    assert torch.equal(new[:, :, ~masks()[MOUTH]], x[:, :, ~masks()[MOUTH]])
    assert soft.min() >= 0 and soft.max() <= 1 and (soft.amax((1, 2)) > 0.5).all()
    assert ((soft > 0) & (soft < 1)).any()


def test_the_donor_takes_the_brightness_and_contrast_of_the_face() -> None:
    x, donor = faces(3) + 2, torch.randn(1, SIDE, SIDE)
    whole = torch.ones(SIDE, SIDE)
    torch.testing.assert_close(replaced(x, donor, whole).mean((1, 2, 3)), x.mean((1, 2, 3)))
    torch.testing.assert_close(replaced(x, donor, whole).std((1, 2, 3)), x.std((1, 2, 3)))
    torch.testing.assert_close(replaced(x, 3 * donor + 1, whole), replaced(x, donor, whole))


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_it_is_the_difference_of_two_passes(slope: float) -> None:
    model, x, donor = MouthReader().train(), faces(3), torch.randn(1, 1, SIDE, SIDE)
    found = changes(model, x, donor, masks(), Temperature(2.0, slope))
    before, after = (
        torch.from_numpy(softmax(model(some).detach().numpy(), Temperature(2.0, slope))).float()
        for some in (x, replaced(x, donor[0], faded(masks())[MOUTH]))
    )
    torch.testing.assert_close(found[:, 0, MOUTH], after - before)
    assert model.training and not found.is_inference()


@pytest.mark.parametrize("colour", [False, True])
def test_an_image_is_swapped_in_its_own_pixels(colour: bool) -> None:
    rng = np.random.default_rng(0)
    shape = (SIDE, SIDE, 3) if colour else (SIDE, SIDE)
    image, donor = rng.integers(60, 200, shape, dtype=np.uint8), rng.integers(0, 256, shape, dtype=np.uint8)
    mouth = masks()[MOUTH].numpy()
    new = swap(image, donor, mouth)
    assert new.shape == image.shape and new.dtype == np.uint8
    assert (new[~mouth] == image[~mouth]).all() and (new[mouth] != image[mouth]).mean() > 0.5
    assert (swap(image, image, mouth).astype(int) - image).max() <= 1
