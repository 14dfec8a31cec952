"""The lesson on a page: its moment's sentence or question, the answer, and the way to the next."""

from __future__ import annotations

import streamlit as st

from pages.shared.model import language, lessons
from pages.shared.widgets import assets, session


def show() -> None:
    """Mount the moment that is on show, if one is; one of another page opens it."""
    found = session.place()
    if not found:
        return
    if found.moment.page != session.page():
        st.switch_page(f"pages/{found.moment.page}/page.py", query_params=found.query)
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
        session.go(k)
