"""deploy.json: typed, tolerant of what is newer, and one sentence for what is broken."""

import json

import pytest

from ferkit.deploy import record
from ferkit.deploy.record import Exported, Latency
from ferkit.errors import RunError
from ferkit.runs import Run


def test_a_change_is_stored_and_read_back(run: Run) -> None:
    assert record.read(run) is None
    fast = Latency(engine="onnx", threads=1, batch=32, p50=1.5, p95=2.0)
    record.change(run, formats={"onnx": Exported(file="model.onnx", bytes=5)}, latency=(fast,))
    stored = record.read(run)
    assert stored is not None and stored.weights == record.digest(run) and len(stored.weights) == 16
    assert stored.formats["onnx"].bytes == 5 and stored.latency_of("onnx", 1, 32) == fast
    assert stored.latency_of("onnx", 2, 32) is None


def test_unknown_keys_are_ignored_and_other_weights_begin_anew(run: Run) -> None:
    described = {"weights": "0" * 16, "formats": {"onnx": {"file": "m", "bytes": 1, "later": 2}}, "later": {}}
    (run.path / record.NAME).write_text(json.dumps(described))
    assert record.read(run).formats["onnx"].file == "m"  # type: ignore[union-attr]
    assert not record.change(run, parameters=3).formats


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "expected a JSON object"),
        ("{", "cannot be read as JSON"),
        ('{"weights": "a", "format": 99}', "format"),
        ('{"weights": "a", "latency": [{"engine": "x", "threads": 1, "batch": 1, "p50": -1, "p95": 1}]}', "p50"),
        ('{"weights": "a", "formats": {"onnx": {"file": "a\\nb", "bytes": 1}}}', "one line"),
    ],
)
def test_what_is_no_record_is_one_sentence(run: Run, text: str, reason: str) -> None:
    (run.path / record.NAME).write_text(text)
    with pytest.raises(RunError, match=reason) as caught:
        record.read(run)
    assert "\n" not in str(caught.value)
    record.change(run, parameters=3)  # a broken one is replaced
    assert record.read(run).parameters == 3  # type: ignore[union-attr]
