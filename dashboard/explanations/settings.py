"""Which methods and runs explain the face, and the methods' parameters, drawn as they are declared and kept in the
URL."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import load, parameters
from dashboard.evidence.record import Stored
from dashboard.state import bind, put, value
from dashboard.view import View
from dashboard.words import plain

if TYPE_CHECKING:
    from ferkit.explain.method import Method, Parameter

__all__ = ["Settings", "choose", "read", "written"]

Values = dict[str, int | float]


class Settings(dict[str, Values]):
    """Parameters by method: those that differ from their defaults."""


def choose(view: View, stored: Stored | None) -> tuple[list[str], Settings, list[str], str]:
    """Draw the controls: methods, their parameters, runs (the View's first), and the class or "" for all."""
    from ferkit.explain.methods import METHODS

    settings = read(value(parameters.METHOD_SETTINGS), METHODS)
    st.session_state["explanations-chosen"] = methods = _methods(stored, METHODS)
    st.pills(
        "Methods", list(METHODS), selection_mode="multi", format_func=lambda name: METHODS[name].title,
        key="explanations-chosen", on_change=_keep_methods,
    )  # fmt: skip
    others = [name for name, run in load.all_runs().items() if name != view.run.name and _comparable(view, name)]
    kept = [name for name in value(parameters.ALONGSIDE) if name in others]
    st.session_state["explanations-runs"] = kept
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            f"Runs besides {plain(view.run.name)}", others, max_selections=3, key="explanations-runs", width=420,
            on_change=lambda: put(parameters.ALONGSIDE, tuple(st.session_state.get("explanations-runs", ()))),
            placeholder="Compare with up to three",
        )  # fmt: skip
        options = ["", *view.classes]
        st.selectbox(
            "Maps of", options, format_func=lambda name: name or "all emotions", width=220,
            **bind(parameters.ONE_CLASS, options),
        )  # fmt: skip
        if any(METHODS[name].parameters for name in methods):
            with st.popover("Parameters", icon=":material/tune:"):
                for name in methods:
                    _parameters(METHODS[name], settings)
    return methods, settings, [view.run.name, *kept], value(parameters.ONE_CLASS, options)


def read(texts: tuple[str, ...], methods: Mapping[str, "Method"]) -> Settings:
    """From "method.parameter=number"; what names nothing or is out of range is left out."""
    from ferkit.errors import FerkitError

    found = Settings()
    for text in texts:
        name, _, number = text.partition("=")
        method, _, parameter = name.partition(".")
        declared = {p.name: p for p in methods[method].parameters} if method in methods else {}
        if parameter in declared:
            try:
                whole = isinstance(declared[parameter].default, int)
                checked = declared[parameter].check(method, int(number) if whole else float(number))
            except (ValueError, FerkitError):
                continue
            found.setdefault(method, {})[parameter] = checked
    return found


def written(settings: Mapping[str, Values]) -> tuple[str, ...]:
    """As `read` reads it."""
    return tuple(f"{method}.{name}={number:.6g}" for method, own in settings.items() for name, number in own.items())


def _methods(stored: Stored | None, known: Mapping[str, "Method"]) -> list[str]:
    """Those in the URL; otherwise the run's own contrast, and Grad-CAM."""
    asked: tuple[str, ...] = value(parameters.METHODS)
    chosen = [name for name in dict.fromkeys(asked) if name in known]
    if chosen:
        return chosen
    own = stored.record.contrasts[stored.record.shown].method if stored is not None else "contrast"
    return [name for name in dict.fromkeys([own, "gradcam"]) if name in known]


def _keep_methods() -> None:
    put(parameters.METHODS, tuple(st.session_state.get("explanations-chosen") or ()))


def _comparable(view: View, name: str) -> bool:
    """Whether another run tells the same classes apart, and its weights are here."""
    run = load.all_runs()[name]
    return run.classes == view.classes and run.weights.is_file()


def _parameters(method: "Method", settings: Settings) -> None:
    """A number field for each of a method's parameters, as it declares them."""
    if not method.parameters:
        return
    st.markdown(f"**{plain(method.title)}**")
    st.caption(plain(method.says))
    for parameter in method.parameters:
        key = f"explanations-set-{method.name}-{parameter.name}"
        st.session_state[key] = settings.get(method.name, {}).get(parameter.name, parameter.default)
        whole = isinstance(parameter.default, int)
        st.number_input(
            parameter.name, parameter.low, parameter.high, key=key, help=parameter.says,
            step=1 if whole else round((parameter.high - parameter.low) / 50, 2) or 0.01,
            on_change=_set, args=(method.name, parameter, key),
        )  # fmt: skip


def _set(method: str, parameter: "Parameter", key: str) -> None:
    from ferkit.explain.methods import METHODS

    settings = read(value(parameters.METHOD_SETTINGS), METHODS)
    chosen, own = st.session_state.get(key), settings.setdefault(method, {})
    if chosen is None or chosen == parameter.default:
        own.pop(parameter.name, None)
    else:
        own[parameter.name] = chosen
    put(parameters.METHOD_SETTINGS, written(settings))
