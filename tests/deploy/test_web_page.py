"""The folder of a web page: complete, small where its host is not, and never in place of something else."""

import gzip
import json
from pathlib import Path

import pytest

from ferkit.deploy import runtime, web_page
from ferkit.deploy.runtime import BINARY, PACKAGE, SCRIPT, VERSION, find_runtime
from ferkit.deploy.web_page import write_page
from ferkit.errors import ConfigError
from ferkit.runs import Run
from tests.worlds import ROOT

WASM = b"\0asm" + bytes(9000)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder that looks like the npm package."""
    folder = tmp_path / "node_modules" / PACKAGE
    (folder / "dist").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": VERSION}))
    (folder / "dist" / SCRIPT).write_text("export {};")
    (folder / "dist" / BINARY).write_bytes(WASM)
    return folder


def test_the_folder_is_complete_and_is_replaced_by_a_newer_one(run: Run, package: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    out = tmp_path / "page"
    page = write_page(run, {"run": "tiny"}, out, package, {"means.webp": b"picture"})
    files = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    sources = {path.name for path in (ROOT / "ferkit" / "deploy" / "web").iterdir()}
    made = {"card.json", "means.webp", "model.onnx", "runtime/ort.mjs", "runtime/ort-wasm.bin", "sample.png"}
    assert set(files) == sources | made and files["means.webp"] == b"picture"
    assert gzip.decompress(files["runtime/ort-wasm.bin"]) == WASM
    assert page.bytes == sum(map(len, files.values())) > page.compressed > 0
    assert json.loads(files["card.json"])["run"] == "tiny"
    write_page(run, {"run": "other"}, out, package)
    assert json.loads((out / "card.json").read_text())["run"] == "other"
    assert not (run.path / "model.onnx").exists()


@pytest.mark.parametrize("content", [None, '{"made_by": "me"}', "[]"])
def test_a_folder_of_somebody_else_is_left_alone(run: Run, package: Path, tmp_path: Path, content: str | None) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("keep")
    if content is not None:
        (out / "card.json").write_text(content)
    with pytest.raises(ConfigError, match="holds something other than a page"):
        write_page(run, {}, out, package)
    assert (out / "notes.txt").read_text() == "keep"


def test_a_file_is_no_place_for_a_page(run: Run, package: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("keep")
    with pytest.raises(ConfigError, match="Choose another folder with --out"):
        write_page(run, {}, tmp_path / "file", package)


def test_a_missing_runtime_is_one_sentence_that_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"needs {PACKAGE} {VERSION}, which is not installed\. Get it: npm ci"):
        find_runtime((tmp_path,))


def test_another_version_or_half_a_package_is_refused(package: Path, tmp_path: Path) -> None:
    assert find_runtime((tmp_path / "away", tmp_path)) == package
    (package / "dist" / BINARY).unlink()
    with pytest.raises(ConfigError, match=f"has no dist/{BINARY}"):
        find_runtime((tmp_path,))
    (package / "package.json").write_text('{"version": "1.2.3"}')
    with pytest.raises(ConfigError, match=r"is 1\.2\.3\. Get it"):
        find_runtime((tmp_path,))


def test_the_pinned_version_is_the_one_that_is_looked_for() -> None:
    assert json.loads((ROOT / "package.json").read_text())["dependencies"] == {PACKAGE: runtime.VERSION}
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["packages"][f"node_modules/{PACKAGE}"]["version"] == runtime.VERSION


def test_the_page_fetches_nothing_from_another_host() -> None:
    for path in web_page.SOURCES.iterdir():
        assert "http://" not in (text := path.read_text("utf-8")) and "https://" not in text, path.name
        assert "innerHTML" not in text
