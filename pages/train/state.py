"""The training of a session: its settings and link, its data, and what has been computed. All of it in memory only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages.shared.model import language
from pages.shared.model.fields import Complaint, changed
from pages.shared.widgets.session import Record
from pages.train.names import weight_names
from pages.train.printout import Printout
from pages.train.settings import Training, first_rates, from_query, known, suitable, to_query
from pages.train.training import Job, Problem, prepare
from pages.train.upload import Table
from rmsprop_core.learn.tables import Data, load_diabetes

_OWN, _PROBLEM, _JOB, _PRINTOUT, _RATES, _GUESS = (
    "train_own",
    "train_problem",
    "train_job",
    "train_printout",
    "train_rates",
    "train_guess",
)


class Own(NamedTuple):
    """A reader's own table, and what is chosen of it; `number` tells it from the ones before."""

    number: int
    table: Table
    target: str
    features: tuple[str, ...]
    data: Data
    notes: tuple[str, ...]


def own() -> Own | None:
    """Return the reader's own data, where there are any."""
    found: Own | None = st.session_state.get(_OWN)
    return found


def data() -> Data:
    """Return what is trained on."""
    found = own()
    return found.data if found else load_diabetes()


def use(found: Own | None) -> None:
    """Train on these data from now on (None: the diabetes data), with settings to begin with."""
    st.session_state[_OWN] = found
    before = RECORD.settings()
    names = weight_names(data())
    fresh = replace(Training(lang=before.lang), view=before.view, piece=before.piece, raw=before.raw, seed=before.seed)
    if found is None:
        RECORD.change(replace(fresh, **first_rates(fresh.raw)))
    else:
        RECORD.change(_guessed(replace(fresh, across=names[0], up=names[1])))


def reset() -> None:
    """Go back to the settings that the data began with."""
    use(own())


def scale(raw: bool) -> None:
    """Take the features as they are or standardised, with learning rates that suit them."""
    settings = replace(RECORD.settings(), raw=raw, t=None)
    if own():
        RECORD.change(_guessed(settings))
    else:
        RECORD.change(replace(settings, **first_rates(raw)))


def _guessed(settings: Training) -> Training:
    """Return the settings with what suits the reader's table, and remember that nobody has set it by hand."""
    st.session_state[_GUESS] = suited = _suited(settings)
    return suited


def _suited(settings: Training) -> Training:
    problem = prepare(data(), settings.raw, 0.0, 0)
    return suitable(settings, problem.X, problem.y)


def rates(settings: Training) -> tuple[float, float]:
    """Return learning rates of RMSprop and SGD that suit the data: the middle of their dials."""
    found = own()
    if found is None:
        first = first_rates(settings.raw)
        return first["lr"], first["sgd_lr"]
    made: Training = _once(_RATES, (found.number, settings.raw), lambda: _suited(settings))
    return made.lr, made.sgd_lr


def take(values: Mapping[str, object]) -> None:
    """Take what was turned or typed; what cannot be taken is said beside it."""
    settings, complaints = changed(RECORD.settings(), values, known(weight_names(data())))
    RECORD.change(settings, complaints)


def _read(query: Mapping[str, str]) -> tuple[Training, list[Complaint]]:
    raw = query.get("raw", "").lower() in ("true", "1")  # it decides which learning rates suit
    fresh = replace(Training(lang=language.current()), raw=raw, **first_rates(raw))
    names = weight_names(data())
    if own():
        fresh = _guessed(replace(fresh, across=names[0], up=names[1]))
    return from_query(query, names, fresh)


RECORD: Record[Training] = Record("train_settings", _read, to_query)


def problem(settings: Training) -> Problem:
    """Return the rows as the methods see them and the exact answer, computed once."""
    found = own()
    key = (found and (found.number, found.target, found.features), settings.raw, settings.test, settings.seed)
    made: Problem = _once(_PROBLEM, key, lambda: prepare(data(), settings.raw, settings.test, settings.seed))
    return made


def job(settings: Training) -> Job:
    """Return the training of these settings, as far as it has come."""
    ready = problem(settings)
    made: Job = _once(_JOB, (id(ready), settings.identity()), lambda: Job(ready, settings))
    return made


def for_diabetes(settings: Training) -> Training:
    """Return the settings with what was guessed for a reader's own table, and not set by hand, as on the diabetes data.

    The tutorial's program has no other data.
    """
    guess: Training | None = st.session_state.get(_GUESS)
    if own() is None or guess is None:
        return settings
    if settings.lr == guess.lr:
        settings = replace(settings, lr=first_rates(settings.raw)["lr"])
    return replace(settings, batch=Training.batch) if settings.batch == guess.batch else settings


def printout(settings: Training) -> Printout:
    """Return the tutorial's program on the diabetes data with these settings, as far as it has come."""
    settings = for_diabetes(settings)
    made: Printout = _once(_PRINTOUT, settings.identity(), lambda: Printout(settings))
    return made


def _once(name: str, key: object, make: Any) -> Any:
    kept = st.session_state.get(name)
    if kept is None or kept[0] != key:
        kept = st.session_state[name] = (key, make())
    return kept[1]


def feature_sizes(ready: Problem) -> list[dict[str, float | str]]:
    """Return a table of the columns in their own units: mean, standard deviation, smallest, largest."""
    columns = [
        *zip((*ready.data.names, ready.data.target), np.column_stack([ready.data.X, ready.data.y]).T, strict=True)
    ]
    return [
        {"name": name, "mean": float(v.mean()), "sd": float(v.std()), "min": float(v.min()), "max": float(v.max())}
        for name, v in columns
    ]
