"""What is in it, and is it the data? Classes, faces, duplicates, image quality, outliers, votes; scoring a run on it,
importing another."""

import streamlit as st

from dashboard import load, view
from dashboard.components.cards import Card, cards
from dashboard.dataset import album, classes, contents, deduplicated, duplicates, importing, scoring
from dashboard.dataset.contents import Contents
from dashboard.state import current
from dashboard.view import bring_images
from dashboard.words import plain
from ferkit.errors import FerkitError


def counted(dataset: Contents) -> None:
    """Numbers, and the imbalance in words."""
    metrics = {"Faces": f"{sum(dataset.sizes.values()):,}", "Classes": str(len(dataset.classes))}
    metrics |= {split: f"{n:,}" for split, n in dataset.sizes.items()}
    if faces := dataset.faces:
        metrics["Size"] = f"{faces.size}×{faces.size} {'gray' if faces.channels == 1 else 'colour'}"
    cards([Card(label, number) for label, number in metrics.items()], key="numbers")
    copies = sum(sum(per_class.values()) for per_class in dataset.left_out.values())
    without = f" {copies:,} exact copies of training faces in the other splits are left out." if copies else ""
    st.markdown(f"**{contents.imbalance(dataset)}**{without}")


def absent(name: str) -> None:
    """The next step where neither the dataset nor a run on it is here."""
    if name == load.DEMO:
        st.info("The demo faces are drawn, not photographed: a dataset to try everything with.", icon=":material/draw:")
        if st.button("Draw the demo faces", type="primary", icon=":material/brush:", key="dataset-draw"):
            with load.show_errors():
                load.stored_faces(load.DEMO)
            st.rerun()
    else:
        st.info(f"The dataset {plain(name)} is not here. Import it below.", icon=":material/info:")


importing.summary()
scoring.summary()
name, dataset, problem = current().data, None, ""
try:
    dataset = contents.of(name, load.all_runs())
    if dataset is not None and view.dedup():
        dataset = deduplicated.without_copies(dataset)
except FerkitError as error:
    problem = str(error)
if problem:
    st.error(plain(problem), icon=":material/error:")
elif dataset is None:
    absent(name)
else:
    counted(dataset)
    if dataset.faces is not None:
        album.show(dataset, dataset.faces)
    else:
        left, right = st.columns(2, gap="medium")
        with left.container(border=True, height="stretch"):
            classes.distributed(dataset)
        with right.container(border=True, height="stretch"):
            classes.averaged(dataset)
        for line in duplicates.sentences(dataset):
            st.markdown(line)
        bring_images(name)
    with st.container(border=True):
        st.markdown("**Score a run on this dataset**")
        scoring.show(dataset, load.all_runs())
form = st.expander(
    "Import a dataset", icon=":material/upload_file:", expanded=dataset is None, key="import", on_change="rerun"
)
if form.open:  # its fields are loaded when they are wanted
    with form:
        importing.show()
