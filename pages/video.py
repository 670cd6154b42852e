"""Video: how does it change? Every face followed and told over time."""

import streamlit as st

from dashboard import load, view
from dashboard.camera import example
from dashboard.camera import video as film
from dashboard.state import current
from ferkit.predict.video import MAX_SECONDS
from ferkit.videos import ENDINGS, MAX_BYTES

selection = current()
run = view.run_of(selection)
taken = st.file_uploader(
    f"A video with a face or several, up to {MAX_SECONDS / 60:.0f} minutes of it", list(ENDINGS),
    max_upload_size=MAX_BYTES // 10**6, key="video-upload",
)  # fmt: skip

if run.dataset == load.DEMO:
    st.caption(f"**{run.name}** was trained on drawn faces only: choose another run for real ones.")

if taken is not None:
    film.show(taken.getvalue(), run, key="film")
else:
    st.caption("Each face is followed, told over time beside the film, and explained at any second.")
    content = example.film(selection.data)
    if content:
        film.show(content, run, key="film-example", whole=True)
