"""The machine that latencies are measured on, and the most it can do."""

import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ferkit.deploy.record import Machine
from ferkit.text import printable

__all__ = ["machine", "processor"]


def machine(measure: Callable[[int], dict[str, Any]], threads: tuple[int, ...]) -> Machine:
    """This machine; `measure(n)` gives its `gflops` and its `bandwidth` with n threads."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    found = {n: measure(n) for n in threads}
    return Machine(
        name=processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        measured=datetime.now(UTC).isoformat(timespec="seconds"),
        load=round(load, 2),
        peak={str(n): round(one["gflops"], 1) for n, one in found.items()},
        bandwidth=round(found[threads[0]]["bandwidth"], 2),
    )


def processor() -> str:
    """The model of the processor, or the architecture where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        name = next(line.partition(":")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine() or "unknown processor"
    return printable(" ".join(name.split()))[:200]
