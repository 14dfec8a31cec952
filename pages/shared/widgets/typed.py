"""The controls of a typed surface: its formula and its view."""

from __future__ import annotations

import streamlit as st

from pages.shared.model.fields import Complaint
from pages.shared.model.language import _
from pages.shared.model.settings import DOMAIN, TYPED, Settings, on_surface, seen_in
from pages.shared.model.words import complaint
from pages.shared.widgets import say, session
from pages.shared.widgets.session import mirror


def show(settings: Settings) -> None:
    """Type f(x, y); what is no formula is answered here, and the last one that was stays on show."""
    state = st.session_state

    def typed() -> None:
        text = state["w_f"]
        try:
            session.change(on_surface(session.settings(), TYPED, text))
            state["draft"] = None
        except ValueError as refused:
            state["draft"] = text
            session.change(session.settings(), [Complaint("f", text, "", refused)])  # type: ignore[arg-type]

    refusals = [complaint(found) for found in session.complaints() if found.refused]
    formula, view = st.columns([200, 90], gap="small")
    formula.text_input(
        "f(x, y)",
        key=mirror("w_f", state.get("draft") if refusals and state.get("draft") is not None else settings.f),
        on_change=typed,
        label_visibility="collapsed",
        placeholder="x^2 + 10*y^2",
    )
    with view.popover(_("View"), width="stretch"):
        _domain(settings)
    for words in refusals:
        say.error(words)
    say.formula(f"f = {settings.landscape().latex}")


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
        help=_("Minima and floor are looked for in this view. Empty: the view is found."),
    )
    for found in session.complaints():
        if found.name == "domain":
            say.error(complaint(found))
