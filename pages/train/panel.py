"""The controls of a training. Each shows the settings and writes back to them; none keeps a state."""

from __future__ import annotations

import streamlit as st

from pages.shared.model.language import _
from pages.shared.widgets import dials
from pages.shared.widgets.session import mirror
from pages.train import state, words
from pages.train.settings import SETTINGS, TITLES, VIEWS, Training
from pages.train.training import Job, Work


def numbers(settings: Training) -> None:
    """The dials; what suits the data is in the middle of the learning rates' tracks."""
    suited = state.suited(settings.raw)
    own = {name: {"least": suited[name] / 1e3, "max": suited[name] * 1e3} for name in ("lr", "sgd_lr")}
    own |= {"eps": {"max": 1e6}, "batch": {"max": max(2, len(state.data().y))}}
    groups = [dials.group(each.title, dials.rows(settings, each.settings(), own), each) for each in settings.methods()]
    run = dials.group(_("Training"), dials.rows(settings, dials.others(SETTINGS), own))
    dials.show([*groups, run], state.take)


def switches(settings: Training) -> None:
    """Centered, and the features' units."""
    if not settings.hides("centered"):
        st.checkbox(
            _("Centered"), key=mirror("train_centered", settings.centered), disabled=settings.locks("centered"),
            on_change=lambda: state.put(centered=st.session_state["train_centered"]),
            help=_("Divide by the running standard deviation √(s − m²)."),
        )  # fmt: skip
    if settings.hides("raw"):
        return
    st.segmented_control(
        _("Features"), [False, True], key=mirror("train_raw", settings.raw), required=True, width="stretch",
        on_change=lambda: state.scale(st.session_state["train_raw"]), disabled=settings.locks("raw"),
        format_func=lambda raw: _(words.AS_THEY_ARE) if raw else _("Standardised"),
        help=_("Standardised: minus the mean, divided by the standard deviation. Each brings its learning rates."),
    )  # fmt: skip


def weights(settings: Training, job: Job) -> None:
    """The two weights of the slice."""

    def picked(which: str, other: str) -> None:
        now = state.RECORD.settings()
        value, before = st.session_state[f"train_{which}"], getattr(now, which)
        swapped = {other: before} if value == getattr(now, other) else {}
        state.put(**{which: value, **swapped})

    left, right = st.columns(2, gap="small")
    for place, which, other, label in ((left, "across", "up", _("Across")), (right, "up", "across", _("Up"))):
        if settings.hides(which):
            continue
        place.selectbox(
            label, job.problem.names, key=mirror(f"train_{which}", getattr(settings, which)),
            on_change=picked, args=(which, other), disabled=settings.locks(which),
            help=_("The weights of the slice; {b} is the intercept.").format(b=job.problem.names[-1]),
        )  # fmt: skip


def view(settings: Training) -> None:
    """Choose what is on show."""
    if settings.hides("view"):
        return
    st.segmented_control(
        _("View"), VIEWS, key=mirror("train_view", settings.view), required=True, width="stretch",
        on_change=lambda: state.put(view=st.session_state["train_view"]), disabled=settings.locks("view"),
        format_func=lambda key: _(TITLES[key]), label_visibility="collapsed",
    )  # fmt: skip


def progress(work: Work) -> None:
    """While something long goes on: how far it is, and a button that stops it and keeps what there is."""
    made, of = work.made(), work.of
    left, right = st.columns([4, 1], gap="small", vertical_alignment="center")
    left.progress(made / max(of, 1), _("Epoch {made} of {of}").format(made=made, of=of))
    right.button(_("Stop"), key="train_stop", on_click=work.stop, width="stretch", help=_("Keeps what there is."))
