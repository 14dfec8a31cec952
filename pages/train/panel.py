"""The controls of a training. Each shows the settings and writes back to them; none keeps a state."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.shared.model.language import _
from pages.shared.model.words import complaint, name
from pages.shared.widgets import dials, say, session
from pages.train import state, views, words
from pages.train.settings import MAX_EPOCHS, SWITCHES, Training
from pages.train.training import Job, Work


def numbers(settings: Training) -> None:
    """The dials; the tracks of the learning rates reach three powers of ten to each side of what suits the data."""
    lr, sgd_lr = state.rates(settings)
    n = len(state.data().y)
    rows = {
        "rmsprop": [
            dials.Row("lr", "lr η", _("learning rate of RMSprop"), "log", 0.0, _above(lr), least=_above(lr) / 1e6),
            dials.Row("rho", "ρ", _("share of the past in the mean of g²"), "tail", 0.0, 0.9999),
            dials.Row("eps", "ε", _("keeps the divisor from 0"), "log", 0.0, 1e6, least=1e-12),
            dials.Row("momentum", "μ", _("momentum of RMSprop"), "tail", 0.0, 0.999),
        ],
        "sgd": [
            dials.Row(
                "sgd_lr", "lr η", _("learning rate of SGD"), "log", 0.0, _above(sgd_lr), least=_above(sgd_lr) / 1e6
            ),
            dials.Row("sgd_momentum", "μ", _("momentum of SGD"), "tail", 0.0, 0.999),
        ],
        "run": [
            dials.Row("epochs", _("epochs"), _("how often to go through all rows"), "log", 0.0, MAX_EPOCHS, 1, True),
            dials.Row("batch", _("batch"), _("rows in a step"), "log", 1.0, max(2, n), whole=True),
            dials.Row(
                "seed", _("seed"), _("of the start, the order of the rows and the split"), "linear", 0, 99, whole=True
            ),
            dials.Row("test", _("test"), _("share of the rows held back to test on"), "linear", 0.0, 0.9),
        ],
    }
    heads = {"rmsprop": name("rmsprop"), "sgd": name("sgd"), "run": _("Training")}
    groups = [dials.group(heads[key], rows[key], settings, None if key == "run" else key) for key in rows]
    dials.show(groups, state.take)


def _above(lr: float) -> float:
    """Return the power of ten about three above lr: the end of its track."""
    return float(10.0 ** (len(f"{lr:.0f}") if lr >= 1 else int(f"{lr or 1e-3:e}".split("e")[1]) + 1) * 100)


def switches(settings: Training) -> None:
    """Centered, and the features' units."""

    def centered() -> None:
        now = state.RECORD.settings()
        state.RECORD.change(replace(now, centered=st.session_state["train_centered"]))

    st.session_state["train_centered"] = settings.centered
    st.checkbox(
        _("Centered"), key="train_centered", on_change=centered,
        help=_("Divide by the running standard deviation √(s − m²)."),
    )  # fmt: skip
    st.session_state["train_raw"] = settings.raw
    st.segmented_control(
        _("Features"), [False, True], key="train_raw", required=True, width="stretch",
        on_change=lambda: state.scale(st.session_state["train_raw"]),
        format_func=lambda raw: words.as_they_are() if raw else _("Standardised"),
        help=_("Standardised: minus the mean, divided by the standard deviation. Each brings its learning rates."),
    )  # fmt: skip


def weights(settings: Training, job: Job) -> None:
    """The two weights of the slice."""

    def picked(which: str, other: str) -> None:
        now = state.RECORD.settings()
        value, before = st.session_state[f"train_{which}"], getattr(now, which)
        swapped = {other: before} if value == getattr(now, other) else {}
        state.RECORD.change(replace(now, **{which: value, **swapped}))

    left, right = st.columns(2, gap="small")
    for place, which, other, label in ((left, "across", "up", _("Across")), (right, "up", "across", _("Up"))):
        st.session_state[f"train_{which}"] = getattr(settings, which)
        with place:
            st.selectbox(
                label, job.problem.names, key=f"train_{which}", on_change=picked, args=(which, other),
                help=_("The weights of the slice; {b} is the intercept.").format(b=job.problem.names[-1]),
            )  # fmt: skip


def reset() -> None:
    """Back to the settings that the data began with."""
    st.button(_("Reset"), on_click=state.reset, width="stretch", help=_("Back to the first settings of these data."))


def view(settings: Training) -> None:
    """Choose what is on show."""

    def chosen() -> None:
        state.RECORD.change(replace(state.RECORD.settings(), view=st.session_state["train_view"]))

    st.session_state["train_view"] = settings.view
    st.segmented_control(
        _("View"), list(views.titles()), key="train_view", required=True, on_change=chosen, width="stretch",
        format_func=views.titles().__getitem__, label_visibility="collapsed",
    )  # fmt: skip


def complaints() -> None:
    """Say what could not be taken from the link, where no dial says it."""
    spoken = {*SWITCHES, "view", "piece", "across", "up", "lang", "t"}
    found = [c for c in session.complaints() if c.name in spoken or not c.wanted or session.from_link()]
    if found:
        say.warning("\n".join(complaint(c) for c in found))


def progress(work: Work) -> None:
    """While something long goes on: how far it is, and a button that stops it and keeps what there is."""
    made, of = work.progress()

    def stop() -> None:
        work.stopped = True

    left, right = st.columns([4, 1], gap="small", vertical_alignment="center")
    with left:
        st.progress(made / max(of, 1), _("Epoch {made} of {of}").format(made=made, of=of))
    with right:
        st.button(_("Stop"), key="train_stop", on_click=stop, width="stretch", help=_("Keeps what there is."))
