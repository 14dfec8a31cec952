"""The view of the data: what is trained on, and a reader's own CSV. Nothing is kept outside this session's memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.shared.model.language import _, ngettext
from pages.shared.model.numbers import number
from pages.shared.widgets import say
from pages.shared.widgets.session import mirror
from pages.train import state
from pages.train.notes import UnreadableError
from pages.train.training import Problem
from pages.train.upload import MOST_MB, Table, chosen, read_table

_reading = Lock()  # a table of 200 MB takes five times as much while it is read
_SAID = "train_said"  # what the last choice of columns could not do


def show(problem: Problem) -> None:
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
    if said := st.session_state.get(_SAID):
        say.error(said)
    found = state.own()
    if found is None:
        say.line(
            _("442 patients of Efron et al. (2004): ten measurements of each, and how far the diabetes has "
              "progressed a year later. Upload a table to train on it instead.")
        )  # fmt: skip
        return
    names, data = list(found.table.columns), found.data
    st.selectbox(_("Target"), names, key=mirror("train_target", data.target), on_change=_rechosen)
    names.remove(data.target)
    st.multiselect(_("Features"), names, key=mirror("train_features", list(data.names)), on_change=_rechosen)
    say.caption("\n".join(dict.fromkeys([*found.table.notes, *found.notes])))
    st.button(_("Back to the diabetes data"), on_click=_back)


def _describe(problem: Problem) -> None:
    found, data = state.own(), problem.data
    n, d = data.X.shape
    size = ngettext("{n} rows, {d} feature, target “{target}”.", "{n} rows, {d} features, target “{target}”.", d)
    say.line(size.format(n=n, d=d, target=data.target), f"{found.table.title if found else _('Diabetes')}:")
    values = np.column_stack([data.X, data.y])
    measured = values.mean(axis=0), values.std(axis=0), values.min(axis=0), values.max(axis=0)
    table = {_("column"): [*data.names, data.target]}
    for name, each in zip((_("mean"), _("sd"), _("min"), _("max")), measured, strict=True):
        table[name] = [*map(number, each)]
    st.dataframe(table, hide_index=True, height="content" if d < 12 else 430)
    if problem.X.size <= 20_000_000:
        say.line(f"κ = {number(problem.kappa)}")
        say.caption(_("κ is the steepest curvature of the loss divided by the flattest: 1 is a round bowl."))


@contextmanager
def _heard(whose: str = "") -> Iterator[None]:
    """Say why a table or a choice of columns will not do, and go on with the data there are."""
    st.session_state[_SAID] = ""
    try:
        yield
    except UnreadableError as error:
        st.session_state[_SAID] = f"{whose}{error}"


def _uploaded() -> None:
    file = st.session_state["train_file"]
    if isinstance(file, UploadedFile):  # one may name a file that is gone
        with _heard(f"{file.name}: "), _reading:
            table = read_table(file.getvalue(), file.name)
            _use(table, *table.suggestion())


def _rechosen() -> None:
    if found := state.own():
        target = st.session_state["train_target"]
        with _heard():
            _use(found.table, target, [name for name in st.session_state["train_features"] if name != target])


def _use(table: Table, target: str, features: Sequence[str]) -> None:
    state.use(state.Own(table, *chosen(table, target, features)))


def _back() -> None:
    st.session_state[_SAID] = ""
    state.use(None)
