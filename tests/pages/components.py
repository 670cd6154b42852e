"""Components of our own on a page that AppTest has run."""

import json
from typing import Any

__all__ = ["charts", "choice", "choose", "rows", "sent"]


def sent(at: Any, name: str) -> list[dict[str, Any]]:
    """The data of each component `name` ("chart", "table", …), from top to bottom."""
    protos = [part.proto for part in at.get("bidi_component")]
    return [json.loads(proto.json) for proto in protos if proto.component_name == f"ferkit_{name}"]


def charts(at: Any) -> list[str]:
    """The titles of the page's charts."""
    return [data["title"] for data in sent(at, "chart")]


def rows(at: Any, title: str) -> list[dict[str, str]]:
    """The texts of the table whose title begins so, by the heads of its columns."""
    (table,) = [data for data in sent(at, "table") if data["title"].startswith(title)]
    heads = [column["label"].replace("\n", " ") for column in table["columns"]]
    return [dict(zip(heads, [cell[0] for cell in row], strict=True)) for row in table["rows"]]


def choice(at: Any, name: str) -> dict[str, Any]:
    """One of the sidebar's choices: its value, and its options with their texts."""
    (found,) = [one for one in sent(at, "choices")[0]["choices"] if one["name"] == name]
    return found  # type: ignore[no-any-return]


def choose(at: Any, **changes: str) -> Any:
    """The page as it is drawn after these choices, made in its address."""
    for name, value in changes.items():
        at.query_params[name] = value
    return at.run()
