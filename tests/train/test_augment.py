"""Augmentation: without settings nothing changes; each amount does what its name says; the generator decides
everything."""

import pytest
import torch

from ferkit.train.augment import augment, cutmix, erase, in_epoch, mirrored, mix, mixup, randaugment, relight, warp
from ferkit.train.config import Augment, parse

STILL = Augment(crop=0, rotate=0, scale=0, shift=0, flip=0, light=0, erase=0)


def batch(n: int = 8, size: int = 32) -> torch.Tensor:
    return torch.rand(n, 1, size, size, generator=torch.Generator().manual_seed(5))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_without_settings_nothing_changes() -> None:
    torch.testing.assert_close(augment(batch(), STILL, seeded()), batch(), atol=1e-5, rtol=0)


def test_a_certain_flip_mirrors() -> None:
    torch.testing.assert_close(
        warp(batch(), Augment(rotate=0, scale=0, shift=0, flip=1), seeded()), batch().flip(3), atol=1e-5, rtol=0
    )


def test_a_crop_has_its_size_and_only_pixels_of_the_face() -> None:
    cropped = warp(batch(size=48), Augment(crop=44, rotate=0, scale=0, shift=0, flip=0), seeded())
    assert cropped.shape == (8, 1, 44, 44)
    x = torch.arange(48.0).repeat(1, 1, 48, 1).repeat(8, 1, 1, 1)  # each pixel holds its column
    columns = warp(x, Augment(crop=44, rotate=0, scale=0, shift=0, flip=0), seeded())
    steps = columns.diff(dim=3)
    torch.testing.assert_close(steps, torch.ones_like(steps), atol=1e-3, rtol=0)
    assert columns.min() >= 0
    assert columns.max() <= 47


def test_rotation_keeps_the_centre() -> None:
    x = torch.zeros(16, 1, 33, 33)
    x[:, :, 16, 16] = 1
    turned = warp(x, Augment(rotate=90, scale=0, shift=0, flip=0), seeded())
    assert (turned[:, 0, 16, 16] > 0.99).all()


def test_light_is_a_straight_line_per_face() -> None:
    x = batch(4)
    y = relight(x, 0.5, seeded())
    for before, after in zip(x, y, strict=True):
        slope = (after.flatten()[1] - after.flatten()[0]) / (before.flatten()[1] - before.flatten()[0])
        assert 0.5 <= slope <= 1.5
        torch.testing.assert_close(
            after - slope * before, (after - slope * before).mean().expand_as(after), atol=1e-4, rtol=0
        )


def test_one_box_is_erased() -> None:
    x = torch.ones(64, 1, 48, 48)
    gone = erase(x, Augment(erase=1.0, erase_size=0.4), seeded()) == 0
    assert gone.any((1, 2, 3)).float().mean() > 0.95
    for hole in gone[:, 0]:
        rows, columns = hole.any(1).nonzero(), hole.any(0).nonzero()
        if len(rows):
            assert hole.sum() == (rows.max() - rows.min() + 1) * (columns.max() - columns.min() + 1)
    assert torch.equal(erase(x, Augment(erase=0.0), seeded()), x)


def test_mixup_mixes_faces_and_targets_by_the_same_weight() -> None:
    x = torch.eye(6).view(6, 1, 1, 6)
    mixed, target = mixup(x, torch.eye(6), Augment(mixup=1.0, mixup_alpha=1.0), seeded())
    torch.testing.assert_close(mixed.view(6, 6), target)
    torch.testing.assert_close(target.sum(1), torch.ones(6))
    assert not torch.equal(target, torch.eye(6))


def test_mixup_weights_follow_their_beta_distribution() -> None:
    generator, settings = seeded(), Augment(mixup=1.0, mixup_alpha=0.2)
    x = torch.tensor([1.0, 0.0]).view(2, 1, 1, 1)
    drawn = torch.tensor([mixup(x, torch.eye(2), settings, generator)[1][0, 0] for _ in range(1500)])
    drawn = drawn[drawn < 1]  # half of the permutations of two leave everything in place
    assert abs(drawn.mean() - 0.5) < 0.05
    assert abs(drawn.var() - 0.25 / 1.4) < 0.02  # of Beta(a, a): 1 / (4 (2a + 1))


def test_cutmix_moves_a_box_and_mixes_targets_by_its_area() -> None:
    x = torch.arange(6.0).view(6, 1, 1, 1).expand(6, 1, 40, 40)  # every pixel has the index of its face
    boxes = 0
    for seed in range(20):
        mixed, target = cutmix(x, torch.eye(6), Augment(cutmix_alpha=1.0), seeded(seed))
        for i, (face, shares) in enumerate(zip(mixed[:, 0], target, strict=True)):
            other = face != i
            if other.any():
                rows, columns = other.any(1).sum(), other.any(0).sum()
                assert other.sum() == rows * columns and len(face[other].unique()) == 1
                assert shares[int(face[other][0])] == pytest.approx(other.float().mean().item(), abs=1e-5)
                boxes += 1
        torch.testing.assert_close(target.sum(1), torch.ones(6))
    assert boxes > 50


def test_each_kind_of_mixing_has_its_share_of_the_batches() -> None:
    x, generator = torch.arange(16.0).view(16, 1, 1, 1).expand(16, 1, 8, 8), seeded()
    settings, kinds = Augment(mixup=0.3, mixup_alpha=1.0, cutmix=0.5), {"none": 0, "mixup": 0, "cutmix": 0}
    for _ in range(600):
        mixed = mix(x, torch.eye(16), settings, generator)[0]
        integral = (mixed == mixed.round()).all()
        kinds["none" if torch.equal(mixed, x) else "cutmix" if integral else "mixup"] += 1
    assert abs(kinds["mixup"] / 600 - 0.3) < 0.06
    assert abs(kinds["cutmix"] / 600 - 0.5) < 0.1  # now and then a box is empty
    assert torch.equal(mix(x, torch.eye(16), Augment(), seeded())[0], x)


def test_randaugment_changes_each_face_differently_and_leaves_the_global_generator_alone() -> None:
    images = (batch(1) * 255).to(torch.uint8).expand(16, 1, 32, 32)
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    changed = randaugment(images, Augment(randaugment=9), seeded())
    assert torch.equal(torch.rand(3), expected)
    assert changed.dtype == torch.uint8 and changed.shape == images.shape
    assert len({face.numpy().tobytes() for face in changed}) > 8
    assert torch.equal(changed, randaugment(images, Augment(randaugment=9), seeded()))
    assert torch.equal(randaugment(images, Augment(), seeded()), images)


def test_the_generator_decides_everything() -> None:
    settings = Augment(mixup=0.5)
    assert torch.equal(augment(batch(), settings, seeded(3)), augment(batch(), settings, seeded(3)))
    assert not torch.equal(augment(batch(), settings, seeded(3)), augment(batch(), settings, seeded(4)))


def test_alternating_flip_draws_once_and_then_mirrors_each_face_every_other_epoch() -> None:
    config, rows = parse({"seed": 3, "augment": {"alternating_flip": True}}), torch.arange(20_000)
    first, second, third = (mirrored(rows, number, config) for number in (1, 2, 3))
    assert first is not None and second is not None and third is not None
    assert torch.equal(second, ~first) and torch.equal(third, first)
    for one, other in [(first, first.roll(1)), (first, mirrored(rows, 1, parse(config.as_dict() | {"seed": 4})))]:
        assert abs(one.float().mean() - 0.5) < 0.015
        assert abs((one == other).float().mean() - 0.5) < 0.015  # rows and seeds are independent
    some = torch.tensor([7, 19_000, 7])
    assert torch.equal(mirrored(some, 2, config), second[some])
    assert mirrored(rows, 1, parse({})) is None
    assert mirrored(rows, 1, parse(config.as_dict() | {"seed": 2**32 - 1})) is not None


def test_a_given_mirror_takes_the_place_of_the_draw_alone() -> None:
    settings, which = Augment(flip=0.5, light=0, erase=0), torch.arange(8) % 2 == 0
    never, always = (augment(batch(), settings, seeded(), torch.full((8,), value)) for value in (False, True))
    given = augment(batch(), settings, seeded(), which)
    assert torch.equal(given[which], always[which]) and torch.equal(given[~which], never[~which])
    assert not torch.equal(always, never)
    straight = Augment(rotate=0, scale=0, shift=0, flip=0, light=0, erase=0)
    mirror = augment(batch(), straight, seeded(), torch.ones(8, dtype=torch.bool))
    torch.testing.assert_close(mirror, batch().flip(3), atol=1e-5, rtol=0)


def test_the_last_epochs_see_plain_centre_crops() -> None:
    settings = {"crop": 44, "small": 32, "mixup": 0.5, "randaugment": 9, "corrupt": 0.5, "flip": 0.0, "jpeg": 20}
    config = parse({"epochs": 10, "small_epochs": 0.4, "plain_epochs": 3, "augment": settings})
    assert [in_epoch(config, number).small for number in (1, 4, 5, 8)] == [32, 32, 0, 0]
    assert in_epoch(config, 4) == config.augment and in_epoch(config, 7).mixup == 0.5
    plain, x = in_epoch(config, 8), batch(size=48)
    torch.testing.assert_close(augment(x, plain, seeded()), x[:, :, 2:46, 2:46], atol=1e-5, rtol=0)
    assert (plain.mixup, plain.randaugment, plain.corrupt) == (0, 0, 0)
    assert in_epoch(parse({"epochs": 10}), 10).centre is False
