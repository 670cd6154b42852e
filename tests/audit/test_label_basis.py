"""A search for wrong labels rests on faces the network was not trained on, where there are such predictions."""

from pathlib import Path

from ferkit.audit.label_basis import choose
from ferkit.runs import CrossValidation, DataSpec, Run
from tests.manifests import manifest, scores

CLASSES = ("Sad", "Happy")


def crossvalidated(name: str, accuracy: float, fingerprint: str = "f") -> Run:
    folds = CrossValidation(folds=5, accuracy=(0.5,) * 5, macro_f1=(0.5,) * 5, balanced_accuracy=(0.5,) * 5)
    data = DataSpec(name="faces", fingerprint=fingerprint)
    return Run(Path(name), manifest(crossval=folds, data=data, scores={"train": scores(CLASSES, accuracy)}))


def test_a_held_out_split_speaks_for_itself() -> None:
    basis = choose(Run(Path("one"), manifest()), "faces", "val", [crossvalidated("cv", 0.6)])
    assert (basis.run.name, basis.split, basis.sound) == ("one", "val", True)
    assert "val, which the run was not trained on" in basis.sentence
    assert choose(Run(Path("one"), manifest()), "others", "train", []).sound


def test_training_faces_are_judged_out_of_fold() -> None:
    others = [crossvalidated("weak", 0.5), crossvalidated("strong", 0.7), crossvalidated("foreign", 0.9, "g")]
    basis = choose(Run(Path("one"), manifest()), "faces", "train", others)
    assert (basis.run.name, basis.split, basis.sound) == ("strong", "train", True)
    assert "each of 5 folds" in basis.sentence
    assert choose(others[0], "faces", "train", others).run.name == "weak"


def test_without_such_a_run_it_is_said() -> None:
    basis = choose(Run(Path("one"), manifest()), "faces", "train", [])
    assert not basis.sound and "was trained on train" in basis.sentence
