"""Lessons: what there is to learn, in order; scripts and a guide for who teaches; a lesson of one's own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.lessons import own, scripts
from pages.lessons.record import PAGE
from pages.shared.model import language, lessons
from pages.shared.model.language import _
from pages.shared.widgets import assets, layout, lesson, player, say, session

session.visit("lessons")
asked = st.query_params.to_dict()
if found := lessons.place(asked):
    lesson.open_at(found, asked)
player.load_assets(PAGE.code)
st.html(layout.CSS)

library = lessons.library(language.current())
chosen = [library[key] for key in lessons.course(asked)] or [*library.values()]


def _opens() -> None:
    key = str((st.session_state["catalogue"].open or {}).get("lesson"))
    if key in library:
        st.session_state["goes_to"] = lessons.Place(library[key], 1, lessons.course(asked))


if to := st.session_state.pop("goes_to", None):
    lesson.open_at(to)
if "lesson" in asked:
    say.warning(lessons.why_not(asked["lesson"]))

learn, teach, make = st.tabs([_("Lessons"), _("For teachers"), _("Your own lesson")])
with learn:
    say.line(_("Each lesson asks before it shows: say what you expect, then see."))
    assets.component("lessons/web/catalogue.js", "catalogue")(
        key="catalogue",
        data={
            "lessons": [
                {"key": each.key, "title": each.title, "question": each.question, "minutes": each.minutes,
                 "of": len(each.moments), "href": f"{assets.base_path()}/lessons?lesson={each.key}"}
                for each in chosen
            ]
        },
        on_open_change=_opens,
    )  # fmt: skip
with teach:
    guide, script = st.columns(2, gap="large")
    with guide:
        say.page(Path(__file__).parent / "guide" / "teachers.md")
    with script:
        scripts.show(chosen)
with make:
    own.show(Path(__file__).parent / "guide" / "authors.md")
