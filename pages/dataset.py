"""What is in it? Classes, splits, faces, duplicates and votes of a dataset; scoring a run on it; importing another."""

import streamlit as st

from dashboard import load, parameters
from dashboard.charts import classes as charts
from dashboard.components.chart import chart
from dashboard.components.tiles import Tile, tile_grid
from dashboard.dataset import contents, duplicates, importing, scoring
from dashboard.dataset.contents import Contents
from dashboard.faces import album
from dashboard.state import bind, current, value
from dashboard.view import bring_images
from dashboard.words import plain
from ferkit.colours import of_classes
from ferkit.errors import FerkitError


def counted(dataset: Contents) -> None:
    """Numbers, and the imbalance in words."""
    metrics = {"Faces": f"{sum(dataset.sizes.values()):,}", "Classes": str(len(dataset.classes))}
    metrics |= {split: f"{n:,}" for split, n in dataset.sizes.items()}
    if faces := dataset.faces:
        metrics["Size"] = f"{faces.size}×{faces.size} {'gray' if faces.channels == 1 else 'colour'}"
    with st.container(horizontal=True):
        for label, number in metrics.items():
            st.metric(label, number, border=True)
    st.markdown(f"**{contents.imbalance(dataset)}**")


@st.fragment
def distributed(dataset: Contents) -> None:
    """Bars per class and split."""
    st.segmented_control(
        "Count", list(charts.UNITS), required=True, label_visibility="collapsed", **bind(parameters.UNIT, charts.UNITS)
    )
    unit = value(parameters.UNIT, charts.UNITS)
    chart(charts.distribution(dataset.counts, unit), key="dataset-distribution")


def averaged(dataset: Contents) -> None:
    """The mean face of each class; a click shows samples of it."""
    st.markdown("**The mean face of each class**")
    mean = contents.mean_faces(dataset, current().split)
    if mean is None:
        st.caption("Mean faces come with the dataset itself, or with a run that was evaluated on it.")
        return
    colours = of_classes(dataset.classes)
    tiles = [
        Tile(i, name, f"{n:,} faces", colours[name])
        for i, (name, n) in enumerate(zip(dataset.classes, mean.counts, strict=True))
    ]
    tile_grid(
        contents.stretch_contrast(mean.images),
        tiles,
        key="dataset-means",
        size=92,
        on_click=lambda i: album.choose_class(dataset.classes[i]),
    )
    if dataset.faces:
        st.caption("Contrast raised equally for all. A click shows faces of the class.")
    else:
        st.caption(f"Contrast raised equally for all. Means of the faces of {mean.split}, stored with the run.")


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
except FerkitError as error:
    problem = str(error)
if problem:
    st.error(plain(problem), icon=":material/error:")
elif dataset is None:
    absent(name)
else:
    counted(dataset)
    left, right = st.columns([3, 2], gap="medium")
    with left.container(border=True, height="stretch"):
        distributed(dataset)
    with right.container(border=True, height="stretch"):
        averaged(dataset)
    if dataset.faces is not None:
        album.show(dataset, dataset.faces)
    else:
        for line in duplicates.sentences(dataset):
            st.markdown(line)
        bring_images(name)
    with st.container(border=True):
        st.markdown("**Score a run on this dataset**")
        scoring.show(dataset, load.all_runs())
with st.expander("Import a dataset", icon=":material/upload_file:", expanded=dataset is None):
    importing.show()
