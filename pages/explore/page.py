"""Explore: RMSprop beside SGD on one surface."""

from __future__ import annotations

import streamlit as st

from pages.explore import take_away
from pages.shared.widgets import controls, layout, player, session, share
from pages.shared.wire import live

session.enter("explore")
player.load_assets()
settings = session.settings()

with layout.experiment():
    with st.container(key="choices"):
        controls.complaints()
        controls.surface(settings)
        controls.dialect(settings)
    player.live(live.asked)
    with st.container(key="switches"):
        buttons = st.columns(3, gap="small")
        with buttons[0]:
            controls.variant(settings)
            controls.pin()
        with buttons[1]:
            controls.schedule(settings)
            controls.reset()
        with buttons[2]:
            controls.noise(settings)
            share.menu((*controls.NAMES, "pin"), take_away.offer)
