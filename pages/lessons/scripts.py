"""The script of a lesson, on one page to print: what to ask, what to click, what they will say, the answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.model.facts import Facts
from pages.shared.model.language import _
from pages.shared.model.lessons import CURVE, ENDS, Lesson, Moment
from pages.shared.model.numbers import number
from pages.shared.widgets import say


def show(lessons: Sequence[Lesson]) -> None:
    """Choose a lesson, and read its script."""
    titles = {lesson.key: lesson.title for lesson in lessons}
    with st.container(key="pick_script"):
        key = st.selectbox(_("Script of"), [*titles], format_func=titles.__getitem__, key="script")
    for heading, text in script(next(each for each in lessons if each.key == key)):
        say.line(text, heading)


def script(lesson: Lesson) -> list[tuple[str, str]]:
    """Return the lines of a script: headings and texts, the facts worked out."""
    minutes = _("{n} minutes").format(n=lesson.minutes)
    lines = [(lesson.title, f"{lesson.question} ({minutes})"), (_("The law:"), lesson.law)]
    for k, moment in enumerate(lesson.moments, 1):
        facts = Facts(moment.settings, moment.facts)
        told = {
            name: facts.filled(getattr(moment, name)).replace("`", "")
            for name in ("say", "ask", "because", "script", "probe")
        }
        choices = " / ".join(facts.filled(each) for each in moment.choices)
        lines += [
            (f"{k}.", told["say"]),
            (_("Ask:"), " ".join(part for part in (told["ask"], choices) if part)),
            (_("Answer:"), " ".join(part for part in (_answer(moment, facts), told["because"]) if part)),
            (_("They say:"), facts.filled(" ".join(filter(None, moment.slips))).replace("`", "")),
            (_("Then:"), told["probe"]),
            (_("You:"), told["script"]),
        ]
    return [(heading, text) for heading, text in lines if text]


def _answer(moment: Moment, facts: Facts) -> str:
    if moment.kind == "choice":
        return facts.filled(moment.choices[int(moment.answer) - 1]) + "."
    if moment.kind in ("", ENDS, CURVE):
        return ""
    return number(facts.number(moment.answer)) + "."
