"""Video: how does an expression change? Every face followed and classified over time."""

import streamlit as st

from dashboard.camera import any_run, corrupted, detector, example, recording, video
from dashboard.monitoring import notice
from dashboard.state import current
from ferkit.videos import ENDINGS, MAX_BYTES

selection = current()
run = any_run.choose(selection)
corrupted.offer(run)
detector.show()
notice.show()
taken = st.file_uploader(
    "A video of any length with one or more faces", list(ENDINGS),
    max_upload_size=MAX_BYTES // 10**6, key="video-upload", on_change=recording.forget,
)  # fmt: skip
rate, mirrored = video.choose()

if taken is not None:
    video.show(taken.getvalue(), run, key="video", rate=rate, mirror=mirrored)
elif (recorded := recording.kept()) is not None:
    recording.remove()
    video.show(recorded, run, key="video", rate=rate, mirror=mirrored)
else:
    st.caption("Each face is followed, its probabilities are drawn over time, and any second can be explained.")
    content = example.video(selection.data)
    if content:
        video.show(content, run, key="example-video", whole_image=True, rate=rate, mirror=mirrored)
