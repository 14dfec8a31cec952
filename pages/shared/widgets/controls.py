"""Streamlit's own controls of the experiment. Each shows the experiment and writes back to it; none keeps a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.shared.model.language import _
from pages.shared.model.settings import MAX_STEPS, SWITCHES, TYPED, Settings, changed, fresh, in_dialect, on_surface
from pages.shared.model.words import brought, complaint, fair, name
from pages.shared.widgets import dials, say, session
from pages.shared.widgets import typed as formula
from pages.shared.widgets.session import mirror
from rmsprop_core import DIALECTS, SGD, SURFACES, RMSprop, fair_lr
from rmsprop_core.schedules import SCHEDULES

MANY = 2  # so many complaints stand in full; more are one click away, so that the controls stay in sight


def numbers(settings: Settings, preview: Mapping[str, Any]) -> None:
    """The dials of the experiment, for the methods that are to be seen. `preview` is where their runs are fetched."""
    surface = settings.landscape()
    (x0, x1), (y0, y1) = surface.domain
    x, y = surface.variables
    rows = {
        "rmsprop": [
            dials.Row("lr", "lr η", _("learning rate of RMSprop"), "log", 0.0, 10.0, least=1e-5),
            dials.Row("rho", "ρ", _("share of the past in the mean of g²"), "tail", 0.0, 0.9999),
            dials.Row("eps", "ε", _("keeps the divisor from 0"), "log", 0.0, 100.0, least=1e-12),
            dials.Row("momentum", "μ", _("momentum of RMSprop"), "tail", 0.0, 0.999),
        ],
        "sgd": [
            dials.Row("sgd_lr", "lr η", _("learning rate of SGD"), "log", 0.0, 10.0, least=1e-5),
            dials.Row("sgd_momentum", "μ", _("momentum of SGD"), "tail", 0.0, 0.999),
        ],
        "run": [
            dials.Row("x", f"{x}₀", _("start, {axis}").format(axis=x), "linear", x0, x1),
            dials.Row("y", f"{y}₀", _("start, {axis}").format(axis=y), "linear", y0, y1),
            dials.Row("steps", _("steps"), _("number of steps"), "log", 0.0, MAX_STEPS, least=1, whole=True),
        ],
    }
    if settings.surface == "stretched":
        rows["run"] += [
            dials.Row("kappa", "κ", _("condition number of the bowl"), "log", 1.0, 1e4),
            dials.Row("angle", _("turn °"), _("angle of the bowl in degrees"), "linear", -90.0, 90.0, whole=True),
        ]
    shown = [key for key in ("rmsprop", "sgd", "run") if key == "run" or settings.shows(key)]
    titles = {"rmsprop": name("rmsprop"), "sgd": name("sgd"), "run": _("Start and steps")}
    dials.show(
        [dials.group(titles[key], rows[key], settings, None if key == "run" else key) for key in shown],
        lambda values: session.change(*changed(session.settings(), values)),
        preview,
    )


def _writes(change: Callable[[Settings], Settings]) -> Callable[[], None]:
    def callback() -> None:
        before = session.settings()
        session.change(change(before))
        if session.settings().t != before.t:
            session.cue()  # a new surface puts the clock at its end

    return callback


def surface(settings: Settings) -> None:
    """Choose the surface; it brings its start, steps and lrs."""
    titles = {key: _(found.title) for key, found in SURFACES.items()} | {TYPED: _("Your own f(x, y)")}
    st.selectbox(
        _("Surface"),
        list(titles),
        key=mirror("w_surface", settings.surface),
        format_func=lambda key: titles[key],
        on_change=_writes(lambda s: on_surface(s, st.session_state["w_surface"])),
        help=_(settings.landscape().lesson) or _("Gradient, minima and first lrs are found from your formula."),
    )
    if settings.surface == TYPED:
        formula.show(settings)


def dialect(settings: Settings) -> None:
    """Choose a framework's RMSprop; it brings its switches and defaults."""

    def take() -> None:
        before = session.settings()
        now = in_dialect(before, st.session_state["w_dialect"])
        session.change(now)
        session.note(brought(before, now))

    st.selectbox(
        _("RMSprop as in"),
        list(DIALECTS),
        key=mirror("w_dialect", settings.dialect),
        format_func=lambda key: DIALECTS[key].title,
        on_change=take,
        help=_("Brings the framework's switches and defaults; where it has no default, the value stays."),
    )


def switch(settings: Settings, setting: str, label: str, help_text: str, disabled: bool = False) -> None:
    """Turn one of the experiment's switches on or off."""
    key = f"w_{setting}"
    st.checkbox(
        label,
        key=mirror(key, getattr(settings, setting)),
        on_change=_writes(lambda s: replace(s, **{setting: st.session_state[key]})),
        help=help_text,
        disabled=disabled,
    )


def variant(settings: Settings) -> None:
    """The switches that tell the frameworks' RMSprops apart, one click away."""
    with st.popover(_("Variant"), width="stretch"):
        switch(settings, "eps_inside_sqrt", _("ε inside the root: √(s + ε)"), _("Off: √s + ε, as in PyTorch."))
        switch(
            settings,
            "lr_in_velocity",
            _("lr inside the velocity"),
            _("Off: v sums up u and lr multiplies v, as in PyTorch."),
        )
        switch(
            settings,
            "sgd_lr_in_velocity",
            _("SGD: lr inside the velocity"),
            _("Off: v sums up g and lr multiplies v, as in PyTorch. It matters when a schedule changes lr."),
        )
        switch(settings, "nesterov", _("Nesterov momentum"), _("Look ahead along the velocity, as optax does."))
        switch(
            settings,
            "bias_correction",
            _("Bias correction: s / (1 − ρᵗ)"),
            _("As optax can. Not together with centered."),
            disabled=settings.centered,
        )
        ones = st.session_state
        st.checkbox(
            _("s starts at 1"),
            key=mirror("w_initial_s", settings.initial_s > 0),
            on_change=_writes(lambda s: replace(s, initial_s=1.0 if ones["w_initial_s"] else 0.0)),
            help=_("As in TensorFlow 1. Off: s₀ = 0."),
        )


def chance(settings: Settings) -> None:
    """Schedule, noise, mini-batches and seeds, one click away."""
    schedules = {
        "constant": _("constant"),
        "step": _("step: ÷10 twice"),
        "inverse_sqrt": "1/√t",
        "cosine": _("cosine"),
        "warmup": _("linear warm-up"),
    }
    with st.popover(_("Noise"), width="stretch"):
        st.selectbox(
            _("Schedule of lr"),
            list(SCHEDULES),
            key=mirror("w_schedule", settings.schedule),
            format_func=lambda key: schedules[key],
            on_change=_writes(lambda s: replace(s, schedule=st.session_state["w_schedule"])),
            help=_("The same shape for both methods."),
        )
        _number(
            "noise", _("Noise σ on each gradient"), settings.noise, _("Gaussian, the same stream for both methods.")
        )
        if settings.surface == "bmi":
            _number("batch", _("Patients a step sees"), settings.batch, _("442 is all of them: no mini-batches."))
        _number("seed", _("Seed"), settings.seed, _("Fixes the noise and the mini-batches."))
        _number("seeds", _("Seeds at once"), settings.seeds, _("Up to 200 runs: faint paths, median and 10–90 % band."))
        if settings.seeds > 1 and not settings.by_chance:
            say.caption(_("Without noise all seeds give the same run."))


def _number(setting: str, label: str, value: float, help_text: str) -> None:
    """A number to type; what cannot be taken is said right under it."""
    key = f"w_{setting}"

    def take() -> None:
        session.change(*changed(session.settings(), {setting: st.session_state[key]}))

    step: float = 1 if isinstance(value, int) else 0.5
    shape = "%d" if isinstance(value, int) else "%g"
    st.number_input(label, key=mirror(key, value), on_change=take, help=help_text, step=step, format=shape)
    for found in session.complaints():
        if found.name == setting and not session.from_link():
            say.error(complaint(found))


def fair_lrs() -> None:
    """Find the lr of each method that is seen by the same rule, and set both."""
    st.button(
        _("Fair lr"),
        key="w_fair",
        on_click=_find_fair_lrs,
        width="stretch",
        help=_("For each method the lr whose worst end over lr ± 15 % is best, for this surface and these steps."),
    )


def _find_fair_lrs() -> None:
    settings = session.settings()
    surface, start = settings.landscape(), (settings.x, settings.y)
    rms, sgd = vars(settings.rmsprop()), vars(settings.sgd())
    shared: dict[str, Any] = {"steps": settings.steps, "start": start, "schedule": settings.schedule}
    found = {
        "rmsprop": fair_lr(RMSprop, surface, **shared, **{name: rms[name] for name in rms if name != "lr"}),
        "sgd": fair_lr(SGD, surface, **shared, **{name: sgd[name] for name in sgd if name != "lr"}),
    }
    names = {"rmsprop": "lr", "sgd": "sgd_lr"}
    lrs = {names[key]: float(f"{each.lr:.3g}") for key, each in found.items() if each.lr is not None}
    session.change(replace(settings, **lrs))  # type: ignore[arg-type]
    session.note(fair(found, settings))


def pin() -> None:
    """Keep the present run beside the next ones."""
    held = session.pinned() is not None
    st.button(
        _("Unpin") if held else _("Pin"),
        key="w_pin",
        on_click=session.pin,
        width="stretch",
        type="primary" if held else "secondary",
        help=_("Keep this run in grey beside the next ones, and read what a change does."),
    )


def methods(settings: Settings) -> None:
    """Centered and Nesterov, and which method is to be seen."""
    left, right = st.columns(2, gap="small")
    with left:
        switch(
            settings,
            "centered",
            _("Centered"),
            _("Divide by the running standard deviation √(s − m²). Not together with bias correction."),
            disabled=settings.bias_correction,
        )
        _shown(settings, "rmsprop")
    with right:
        switch(settings, "sgd_nesterov", _("SGD Nesterov"), _("Look ahead along SGD's velocity; needs momentum."))
        _shown(settings, "sgd")


def _shown(settings: Settings, method: str) -> None:
    key, other = f"w_show_{method}", "sgd" if method == "rmsprop" else "rmsprop"

    def view(s: Settings) -> Settings:
        if st.session_state[key]:
            return s.seeing("both" if s.shows(other) else method, s.in_relief)
        return s.seeing(other, s.in_relief)

    st.checkbox(
        _("Show {method}").format(method=name(method)),
        key=mirror(key, settings.shows(method)),
        on_change=_writes(view),
        disabled=settings.methods_seen() == method,
    )


def reset() -> None:
    """Back to the surface's own settings."""
    st.button(
        _("Reset"),
        key="w_reset",
        on_click=_writes(fresh),
        width="stretch",
        help=_("Back to the surface's own settings."),
    )


def complaints() -> None:
    """Say what could not be taken from the link, where no dial says it."""
    spoken = {*SWITCHES, "surface", "dialect", "view", "lang", "t"}
    linked = session.from_link()
    unsaid = [c for c in session.complaints() if not c.refused]
    found = [c for c in unsaid if linked or c.name in spoken or not c.wanted]
    if not found:
        return
    words = "\n".join(complaint(c) for c in found)
    if len(found) <= MANY:
        say.warning(words)
        return
    with st.expander(_("{n} settings of this link cannot be taken").format(n=len(found))):
        say.line(words)
