"""Frameworks: RMSprop as in two of them, on one experiment."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.frameworks import compare, surprises, translate
from pages.shared.model import budget, constructors
from pages.shared.model.changes import taken
from pages.shared.model.complaints import complaint
from pages.shared.model.language import _
from pages.shared.model.settings import Settings
from pages.shared.widgets import controls, dials, downloads, layout, player, say, session, share
from pages.shared.wire import live
from rmsprop_core import DIALECTS

RUNS = 13  # about as many make each of the two tables

session.enter("frameworks")
player.load_assets()
settings = session.settings()


def _numbers(now: Settings) -> None:
    """RMSprop's dials alone: the other framework has the same numbers, or its own."""
    controls.numbers(replace(now.seeing("rmsprop"), hide=f"{now.hide},methods,fair"))


@st.fragment
def room() -> None:
    """The dials, the player and what is found: all that a turned dial reruns."""
    player.room(live.asked, numbers=_numbers)
    if dials.dragging():
        return
    now = session.settings()
    with st.container(key="found"):
        left, right = st.columns([3, 2], gap="large")
        with left:
            with budget.alone(now, RUNS):
                head, rows = compare.causes_table(now)
            if rows:
                say.table(head, rows, caption=_("Which setting is it?"))
        with right:
            with budget.alone(now, RUNS):
                everyone = compare.everyone_table(now)
            say.table(*everyone, caption=_("All eight at these settings"))
        for place, (title, line, lost) in zip(st.columns(2, gap="large"), compare.calls(now), strict=True):
            with place:
                say.caption(title)
                st.code(line, language="python", wrap_lines=True)
                say.caption(lost)
        downloads.offer(lambda: compare.programs(session.settings()))
        found = translate.translated(now, now.other)
        first, second = (DIALECTS[key].title for key in (now.dialect, now.other))
        say.caption(_("{first}'s run, written for {second}").format(first=first, second=second))
        st.code(compare.call(now.other, compare.made(found.values)), language="python", wrap_lines=True)
        say.caption(translate.in_words(found, now.other))
        with st.container(key="conventions"):
            say.table(*compare.conventions_table(), caption=_("What each of them is"))


def _pasted() -> None:
    """Set the experiment as a pasted call says; what can't be taken of it is said under the field."""
    text = str(st.session_state["pasted"])
    query, wrong = constructors.read(text) if text.strip() else ({}, [])
    st.session_state["pasted_wrong"] = wrong
    if query:
        session.change(*taken(session.settings(), query))


titles = {key: found.title for key, found in DIALECTS.items()}
kinds = {"mine": _("Keep my numbers"), "defaults": _("Each one's defaults")}
with layout.experiment():
    with st.container(key="choices"):
        controls.complaints()
        controls.surface(settings)
        say.line(_("RMSprop as in two frameworks"))
        left, right = st.columns(2, gap="small")
        with left:
            controls.choice(settings, "dialect", titles, controls.taken_dialect)
        with right:
            controls.choice(settings, "other", titles, lambda now, key: replace(now, other=key))
        controls.choice(settings, "numbers", kinds, lambda now, key: replace(now, numbers=key))
        st.text_input(
            _("Paste a constructor call"), key="pasted", on_change=_pasted, label_visibility="collapsed",
            placeholder="torch.optim.RMSprop(params, lr=1e-3, alpha=0.9)",
        )  # fmt: skip
        for found in st.session_state.get("pasted_wrong", ()):
            say.error(complaint(found))
    room()
    with st.container(key="surprises"):
        surprises.show()
    with st.container(key="switches"):
        controls.menus(settings)
        left, middle, right = st.columns(3, gap="small")
        with left:
            controls.around(settings)
        with middle:
            controls.reset()
        with right:
            share.menu(
                (*controls.NAMES, "other", "numbers"),
                elsewhere=_("Worksheets: on Step by step. A notebook: on Explore."),
            )
