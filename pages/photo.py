"""Photo: which emotion does a network see in my photo? Every face found, boxed, explained; of many photos, a table."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard import controls, parameters
from dashboard.camera import any_run, chain, corrupted, detector, example, kept, photo, photos
from dashboard.monitoring import notice
from dashboard.state import current, value

selection = current()
run = any_run.choose(selection)
corrupted.offer(run)
detector.show()
notice.show()
if lost := chain.measured(run):
    st.caption(lost)
sources = {"upload": "Upload", "camera": "Camera"}
controls.show(controls.segments(parameters.SOURCE, "Source", sources, bare=True), key="source")
source = value(parameters.SOURCE)
if source == "camera":
    draw: Callable[..., Any] = partial(st.camera_input, "Snapshot", label_visibility="collapsed", width=photo.CAMERA)
else:
    draw = photos.uploader

taken = kept.taken(source, draw)
if photos.several(taken):
    kept.remove(source, "Remove the photos")
    photos.show(taken, run)
else:
    photos.forget()
    if taken:
        kept.remove(source)
        photo.show(taken[0][1], run, key="photo")
    elif source == "upload" and (content := example.photo(selection.data)):
        photo.show(content, run, key="example", whole_image=True)
