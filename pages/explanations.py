"""What does it look at, and how far are its maps to be believed? Mean maps per emotion, parts of the face, methods held
against baselines, then one face by several methods and runs."""

import streamlit as st

from dashboard import view
from dashboard.evidence import record
from dashboard.evidence.record import Stored
from dashboard.explanations import belief, heatwall, means, one_face, regions
from dashboard.state import current
from dashboard.view import View


@st.fragment
def faces(shown: View, stored: Stored | None) -> None:
    """One face, and the gallery to choose it from: a click runs this alone."""
    one_face.show(shown, stored)
    heatwall.show(shown)


shown = view.of(current())
stored = record.of(shown)
if stored is not None:
    st.markdown(belief.headline(stored.record))
else:
    st.info(record.missing(shown), icon=":material/info:")
means.show(shown, stored)
if stored is not None:
    regions.show(shown, stored)
    belief.show(stored.record)
faces(shown, stored)
