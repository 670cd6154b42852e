"""Photo: which emotion does a network see in my photo? Every face found, boxed, explained."""

from functools import partial

import streamlit as st

from dashboard import parameters
from dashboard.camera import any_run, chain, detector, example, kept, photo
from dashboard.state import bind, current, value
from ferkit.images import NAMES

selection = current()
run = any_run.choose(selection)
detector.show()
if lost := chain.measured(run):
    st.caption(lost)
st.segmented_control(
    "Source", ["upload", "camera"], required=True, format_func=str.capitalize, label_visibility="collapsed",
    **bind(parameters.SOURCE),
)  # fmt: skip
source = value(parameters.SOURCE)
if source == "camera":
    draw = partial(st.camera_input, "Snapshot", label_visibility="collapsed", width=photo.CAMERA)
else:
    label = f"A photo with one or more faces: {NAMES}, up to {photo.MOST_MEGABYTES} MB"
    draw = partial(st.file_uploader, label, photo.TYPES, max_upload_size=photo.MOST_MEGABYTES)

taken = kept.taken(source, draw)
if taken is not None:
    kept.remove(source)
    photo.show(taken, run, key="photo")
elif source == "upload":
    content = example.photo(selection.data)
    if content:
        photo.show(content, run, key="example", whole_image=True)
