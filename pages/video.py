"""Video: how does an expression change? Every face followed and classified over time."""

import streamlit as st

from dashboard.camera import any_run, detector, example, video
from dashboard.state import current
from ferkit.predict.video import MAX_SECONDS
from ferkit.videos import ENDINGS, MAX_BYTES

selection = current()
run = any_run.choose(selection)
detector.show()
taken = st.file_uploader(
    f"A video with one or more faces; up to {MAX_SECONDS / 60:.0f} minutes of it are read", list(ENDINGS),
    max_upload_size=MAX_BYTES // 10**6, key="video-upload",
)  # fmt: skip

if taken is not None:
    video.show(taken.getvalue(), run, key="video")
else:
    st.caption("Each face is followed, its probabilities are drawn over time, and any second can be explained.")
    content = example.video(selection.data)
    if content:
        video.show(content, run, key="example-video", whole_image=True)
