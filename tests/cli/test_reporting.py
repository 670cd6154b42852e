"""Progress of a long command where there is no terminal."""

import pytest

from ferkit.cli import reporting


def test_without_a_terminal_a_line_is_printed_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    now = 100.0
    monkeypatch.setattr(reporting.time, "monotonic", lambda: now)
    with reporting.reporting("Reading [red]\x1b.zip") as progress:
        for done in range(1, 51):
            now += 1
            progress(done, 50)
    shown = capsys.readouterr()
    lines = [f"Reading [red]\\x1b.zip: {10 * k * 2}% after {10 * k} s" for k in range(1, 6)]
    assert shown.err.splitlines() == lines and shown.out == ""
