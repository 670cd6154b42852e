"""Parts of the face and their shares of evidence."""

import numpy as np
import pytest
from scipy import stats

from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.region_shares import by_cell, by_class, region_shares


def mean_face(side: int = 48, eyes: float = 0.37, mouth: float = 0.79, apart: float = 0.19) -> np.ndarray:
    """A gray face whose eyes and mouth are dark spots."""
    rows, columns = np.mgrid[:side, :side] + 0.5
    face = np.full((side, side), 150.0)
    for column in (0.5 - apart, 0.5 + apart):
        face -= 40 * np.exp(-((rows / side - eyes) ** 2 + (columns / side - column) ** 2) / 0.005)
    return face - 40 * np.exp(-((rows / side - mouth) ** 2) / 0.003 - (columns / side - 0.5) ** 2 / 0.02)


@pytest.mark.parametrize(("side", "eyes", "mouth", "apart"), [(48, 0.37, 0.79, 0.19), (100, 0.42, 0.74, 0.16)])
def test_eyes_and_mouth_are_found(side: int, eyes: float, mouth: float, apart: float) -> None:
    found = face_regions(mean_face(side, eyes, mouth, apart))
    assert found.found
    assert found.eyes / side == pytest.approx(eyes, abs=0.02)
    assert found.mouth / side == pytest.approx(mouth, abs=0.02)
    assert found.apart / side == pytest.approx(apart, abs=0.03)


def test_the_parts_cover_the_face_once_and_are_symmetric() -> None:
    masks = face_regions(mean_face()).masks
    assert masks.shape == (len(REGIONS), 48, 48)
    assert (masks.sum(0) == 1).all()
    assert np.array_equal(masks, masks[:, :, ::-1])
    assert masks.any((1, 2)).all()
    rows = [np.argwhere(masks[REGIONS.index(name)])[:, 0].mean() for name in ("brows", "eyes", "nose", "mouth", "chin")]
    assert rows == sorted(rows)
    at = {name: masks[REGIONS.index(name)] for name in REGIONS}
    assert at["eyes"][17, 15] and at["mouth"][38, 24] and at["nose"][25, 24] and at["cheeks"][27, 12]
    assert at["elsewhere"][2, 24]


def test_a_mean_without_eyes_gets_usual_proportions() -> None:
    found = face_regions(np.full((48, 48, 3), 90, np.uint8))
    assert not found.found
    assert (found.masks.sum(0) == 1).all()
    assert found.masks[:6].any((1, 2)).all()


def test_shares_by_hand() -> None:
    masks = np.zeros((2, 4, 4), bool)
    masks[0, :2], masks[1, 2:] = True, True
    maps = np.zeros((4, 4, 4))
    maps[0, 0, 0], maps[0, 3, 3] = 3, 1
    maps[1, 0], maps[1, 3] = -5, 2  # what speaks against the class does not count
    maps[3, 1, 1] = np.nan
    shares = region_shares(maps, masks)
    np.testing.assert_allclose(shares[:2], [[0.75, 0.25], [0, 1]])
    assert np.isnan(shares[2:]).all()
    np.testing.assert_allclose(region_shares(np.ones((1, 2, 2)), masks), [[0.5, 0.5]])


def test_tables_agree_with_numpy() -> None:
    rng = np.random.default_rng(0)
    shares, true, predicted = rng.random((60, 3)), rng.integers(0, 2, 60), rng.integers(0, 3, 60)
    shares[5] = np.nan
    table = by_class(shares, true, 3, keep=predicted == true)
    rows = shares[(true == 1) & (predicted == 1)]
    rows = rows[np.isfinite(rows).all(1)]
    np.testing.assert_allclose(table.mean[1], rows.mean(0))
    half = stats.t.ppf(0.975, len(rows) - 1) * rows.std(0, ddof=1) / np.sqrt(len(rows))
    np.testing.assert_allclose(table.high[1], np.clip(rows.mean(0) + half, 0, 1), rtol=1e-3)
    np.testing.assert_allclose(table.low[1], np.clip(rows.mean(0) - half, 0, 1), rtol=1e-3)
    assert table.n.tolist()[1:] == [len(rows), 0]
    assert np.isnan(table.mean[2]).all()
    cells = by_cell(shares, true, predicted, 3)
    assert cells.mean.shape == (3, 3, 3)
    np.testing.assert_allclose(cells.mean[1, 1], table.mean[1])
    assert cells.n.sum() == 59
