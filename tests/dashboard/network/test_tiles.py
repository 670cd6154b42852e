"""Small images: scales centred on zero, of even lightness, and enlarged without blur where wanted."""

import cv2
import numpy as np

from dashboard.network.tiles import CRISP, diverging, enlarged, in_colour, sequential


def test_the_diverging_scale_is_centred_on_zero_and_even() -> None:
    ramp = diverging(np.linspace(-2, 2, 101)[None, None])[0, 0]
    assert ramp[50].min() >= 240
    light = cv2.cvtColor(ramp[None], cv2.COLOR_RGB2LAB)[0, :, 0].astype(int)
    assert (np.diff(light[:51]) >= -1).all() and (np.diff(light[50:]) <= 1).all()
    assert ramp[0, 2] > ramp[0, 0] and ramp[-1, 0] > ramp[-1, 2], "negative blue, positive red"


def test_colour_kernels_have_their_zero_at_middle_gray() -> None:
    image = in_colour(np.array([[[[1.0]], [[0.0]], [[-1.0]]]]))
    assert image.shape == (1, 1, 1, 3) and image[0, 0, 0].tolist() == [255, 128, 0]


def test_maps_use_their_own_scale_and_constant_ones_do_no_harm() -> None:
    images = sequential(np.stack([np.eye(4), 1000 * np.eye(4), np.zeros((4, 4))]).astype(np.float32))
    assert (images[0] == images[1]).all() and np.ptp(images[2].reshape(-1, 3), axis=0).max() == 0


def test_enlarging_shows_each_value_as_a_square() -> None:
    small = diverging(np.array([[[1.0, -1.0], [0.0, 0.5]]]))
    large = enlarged(small, 8, CRISP)
    assert large.shape == (1, 8, 8, 3) and (large[0, :4, 4:] == small[0, 0, 1]).all()
