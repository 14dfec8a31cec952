"""The training of a session: its settings and link, its data, and what has been computed. All of it in memory only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import streamlit as st

from pages.shared.model import language
from pages.shared.model.fields import Complaint, changed
from pages.shared.widgets.session import Record
from pages.train.names import weight_names
from pages.train.printout import Printout
from pages.train.settings import Training, first_rates, from_query, known, suitable, to_link
from pages.train.training import Job, Problem, prepare
from pages.train.upload import Table
from rmsprop_core.learn.tables import Data, load_diabetes

_OWN, _MADE = "train_own", "train_made"
T = TypeVar("T")


class Own(NamedTuple):
    """A reader's own table, and what is chosen of it."""

    table: Table
    data: Data
    notes: Sequence[str]


def own() -> Own | None:
    """Return the reader's own data, where there are any."""
    found: Own | None = st.session_state.get(_OWN)
    return found


def data() -> Data:
    """Return what is trained on."""
    return found.data if (found := own()) else load_diabetes()


def use(found: Own | None) -> None:
    """Train on these data from now on (None: the diabetes data), with settings to begin with."""
    st.session_state[_OWN], st.session_state[_MADE] = found, {}
    RECORD.change(_own_again())
    RECORD.forget_link()


def reset() -> None:
    """Return to the link that was opened, then to the settings that the data begin with."""
    RECORD.back(_own_again())


def _own_again() -> Training:
    """Return the settings that the data begin with, with the view and the limits that there are."""
    now = RECORD.settings()
    kept = {name: getattr(now, name) for name in ("view", "piece", "seed", "lang", "hide", "lock")}
    return _fresh(now.raw, **kept)


def _fresh(raw: bool, **kept: Any) -> Training:
    """Return the settings that the data begin with."""
    names = weight_names(data())
    axes: dict[str, Any] = {"across": names[0], "up": names[1]} if own() else {}
    return replace(Training(raw=raw), **axes, **suited(raw), **kept)


def suited(raw: bool) -> dict[str, Any]:
    """Return the learning rates and the batch size that suit the data."""
    if own() is None:
        return first_rates(raw)

    def guess() -> dict[str, Any]:
        ready = prepare(data(), raw, 0.0, 0)
        return suitable(raw, ready.X, ready.y)

    return _once("suited", raw, guess)


def scale(raw: bool) -> None:
    """Take the features as they are or standardised; what suited them, and nobody has set by hand, follows."""
    settings = RECORD.settings()
    before, after = suited(settings.raw), suited(raw)
    suit = {name: after[name] for name in after if getattr(settings, name) == before[name]}
    RECORD.change(replace(settings, **suit, raw=raw, t=None))


def put(**values: Any) -> None:
    """Make these the settings' values."""
    RECORD.change(replace(RECORD.settings(), **values))


def take(values: Mapping[str, object]) -> None:
    """Take what was turned or typed; what cannot be taken is said beside it."""
    RECORD.change(*changed(RECORD.settings(), values, known(weight_names(data()))))


def _read(query: Mapping[str, str]) -> tuple[Training, list[Complaint]]:
    raw = query.get("raw", "").lower() in ("true", "1")  # it decides which learning rates suit
    return from_query(query, weight_names(data()), _fresh(raw, lang=language.current()))


def _write(settings: Training) -> dict[str, str]:
    return to_link(settings, replace(_fresh(settings.raw), raw=False))


RECORD: Record[Training] = Record("train_settings", _read, _write)


def job(settings: Training) -> Job:
    """Return the training of these settings, as far as it has come."""
    split = settings.raw, settings.test, settings.seed
    problem: Problem = _once("problem", split, lambda: prepare(data(), *split))
    return _once("job", settings.identity(), lambda: Job(problem, settings))


def printout(settings: Training) -> Printout:
    """Return the tutorial's program on the diabetes data, as far as it has come.

    It has these settings, but after an upload the first of the diabetes data: what suits a table is for no other one.
    """
    its = Training() if own() else settings
    return _once("printout", its.identity(), lambda: Printout(its))


def _once(name: str, key: object, make: Callable[[], T]) -> T:
    """Return what is kept under the name, made anew where it was made for another key."""
    made = st.session_state.setdefault(_MADE, {})
    if name not in made or made[name][0] != key:
        made[name] = (key, make())
    found: T = made[name][1]
    return found
