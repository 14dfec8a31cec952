"""Explore: RMSprop beside SGD on one surface."""

from __future__ import annotations

import streamlit as st

from pages.shared import controls, layout, player, session

session.enter("explore")
player.load_assets()
panel, picture = layout.panel_and_picture()
settings = session.settings()

with panel:
    controls.surface(settings)
    controls.dialect(settings)
    controls.numbers(settings)
    controls.methods(settings)
    left, right = st.columns(2, gap="small")
    with left:
        controls.variant(settings)
    with right:
        controls.reset()

with picture:
    controls.complaints()
    player.live()
