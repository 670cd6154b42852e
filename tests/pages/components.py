"""Components of our own on a page that AppTest has run."""

import json
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id

__all__ = ["charts", "choice", "choose", "control", "controls", "press", "rows", "sent"]


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


def control(at: Any, name: str) -> dict[str, Any]:
    """What the toolbar's control of that name is: its label, its value, and the options it has."""
    return _control(at, name)[1]


def press(at: Any, name: str, value: Any = None) -> Any:
    """The page after that control of a toolbar sent a value, as the browser sends it."""
    proto, _ = _control(at, name)
    states = at._tree.get_widget_states()
    sent = json.dumps([{"event": "choice", "value": [name, value]}])
    states.widgets.add(id=_make_trigger_id(proto.id, "events"), json_trigger_value=sent)
    return at._run(states)


def controls(at: Any) -> dict[str, dict[str, Any]]:
    """All controls of the page's toolbars by name."""
    return {one["name"]: one for data in sent(at, "toolbar") for one in data["controls"]}


def _control(at: Any, name: str) -> tuple[Any, dict[str, Any]]:
    toolbars = [part.proto for part in at.get("bidi_component") if part.proto.component_name == "ferkit_toolbar"]
    (found,) = [(p, one) for p in toolbars for one in json.loads(p.json)["controls"] if one["name"] == name]
    return found
