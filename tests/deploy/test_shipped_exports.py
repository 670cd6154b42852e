"""What is stored of the exports of the shipped runs is of the weights that are there."""

import pytest

from ferkit.deploy import record
from ferkit.deploy.formats import FORMATS
from ferkit.runs import open_run
from tests.worlds import ROOT

CHECKPOINTS = ROOT / "checkpoints"
SHIPPED = sorted(path.parent.name for path in CHECKPOINTS.glob("*/deploy.json"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_stored_record_is_of_the_weights_and_scores_of_its_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(CHECKPOINTS))
    run = open_run(name)
    one = record.read(run)
    assert (
        one is not None
        and one.weights == record.digest(run)
        and one.data == run.dataset
        and set(one.formats) <= set(FORMATS)
    )
    val = run.manifest.scores["val"]
    assert one.pytorch is not None and one.pytorch.accuracy == pytest.approx(val.accuracy)
    ids = set(run.results().predictions("val")["id"])
    for exported in one.formats.values():
        assert exported.lost is not None
        n, lost = val.n, exported.lost
        assert lost.difference == pytest.approx((len(lost.fixed) - len(lost.broken)) / n)
        assert lost.scores.accuracy == pytest.approx(val.accuracy + lost.difference)
        assert {flip.id for flip in lost.flips} <= ids
        path = run.path / exported.file
        assert not path.exists() or path.stat().st_size == exported.bytes


def test_the_web_pages_network_comes_with_a_clone() -> None:
    assert SHIPPED and (CHECKPOINTS / "compact-wild" / FORMATS["onnx"].file).stat().st_size < 2_500_000
