"""The controls of a typed surface: its formula and its view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.shared.model.complaints import complaint
from pages.shared.model.fields import Complaint
from pages.shared.model.language import _
from pages.shared.model.link import DOMAIN
from pages.shared.model.numbers import number
from pages.shared.model.settings import TYPED, Settings, on_surface, seen_in
from pages.shared.model.settings import typed as typed_surface
from pages.shared.widgets import say, session
from pages.shared.widgets.session import mirror
from rmsprop_core.expression import Expression, Refused

SHOWN = 4  # so many lowest points are told one by one


def show(settings: Settings) -> None:
    """Type f(x, y) and choose its view."""
    (x0, x1), (y0, y1) = settings.landscape().domain
    formula, view = st.columns([200, 90], gap="small")
    with formula:
        look = {"label_visibility": "collapsed", "placeholder": "x^2 + 10*y^2"}
        _text("f", "f(x, y)", settings.f, lambda now, text: on_surface(now, TYPED, text), **look)
    with view.popover(_("View"), width="stretch"):
        seen = settings.domain or f"{x0:.4g}, {x1:.4g}, {y0:.4g}, {y1:.4g}"
        help = _("Minima are looked for in this view. Empty: the view is found.")
        _text("domain", _("x from, to, y from, to"), seen, seen_in, help=help)
        _say_what_is_wrong("domain")
    _say_what_is_wrong("f")
    say.formula(f"f = {settings.landscape().latex}")
    say.caption(_lowest(typed_surface(settings.f, settings.domain)))


def _text(name: str, label: str, value: str, take: Callable[[Settings, str], Settings], **look: Any) -> None:
    """A field; what cannot be taken stays in it to be mended, and the last that could be stays on show."""
    key = f"w_{name}"

    def typed() -> None:
        text = st.session_state[key]
        try:
            session.change(take(session.settings(), text))
        except ValueError as wrong:
            refused = wrong if isinstance(wrong, Refused) else None
            session.change(session.settings(), [Complaint(name, text, DOMAIN, refused)])

    wrong = [found.value for found in session.complaints() if found.name == name]
    st.text_input(
        label, key=mirror(key, wrong[0] if wrong else value), on_change=typed, disabled=session.locked("f"), **look
    )


def _say_what_is_wrong(name: str) -> None:
    for found in session.complaints():
        if found.name == name:
            say.error(complaint(found))


def _lowest(surface: Expression) -> str:
    """Return how low f is found to come in the view that is shown, and where."""
    if surface.seen is None:
        return _("In this view f seems to fall without end.")
    words = {"f": number(surface.seen)}
    if not surface.lowest_at:
        return _("Lowest f found in this view: {f}").format(**words)
    words["at"] = ", ".join(f"({number(x)}, {number(y)})" for x, y in surface.lowest_at[:SHOWN])
    words["at"] += " …" if len(surface.lowest_at) > SHOWN else ""
    if not surface.minima:
        return _("Lowest f found in this view: {f} at {at}, on its edge").format(**words)
    return _("Lowest f found in this view: {f} at {at}").format(**words)
