"""The player on a page: what it is told, and where its clock rests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.shared.model.changes import claim, taken
from pages.shared.model.fields import looks
from pages.shared.model.language import _
from pages.shared.model.settings import Settings
from pages.shared.model.words import title
from pages.shared.widgets import assets, controls, dials, lesson, session
from pages.shared.wire import code as browser
from pages.shared.wire import live as http
from pages.shared.wire.head import Told


def room(
    asked: Callable[[Settings], Mapping[str, str]],
    tell: Callable[[Settings], Mapping[str, Any]] = lambda _now: {},
    heard: Mapping[str, Callable[[], None]] | None = None,
    code: str = browser.PLAYER,
    numbers: Callable[[Settings], None] = controls.numbers,
    third: bool = False,
) -> None:
    """The dials and the player: all that a turned dial reruns. The link follows once the dial is let go.

    The browser fetches the picture by the query `asked(settings)`; what no link says it is told: `tell(settings)`. What
    a page's own views (in the module `code`) send is heard: {name: callback}. A `third` method is on the page where it
    says so.
    """
    lesson.show()
    settings = session.settings() if third else replace(session.settings(), third="")
    numbers(settings)
    told = {"relief": settings.in_relief, "note": session.noted(), **tell(settings)}
    if next_moment := session.ahead():
        told["ahead"] = asked(next_moment)
    if found := claim(settings):
        told["claim"] = _(found)
    callbacks = {"relief": _relief_turns, "go": _goes, **(heard or {})}
    show(session.EXPERIMENT, settings.steps, http.path(session.page()), asked(settings), told, callbacks, code)
    if not dials.dragging():
        session.write_url()
        st.set_page_config(page_title=title(settings))


live = st.fragment(room)


def show(
    record: session.Record[Any],
    steps: int,
    path: str,
    query: Mapping[str, str],
    told: Mapping[str, Any] | None = None,
    heard: Mapping[str, Callable[[], None]] | None = None,
    code: str = browser.PLAYER,
) -> None:
    """Mount the player: it fetches its bundle from the route at `path`, and its clock of `steps` is the record's."""
    settings = record.settings()
    t = settings.t
    data: Told = {
        "path": assets.base_path() + path,
        "query": query,
        "ack": dials.turn(),
        "cue": session.cue_number(),
        "t": steps if t is None else min(t, steps),
        "look": looks(settings),
        "fixed": settings.locks("x") or settings.locks("y"),
        "failed": _("The picture is not of these numbers: the server does not answer. It is asked again; or reload."),
    }

    def view_rests() -> None:
        seen = dict(st.session_state["player"].view or {})
        if seen.get("cue") == session.cue_number():
            record.rest(seen, steps)

    callbacks = {"view": view_rests, **(heard or {})}
    assets.component(code, "mount")(
        key="player",
        data={**data, **(told or {})},
        **{f"on_{name}_change": callback for name, callback in callbacks.items()},
    )


def load_assets(code: str = browser.PLAYER) -> None:
    """Mount the loader: the page's styles and code."""
    assets.loader(session.page(), code)(key="assets")


def _goes() -> None:
    """The user has taken an offer."""
    gone = st.session_state["player"].go
    if isinstance(gone, dict):
        session.change(*taken(session.settings(), {str(name): str(value) for name, value in gone["query"].items()}))
        session.cue()


def _relief_turns() -> None:
    """The user has turned to 3-D or back: the link remembers it."""
    turned, settings = st.session_state["player"].relief, session.settings()
    if isinstance(turned, dict):
        session.change(settings.seeing(settings.methods_seen(), bool(turned.get("on"))))
