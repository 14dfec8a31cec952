"""Streamlit's own controls of the experiment. Each shows the experiment and writes back to it; none keeps a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared.model.changes import EXAMPLES, Change
from pages.shared.model.complaints import complaint
from pages.shared.model.departures import MENUS, departs, hidden, schedules
from pages.shared.model.fairness import RATES, followed, turned
from pages.shared.model.fields import Range, Setting, changed, written
from pages.shared.model.language import _
from pages.shared.model.link import from_query
from pages.shared.model.look import Look
from pages.shared.model.methods import METHODS, THIRDS, Method
from pages.shared.model.remarks import remark
from pages.shared.model.settings import (
    BOTH,
    CHANCE,
    SETTINGS,
    TYPED,
    Settings,
    fresh,
    in_dialect,
    on_surface,
    with_third,
)
from pages.shared.model.words import brought
from pages.shared.widgets import dials, say, session
from pages.shared.widgets import typed as formula
from pages.shared.widgets.session import mirror
from rmsprop_core import DIALECTS, SURFACES

NAMES = ("surface", "examples", "f", "dialect", "fair", "centered", "sgd_nesterov", "methods", "variant", "schedule",
         "noise", "reset", "share")  # fmt: skip
MANY = 2  # so many complaints stand in full; more are one click away, so that the controls stay in sight


def numbers(settings: Settings) -> None:
    """The dials of the experiment, for the methods that are to be seen, and the switches beside their names."""
    surface = settings.landscape()
    own: dict[str, dict[str, Any]] = {
        name: {"symbol": f"{axis}₀", "label": _(SETTINGS[name].label).format(axis=axis), "min": low, "max": high}
        for name, axis, (low, high) in zip("xy", surface.variables, surface.domain, strict=True)
    }
    start = [name for name, each in SETTINGS.items() if each.surface in ("", settings.surface)]
    fair = dials.switch(settings, "fair", disabled=any(map(settings.locks, RATES)))
    own_switch = {"rmsprop": ["centered"], "sgd": ["sgd_nesterov"]}
    groups = []
    for method in settings.methods():
        shown = settings.shows(method)
        rows = dials.rows(settings, method.settings()) if shown else []
        switches = [
            dials.switch(settings, name, disabled=name == "centered" and settings.bias_correction)
            for name in own_switch.get(method.key, ())
        ] + [fair]
        beside = [each for each in switches if shown and not settings.hides(each["name"])]
        group = dials.group(method.title, rows, method, *beside)
        hidden = method.key not in METHODS or settings.hides("methods")
        groups.append({**group, "shown": None if hidden else _shown(settings, method)})
    dials.show(
        [*groups, dials.group(_("Start and steps"), dials.rows(settings, dials.others(start), own))], _turned, live=True
    )


def _turned(values: Mapping[str, object]) -> None:
    before = session.settings()
    now, complaints = turned(before, values)
    session.change(now, complaints)
    session.note(remark(before, now), now)


def _shown(settings: Settings, method: Method) -> dict[str, Any]:
    """Return the switch that shows or hides one of the two methods; one of them is always to be seen."""
    (other,) = (each for each in METHODS.values() if each.key != method.key)
    on, off = (settings.seeing(methods, settings.in_relief).view for methods in (BOTH, other.key))
    switch = dials.switch(
        settings, "view", disabled=not settings.shows(other) or settings.locks("methods"), on=on, off=off
    )
    label = _("Show {method}").format(method=method.title)
    return {**switch, "label": label, "help": label, "value": settings.shows(method)}


def surface(settings: Settings) -> None:
    """Choose the surface, which brings its start, steps and lrs, or one of the examples; what it shows, in a line."""
    titles = {key: _(found.title) for key, found in SURFACES.items()} | {TYPED: _("Your own f(x, y)")}
    left, right = st.columns([200, 90], gap="small")
    with left:
        choice(settings, "surface", titles, on_surface)
    with right:
        _examples()
    if settings.surface == TYPED and not session.hidden("f"):
        formula.show(settings)
    else:
        say.caption(_(settings.landscape().lesson))


def _examples() -> None:
    """A menu of experiments, each named by its point, one click away."""
    if session.hidden("examples"):
        return
    with _menu("examples", _("Examples")), st.container(gap="xxsmall"):
        for k, example in enumerate(EXAMPLES if st.session_state["examples_menu"] else ()):
            st.button(_(example.label), key=f"w_example_{k}", type="tertiary", on_click=_go, args=(example,))


def _go(example: Change) -> None:
    st.session_state["examples_menu"] = False
    before = session.settings()
    kept = {name: written(getattr(before, name)) for name in vars(Look()) if name != "t"}
    now = from_query({**kept, **example.query})[0]
    session.change(now)
    session.cue()


def methods(settings: Settings) -> None:
    """Choose a framework's RMSprop, and a third method beside the two."""
    if session.hidden("third"):
        dialect(settings)
        return
    left, right = st.columns([170, 120], gap="small")
    with right:
        titles = {"": _("+ a third")} | {key: found.title for key, found in THIRDS.items()}
        choice(settings, "third", titles, with_third)
    dialect(settings, left)


def dialect(settings: Settings, place: DeltaGenerator | None = None) -> None:
    """Choose a framework's RMSprop, which brings its switches and defaults; who that is, and what departs from it."""
    titles = {key: found.title for key, found in DIALECTS.items()}
    if departs(settings):
        titles[settings.dialect] = _("{dialect}, changed").format(dialect=titles[settings.dialect])
    with place or st.container():
        choice(settings, "dialect", titles, taken_dialect)
    say.caption(_(DIALECTS[settings.dialect].who))
    _chips(settings)


def taken_dialect(before: Settings, key: str) -> Settings:
    """Return the settings in a dialect, and say what it has brought."""
    now = followed(before, in_dialect(before, key))
    session.note(brought(before, now), now)
    return now


def _chips(settings: Settings) -> None:
    """What a button hides and departs from the plain experiment: each opens its control."""
    with st.container(horizontal=True, gap="xxsmall", key="chips"):
        for name, text in hidden(settings).items():
            st.button(text, key=f"w_chip_{name}", on_click=_open, args=(MENUS.get(name, "variant"),))


def _open(menu: str) -> None:
    st.session_state[f"{menu}_menu"] = True


def _menu(name: str, label: str) -> DeltaGenerator:
    if session.place():  # what a moment shows is to be used, and would open over its text
        return st.container()
    return st.popover(label, width="stretch", key=f"{name}_menu", on_change="rerun", disabled=session.locked(name))


def switch(settings: Settings, name: str, disabled: bool = False) -> None:
    """Turn one of the experiment's switches on or off; a number of 0 or 1 is one too."""
    if session.hidden(name):
        return
    setting, value = SETTINGS[name], getattr(settings, name)
    disabled = disabled or session.locked(name)
    bound = _bound(name, bool(value), lambda now, on: replace(now, **{name: type(value)(on)}))
    st.checkbox(_(setting.label), help=_(setting.help), disabled=disabled, **bound)


def menus(settings: Settings) -> None:
    """Variant, schedule and noise, side by side."""
    for place, menu in zip(st.columns(3, gap="small"), (variant, schedule, noise), strict=True):
        with place:
            menu(settings)


def variant(settings: Settings) -> None:
    """The switches that tell the frameworks' RMSprops apart, one click away."""
    if session.hidden("variant"):
        return
    with _menu("variant", _("Variant")):
        for name in ("eps_inside_sqrt", "lr_in_velocity", "sgd_lr_in_velocity", "nesterov"):
            switch(settings, name)
        switch(settings, "bias_correction", disabled=settings.centered)
        switch(settings, "initial_s")


def schedule(settings: Settings) -> None:
    """How lr changes with the steps, one click away."""
    if session.hidden("schedule"):
        return
    with _menu("schedule", _("Schedule")):
        choice(settings, "schedule", schedules(), lambda now, key: replace(now, schedule=key))
        say.caption(_(SETTINGS["schedule"].help))


def noise(settings: Settings) -> None:
    """Noise, mini-batches and seeds, one click away."""
    if session.hidden("noise"):
        return
    with _menu("noise", _("Noise")):
        for name in CHANCE:
            if SETTINGS[name].surface in ("", settings.surface):
                _number(name, getattr(settings, name))
        if settings.seeds > 1 and not settings.by_chance:
            say.caption(_("Without noise all seeds give the same run."))


def around(settings: Settings) -> None:
    """Weight decay and clipping, one click away."""
    if session.hidden("weight_decay"):
        return
    with _menu("around", _("Decay")):
        _number("weight_decay", settings.weight_decay)
        _number("clip", settings.clip)
        ways = {"norm": _("by its norm"), "value": _("each coordinate")}
        choice(settings, "clip_by", ways, lambda now, key: replace(now, clip_by=key))


def _bound(name: str, value: object, take: Callable[[Settings, Any], Settings]) -> dict[str, Any]:
    """Return what makes a widget show a value of the experiment, and change it as `take(settings, value)` says."""
    key = mirror(f"w_{name}", value)
    return {"key": key, "on_change": lambda: session.change(take(session.settings(), st.session_state[key]))}


def choice(settings: Settings, name: str, titles: Mapping[str, str], take: Callable[[Settings, str], Settings]) -> None:
    """Choose one of several, by what they are called; what stands around says what they are."""
    if session.hidden(name):
        return
    st.selectbox(
        _(SETTINGS[name].label),
        list(titles),
        format_func=titles.__getitem__,
        label_visibility="collapsed",
        disabled=session.locked(name),
        **_bound(name, getattr(settings, name), take),
    )


def _number(name: str, value: float) -> None:
    """A number to type; what cannot be taken is said right under it."""
    if session.hidden(name):
        return
    key, setting = f"w_{name}", SETTINGS[name]

    def take() -> None:
        session.change(*changed(session.settings(), {name: st.session_state[key]}))

    step: float = 1 if isinstance(value, int) else 0.5
    shape = "%d" if isinstance(value, int) else "%g"
    st.number_input(
        _(setting.label), key=mirror(key, value), on_change=take, help=_(setting.help), step=step, format=shape,
        disabled=session.locked(name),
    )  # fmt: skip
    for found in session.complaints():
        if found.name == name and not found.linked:
            say.error(complaint(found))


def pin() -> None:
    """Keep the present run beside the next ones."""
    held = session.settings().pin != ""
    help = _("Keep this run in grey beside the next ones, and read what a change does.")
    button("pin", _("Unpin") if held else _("Pin"), session.pin, help, type="primary" if held else "secondary")


def reset() -> None:
    """Back to the link that was opened, then to the surface's own settings."""
    help = _("Back to the first numbers of this surface.")
    if session.EXPERIMENT.by_link():
        help = _("Back to the link that was opened. Once more: to the first numbers of this surface.")
    button("reset", _("Reset"), lambda: session.EXPERIMENT.back(fresh(session.settings())), help)


def button(name: str, label: str, act: Callable[[], None], help: str | None = None, **look: Any) -> None:
    """A button of the page, as wide as its column."""
    if not session.hidden(name):
        st.button(
            label, key=f"w_{name}", on_click=act, width="stretch", help=help, disabled=session.locked(name), **look
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
