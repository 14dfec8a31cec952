"""The experiment of this browser session, and its URL. The only module that touches either."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import streamlit as st

from pages.shared.model import language
from pages.shared.model.fairness import followed
from pages.shared.model.fields import Complaint
from pages.shared.model.link import from_query, to_query
from pages.shared.model.settings import Settings

_WRITTEN, _COMPLAINTS, _CUE = "written_query", "complaints", "cue"


def enter(page: str) -> bool:
    """Note which page is on show: a browser that comes from another one has to be sent its pictures anew.

    Return whether it has just come.
    """
    if st.session_state.get("page") == page:
        return False
    st.session_state["page"] = page
    st.session_state.pop(_COMPLAINTS, None)
    cue()
    return True


def speak() -> None:
    """Take the language of the link, else the session's, before anything is written."""
    wanted = st.query_params.get("lang", "")
    if wanted in language.LANGUAGES:
        st.session_state["lang"] = wanted
    language.use(st.session_state.get("lang", "en"))


def page() -> str:
    """Return which page is on show, by the name of its folder."""
    return str(st.session_state["page"])


class Linked(Protocol):
    """Settings that a link restores, the language and the clock among them; None for t is the end."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def lang(self) -> str:
        """The language of the page."""

    @property
    def t(self) -> int | None:
        """The step that the clock stands at."""


S = TypeVar("S", bound=Linked)


@dataclass(frozen=True)
class Record(Generic[S]):
    """The settings of one page, or of several that share them, and their URL; `read` and `write` are the link's."""

    key: str
    read: Callable[[Mapping[str, str]], tuple[S, list[Complaint]]]
    write: Callable[[S], dict[str, str]]

    def settings(self) -> S:
        """Return the settings: the URL's where it is news (a link, the back button), otherwise the session's."""
        query = st.query_params.to_dict()
        state = st.session_state
        if self.key not in state or (query and query != state.get(f"{self.key}_{_WRITTEN}")):
            state[self.key], found = self.read(query)
            state[_COMPLAINTS] = [each._replace(linked=True) for each in found]
            state[f"{self.key}_{_WRITTEN}"] = query
            cue()
        settings: S = state[self.key]
        language.use(settings.lang)
        return settings

    def change(self, new: S, complaints: Sequence[Complaint] = ()) -> None:
        """Make `new` the settings, and `complaints` what is wrong with what was put in; the player's clock follows."""
        if new.t != self.settings().t:
            cue()
        st.session_state[self.key] = new
        st.session_state[_COMPLAINTS] = list(complaints)

    def rest(self, t: int | None) -> None:
        """Remember where the user has let the player's clock rest."""
        st.session_state[self.key] = replace(self.settings(), t=t)

    def write_url(self) -> None:
        """Put the settings into the URL, where they are not there yet."""
        query = self.write(st.session_state[self.key])
        if st.query_params.to_dict() != query:
            st.query_params.from_dict(query)
        st.session_state[f"{self.key}_{_WRITTEN}"] = query


EXPERIMENT = Record("settings", from_query, to_query)
settings, write_url = EXPERIMENT.settings, EXPERIMENT.write_url


def change(new: Settings, complaints: Sequence[Complaint] = ()) -> None:
    """Make `new` the experiment, with the lrs that are fair for it where these are wanted."""
    EXPERIMENT.change(followed(settings(), new), complaints)


def note(text: str, about: Settings) -> None:
    """Say something about these settings; once they change it is no longer said."""
    st.session_state["note"] = (_what_runs(about), text)


def noted() -> str:
    """Return what there is to say about the settings as they are now."""
    about, text = st.session_state.get("note", (None, ""))
    return str(text) if about == _what_runs(settings()) else ""


def _what_runs(found: Settings) -> Settings:
    return replace(found, t=None, view="both")


def pin() -> None:
    """Keep the experiment as it is now, to compare with; a second call lets go of it."""
    state = st.session_state
    state["pinned"] = None if pinned() else settings()


def pinned() -> Settings | None:
    """Return the experiment that is kept to compare with."""
    found: Settings | None = st.session_state.get("pinned")
    return found


def complaints() -> list[Complaint]:
    """Return what could not be taken of the last input or link."""
    found: list[Complaint] = st.session_state.get(_COMPLAINTS, [])
    return found


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


def mirror(key: str, value: object) -> str:
    """Make the widget `key` show the experiment's value; return the widget's key."""
    st.session_state[key] = value
    return key
