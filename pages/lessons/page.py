"""Lessons: what there is to learn, in order; a link to a moment leads to the page where it is."""

from __future__ import annotations

import streamlit as st

from pages.shared.model import language, lessons
from pages.shared.widgets import say

found = lessons.place(st.query_params.to_dict())
if found:
    st.switch_page(f"pages/{found.moment.page}/page.py", query_params={**st.query_params.to_dict(), **found.query})

for lesson in lessons.library(language.current()).values():
    with st.container(horizontal=True):
        st.page_link(
            f"pages/{lesson.moments[0].page}/page.py", label=lesson.title, query_params=lessons.Place(lesson, 1).query
        )
        say.caption(lesson.question)
