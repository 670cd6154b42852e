"""The shape of the project: imports point one way, the package knows no screen, files and names stay what they are."""

import ast
import subprocess
import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.worlds import ROOT, World

ORDER = [
    "errors", "text", "files", "images", "videos", "colours", "metrics", "runs", "data", "models", "faces", "train",
    "explain", "predict",
    "embed", "evaluate", "audit", "experiments", "deploy", "monitor", "serve", "published", "report", "api", "cli",
]  # fmt: skip
SCREEN = ("streamlit", "plotly", "dashboard", "pages", "altair")
STAGES = {name: place for place, name in enumerate(ORDER)}


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module a file imports, at any depth of it."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            modules |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def used_by_module() -> dict[str, set[str]]:
    """The modules that each module imports, inside functions and for types alone too; `from package import name` is an
    import of the package only where the name is none of its modules."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for folder in ("ferkit", "dashboard", "pages", "bench")
        for path in sources(folder)
    }
    used: dict[str, set[str]] = {}
    for module, path in paths.items():
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= {name if name in paths else node.module or "" for name in names}
        used[module] = (found & paths.keys()) - {module}
    return used


def circle(used: Mapping[str, set[str]]) -> str:
    """One of the circles, or "" where there is none."""
    try:
        TopologicalSorter(used).prepare()
    except CycleError as error:
        return " is used by ".join(error.args[1])
    return ""


def test_no_module_uses_itself_by_way_of_others() -> None:
    assert not circle(used_by_module())


def test_no_folder_of_the_dashboard_uses_itself_by_way_of_others() -> None:
    def folder(module: str) -> str:
        return ".".join(module.split(".")[:2])

    used: dict[str, set[str]] = {}
    for module, others in used_by_module().items():
        used.setdefault(folder(module), set()).update({folder(other) for other in others} - {folder(module)})
    assert not circle({name: others for name, others in used.items() if name.startswith("dashboard.")})


def test_a_circle_is_found_also_where_it_is_closed_for_types_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "a": "from ferkit.b import B",
        "b": "def f():\n    from ferkit import c",
        "c": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from ferkit.a import A",
    }
    (tmp_path / "ferkit").mkdir()
    for name, text in texts.items():
        (tmp_path / "ferkit" / f"{name}.py").write_text(text)
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert set(circle(used_by_module()).split(" is used by ")) == {"ferkit.a", "ferkit.b", "ferkit.c"}
    (tmp_path / "ferkit" / "c.py").write_text("")
    assert not circle(used_by_module())


@pytest.mark.parametrize("path", sources("ferkit"), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT / "ferkit").parts[0].removesuffix(".py")
    if package in ("__init__", "__main__"):
        return
    assert package in STAGES, f"ferkit/{package} has no place in the order of imports: {ORDER}"
    for module in imported(path):
        parts = module.split(".")
        assert parts[0] not in SCREEN, f"{path.name} imports {module}: ferkit knows no screen"
        if parts[0] == "ferkit" and len(parts) > 1 and parts[1] in STAGES:
            assert STAGES[parts[1]] <= STAGES[package], f"ferkit/{package} imports {module}, which comes after it"


@pytest.mark.parametrize("path", sources("dashboard"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_dashboard_does_not_import_pages(path: Path) -> None:
    assert not [module for module in imported(path) if module.split(".")[0] == "pages"]


def test_caches_lie_in_one_place() -> None:
    users = {path.name for path in sources("dashboard") + sources("pages") if "@st.cache_" in path.read_text("utf-8")}
    assert users == {"load.py"}


def test_charts_call_no_streamlit() -> None:
    for path in sources("dashboard/charts"):
        assert not [module for module in imported(path) if module.split(".")[0] == "streamlit"], path


@pytest.mark.parametrize("path", sources("pages"), ids=lambda path: path.name)
def test_pages_are_thin(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{path.name} says which question it answers"
    assert text.count("\n") <= 120


def test_no_module_has_the_name_of_a_standard_one() -> None:
    assert not {path.stem for path in sources("dashboard") if path.parent == ROOT / "dashboard"} & set(
        sys.stdlib_module_names
    )


def test_every_module_says_what_it_offers() -> None:
    for path in sources("ferkit"):
        tree = ast.parse(path.read_text("utf-8"))
        assert ast.get_docstring(tree), f"{path} has no docstring"
        listed = next(
            (
                node.value
                for node in tree.body
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
            ),
            None,
        )
        if listed is None:
            assert path.name in ("__init__.py", "__main__.py"), f"{path} has no __all__"
            continue
        defined = {getattr(n, "name", "") for n in tree.body} | {
            alias.asname or alias.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for alias in n.names
        }
        defined |= {
            target.id
            for n in tree.body
            if isinstance(n, ast.Assign)
            for target in n.targets
            if isinstance(target, ast.Name)
        }
        defined |= {n.target.id for n in tree.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
        assert set(ast.literal_eval(listed)) <= defined, path


def test_overview_is_drawn_without_torch(gray_world: World) -> None:
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "at = AppTest.from_file('dashboard/app.py', default_timeout=60).run()\n"
        "assert not at.exception, at.exception\n"
        "assert len(at.get('bidi_component')) > 2, 'nothing was drawn'\n"
        "heavy = {'torch', 'torchvision', 'sklearn', 'umap', 'numba', 'captum'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=gray_world.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_project_names_no_path_of_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    texts = [ROOT / name for name in listed if name.endswith((".py", ".md", ".toml", ".yaml", ".txt", ".js", ".css"))]
    assert not [path for path in texts if path.is_file() and "/" + "work/" in path.read_text("utf-8")]
