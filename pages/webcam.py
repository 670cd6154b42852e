"""Webcam: and live? Predictions over the camera's picture, or over snapshots where live video cannot come through."""

import streamlit as st

from dashboard import load, view
from dashboard.camera import photo, webcam
from dashboard.state import current

run = view.run_of(current())
way = st.segmented_control(
    "Way", ["Live", "Snapshots"], default="Live", required=True, key="webcam-way", label_visibility="collapsed"
)
if run.dataset == load.DEMO:
    st.caption(f"**{run.name}** was trained on drawn faces only: choose another run for real ones.")

if way == "Live":
    webcam.live(run)
else:
    st.caption("A snapshot goes to the app as a plain upload, so it works wherever this page does.")
    taken = st.camera_input("Snapshot", key="webcam-snapshot", label_visibility="collapsed", width=photo.CAMERA)
    if taken is not None:
        photo.show(taken.getvalue(), run, key="snapshot")
