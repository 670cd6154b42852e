"""Webcam: which emotion does it see, live? In the visitor's own browser, on the server, or by snapshots."""

import streamlit as st

from dashboard import controls, parameters
from dashboard.camera import any_run, corrupted, detector, photo, recording, webcam
from dashboard.monitoring import notice
from dashboard.state import current, value

MODES = {"browser": "In the browser", "server": "On the server", "snapshots": "Snapshots"}

recording.follow()
run = any_run.choose(current())
corrupted.offer(run)
controls.show(controls.segments(parameters.MODE, "Mode", MODES, bare=True), key="mode")
mode = value(parameters.MODE)
detector.show(webcam.OVAL if mode == "browser" else detector.HAAR)
if mode != "browser":
    notice.show()
if mode == "browser":
    webcam.in_browser(run)
elif mode == "server":
    webcam.on_server(run)
else:
    st.caption("A snapshot is sent to the app as a plain upload, so it works wherever this page does.")
    taken = st.camera_input("Snapshot", key="webcam-snapshot", label_visibility="collapsed", width=photo.CAMERA)
    if taken is not None:
        photo.show(taken.getvalue(), run, key="snapshot")
