"""What is known of single faces besides a prediction: properties (numbers) and tags (yes or no), by which faces are
narrowed down.

Both are made when first asked for and kept: of the run's own results, of those of the other runs, and of what is stored
beside the dataset (its audit, its votes, the notes on it).
"""

import numpy as np
import pandas as pd

from dashboard import load
from dashboard.near import FAR, beyond, far, near, shares
from dashboard.scored import Scored
from ferkit.audit import crowd as votes
from ferkit.audit import store as audits
from ferkit.audit.columns import ISSUES, KIND, MEANINGS
from ferkit.audit.crowd import Crowd
from ferkit.audit.tags import Known, compute
from ferkit.data import notes
from ferkit.embed.overlap import NEAREST
from ferkit.errors import FerkitError
from ferkit.evaluate.labels import label_map
from ferkit.runs import LOGIT, Results

__all__ = ["PROPERTIES", "audit", "crowd", "key", "properties", "tags"]

PROPERTIES = {
    "loss": "-log of the probability of the label, in nats",
    "margin": "probability of the predicted class less that of the second, 0 to 1",
    "votes for the label": "share of the votes, 0 to 1",
    "entropy of the votes": "in bits, 0 where all agree",
    FAR: "distance of its features to the fifth nearest training face, 1 - cosine, 0 to 2",
    **MEANINGS,
}  # what each column of `properties` means; besides these, "near …" is how its neighbours are labelled


def properties(scored: Scored) -> pd.DataFrame:
    """A column of numbers per property that is known here, a row per face; nan where one is not known."""
    table: pd.DataFrame = load.cached(("properties", *key(scored)), lambda: _properties(scored))
    return table


def tags(scored: Scored) -> dict[str, np.ndarray]:
    """bool (N,) per tag that is known here: the faces that have it."""
    table: dict[str, np.ndarray] = load.cached(
        ("tags", *key(scored), load.runs_state()), lambda: compute(_known(scored))
    )
    return table | _noted(scored)


def audit(scored: Scored) -> pd.DataFrame | None:
    """The rows of the dataset's audit in the order of `scored`, -1 or nan for a face that the dataset lacks; None where
    there is no audit, or a broken one, which the Dataset page reports."""
    faces = scored.images.faces
    try:
        table = None if faces is None else audits.load(faces)
    except FerkitError:
        return None
    return None if table is None else _joined(table, scored.images.places)


def crowd(scored: Scored) -> Crowd | None:
    """The votes on these faces, in their order and over the run's classes; None where there are none."""
    faces, places = scored.images.faces, scored.images.places
    if faces is None or faces.votes is None or not scored.images.here:
        return None
    found = np.where((places >= 0)[:, None], faces.votes[np.maximum(places, 0)], 0)
    return votes.of(found, faces.vote_names, scored.classes)


def key(scored: Scored) -> tuple[object, ...]:
    """What the properties rest on."""
    path, faces = scored.results.path, scored.images.faces
    files = [load.key_of(path / f"{scored.split}{end}") for end in (".parquet", "-features.npy", "-nearest.npz")]
    stored = load.key_of(audits.path_of(faces.name)) if faces is not None else ""
    return (*files, scored.results.temperature, faces.fingerprint if faces else "", stored)


def _joined(table: pd.DataFrame, places: np.ndarray) -> pd.DataFrame:
    """Rows of a dataset's table by their places; nan, False or -1 for a place of -1."""
    rows = table.iloc[np.maximum(places, 0)].reset_index(drop=True)
    absent = places < 0
    for name in rows.columns[rows.columns != "id"]:
        if absent.any():
            kind = rows[name].dtype.kind
            rows.loc[absent, name] = np.nan if kind == "f" else False if kind == "b" else -1
    return rows


def _properties(scored: Scored) -> pd.DataFrame:
    columns = {name: scored.frame[name].to_numpy(float) for name in ("loss", "margin")} | shares(scored) | far(scored)
    if (said := crowd(scored)) is not None:
        columns["votes for the label"] = said.agreement(scored.frame["label"].to_numpy())
        columns["entropy of the votes"] = said.entropy
    if (stored := audit(scored)) is not None:
        columns |= {name: stored[name].to_numpy(float) for name in MEANINGS}
    return pd.DataFrame(columns)


def _known(scored: Scored) -> Known:
    stored = audit(scored)
    issues = {} if stored is None else {name: stored[name].to_numpy(bool) for name in ("dark", "bright", "blurred")}
    assert set(issues) <= set(ISSUES)
    return Known(
        labels=scored.frame["label"].to_numpy(),
        probabilities=scored.probabilities,
        others=_others(scored),
        neighbours=_neighbours(scored),
        far=beyond(scored),
        leaked=scored.frame["leaked"].to_numpy(),
        near_duplicate=None if stored is None else stored[KIND].to_numpy() == 2,
        crowd=crowd(scored),
        **issues,
    )


def _noted(scored: Scored) -> dict[str, np.ndarray]:
    try:
        noted = notes.read(scored.results.dataset)
    except FerkitError:
        return {}  # the Labels page says why
    return {"noted": scored.frame["id"].isin(noted).to_numpy()} if noted else {}


def _others(scored: Scored) -> dict[str, np.ndarray]:
    """What every other run that was scored on the split predicts, int (N,) each; -1 for a face or class it lacks."""
    found = {}
    for name, run in load.all_runs().items():
        results = run.results(scored.results.dataset)
        if name != scored.run.name and scored.split in results.scores:
            try:
                found[name] = _predicted(scored, results)
            except FerkitError:
                continue  # a broken run is reported on the Overview page
    return found


def _predicted(scored: Scored, results: Results) -> np.ndarray:
    table = results.predictions(scored.split)
    own = label_map(scored.classes, results.classes)[table[[LOGIT + c for c in results.classes]].to_numpy().argmax(1)]
    rows = pd.Index(table["id"]).get_indexer(scored.frame["id"].to_numpy())
    return np.where(rows >= 0, own[rows], -1)


def _neighbours(scored: Scored) -> np.ndarray | None:
    """Labels of the most similar other faces of the split, int (N, k); None where they are not known."""
    table = shares(scored)
    if not table:
        return None
    counts = np.rint(NEAREST * np.stack([table[near(name)] for name in scored.classes], 1)).astype(int)
    if (counts.sum(1) != NEAREST).any():  # of fewer faces than that
        return None
    labels = np.tile(np.arange(len(scored.classes)), len(counts))
    return np.repeat(labels, counts.ravel()).reshape(len(counts), NEAREST)
