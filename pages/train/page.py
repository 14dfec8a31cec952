"""Train: the tutorial's program on real data, RMSprop beside SGD."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from pages.shared.model.language import _
from pages.shared.widgets import controls, dials, layout, lesson, player, say, session, share
from pages.train import own, panel, state, views, words
from pages.train.settings import SETTINGS
from pages.train.training import Work

CONTROLS = ("view", "centered", "raw", "across", "up", "reset", "share")
AT_ONCE = 0.8  # seconds that a training may take before its picture is painted
PORTION = 0.6  # seconds between two pictures of a long one


@st.fragment
def room() -> None:
    """All of the page: what a turned dial reruns."""
    settings = state.RECORD.settings()
    left, picture = layout.panel_and_picture()
    job = state.job(settings)
    work: Work | None = job
    if settings.view == "printout":
        work = state.printout(settings)
    elif settings.view in ("program", "data"):
        work = None
    if work and work.made() == 0 and not work.done():
        work.advance(AT_ONCE)

    with left:
        lesson.show()
        panel.numbers(settings)
        panel.switches(settings)
        if settings.view == "paths":
            panel.weights(settings, job)
        left, right = st.columns(2, gap="small")
        with left:
            controls.button("reset", _("Reset"), state.reset)
        with right:
            share.menu(CONTROLS, elsewhere=_("Worksheets: on Step by step. A notebook: on Explore."))
    with picture, st.container(key="picture"):
        panel.view(settings)
        controls.complaints(SETTINGS)
        with st.container(key="progress"):  # there at all times, so that the pictures keep their places
            if work and not work.done():
                panel.progress(work)
        if settings.view == "printout":
            views.printout(settings)
        elif settings.view == "program":
            views.program(settings)
        elif settings.view == "data":
            own.show(job.problem)
        else:
            say.caption(words.model(job.problem, own=state.own() is not None))
            histories = job.histories()
            line = words.verdict(job, histories)
            if settings.view == "paths":
                views.paths(settings, job, histories, line)
            else:
                views.still(settings.view, job, histories, line)
    if not dials.dragging():
        state.RECORD.write_url()
        st.set_page_config(page_title=words.title(settings, found.table.title if (found := state.own()) else ""))
    if work and not work.done():
        _go_on(work)


def _go_on(work: Work) -> None:
    """Do a portion more and paint again; a click in between is heard first, and the work is kept."""
    work.advance(PORTION)
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # the whole page is running
        st.rerun()


session.enter("train", state.RECORD)
player.load_assets()
st.html(Path(__file__).parent / "train.css")
with st.container(key="train"):
    room()
