"""Explore: RMSprop beside SGD on one surface."""

from __future__ import annotations

import streamlit as st

from pages.shared import controls, layout, player, session

session.enter("explore")
player.load_assets()
settings = session.settings()

with layout.experiment():
    with layout.choices():
        controls.complaints()
        controls.surface(settings)
        controls.dialect(settings)
    player.live(with_dials=True)
    with layout.switches():
        controls.methods(settings)
        left, right = st.columns(2, gap="small")
        with left:
            controls.variant(settings)
        with right:
            controls.reset()
