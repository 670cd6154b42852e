"""The Filters page, and the pictures it shows."""

import shutil
from collections.abc import Callable

import numpy as np
import pytest

from dashboard.network.kernels import describe, look, ways
from dashboard.network.tiles import CRISP, diverging, enlarged, sequential


def told(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


def layers(at):
    return next(box for box in at.selectbox if box.key and box.key.startswith("filters-layer"))


def test_kernels_and_maps_of_every_layer(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters")
    names = [option.split(": ")[1].split(" · ")[0] for option in layers(at).options]
    for name in names:
        layers(at).select(name).run()
        assert "look for edges" in told(at) and "In goes a face of tiny, labelled " in told(at)
    assert len(names) > 1


def test_ways_to_look_at_deeper_kernels(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters")
    layers(at).select(layers(at).options[-1].split(": ")[1].split(" · ")[0]).run()
    at.segmented_control(key="filters-way-slice").set_value("slices").run()
    assert "128 of" in told(at) or "64 of 64" in told(at)
    assert "what kernel 7 reads of channel 3" in told(at)


def test_the_open_face_goes_in(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters")
    face = at.session_state["selection"]
    from ferkit.runs import open_run

    table = open_run(face.run).results().predictions("val")
    label = open_run(face.run).classes[table["label"].iat[5]]
    assert f"labelled {label}," in told(app(gray_world, "filters", face=str(table["id"].iat[5])))


def test_without_images_a_mean_face_goes_in(app: Callable, imageless_world) -> None:
    assert "In goes the mean face of angry" in told(app(imageless_world, "filters"))


def test_without_weights_it_says_so(app: Callable, gray_world, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "weightless")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    for weights in world.checkpoints.glob("*/model.safetensors"):
        weights.write_bytes(b"cut short")
    at = app(world, "filters")
    assert "model.safetensors is broken" in told(at) and len(at.error) == 1


def test_a_colour_network_shows_its_first_kernels_in_colour(app: Callable, colour_world) -> None:
    at = app(colour_world, "filters")
    assert "Middle gray is zero" in told(at)
    at.segmented_control(key="filters-way-colour").set_value("mean").run()
    assert "white zero" in told(at)


def test_nothing_at_all_tells_the_next_step(app: Callable, empty_world) -> None:
    assert "ferkit train" in told(app(empty_world, "filters"))


def test_edges_and_blurs_are_told_apart() -> None:
    edge, blur, dead = np.array([[1, 0, -1]] * 3), np.ones((3, 3)), np.full((3, 3), 1e-4)
    sentence = describe(np.stack([edge, blur, dead])[:, None].astype(np.float32))
    assert (
        sentence.startswith("**1 of 3 look for edges**")
        and "2 for brightness" in sentence
        and "1 is nearly dead" in sentence
    )


def test_slices_come_strongest_first() -> None:
    weights = np.random.default_rng(0).normal(size=(5, 7, 3, 3)).astype(np.float32)
    assert (
        ways(weights) == ["slice", "mean", "slices"]
        and ways(weights[:, :3])[0] == "colour"
        and ways(weights[:, :1]) == ["slice"]
    )
    shown = look(weights, "slices")
    norms = np.sqrt((weights**2).sum((2, 3)))
    assert shown.of == 35 and shown.strengths[0] == 1 and (np.diff(shown.strengths) <= 0).all()
    np.testing.assert_allclose(norms[shown.channels, shown.inputs] / norms.max(), shown.strengths, rtol=1e-6)
    strongest = look(weights, "slice")
    assert (norms.argmax(1)[strongest.channels] == strongest.inputs).all()


def test_colours_are_centred_on_zero_and_grow_evenly() -> None:
    import cv2

    ramp = diverging(np.linspace(-2, 2, 101)[None, None])[0, 0]
    assert ramp[50].min() >= 240
    light = cv2.cvtColor(ramp[None], cv2.COLOR_RGB2LAB)[0, :, 0].astype(int)
    assert (
        (np.diff(light[:51]) >= -1).all()
        and (np.diff(light[50:]) <= 1).all()
        and ramp[0, 2] > ramp[0, 0]
        and ramp[-1, 0] > ramp[-1, 2]
    )


def test_maps_use_their_own_scale_and_flat_ones_do_no_harm() -> None:
    pictures = sequential(np.stack([np.eye(4), 1000 * np.eye(4), np.zeros((4, 4))]).astype(np.float32))
    assert (pictures[0] == pictures[1]).all() and np.ptp(pictures[2].reshape(-1, 3), axis=0).max() == 0


def test_enlarging_keeps_each_number_a_square() -> None:
    small = diverging(np.array([[[1.0, -1.0], [0.0, 0.5]]]))
    large = enlarged(small, 8, CRISP)
    assert large.shape == (1, 8, 8, 3) and (large[0, :4, 4:] == small[0, 0, 1]).all()


@pytest.mark.parametrize("zero", [np.zeros((2, 1, 3, 3), np.float32)])
def test_all_dead_kernels_do_no_harm(zero: np.ndarray) -> None:
    assert "look for edges" in describe(zero) and len(look(zero, "slice").pictures) == 2
