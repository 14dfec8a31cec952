"""Streamlit's own controls of the experiment. Each shows the experiment and writes back to it; none keeps a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.shared.model.complaints import complaint
from pages.shared.model.fields import Range, Setting, changed
from pages.shared.model.language import _
from pages.shared.model.methods import Method
from pages.shared.model.settings import BOTH, SETTINGS, TYPED, Settings, fresh, in_dialect, on_surface
from pages.shared.model.words import brought, fair
from pages.shared.widgets import dials, say, session
from pages.shared.widgets import typed as formula
from pages.shared.widgets.session import mirror
from rmsprop_core import DIALECTS, SURFACES, fair_lr

MANY = 2  # so many complaints stand in full; more are one click away, so that the controls stay in sight


def numbers(settings: Settings) -> None:
    """The dials of the experiment, for the methods that are to be seen."""
    surface = settings.landscape()
    own: dict[str, dict[str, Any]] = {
        name: {"symbol": f"{axis}₀", "label": _(SETTINGS[name].label).format(axis=axis), "min": low, "max": high}
        for name, axis, (low, high) in zip("xy", surface.variables, surface.domain, strict=True)
    }
    start = [name for name, each in SETTINGS.items() if each.surface in ("", settings.surface)]
    dials.show(
        [
            *dials.of_methods(settings, settings.seen()),
            dials.group(_("Start and steps"), dials.rows(settings, dials.others(start), own)),
        ],
        lambda values: session.change(*changed(session.settings(), values)),
        live=True,
    )


def surface(settings: Settings) -> None:
    """Choose the surface; it brings its start, steps and lrs."""
    titles = {key: _(found.title) for key, found in SURFACES.items()} | {TYPED: _("Your own f(x, y)")}
    lesson = _(settings.landscape().lesson) or _("Gradient, minima and first lrs are found from your formula.")
    _choice(settings, "surface", titles, on_surface, lesson)
    if settings.surface == TYPED:
        formula.show(settings)


def dialect(settings: Settings) -> None:
    """Choose a framework's RMSprop; it brings its switches and defaults."""

    def take(before: Settings, key: str) -> Settings:
        now = in_dialect(before, key)
        session.note(brought(before, now), now)
        return now

    _choice(settings, "dialect", {key: found.title for key, found in DIALECTS.items()}, take)


def switch(settings: Settings, name: str, disabled: bool = False) -> None:
    """Turn one of the experiment's switches on or off; a number of 0 or 1 is one too."""
    setting, value = SETTINGS[name], getattr(settings, name)
    bound = _bound(name, bool(value), lambda now, on: replace(now, **{name: type(value)(on)}))
    st.checkbox(_(setting.label), help=_(setting.help), disabled=disabled, **bound)


def variant(settings: Settings) -> None:
    """The switches that tell the frameworks' RMSprops apart, one click away."""
    with st.popover(_("Variant"), width="stretch"):
        for name in ("eps_inside_sqrt", "lr_in_velocity", "sgd_lr_in_velocity", "nesterov"):
            switch(settings, name)
        switch(settings, "bias_correction", disabled=settings.centered)
        switch(settings, "initial_s")


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
        _choice(settings, "schedule", schedules, lambda now, key: replace(now, schedule=key))
        for name in ("noise", "batch", "seed", "seeds"):
            if SETTINGS[name].surface in ("", settings.surface):
                _number(name, getattr(settings, name))
        if settings.seeds > 1 and not settings.by_chance:
            say.caption(_("Without noise all seeds give the same run."))


def _bound(name: str, value: object, take: Callable[[Settings, Any], Settings]) -> dict[str, Any]:
    """Return what makes a widget show a value of the experiment, and change it as `take(settings, value)` says."""
    key = mirror(f"w_{name}", value)
    return {"key": key, "on_change": lambda: session.change(take(session.settings(), st.session_state[key]))}


def _choice(
    settings: Settings,
    name: str,
    titles: Mapping[str, str],
    take: Callable[[Settings, str], Settings],
    help: str = "",
) -> None:
    """Choose one of several, by what they are called."""
    st.selectbox(
        _(SETTINGS[name].label),
        list(titles),
        format_func=titles.__getitem__,
        help=help or _(SETTINGS[name].help),
        **_bound(name, getattr(settings, name), take),
    )


def _number(name: str, value: float) -> None:
    """A number to type; what cannot be taken is said right under it."""
    key, setting = f"w_{name}", SETTINGS[name]

    def take() -> None:
        session.change(*changed(session.settings(), {name: st.session_state[key]}))

    step: float = 1 if isinstance(value, int) else 0.5
    shape = "%d" if isinstance(value, int) else "%g"
    st.number_input(
        _(setting.label), key=mirror(key, value), on_change=take, help=_(setting.help), step=step, format=shape
    )
    for found in session.complaints():
        if found.name == name and not found.linked:
            say.error(complaint(found))


def fair_lrs() -> None:
    """Find the lr of each method by the same rule, and set both."""
    help = _("For each method the lr whose worst end over lr ± 15 % is best, for this surface and these steps.")
    _button("fair", _("Fair lr"), _fair, help)


def _fair() -> None:
    settings = session.settings()
    shared: dict[str, Any] = {"steps": settings.steps, "start": (settings.x, settings.y), "schedule": settings.schedule}
    found = []
    for each in settings.methods():
        own = {name: value for name, value in vars(each.optimizer).items() if name != "lr"}
        found.append((each, fair_lr(type(each.optimizer), settings.landscape(), **shared, **own)))
    lrs: dict[str, Any] = {f"{each.prefix}lr": float(f"{best.lr:.3g}") for each, best in found if best.lr is not None}
    session.change(replace(settings, **lrs))
    session.note(fair(found, settings), session.settings())


def pin() -> None:
    """Keep the present run beside the next ones."""
    held = session.pinned() is not None
    help = _("Keep this run in grey beside the next ones, and read what a change does.")
    _button("pin", _("Unpin") if held else _("Pin"), session.pin, help, type="primary" if held else "secondary")


def reset() -> None:
    """Back to the surface's own settings."""
    _button(
        "reset", _("Reset"), lambda: session.change(fresh(session.settings())), _("Back to the surface's own settings.")
    )


def _button(name: str, label: str, act: Callable[[], None], help: str, **look: Any) -> None:
    st.button(label, key=f"w_{name}", on_click=act, width="stretch", help=help, **look)


def methods(settings: Settings) -> None:
    """Centered and Nesterov, and which method is to be seen."""
    left, right = st.columns(2, gap="small")
    with left:
        switch(settings, "centered", disabled=settings.bias_correction)
    with right:
        switch(settings, "sgd_nesterov")
    for place, method in zip((left, right), settings.methods(), strict=True):
        with place:
            _shown(settings, method)


def _shown(settings: Settings, method: Method) -> None:
    def view(now: Settings, shown: bool) -> Settings:
        (other,) = (each for each in now.methods() if each.key != method.key)
        both = shown and now.shows(other)
        return now.seeing(BOTH if both else method.key if shown else other.key, now.in_relief)

    st.checkbox(
        _("Show {method}").format(method=method.title),
        disabled=settings.methods_seen() == method.key,
        **_bound(f"show_{method.key}", settings.shows(method), view),
    )


def complaints(settings: Mapping[str, Setting] = SETTINGS) -> None:
    """Say what could not be taken from the link, where no dial says it."""
    spoken = {name for name, setting in settings.items() if not isinstance(setting.takes, Range)} | {"t"}
    unsaid = [c for c in session.complaints() if not c.refused]
    found = [complaint(c) for c in unsaid if c.linked or c.name in spoken or not c.wanted]
    if 0 < len(found) <= MANY:
        say.warning("\n".join(found))
    elif found:
        with st.expander(_("{n} settings of this link cannot be taken").format(n=len(found))):
            say.line("\n".join(found))
