"""Explore: RMSprop beside SGD on one surface."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.shared import controls, dials, layout, player, session


@st.fragment
def explore() -> None:
    """Controls, run, picture, words."""
    settings = session.settings()
    panel, picture = layout.panel_and_picture()
    with panel:
        controls.surface(settings)
        controls.dialect(settings)
        dials.show(settings, dials.turned)
        controls.methods(settings)
        left, right = st.columns(2, gap="small")
        with left:
            controls.variant(settings)
        with right:
            controls.reset()
    with picture:
        controls.complaints()
        player.show(settings, player.outcomes(settings), clock_rests)
    session.write_url()


def clock_rests() -> None:
    """The user has moved the clock and let go: the link remembers where."""
    found = session.component("player").t
    if isinstance(found, int):
        settings = session.settings()
        session.change(replace(settings, t=None if found >= settings.steps else found))


player.load_assets()
explore()
