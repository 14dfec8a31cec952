"""The view of the data: what is trained on, and a reader's own CSV. Nothing is kept outside this session's memory."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared.model.language import _, ngettext
from pages.shared.model.numbers import number
from pages.shared.widgets import say
from pages.train import state
from pages.train.notes import UnreadableError
from pages.train.settings import Training
from pages.train.training import Problem
from pages.train.upload import MOST_MB, Table, chosen, read_table
from rmsprop_core.learn.regression import condition

_SAID = "train_said"  # what the last choice of columns could not do


def show(settings: Training, problem: Problem) -> None:
    """Choose the data and see them."""
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _choose()
    with right:
        _describe(problem)


def _choose() -> None:
    st.file_uploader(
        _("Your own table (CSV)"), key="train_file", on_change=_uploaded, max_upload_size=MOST_MB,
        help=_("It stays in the memory of this session and is gone when you leave. A link does not carry it."),
    )  # fmt: skip
    found = state.own()
    for sentence in st.session_state.get(_SAID, ()):
        say.error(sentence)
    if found is None:
        say.line(
            _("442 patients of Efron et al. (2004): ten measurements of each, and how far the diabetes has "
              "progressed a year later. Upload a table to train on it instead.")
        )  # fmt: skip
        return
    names = list(found.table.columns)
    st.session_state["train_target"] = found.target
    st.session_state["train_features"] = list(found.features)
    st.selectbox(_("Target"), names, key="train_target", on_change=_rechosen)
    st.multiselect(
        _("Features"), [name for name in names if name != found.target], key="train_features", on_change=_rechosen
    )
    say.caption("\n".join([*found.table.notes, *found.notes]))
    st.button(_("Back to the diabetes data"), on_click=_back)


def _describe(problem: Problem) -> None:
    found = state.own()
    title = found.table.title if found else _("Diabetes")
    n, d = problem.data.X.shape
    size = ngettext("{n} rows, {d} feature, target “{target}”.", "{n} rows, {d} features, target “{target}”.", d)
    say.line(size.format(n=n, d=d, target=problem.data.target), f"{title}:")
    labels = {"name": _("column"), "mean": _("mean"), "sd": _("sd"), "min": _("min"), "max": _("max")}
    rows = [
        {labels[key]: value if isinstance(value, str) else number(value) for key, value in row.items()}
        for row in state.feature_sizes(problem)
    ]
    st.dataframe(rows, hide_index=True, height="content" if len(rows) <= 12 else 430)
    if problem.X.size <= 20_000_000:
        kappa = number(condition(problem.X))
        say.line(
            _("κ = {kappa} with the features as they are.").format(kappa=kappa)
            if problem.raw
            else _("κ = {kappa} with the features standardised.").format(kappa=kappa)
        )
        say.caption(_("κ is the steepest curvature of the loss divided by the flattest: 1 is a round bowl."))


def _uploaded() -> None:
    """Read the file; where that fails, say why, and go on with the data there are."""
    file = st.session_state["train_file"]
    if file is None:
        return
    try:
        table = read_table(file.getvalue(), file.name)
        target, features = table.suggestion()
        _use(table, target, features)
    except UnreadableError as error:
        st.session_state[_SAID] = [f"{file.name}: {error}"]


def _rechosen() -> None:
    found = state.own()
    if found is None:
        return
    target = st.session_state["train_target"]
    features = [name for name in st.session_state["train_features"] if name != target]
    try:
        _use(found.table, target, features)
    except UnreadableError as error:
        st.session_state[_SAID] = [str(error)]


def _use(table: Table, target: str, features: Sequence[str]) -> None:
    data, notes = chosen(table, target, features)
    before = st.session_state.get("train_uploads", 0)
    st.session_state["train_uploads"] = before + 1
    st.session_state[_SAID] = []
    own_notes = tuple(note for note in notes if note not in table.notes)
    state.use(state.Own(before + 1, table, target, tuple(features), data, own_notes))


def _back() -> None:
    st.session_state[_SAID] = []
    state.use(None)
