"""The dials: the numbers of the experiment as rows of symbol, track and number box, live while they are dragged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.shared import assets, session
from pages.shared.bundle import MARKS
from pages.shared.language import _
from pages.shared.settings import MAX_STEPS, Settings, changed
from pages.shared.text import complaint, name

KEY = "dials"


@dataclass(frozen=True)
class Row:
    """One dial: its setting, the symbol on show, what it is called, and its track."""

    name: str
    symbol: str
    label: str
    scale: str
    min: float
    max: float
    least: float | None = None
    whole: bool = False


def groups(settings: Settings) -> list[dict[str, Any]]:
    """Return the dials in their groups, for the methods that are to be seen."""
    surface = settings.landscape()
    (x0, x1), (y0, y1) = surface.domain
    x, y = surface.variables
    rows = {
        "rmsprop": [
            Row("lr", "lr η", _("learning rate of RMSprop"), "log", 0.0, 10.0, least=1e-5),
            Row("rho", "ρ", _("share of the past in the mean of g²"), "tail", 0.0, 0.9999),
            Row("eps", "ε", _("keeps the divisor from 0"), "log", 0.0, 100.0, least=1e-12),
            Row("momentum", "μ", _("momentum of RMSprop"), "tail", 0.0, 0.999),
        ],
        "sgd": [
            Row("sgd_lr", "lr η", _("learning rate of SGD"), "log", 0.0, 10.0, least=1e-5),
            Row("sgd_momentum", "μ", _("momentum of SGD"), "tail", 0.0, 0.999),
        ],
        "run": [
            Row("x", f"{x}₀", _("start, {axis}").format(axis=x), "linear", x0, x1),
            Row("y", f"{y}₀", _("start, {axis}").format(axis=y), "linear", y0, y1),
            Row("steps", _("steps"), _("number of steps"), "log", 0.0, MAX_STEPS, least=1, whole=True),
        ],
    }
    if settings.surface == "stretched":
        rows["run"] += [
            Row("kappa", "κ", _("condition number of the bowl"), "log", 1.0, 1e4),
            Row("angle", _("turn °"), _("angle of the bowl in degrees"), "linear", -90.0, 90.0, whole=True),
        ]
    shown = [key for key in ("rmsprop", "sgd", "run") if key == "run" or settings.shows(key)]
    titles = {"rmsprop": name("rmsprop"), "sgd": name("sgd"), "run": _("Start and steps")}
    return [
        {
            "title": titles[key],
            "method": key if key in MARKS else None,
            "mark": MARKS.get(key),
            "rows": [{**vars(row), "value": getattr(settings, row.name)} for row in rows[key]],
        }
        for key in shown
    ]


def show(settings: Settings) -> None:
    """Mount the dials. A turned dial reruns only the player, which carries the answer back."""
    data = {"groups": groups(settings), **reply()}
    assets.dials()(key=KEY, data=data, on_dial_change=_turned)


def reply() -> dict[str, Any]:
    """Return the answer to the last turn: its number, and for each dial whose value could not be taken, why."""
    errors = {found.name: complaint(found) for found in session.complaints()}
    return {"ack": st.session_state.get("dial_ack", 0), "errors": errors}


def dragging() -> bool:
    """Return whether a dial is still under the user's hand."""
    return bool(st.session_state.get("dial_live"))


def _turned() -> None:
    """Take what the dials have sent into the experiment."""
    sent = dict(session.component(KEY).dial or {})
    st.session_state["dial_ack"] = sent.get("seq", 0)
    st.session_state["dial_live"] = bool(sent.get("live"))
    values = sent.get("values")
    if isinstance(values, Mapping):
        session.change(*changed(session.settings(), values))
    st.rerun("player")
