"""Components of our own on a page that AppTest has run."""

import json
from typing import Any

__all__ = ["charts", "sent"]


def sent(at: Any, name: str) -> list[dict[str, Any]]:
    """The data of each component `name` ("chart", "table", …), from top to bottom."""
    protos = [part.proto for part in at.get("bidi_component")]
    return [json.loads(proto.json) for proto in protos if proto.component_name == f"ferkit_{name}"]


def charts(at: Any) -> list[str]:
    """The titles of the page's charts."""
    return [data["title"] for data in sent(at, "chart")]
