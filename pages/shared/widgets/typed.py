"""The controls of a typed surface: its formula and its view."""

from __future__ import annotations

import streamlit as st

from pages.shared.model.fields import Complaint
from pages.shared.model.language import _
from pages.shared.model.link import DOMAIN
from pages.shared.model.numbers import number
from pages.shared.model.settings import TYPED, Settings, on_surface, seen_in
from pages.shared.model.settings import typed as typed_surface
from pages.shared.model.words import complaint
from pages.shared.widgets import say, session
from pages.shared.widgets.session import mirror
from rmsprop_core.expression import Expression, Refused

SHOWN = 4  # so many lowest points are told one by one


def show(settings: Settings) -> None:
    """Type f(x, y); what is no formula stays in its field to be mended, and the last one that was stays on show."""

    def typed() -> None:
        text = st.session_state["w_f"]
        try:
            session.change(on_surface(session.settings(), TYPED, text))
        except Refused as refused:
            session.change(session.settings(), [Complaint("f", text, "", refused)])

    refused = [found for found in session.complaints() if found.refused]
    formula, view = st.columns([200, 90], gap="small")
    formula.text_input(
        "f(x, y)",
        key=mirror("w_f", refused[0].value if refused else settings.f),
        on_change=typed,
        label_visibility="collapsed",
        placeholder="x^2 + 10*y^2",
    )
    with view.popover(_("View"), width="stretch"):
        _domain(settings)
    for found in refused:
        say.error(complaint(found))
    say.formula(f"f = {settings.landscape().latex}")
    say.caption(_lowest(typed_surface(settings.f, settings.domain)))


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


def _domain(settings: Settings) -> None:
    """The view of a typed surface."""

    def seen() -> None:
        text = st.session_state["w_domain"].replace("−", "-")
        try:
            session.change(seen_in(session.settings(), text))
        except ValueError:
            session.change(session.settings(), [Complaint("domain", text, DOMAIN)])

    (x0, x1), (y0, y1) = settings.landscape().domain
    st.text_input(
        _("x from, to, y from, to"),
        key=mirror("w_domain", settings.domain or f"{x0:.4g}, {x1:.4g}, {y0:.4g}, {y1:.4g}"),
        on_change=seen,
        help=_("Minima are looked for in this view. Empty: the view is found."),
    )
    for found in session.complaints():
        if found.name == "domain":
            say.error(complaint(found))
