"""Photo: what does it say of my photo? Every face found, boxed, explained."""

import streamlit as st

from dashboard import load, view
from dashboard.camera import example, photo
from dashboard.state import current

selection = current()
run = view.run_of(selection)
source = st.segmented_control(
    "Source", ["Upload", "Camera"], default="Upload", required=True, key="photo-source", label_visibility="collapsed",
)  # fmt: skip
if source == "Camera":
    taken = st.camera_input("Snapshot", key="photo-camera", label_visibility="collapsed", width=photo.CAMERA)
else:
    taken = st.file_uploader(
        "A photo with a face or several", photo.TYPES, max_upload_size=photo.MOST_MEGABYTES, key="photo-upload"
    )

if run.dataset == load.DEMO:
    st.caption(f"**{run.name}** was trained on drawn faces only: choose another run for real ones.")

if taken is not None:
    photo.show(taken.getvalue(), run, key="photo")
elif source == "Upload":
    content = example.offer(selection.data)
    if content:
        photo.show(content, run, key="example", whole=True)
