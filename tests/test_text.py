"""Untrusted names."""

from ferkit.text import is_printable, printable


def test_control_characters_and_broken_utf8_are_escaped() -> None:
    assert printable("a\x1b[31m\udcff\n\x9b") == r"a\x1b[31m\udcff\n\x9b"
    for text in ("Größe 48×48, 表情", "très heureux 😀\u3000"):
        assert printable(text) == text


def test_is_printable_agrees_with_printable() -> None:
    for text in ("happy", "très heureux", "\x1b]0;title\x07", "a\nb", "\udcff", "\u2028"):
        assert is_printable(text) == (printable(text) == text)
