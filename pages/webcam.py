"""Webcam: predictions over the camera's image, or over snapshots where live video cannot come through."""

import streamlit as st

from dashboard.camera import any_run, photo, webcam
from dashboard.state import current

run = any_run.choose(current())
mode = st.segmented_control(
    "Mode", ["Live", "Snapshots"], default="Live", required=True, key="webcam-way", label_visibility="collapsed"
)
if mode == "Live":
    webcam.live(run)
else:
    st.caption("A snapshot is sent to the app as a plain upload, so it works wherever this page does.")
    taken = st.camera_input("Snapshot", key="webcam-snapshot", label_visibility="collapsed", width=photo.CAMERA)
    if taken is not None:
        photo.show(taken.getvalue(), run, key="snapshot")
