"""The dials: numbers as rows of symbol, track and number box, live while they are dragged.

They stand in the player's fragment, so that a turned dial reruns the two of them and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.shared.model.words import complaint
from pages.shared.widgets import assets, session
from pages.shared.wire.bundle import MARKS

KEY = "dials"


@dataclass(frozen=True)
class Row:
    """One dial: its setting, the symbol on show, what it is called, and its track.

    `scale` is linear; log, where a `min` of 0 stands at the very start and `least` is the smallest number above it; or
    tail, for ρ and μ: even steps in the digits of 1 − value.
    """

    name: str
    symbol: str
    label: str
    scale: str
    min: float
    max: float
    least: float | None = None
    whole: bool = False


def group(title: str, rows: Sequence[Row], values: object, method: str | None = None) -> dict[str, Any]:
    """Return dials under a title, each at the attribute of `values` with its name; `method` gives the colour."""
    shown = [{**vars(row), "value": getattr(values, row.name)} for row in rows]
    return {"title": title, "method": method, "mark": MARKS.get(method or ""), "rows": shown}


def show(
    groups: Sequence[Mapping[str, Any]],
    take: Callable[[Mapping[str, object]], None],
    preview: Mapping[str, Any] | None = None,
) -> None:
    """Mount the dials. `take` is given what was turned, {name: number or text}, before what they stand in reruns.

    With `preview` (pages/shared/live.py) the browser fetches the runs of a dial that is being turned by itself, and
    `take` hears of it once it is let go.

    They are sent the number of the turn that is answered, and for each value that could not be taken, why.
    """

    def turned() -> None:
        sent = dict(session.component(KEY).dial or {})
        st.session_state["dial_ack"] = sent.get("seq", 0)
        st.session_state["dial_live"] = bool(sent.get("live"))
        st.session_state["dial_run"] = sent.get("run", "")
        values = sent.get("values")
        if isinstance(values, Mapping):
            take(values)

    errors = {found.name: complaint(found) for found in session.complaints()}
    answer = {"ack": turn(), "errors": errors}
    assets.dials()(key=KEY, data={"groups": list(groups), "preview": preview, **answer}, on_dial_change=turned)


def turn() -> int:
    """Return the number of the turn that is answered: an older answer must not undo what has been turned since."""
    number: int = st.session_state.get("dial_ack", 0)
    return number


def painted() -> str:
    """Return the name of the run that the browser has fetched for the turn that is answered; once."""
    return str(st.session_state.pop("dial_run", ""))


def dragging() -> bool:
    """Return whether a dial is still under the user's hand."""
    return bool(st.session_state.get("dial_live"))
