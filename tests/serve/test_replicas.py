"""A run behind Ray Serve: two replicas give the answers of one process. Skipped where Ray is not installed."""

import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
import yaml
from fastapi.testclient import TestClient

from ferkit.errors import ConfigError
from ferkit.faces import detector
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run
from ferkit.serve.app import create
from ferkit.serve.replicas import HEADER, Replicated, app
from ferkit.serve.settings import SETTINGS, Settings
from tests.serve.serving import picture, send
from tests.worlds import ROOT

ray_warns = pytest.mark.filterwarnings("default")


def test_the_file_for_many_machines_names_the_app_and_fields_that_exist() -> None:
    file = yaml.safe_load((ROOT / "ray-serve.yaml").read_text("utf-8"))
    (application,) = file["applications"]
    module, name = application["import_path"].split(":")
    assert (module, name) == (app.__module__, app.__name__)
    assert Replicated.model_validate(application["args"]).replicas == 2
    assert file["http_options"]["host"] == "127.0.0.1", "open to this machine alone until somebody changes it"


def test_replicas_get_their_settings_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_SERVE_TOKEN", "secret")
    monkeypatch.setenv("FERKIT_CHECKPOINTS", "/runs")
    environment = Replicated(run="mine", replicas=3, cores=2, limits={"pictures": 5}).environment
    assert environment["FERKIT_SERVE_TOKEN"] == "secret" and environment["FERKIT_CHECKPOINTS"] == "/runs"
    assert environment["OMP_NUM_THREADS"] == "2"
    monkeypatch.setenv(SETTINGS, environment[SETTINGS])
    assert Settings.from_environment()[0] == Settings(run="mine", limits={"pictures": 5})


@pytest.mark.parametrize("arguments", [{}, {"run": "mine", "replicas": "0"}, {"run": "mine", "speed": "1"}])
def test_what_is_no_setting_is_one_sentence(arguments: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="Expected run=NAME and perhaps replicas"):
        app(arguments)


def test_without_ray_the_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"pip install 'ferkit\[ray\]'"):
        app({"run": "mine"})


@pytest.fixture
def started(run: Run) -> Iterator[Callable[[int], str]]:
    """`started(2)` serves the run by so many replicas and gives the address."""
    ray = pytest.importorskip("ray")
    from ray import serve

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def start(replicas: int) -> str:
        ray.init(num_cpus=replicas, include_dashboard=False, log_to_driver=False)
        serve.start(http_options={"host": "127.0.0.1", "port": port})
        serve.run(app({"run": run.name, "replicas": str(replicas)}), name="ferkit")
        return f"http://127.0.0.1:{port}"

    yield start
    serve.shutdown()
    ray.shutdown()


@ray_warns
def test_two_replicas_answer_as_one_process_does_and_a_killed_one_comes_back(
    started: Callable[[int], str], run: Run
) -> None:
    pictures = [picture(gray) for gray in (40, 128, 220)]
    alone = create(Settings(run=run.name), Classifier.open(run), detector())
    with TestClient(alone) as http:
        expected = send(http, *pictures, params={"whole_image": True}).json()

    with httpx.Client(base_url=started(2), timeout=60) as http:
        answers = [send(http, *pictures, params={"whole_image": True}) for _ in range(40)]
        assert {answer.status_code for answer in answers} == {200}
        assert all(answer.json() == expected for answer in answers)
        replicas = {answer.headers[HEADER] for answer in answers}
        assert len(replicas) == 2
        refused = send(http, b"no picture")
        assert refused.status_code == 422 and "Expected a picture as JPEG" in refused.json()["error"]

        assert len(_replicas()) == 2
        with ThreadPoolExecutor(6) as pool:
            many = [pool.submit(send, http, *pictures, params={"whole_image": True}) for _ in range(90)]
            many[20].result()
            _replicas()[0].kill()
        statuses = Counter(one.result().status_code for one in many)
        assert statuses == {200: len(many)}, "the other was given what the dead one had"
        while len(seen := _names(http, 20)) < 2 or seen == replicas:
            time.sleep(0.2)
        assert len(seen & replicas) == 1, "the other goes on"


def _replicas() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "ServeReplica:ferkit:network" in "".join(child.cmdline())]


def _names(http: httpx.Client, n: int) -> set[str]:
    """Who answered the last of n questions; a dead one may have been asked in between."""
    answers = [http.get("/health") for _ in range(n)]
    return {answer.headers[HEADER] for answer in answers[n // 2 :] if answer.status_code == 200}
