"""Readable names for convolutions."""

from dashboard.network.layers import labels, option, readable


def test_a_block_of_two_convolutions_is_named_by_block_and_position() -> None:
    named = labels(["body.0.0", "body.1.body.0.0", "body.1.body.1.0", "body.2.body.0.0", "body.2.body.1.0"])
    assert named == {
        "body.0.0": "stem (body.0.0)",
        "body.1.body.0.0": "block 1, conv 1 (body.1.body.0.0)",
        "body.1.body.1.0": "block 1, conv 2 (body.1.body.1.0)",
        "body.2.body.0.0": "block 2, conv 1 (body.2.body.0.0)",
        "body.2.body.1.0": "block 2, conv 2 (body.2.body.1.0)",
    }
    assert option("body.2.body.1.0", named) == "5 of 5: block 2, conv 2 (body.2.body.1.0)"


def test_single_convolutions_are_counted_and_names_with_words_stay() -> None:
    assert list(labels(["body.0", "body.3"]).values()) == ["conv 1 (body.0)", "conv 2 (body.3)"]
    assert labels(["conv1", "layer1.0.conv1"]) == {"conv1": "conv1", "layer1.0.conv1": "layer1.0.conv1"}
    assert labels([]) == {}


def test_what_lies_in_a_block_is_named_after_it() -> None:
    convolutions = ["body.0.0", "body.1.body.0.0", "body.1.body.1.0", "body.2.body.0.0", "body.2.body.1.0"]
    named = readable(["body.0.0", "body.1.body.1.0", "body.1.attend.squeeze", "body.2.skip.0", "head"], convolutions)
    assert named["body.1.body.1.0"] == "block 1, conv 2 (body.1.body.1.0)"
    assert named["body.1.attend.squeeze"] == "block 1, attend.squeeze (body.1.attend.squeeze)"
    assert named["body.2.skip.0"].startswith("block 2, skip.0") and named["head"] == "head"
