"""The player on a page: what it is told, and where its clock rests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.shared.model.language import _
from pages.shared.model.settings import Settings
from pages.shared.widgets import assets, controls, dials, session
from pages.shared.wire import code as browser
from pages.shared.wire import live as http
from pages.shared.wire.head import Told

# While a run is computed its messages wait for the interpreter, 5 ms at a time unless told otherwise.
sys.setswitchinterval(0.0005)


@st.fragment
def live(
    asked: Callable[[Settings], Mapping[str, str]],
    tell: Callable[[Settings], Mapping[str, Any]] = lambda _now: {},
    heard: Mapping[str, Callable[[], None]] | None = None,
    code: str = browser.PLAYER,
    *,
    to_end: bool = True,
) -> None:
    """The dials and the player: all that a turned dial reruns. The link follows once the dial is let go.

    The browser fetches the picture by the query `asked(settings)`; what no link says it is told: `tell(settings)`. What
    a page's own views (in the module `code`) send is heard: {name: callback}. `to_end` as in `show`.
    """
    settings = session.settings()
    controls.numbers(settings)
    told = {"relief": settings.in_relief, "note": session.noted(), **tell(settings)}
    callbacks = {"relief": _view_turns, **(heard or {})}
    show(session.EXPERIMENT, settings.steps, http.path(session.page()), asked(settings), told, callbacks, code, to_end)
    if not dials.dragging():
        session.write_url()


def show(
    record: session.Record[Any],
    steps: int,
    path: str,
    query: Mapping[str, str],
    told: Mapping[str, Any] | None = None,
    heard: Mapping[str, Callable[[], None]] | None = None,
    code: str = browser.PLAYER,
    to_end: bool = True,
) -> None:
    """Mount the player: it fetches its bundle from the route at `path`, and its clock of `steps` is the record's.

    `to_end`: a clock that rests at the end stays at the end of a longer run, as one does that nobody has set.
    """
    t = record.settings().t
    data: Told = {
        "path": assets.base_path() + path,
        "query": query,
        "ack": dials.turn(),
        "cue": session.cue_number(),
        "t": steps if t is None else min(t, steps),
        "failed": _("The picture is not of these numbers: the server does not answer. It is asked again; or reload."),
    }

    def clock_rests() -> None:
        record.settings()  # a link that has come since goes first
        match session.component("player").t:
            case {"t": int(t), "cue": cue} if cue == session.cue_number():
                record.rest(None if to_end and t >= steps else t)

    callbacks = {"t": clock_rests, **(heard or {})}
    assets.component(code, "mount")(
        key="player",
        data={**data, **(told or {})},
        **{f"on_{name}_change": callback for name, callback in callbacks.items()},
    )


def load_assets(code: str = browser.PLAYER) -> None:
    """Mount the loader: the page's styles and code."""
    assets.loader(session.page(), code)(key="assets")


def _view_turns() -> None:
    """The user has turned to 3-D or back: the link remembers it."""
    turned, settings = session.component("player").relief, session.settings()
    if isinstance(turned, dict):
        session.change(settings.seeing(settings.methods_seen(), bool(turned.get("on"))))
