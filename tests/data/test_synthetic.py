"""Demo faces: seeded, imbalanced, split, and drawn so that the emotion is in the pixels."""

from dataclasses import replace

import numpy as np
import pytest

from ferkit.data.synthetic import contact_sheet, draw
from ferkit.data.synthetic.emotions import ALWAYS, SHARES, UNITS, Expressions, likelihood, sample_expressions
from ferkit.data.synthetic.mouth import mouth
from ferkit.data.synthetic.people import sample_people, sample_pose
from ferkit.data.synthetic.render import render
from ferkit.data.synthetic.shapes import Pose, project
from ferkit.errors import DataError


@pytest.fixture(scope="module")
def faces():
    return draw(1200, seed=3)


def still(emotion: str, n: int) -> Expressions:
    """n faces that show an emotion fully and evenly, without leaning."""
    row = [ALWAYS[emotion].get(unit, 0.0) for unit in UNITS]
    return Expressions(np.broadcast_to(np.array(row), (n, 2, len(UNITS))), np.zeros((n, 2)))


def photograph(emotion: str, n: int = 60, seed: int = 0) -> np.ndarray:
    """The same n clean-shaven people, upright and in the middle, all with one emotion: float (n, 48, 48)."""
    people = sample_people(n, np.random.default_rng(seed))
    people = replace(people, beard=np.zeros(n), moustache=np.zeros(n))
    none = np.zeros(n)
    upright = Pose(none, none, none, np.full(n, 0.5), np.full(n, 0.5), np.full(n, 0.5))
    return render(people, still(emotion, n), upright, 48, False, np.random.default_rng(seed)).astype(float)


def test_the_same_seed_draws_the_same_pixels(faces):
    again = draw(1200, seed=3)
    assert np.array_equal(faces.images, again.images)
    assert np.array_equal(faces.votes, again.votes)
    assert faces.fingerprint == again.fingerprint
    assert faces.fingerprint != draw(1200, seed=4).fingerprint


def test_defaults_are_gray_and_named(faces):
    assert faces.name == "Demo faces"
    assert faces.images.shape == (1200, 48, 48)
    assert faces.images.dtype == np.uint8
    assert faces.labels.dtype == np.int16
    assert faces.classes == tuple(sorted(SHARES))


def test_classes_are_as_imbalanced_as_fer2013(faces):
    share = np.bincount(faces.labels) / len(faces)
    assert share == pytest.approx([SHARES[emotion] for emotion in faces.classes], abs=0.01)
    assert faces.classes[share.argmin()] == "disgust"


@pytest.mark.parametrize("n", [21, 60, 400])
def test_every_split_holds_every_class(n):
    counts = draw(n, size=16).counts()
    assert set(counts) == {"train", "val", "test"}
    assert all(count > 0 for split in counts.values() for count in split.values())
    assert sum(sum(split.values()) for split in counts.values()) == n


def test_splits_are_80_10_10(faces):
    share = {split: (faces.splits == split).mean() for split in ("train", "val", "test")}
    assert share == pytest.approx({"train": 0.8, "val": 0.1, "test": 0.1}, abs=0.01)


def test_ids_are_unique_and_name_their_class(faces):
    assert len(set(faces.ids.tolist())) == len(faces)
    label = faces.labels[123]
    assert faces.ids[123] == f"demo/{faces.classes[label]}/000123"


def test_a_few_faces_of_val_are_also_in_train(faces):
    assert faces.leaked.sum() == 8
    assert set(faces.splits[faces.leaked]) == {"val"}
    for face in np.flatnonzero(faces.leaked):
        same = np.flatnonzero(faces.groups == faces.groups[face])
        assert set(faces.splits[same]) == {"train", "val"}
        assert len(set(faces.labels[same].tolist())) == 1


def test_ten_votes_that_mostly_but_not_always_agree(faces):
    assert faces.vote_names == (*faces.classes, "unknown")
    assert (faces.votes.sum(1) == 10).all()
    agree = (faces.votes.argmax(1) == faces.labels).mean()
    assert 0.85 < agree < 1
    assert 0.1 < (faces.votes.max(1) == 10).mean() < 0.95


def test_votes_doubt_a_weak_expression_more_than_a_strong_one():
    labels, emotions = np.tile(np.arange(7), 30), tuple(sorted(SHARES))
    certainty = []
    for strength in (0.3, 0.9):
        expressions = sample_expressions(labels, emotions, np.random.default_rng(0), intensity=(strength, strength))
        certainty.append(likelihood(expressions, emotions)[np.arange(len(labels)), labels].mean())
    assert certainty[0] < certainty[1]


def test_size_colour_and_a_subset_in_any_order():
    faces = draw(60, size=64, colour=True, emotions=("sad", "happy", "angry"), name="Three")
    assert faces.name == "Three"
    assert faces.images.shape == (60, 64, 64, 3)
    assert faces.channels == 3
    assert faces.classes == ("angry", "happy", "sad")
    assert (faces.images[..., 0].astype(int) - faces.images[..., 2]).mean() > 3  # skin is warmer than gray


def test_lip_corners_rise_in_joy_and_fall_in_sadness():
    people = sample_people(40, np.random.default_rng(1))
    rise = {}
    for emotion in ("happy", "neutral", "sad"):
        lips = mouth(people, still(emotion, 40))[1].points
        rise[emotion] = lips[:, 8, 1] - lips[:, 0, 1]  # y grows downwards: > 0 when the corner is above the middle
    assert (rise["happy"] > rise["neutral"]).all()
    assert (rise["neutral"] > rise["sad"]).all()


def test_surprise_opens_a_dark_mouth():
    within = (slice(None), slice(40, 44), slice(22, 27))
    assert (photograph("surprise")[within].mean((1, 2)) < photograph("neutral")[within].mean((1, 2))).mean() > 0.9


def test_anger_draws_the_brows_down_towards_the_nose():
    within = (slice(None), slice(17, 20), slice(19, 22))
    assert photograph("angry")[within].mean() < photograph("neutral")[within].mean() - 10


def test_a_turned_head_moves_the_nose_aside_only():
    still_, turned = (Pose(*(np.array([v]) for v in (yaw, 0.0, 0.0, 0.5, 0.5, 0.5))) for yaw in (0.0, 0.3))
    nose = np.array([[[0.0, 0.3]]])
    assert project(nose, None, turned)[0, 0, 0] > project(nose, None, still_)[0, 0, 0] + 0.05
    assert project(nose, None, turned)[0, 0, 1] == pytest.approx(project(nose, None, still_)[0, 0, 1])


def test_heads_turn_no_further_than_a_detector_follows():
    expressions = sample_expressions(np.zeros(500, int), ("angry", "happy"), np.random.default_rng(0))
    heads = sample_pose(expressions, np.random.default_rng(1))
    assert np.abs([heads.yaw, heads.pitch, heads.roll]).max() <= 0.42


def test_a_sheet_has_one_row_per_class():
    faces = draw(40, size=32, colour=True)
    assert contact_sheet(faces, columns=5, enlarge=2).shape == (7 * 32 * 2, 5 * 32 * 2, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"emotions": ("happy", "bored")}, "'bored'"),
        ({"emotions": ("happy", "happy")}, "at least two"),
        ({"emotions": ()}, "got none"),
        ({"n": 20}, "at least 21"),
        ({"size": 8}, "16 to 512"),
    ],
)
def test_invalid_arguments_are_reported(options, message):
    with pytest.raises(DataError, match=message):
        draw(**options)
