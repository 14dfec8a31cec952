"""Step by step: one update under the microscope, with the numbers of the user's own run."""

from __future__ import annotations

import streamlit as st

from pages.shared.widgets import controls, layout, player, session, share
from pages.step_by_step import answers, walk, worksheet
from pages.step_by_step.record import PAGE

session.enter("step_by_step", begins=1)
player.load_assets(PAGE.code)
settings = session.settings()

with layout.experiment():
    with st.container(key="choices"):
        controls.complaints()
        controls.surface(settings)
        controls.dialect(settings)
    player.live(walk.asked, answers.tell, {"answer": answers.heard}, PAGE.code)
    with st.container(key="switches"):
        buttons = st.columns(3, gap="small")
        with buttons[0]:
            controls.variant(settings)
            controls.reset()
        with buttons[1]:
            controls.schedule(settings)
            worksheet.menu()
        with buttons[2]:
            controls.noise(settings)
            share.menu((*controls.NAMES, "worksheet"))
