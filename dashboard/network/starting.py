"""Whether a network can run at once: its libraries take seconds to load, during which nobody should wait for a page."""

import importlib
import sys
import threading

__all__ = ["ready"]

MODULE = "ferkit.predict.classifier"
_lock = threading.Lock()
_loading: threading.Thread | None = None


def ready() -> bool:
    """Whether the libraries are loaded; where they are not, loading begins, and pages can be drawn meanwhile."""
    global _loading
    with _lock:
        if _loading is None and MODULE not in sys.modules:
            _loading = threading.Thread(target=importlib.import_module, args=(MODULE,), daemon=True)
            _loading.start()
        return _loading is None or not _loading.is_alive()
