"""Photo: which emotion does a network see in my photo? Every face found, boxed, explained."""

import streamlit as st

from dashboard import parameters
from dashboard.camera import any_run, example, photo
from dashboard.state import bind, current, value

selection = current()
run = any_run.choose(selection)
st.segmented_control(
    "Source", ["upload", "camera"], required=True, format_func=str.capitalize, label_visibility="collapsed",
    **bind(parameters.SOURCE),
)  # fmt: skip
source = value(parameters.SOURCE)
if source == "camera":
    taken = st.camera_input("Snapshot", key="photo-camera", label_visibility="collapsed", width=photo.CAMERA)
else:
    taken = st.file_uploader(
        "A photo with one or more faces", photo.TYPES, max_upload_size=photo.MOST_MEGABYTES, key="photo-upload"
    )

if taken is not None:
    photo.show(taken.getvalue(), run, key="photo")
elif source == "upload":
    content = example.photo(selection.data)
    if content:
        photo.show(content, run, key="example", whole_image=True)
