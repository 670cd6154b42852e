"""Reports of runs with untrusted names: text stays text, in HTML, in Markdown and in figures."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

from ferkit.errors import FerkitError
from ferkit.report import write as module
from ferkit.report.render import environment
from ferkit.report.write import html, markdown, write
from ferkit.runs import LOGIT, Run, open_run
from tests.worlds import ROOT

IMAGE = "![x](http://example.org/x.png)"
NAMES = {"angry": "$^$", "fear": IMAGE, "happy": "a|b", "sad": "<img src=x onerror=alert(1)>"}


@pytest.fixture
def strange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The shipped run `lenet` without its weights, some of its classes named to do harm."""
    folder = tmp_path / "runs" / "lenet"
    shutil.copytree(ROOT / "checkpoints" / "lenet", folder)
    (folder / "model.safetensors").unlink()
    text = (folder / "run.json").read_text("utf-8")
    for name, other in NAMES.items():
        text = text.replace(f'"{name}"', f'"{other}"')
    (folder / "run.json").write_text(text, "utf-8")
    table = pd.read_parquet(folder / "val.parquet")
    table.rename(columns={LOGIT + name: LOGIT + other for name, other in NAMES.items()}).to_parquet(
        folder / "val.parquet"
    )
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path / "runs"))
    return open_run("lenet")


def test_names_are_text_in_markdown_and_in_figures(strange: Run) -> None:
    settings = dict(mpl.rcParams)
    text, figures = markdown([strange], "val", "my figures")
    assert dict(mpl.rcParams) == settings
    assert IMAGE not in text and "<img" not in text.replace(r"\<", "") and "| a|b |" not in text
    assert r"\!\[x\](http://example.org/x.png)" in text and r"a\|b" in text and r"\$^\$" in text
    assert "](my%20figures/classes.svg)" in text
    assert "$^$" in "".join(ET.fromstring(figures["classes"]).itertext())


def test_names_are_text_in_html(strange: Run) -> None:
    page = html([strange], "val")
    assert "<img src=x" not in page and "&lt;img src=x onerror" in page


def test_numbers_and_sentences_stay_readable_in_markdown() -> None:
    template = environment(html=False).from_string("{{ share | percent }}, {{ n | count }} faces, `{{ name | code }}`")
    assert template.render(share=0.701, n=12345, name="a_b`") == "70.1%, 12,345 faces, `a_b'`"


def test_an_interrupted_report_leaves_no_half_of_it(
    strange: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out" / "r.md"
    write([strange], "val", out)
    before = {path.name: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    monkeypatch.setattr(module, "markdown", lambda *args, **options: ("new", {"classes": "<svg/>", "heat": 7}))
    with pytest.raises(TypeError):
        write([strange], "val", out)
    assert {path.name: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()} == before


def test_a_folder_with_other_files_is_not_replaced(strange: Run, tmp_path: Path) -> None:
    (tmp_path / "r-figures").mkdir()
    (tmp_path / "r-figures" / "thesis.docx").write_text("years of work")
    with pytest.raises(FerkitError, match="holds other files"):
        write([strange], "val", tmp_path / "r.md")
    assert (tmp_path / "r-figures" / "thesis.docx").read_text() == "years of work"
