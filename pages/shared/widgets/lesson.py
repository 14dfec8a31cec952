"""The lesson on a page: its moment's sentence or question, the answer, and the way to the next; and one being made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import streamlit as st

from pages.shared.model import language, lessons
from pages.shared.model.language import _
from pages.shared.model.lessons import Lesson, Moment, Place
from pages.shared.widgets import assets, controls, session

_DRAFT = "lesson_draft"
_AROUND = "lesson_around"  # the moment that comes has other controls around the player's fragment


def show() -> None:
    """Mount the moment that is on show, if one is; one of another page opens it."""
    found = session.place()
    if not found:
        return
    if st.session_state.pop(_AROUND, False):
        st.rerun()
    if found.moment.page != session.page():
        open_at(found, {**session.kept(), **found.lifted})
    told = lessons.told(found, language.current())
    now, own = session.record().settings(), session.record().of(found)
    own_curtain, curtain = (getattr(each, "curtain", False) for each in (own, now))
    found_in = {
        "changed": session.departs(now, own),
        "lifted": bool(told["kind"]) and own_curtain and not curtain,
        "list": f"{assets.base_path()}/lessons",
        "open": assets.base_path() + told["open"],
    }
    assets.component("shared/web/lesson.js", "lesson")(
        key="lesson",
        data={**told, **found_in},
        on_moment_change=_goes,
    )


def _goes() -> None:
    asked = st.session_state["lesson"].moment
    if isinstance(asked, dict) and isinstance(k := asked.get("k"), int):
        before = _hidden()
        session.go(k, asked.get("told") is True)
        st.session_state[_AROUND] = _hidden() != before


def _hidden() -> list[str]:
    return [name for name in controls.NAMES if session.hidden(name)]


def open_at(found: Place, asked: Mapping[str, str] | None = None) -> None:
    """Go to the page of a moment; `asked` is what else its link says."""
    st.switch_page(f"pages/{found.moment.page}/page.py", query_params={**(asked or {}), **found.query})


def link_to(key: str) -> str:
    """Return the whole address of a lesson, as this browser reaches the app."""
    url = urlsplit(st.context.url or "")
    return url._replace(path=f"{assets.base_path()}/lessons", query=urlencode({"lesson": key})).geturl()


def draft() -> Lesson:
    """Return the lesson that is being made in this session."""
    found: Lesson = st.session_state.get(_DRAFT, Lesson("own", _("My lesson"), _("What will happen?"), ()))
    return found


def keep(lesson: Lesson) -> None:
    """Let this be the lesson that is being made."""
    st.session_state[_DRAFT] = lesson


def add() -> None:
    """Add the page as it is to the lesson that is being made."""
    record = session.record()
    path = lessons.PATHS[session.page()]
    moment = Moment(f"{path}?{urlencode(record.write(record.settings()))}".removesuffix("?"))
    keep(replace(draft(), moments=(*draft().moments, moment)[: lessons.MAX_MOMENTS]))
