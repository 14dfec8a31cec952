"""The player on a page: run the experiment, show it, and remember where its clock rests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.shared.model import language
from pages.shared.model.settings import Settings
from pages.shared.widgets import assets, controls, dials, session
from pages.shared.wire import code as browser
from pages.shared.wire import live as http
from pages.shared.wire.bundle import Exhibit, pack
from pages.shared.wire.experiment import exhibit

# While a run is computed its messages wait for the interpreter, 5 ms at a time unless told otherwise.
sys.setswitchinterval(0.0005)


@st.fragment
def live(
    build: Callable[[Settings], Exhibit] = exhibit,
    tell: Callable[[Settings], Mapping[str, Any]] | None = None,
    heard: Mapping[str, Callable[[], None]] | None = None,
    code: str = browser.PLAYER,
) -> None:
    """The dials, the run, the player: all that a turned dial reruns. The link follows once the dial is let go.

    A page's own views (in the module `code`) are told `tell(settings)` each time, and what they send is heard:
    {name: callback}.
    """
    settings = session.settings()
    path = assets.base_path() + http.path(session.page())
    controls.numbers(settings, {"path": path, "query": http.asked(settings, session.pinned())})
    told = {"relief": settings.in_relief, **(tell(settings) if tell else {})}
    show(build(settings), _clock_rests, told, {"relief": _view_turns, **(heard or {})}, code)
    if not dials.dragging():
        session.write_url()


def show(
    shown: Exhibit,
    on_clock: Callable[[], None],
    told: Mapping[str, Any] | None = None,
    heard: Mapping[str, Callable[[], None]] | None = None,
    code: str = browser.PLAYER,
) -> None:
    """Mount the player. Surface and words travel only when this page has not sent them yet."""
    state, sent = st.session_state, (shown.key, language.current())
    fresh = state.get("sent_surface") != sent
    state["sent_surface"] = sent
    situation = {"cue": session.cue_number(), "turn": dials.turn(), **(told or {})}
    data = pack(shown, with_surface=fresh, known=dials.painted(), **situation)
    own = {f"on_{name}_change": callback for name, callback in (heard or {}).items()}
    assets.player(code)(key="player", data=data, on_t_change=on_clock, on_missing_change=_forget_surface, **own)


def load_assets() -> None:
    """Mount the loader: the page's styles, and what takes long to fetch."""
    assets.loader(session.page())(key="assets")


def resting_at() -> int | None:
    """Return the step at which the user has let the clock rest; None if that is no step."""
    told = session.component("player").t
    t = told.get("t") if isinstance(told, dict) else None
    return t if isinstance(t, int) else None


def _clock_rests() -> None:
    """The user has moved the clock and let go: the link remembers where."""
    t = resting_at()
    if t is not None:
        settings = session.settings()
        session.change(replace(settings, t=None if t >= settings.steps else t))


def _view_turns() -> None:
    """The user has turned to 3-D or back: the link remembers it."""
    turned, settings = session.component("player").relief, session.settings()
    if isinstance(turned, dict):
        session.change(settings.seeing(settings.methods_seen(), bool(turned.get("on"))))


def _forget_surface() -> None:
    st.session_state.pop("sent_surface", None)
