"""The dials: numbers as rows of symbol, track and number box, live while they are dragged.

They stand in the player's fragment, so that a turned dial reruns the two of them and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import streamlit as st

from pages.shared.model.complaints import complaint
from pages.shared.model.fields import settings_of, written
from pages.shared.model.language import _
from pages.shared.model.look import Look
from pages.shared.model.methods import HYPERPARAMETERS, Method
from pages.shared.widgets import assets, session

KEY = "dials"
Own = Mapping[str, Mapping[str, Any]]


def rows(settings: Look, names: Iterable[str], own: Own | None = None) -> list[dict[str, Any]]:
    """Return the dials of those of the settings that have one on this page.

    `own` are what this page has otherwise, by the setting's name: symbol, label, track.
    """
    known = settings_of(type(settings))  # type: ignore[arg-type]
    dials = [(name, known[name], known[name].dial) for name in names if name in known and not settings.hides(name)]
    return [
        {"name": name, "value": getattr(settings, name), "label": _(setting.label), "symbol": _(dial.symbol),
         "scale": dial.scale, "min": dial.min, "max": dial.max,
         **_not_plain(word=dial.word and _(dial.word), least=dial.least, whole=dial.whole, locked=settings.locks(name)),
         **(own or {}).get(name, {})}
        for name, setting, dial in dials if dial
    ]  # fmt: skip


def _not_plain(**values: Any) -> dict[str, Any]:
    """Return what is not as with most dials: of those the browser is told nothing, with each change."""
    return {name: value for name, value in values.items() if value}


def others(names: Iterable[str]) -> list[str]:
    """Return the settings that are no method's."""
    return [name for name in names if name not in HYPERPARAMETERS]


def group(
    title: str, rows: Sequence[Mapping[str, Any]], method: Method | None = None, *switches: Mapping[str, Any]
) -> dict[str, Any]:
    """Return dials under a title, with switches beside it, in the colour of a method where they are one's."""
    look = {"colour": method.key, "mark": method.mark} if method else None
    return {"title": title, "rows": list(rows), "method": look, "shown": None, "switches": switches}


def switch(settings: Look, name: str, disabled: bool = False, on: str = "true", off: str = "false") -> dict[str, Any]:
    """Return the switch of one of the settings that are on or off, or `on` or `off` as the link spells them."""
    value, setting = getattr(settings, name), settings_of(type(settings))[name]  # type: ignore[arg-type]
    return {"name": name, "label": _(setting.label), "help": _(setting.help), "value": written(value) == on,
            "on": on, "off": off, "disabled": disabled or settings.locks(name)}  # fmt: skip


def show(
    groups: Sequence[Mapping[str, Any]],
    take: Callable[[Mapping[str, object]], None],
    live: bool = False,
) -> None:
    """Mount the dials. `take` is given what was turned, {name: number or text}, before what they stand in reruns.

    Where they are `live` the player itself fetches the runs of a dial under the hand, and `take` hears of it once it
    is let go.

    They are sent the number of the turn that is answered, and for each value that could not be taken, why. What a
    session has not answered that is gone, as its server was started anew, they tell the next.
    """

    def turned() -> None:
        sent = dict(st.session_state[KEY].dial or {})
        st.session_state["dial_live"] = bool(sent.get("live"))
        values = sent.get("values")
        if isinstance(values, Mapping):
            take(values)
        st.session_state["dial_ack"] = sent.get("seq", 0)  # what is broken off is not taken

    errors = {found.name: complaint(found) for found in session.complaints()}
    answer = {"ack": turn(), "errors": errors, "session": _session()}
    assets.component("shared/web/dials.js", "dials")(
        key=KEY,
        data={
            "groups": [each for each in groups if each["rows"] or each["shown"] or each["switches"]],
            "live": live,
            **answer,
        },
        on_dial_change=turned,
    )


def _session() -> str:
    """Return what tells this session from one that a server had before it was started anew."""
    return str(st.session_state.setdefault("dial_session", uuid4().hex))


def turn() -> int:
    """Return the number of the turn that is answered: an older answer must not undo what has been turned since."""
    number: int = st.session_state.get("dial_ack", 0)
    return number


def dragging() -> bool:
    """Return whether a dial is still under the user's hand."""
    return bool(st.session_state.get("dial_live"))
