"""The experiment of this browser session, and its URL. The only module that touches either."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.shared import language
from pages.shared.settings import Complaint, Settings, from_query, to_query

_SETTINGS, _WRITTEN, _COMPLAINTS, _CUE, _FROM_LINK = "settings", "written_query", "complaints", "cue", "from_link"


def enter(page: str) -> None:
    """Note which page is on show: a browser that comes from another one has to be sent its pictures anew."""
    if st.session_state.get("page") != page:
        st.session_state["page"] = page
        st.session_state.pop("sent_surface", None)
        cue()


def settings() -> Settings:
    """Return the experiment: the URL's where it is news (a link, the back button), otherwise the session's."""
    query = st.query_params.to_dict()
    state = st.session_state
    if _SETTINGS not in state or (query and query != state.get(_WRITTEN)):
        state[_SETTINGS], state[_COMPLAINTS] = from_query(query)
        state[_WRITTEN] = query
        state[_FROM_LINK] = True
        cue()
    found: Settings = state[_SETTINGS]
    language.use(found.lang)
    return found


def change(new: Settings, complaints: list[Complaint] | None = None) -> None:
    """Make `new` the experiment, and `complaints` what is wrong with what was put in."""
    st.session_state[_SETTINGS] = new
    st.session_state[_COMPLAINTS] = complaints or []
    st.session_state[_FROM_LINK] = False


def complaints() -> list[Complaint]:
    """Return what could not be taken of the last input or link."""
    found: list[Complaint] = st.session_state.get(_COMPLAINTS, [])
    return found


def from_link() -> bool:
    """Return whether the complaints are about a link rather than about something put in on the page."""
    return bool(st.session_state.get(_FROM_LINK))


def write_url() -> None:
    """Put the experiment into the URL, where it is not there yet."""
    query = to_query(st.session_state[_SETTINGS])
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    st.session_state[_WRITTEN] = query


def cue() -> None:
    """Tell the player to put its clock where the experiment's t says."""
    st.session_state[_CUE] = st.session_state.get(_CUE, 0) + 1


def cue_number() -> int:
    """Return how often the clock has been set from outside the player."""
    number: int = st.session_state.get(_CUE, 0)
    return number


def component(key: str) -> Any:
    """Return the state of a component, for use in its callbacks."""
    return st.session_state[key]
