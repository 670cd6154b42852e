"""Untrusted names in Markdown."""

import pytest

from dashboard.words import plain

JOINER = "\N{WORD JOINER}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("très happy, 48×48 (1.5%)", "très happy, 48×48 (1.5%)"),
        ("x.h5 is cut short: import it again.", "x.h5 is cut short: import it again."),
        ("![x](http://evil.org/a.png)", rf"!\[x\](http:{JOINER}//evil.org/a.png)"),
        ("www.evil.org", f"www{JOINER}.evil.org"),
        ("a@evil.org", f"a@{JOINER}evil.org"),
        ("$^$", r"\$^\$"),
        (":red[x] :material/home:", rf":{JOINER}red\[x\] :{JOINER}material/home:"),
        ("<b>&amp;</b>", r"\<b\>\&amp;\</b\>"),
        ("# 1\n- 2", r"\# 1 - 2"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("**a** `b` ~~c~~ d_e|f", r"\*\*a\*\* \`b\` \~\~c\~\~ d\_e\|f"),
        ("\x1b[31mred", r"\\x1b\[31mred"),
    ],
)
def test_untrusted_markdown_is_escaped(text: str, shown: str) -> None:
    assert plain(text) == shown
