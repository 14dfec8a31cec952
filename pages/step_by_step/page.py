"""Step by step: one update under the microscope, with the numbers of the user's own run."""

from __future__ import annotations

import streamlit as st

from pages.shared.model.language import _
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
        controls.menus(settings)
        left, middle, right = st.columns([80, 110, 84], gap="small")
        with left:
            controls.reset()
        with middle:
            worksheet.menu()
        with right:
            share.menu(
                (*controls.NAMES, "worksheet"), elsewhere=_("Every number, offline player, notebook: on Explore.")
            )
