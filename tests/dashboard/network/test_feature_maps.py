"""The caption of feature maps counts what is shown."""

import numpy as np

from dashboard.network.feature_maps import caption


def test_the_caption_counts_maps_and_constant_ones() -> None:
    maps = np.zeros((70, 4, 6), np.float32)
    maps[:68, 0, 0] = 1
    text = caption("a face labelled happy", (48, 48), maps)
    assert text.startswith("Input: a face labelled happy, 48 × 48 pixels. Output: 70 feature maps of 4 × 6")
    assert "64 are shown" in text and text.endswith("2 are constant.")
    assert "constant" not in caption("a face", (48, 48), maps[:68])
