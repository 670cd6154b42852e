"""What a page sent to its galleries."""

import base64
import json
from typing import Any

import numpy as np


def parts(at: Any, name: str) -> list[dict[str, Any]]:
    """What was sent to each component of that name."""
    protos = [part.proto for part in at.get("bidi_component") if part.proto.component_name == f"ferkit_{name}"]
    return [json.loads(proto.json) for proto in protos]


def shown(at: Any, place: int = 0) -> list[int]:
    """The rows in a gallery, ascending."""
    bits = np.frombuffer(base64.b64decode(parts(at, "gallery")[place]["rows"]), np.uint8)
    return np.flatnonzero(np.unpackbits(bits, bitorder="little")).tolist()
