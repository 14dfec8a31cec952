"""A lesson of one's own: moments that were added on the pages, put in order, each with a sentence or a question.

It lives in the session and in what is saved of it, a file or a link; nothing is stored on the server.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.shared.model import lessons, words
from pages.shared.model.language import _
from pages.shared.model.lessons import Lesson, LessonError, Moment
from pages.shared.widgets import downloads, lesson, say
from pages.shared.widgets.downloads import File


def show(guide: Path) -> None:
    """The moments as they are, how they are saved and opened, and the guide."""
    edit, save = st.columns([3, 2], gap="large")
    draft = lesson.draft()
    wrong = _wrong(draft)
    with edit:
        if not draft.moments:
            say.line(_("Set up a view on a page, then choose Share → Add to my lesson. It appears here."))
        else:
            _head(draft)
        for k, moment in enumerate(draft.moments):
            _moment(k, moment, len(draft.moments))
            if wrong and wrong.moment == k + 1:
                say.error(wrong.what)
    with save:
        st.file_uploader(
            _("Open a lesson (.toml)"), type="toml", key="lesson_file", on_change=_opened, max_upload_size=1
        )
        if unread := st.session_state.get("lesson_wrong"):
            say.error(unread)
        if draft.moments and wrong:
            incomplete = _("It can be saved once part {k} is complete.").format(k=wrong.moment)
            say.warning(incomplete if wrong.moment else str(wrong))
        elif draft.moments:
            _saved(draft)
        with st.expander(_("How a lesson is written")):
            say.page(guide)


def _wrong(draft: Lesson) -> LessonError | None:
    try:
        if draft.moments:
            lessons.read(lessons.written_out(draft), draft.key, "lesson.toml")
    except LessonError as wrong:
        return wrong
    return None


def _saved(draft: Lesson) -> None:
    text = lessons.written_out(draft)
    say.caption(_("It is kept in this tab only, and gone when the page is loaded anew: save it before you close."))
    downloads.offer(lambda: [File(_("Save as a file"), "lesson.toml", "application/toml", lambda: text)])
    key = lessons.carried(text)
    say.caption(_("The whole lesson as a link:"))
    st.code(lesson.link_to(key), language=None, wrap_lines=True)
    if st.button(_("Run it")) and (found := lessons.place({"lesson": key})):
        lesson.open_at(found)


def _head(draft: Lesson) -> None:
    for name, label in (("title", _("Title")), ("question", _("Question of the lesson")), ("law", _("Its law"))):
        _field(
            name,
            label,
            getattr(draft, name),
            lambda value, name=name: lesson.keep(replace(lesson.draft(), **{name: value})),
        )


def _field(key: str, label: str, value: str, take: Any, tall: bool = False) -> None:
    """A text of the draft; a widget that keeps no state of its own."""
    key = f"own_{key}"
    st.session_state[key] = value

    def typed() -> None:
        take(st.session_state[key].strip())

    if tall:
        st.text_area(label, key=key, on_change=typed, height=68)
    else:
        st.text_input(label, key=key, on_change=typed)


def _moment(k: int, moment: Moment, n: int) -> None:
    with st.container(border=True):
        head, up, down, away = st.columns([6, 1, 1, 2], gap="small", vertical_alignment="center")
        with head:
            say.caption(f"{k + 1}. {words.title(moment.settings) if moment.page != 'train' else moment.link}")
        up.button("↑", key=f"own_up_{k}", disabled=k == 0, on_click=_move, args=(k, k - 1), help=_("Earlier"))
        down.button("↓", key=f"own_down_{k}", disabled=k == n - 1, on_click=_move, args=(k, k + 1), help=_("Later"))
        away.button(_("Remove"), key=f"own_away_{k}", on_click=_remove, args=(k,))
        _field(f"say_{k}", _("A sentence"), moment.say, lambda text: _put(k, say=text), tall=True)
        _field(f"ask_{k}", _("A question, asked before the run is shown"), moment.ask, lambda text: _put(k, ask=text))
        if not moment.ask:
            return
        choices, answer = (
            _("Choices, one a line; none: a number"),
            _("The number of the right one, or a fact: rmsprop.f"),
        )
        _field(
            f"choices_{k}", choices, "\n".join(moment.choices), lambda text: _put(k, choices=_lines(text)), tall=True
        )
        _field(f"answer_{k}", answer, moment.answer, lambda text: _put(k, answer=text))
        _field(f"because_{k}", _("Because"), moment.because, lambda text: _put(k, because=text), tall=True)
        _field(f"show_{k}", _("Controls on the page, such as lr, rho"), moment.show, lambda text: _put(k, show=text))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _put(k: int, **values: Any) -> None:
    draft = lesson.draft()
    moments = [*draft.moments]
    moments[k] = replace(moments[k], **values)
    lesson.keep(replace(draft, moments=tuple(moments)))


def _move(k: int, to: int) -> None:
    moments = [*lesson.draft().moments]
    moments.insert(to, moments.pop(k))
    lesson.keep(replace(lesson.draft(), moments=tuple(moments)))


def _remove(k: int) -> None:
    moments = [*lesson.draft().moments]
    del moments[k]
    lesson.keep(replace(lesson.draft(), moments=tuple(moments)))


def _opened() -> None:
    st.session_state["lesson_wrong"] = ""
    file = st.session_state["lesson_file"]
    if not isinstance(file, UploadedFile):  # one may name a file that is gone
        return
    try:
        lesson.keep(lessons.read(file.getvalue().decode(), "own", file.name))
    except (LessonError, UnicodeError) as wrong:
        st.session_state["lesson_wrong"] = str(wrong)
