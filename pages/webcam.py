"""Webcam: predictions over the camera's image, or over snapshots where live video cannot come through."""

import streamlit as st

from dashboard import parameters
from dashboard.camera import any_run, detector, photo, webcam
from dashboard.state import bind, current, value

run = any_run.choose(current())
detector.show()
st.segmented_control(
    "Mode", ["live", "snapshots"], required=True, format_func=str.capitalize, label_visibility="collapsed",
    **bind(parameters.MODE),
)  # fmt: skip
if value(parameters.MODE) == "live":
    webcam.live(run)
else:
    st.caption("A snapshot is sent to the app as a plain upload, so it works wherever this page does.")
    taken = st.camera_input("Snapshot", key="webcam-snapshot", label_visibility="collapsed", width=photo.CAMERA)
    if taken is not None:
        photo.show(taken.getvalue(), run, key="snapshot")
