"""The app's own parts: selection, loading, charts, components. Pages lie in `pages/`, everything else in `ferkit`."""
