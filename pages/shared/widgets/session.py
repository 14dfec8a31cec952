"""The experiment of this browser session, and its URL. The only module that touches either."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from pages.shared.model import language, lessons
from pages.shared.model.fairness import followed
from pages.shared.model.fields import BUDGET, Complaint, changed, looks, written
from pages.shared.model.link import VERSION, from_query, ours, to_link
from pages.shared.model.look import Look
from pages.shared.model.settings import Settings
from rmsprop_core.runs.loop import watch

_COMPLAINTS, _CUE, _HEARD, _PLACE = "complaints", "cue", "heard", "place"


def enter(page: str, record: Record[Any] | None = None, begins: int | None = None) -> None:
    """Begin a run of a page's script: its settings follow the link, where that is news.

    `record` are its settings, the experiment's unless said; `begins` is where a clock that nobody has set stands there.
    A browser that comes from another page has to be sent its pictures anew.
    """
    watch.set(_look)
    state, record = st.session_state, record or EXPERIMENT
    comes = state.get("page") != page
    if comes:
        state["page"], state["record"], state["begins"] = page, record, begins
        if (found := place()) and found.moment.page != page and not st.query_params:
            leave(record)
        state.pop(_COMPLAINTS, None)
        cue()
    record.follow(came_by_link=not comes or bool(st.query_params))
    record.begin()


def visit(page: str) -> None:
    """Begin a run of the script of a page that has no settings; a lesson that was on show is left."""
    watch.set(_look)
    st.session_state["page"], st.session_state["record"] = page, EXPERIMENT
    if place():
        leave(EXPERIMENT)


def _look() -> None:
    """End what this thread computes, once its browser has left: Streamlit itself looks between two elements only."""
    context = get_script_run_ctx()
    state = getattr(context and context.script_requests, "_state", None)
    if getattr(state, "value", "") == "STOP":
        raise StopException


def record() -> Record[Any]:
    """Return the settings of the page on show."""
    found: Record[Any] = st.session_state["record"]
    return found


def shown() -> Look:
    """Return the settings of the page on show, as far as every page has them."""
    found: Look = record().settings()
    return found


def begins() -> int | None:
    """Return the step at which a clock that nobody has set stands on this page; None is the end of the run."""
    found: int | None = st.session_state.get("begins")
    return found


def speak() -> None:
    """Take the language of the link, else the session's, before anything is written."""
    wanted = st.query_params.get("lang", "")
    if wanted in language.LANGUAGES:
        st.session_state["lang"] = wanted
    language.use(st.session_state.get("lang", "en"))


def page() -> str:
    """Return which page is on show, by the name of its folder."""
    return str(st.session_state["page"])


S = TypeVar("S", bound=Look)


@dataclass(frozen=True)
class Record(Generic[S]):
    """The settings of one page, or of several that share them, and their URL; `read` and `write` are the link's."""

    key: str
    read: Callable[[Mapping[str, str]], tuple[S, list[Complaint]]]
    write: Callable[[S], dict[str, str]]

    def settings(self) -> S:
        """Return the settings of the session."""
        state = st.session_state
        if self.key not in state:
            self.follow()
        settings: S = state[self.key]
        language.use(settings.lang)
        watch.set(_look)
        return settings

    def follow(self, came_by_link: bool = True) -> None:
        """Take the settings of the URL, where it is news: a link, the back button.

        A click that was made before the browser had the latest link comes from under the one before: that is no news.
        """
        state, query = st.session_state, st.query_params.to_dict()
        heard = state.pop(_HEARD, False)
        late = heard and query == state.get(self.key_of("before"))
        if self.key not in state or (came_by_link and not late and query != state[self.key_of("written")]):
            state[_PLACE] = lessons.place(query)
            state[self.key], found = self.read(lessons.opened(query))
            if "lesson" in query and not state[_PLACE]:
                found = [*found, Complaint("lesson", query["lesson"], ", ".join(lessons.library()))]
            state[_COMPLAINTS] = [each._replace(linked=True) for each in found]
            state[self.key_of("opened")] = state[self.key] if ours(query) else None
            cue()
        if not late:
            state[self.key_of("written")] = query

    def begin(self) -> None:
        """Put a clock that nobody has set where it begins on this page."""
        now = self.settings()
        st.session_state[self.key] = replace(now, t=begins()) if now.t is None else now

    def change(self, new: S, complaints: Sequence[Complaint] = ()) -> None:
        """Make `new` the settings, and `complaints` what is wrong with what was put in; the player's clock follows."""
        if looks(new) != looks(self.settings()):
            cue()
        st.session_state[self.key], st.session_state[_HEARD] = new, True
        st.session_state[_COMPLAINTS] = list(complaints)

    def rest(self, seen: Mapping[str, object], end: int) -> None:
        """Remember what the user has last made the player show: its clock, which ends at a step, and how it looks.

        A clock at the end stays at the end of a longer run, where one does that nobody has set.
        """
        now = self.settings()
        now, _ = changed(now, {name: seen[name] for name in looks(now) if name in seen})
        at_end = begins() is None and now.t is not None and now.t >= end
        st.session_state[self.key], st.session_state[_HEARD] = replace(now, t=None) if at_end else now, True

    def back(self, own: S) -> None:
        """Return to the link that was opened; where there was none, or it is on show and locks nothing, to `own`."""
        opened: S | None = st.session_state[self.key_of("opened")]
        at_link = opened == self.settings() and not own.lock
        self.change(own if opened is None or at_link else opened)
        cue()

    def by_link(self) -> bool:
        """Return whether there is a link to return to."""
        return st.session_state[self.key_of("opened")] is not None

    def forget_link(self) -> None:
        """Let the settings that were opened by a link be no place to return to."""
        st.session_state[self.key_of("opened")] = None

    def write_url(self) -> None:
        """Put the settings into the URL, where they are not there yet."""
        state, query = st.session_state, self.link(st.session_state[self.key])
        state[_HEARD] = False
        if query != state[self.key_of("written")]:
            state[self.key_of("before")], state[self.key_of("written")] = state[self.key_of("written")], query
            st.query_params.from_dict(query)

    def link(self, now: S) -> dict[str, str]:
        """Return the link's parameters; in a lesson those of its moment, and what has been changed since."""
        found = place()
        if not found:
            return self.write(now)
        moment = self.of(found)
        if not departs(now, moment):
            own, far = looks(moment), looks(now)
            return {**found.query, **{name: written(far[name]) for name in far if far[name] not in (own[name], None)}}
        same = [name for name in ("hide", "lock") if getattr(now, name) == getattr(moment, name)]
        return {**{name: text for name, text in self.write(now).items() if name not in same}, **found.query}

    def of(self, found: lessons.Place) -> S:
        """Return the settings of a moment."""
        return self.read(found.moment.query)[0]

    def key_of(self, what: str) -> str:
        """Return under which key of the session something about the link is kept."""
        return f"{self.key}_{what}"


EXPERIMENT = Record("settings", lambda query: from_query(query, begins()), lambda now: to_link(now, begins()))
settings, write_url = EXPERIMENT.settings, EXPERIMENT.write_url


def change(new: Settings, complaints: Sequence[Complaint] = ()) -> None:
    """Make `new` the experiment, with the lrs that are fair for it where these are wanted."""
    followers = followed(settings(), new)
    if new.fair and not followers.fair:
        complaints = [*complaints, Complaint("fair", "true", BUDGET)]
    EXPERIMENT.change(followers, complaints)


def note(text: str, about: Settings) -> None:
    """Say something about these settings; once they change it is no longer said."""
    st.session_state["note"] = (_what_runs(about), text)


def noted() -> str:
    """Return what there is to say about the settings as they are now."""
    about, text = st.session_state.get("note", (None, ""))
    return str(text) if about == _what_runs(settings()) else ""


def _what_runs(found: Settings) -> Settings:
    return replace(found.running(), view="both")


def place() -> lessons.Place | None:
    """Return the moment of a lesson that is on show, if one is."""
    found: lessons.Place | None = st.session_state.get(_PLACE)
    return found


def go(k: int, told: bool = False) -> None:
    """Go to another moment of the lesson, with its answer `told` or not; one of another page is opened by that page."""
    found = place()
    if not found:
        return
    st.session_state[_PLACE] = found = found.to(k, told)
    if found.moment.page == page():
        record().change(record().read({**kept(), **found.moment.query, **found.lifted})[0])
        cue()


def ahead() -> Settings | None:
    """Return the experiment of the lesson's next moment, where that is one on this page."""
    found = place()
    beyond = found.to(found.k + 1) if found else None
    if beyond is None or beyond == found or beyond.moment.page != page():
        return None
    return EXPERIMENT.read({**kept(), **beyond.moment.query})[0]


def kept() -> dict[str, str]:
    """Return the parameters of the look that stay with who goes from moment to moment."""
    now, plain = shown(), Look()
    return {name: written(far) for name in ("present", "lang") if (far := getattr(now, name)) != getattr(plain, name)}


def departs(now: Look, moment: Look) -> bool:
    """Return whether more than the look of a moment has been changed."""
    return replace(now, **looks(moment)) != moment


def leave(own: Record[Any]) -> None:
    """Leave the lesson: nothing is hidden or locked any more."""
    st.session_state[_PLACE] = None
    if own.key not in st.session_state:
        return
    now = own.settings()
    free = {"hide": "", "lock": ""} | ({"curtain": False} if hasattr(now, "curtain") else {})
    st.session_state[own.key] = replace(now, **free)


def pin() -> None:
    """Keep the experiment as it is now, to compare with; a second call lets go of it."""
    now = settings()
    change(replace(now, pin="" if now.pin else urlencode({**to_link(now.running()), "v": VERSION})))


def hidden(name: str) -> bool:
    """Return whether a control is not on this page."""
    return shown().hides(name)


def locked(name: str) -> bool:
    """Return whether a control is shown and can't be changed."""
    return shown().locks(name)


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


def mirror(key: str, value: object) -> str:
    """Make the widget `key` show the experiment's value; return the widget's key."""
    st.session_state[key] = value
    return key
