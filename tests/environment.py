"""Set before torch and numba are imported, which read it then."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is fetched
for threads in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):  # everything is tiny: two would only wait for each other
    os.environ.setdefault(threads, "1")
