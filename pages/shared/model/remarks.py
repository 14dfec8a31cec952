"""What a turn of a dial has done beside what the hand has set: the lrs that followed, and the run without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pages.shared.model.fairness import LIVE, followed, same_path
from pages.shared.model.language import _
from pages.shared.model.methods import METHODS, RMSPROP
from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from pages.shared.model.verdicts import height
from rmsprop_core import DIALECTS, RMSprop, Trajectory, run

SEEN = 1e-3  # of the view: paths so near each other are one in the picture
NEAR = 1.1  # so many times what ε makes of it alone, rms is about that


def remark(before: Settings, now: Settings) -> str:
    """Return what is to be said after a turn; what is pinned says the lrs and the rest itself."""
    if now.pin:
        return same_path(before, now)
    parts = [same_path(before, now) or _brought(before, now)]
    parts += [beside(now, name) for name in without(now) if getattr(before, name) != getattr(now, name)]
    return " ".join(filter(None, parts))


def _brought(before: Settings, now: Settings) -> str:
    """Return which lrs are fair ones now that were others before."""
    if not now.fair:
        return ""
    of = {f"{method.prefix}lr": method.title for method in METHODS.values()}
    changes = [
        _("{who}'s η from {before} to {now}").format(who=who, before=number(old), now=number(new))
        for name, who in of.items()
        if (old := getattr(before, name)) != (new := getattr(now, name))
    ]
    return _("Fair lr took {changes}.").format(changes=_(" and ").join(changes)) if changes else ""


def without(settings: Settings) -> Mapping[str, Any]:
    """Return which of centered, μ and ε are not the plain ones, and those."""
    plain = {"centered": False, "momentum": 0.0, "eps": DIALECTS[settings.dialect].settings.get("eps", Settings.eps)}
    return {name: value for name, value in plain.items() if getattr(settings, name) != value}


def rival(settings: Settings, name: str) -> Settings:
    """Return the settings without centered, μ or ε, with the lr that is fair for that where fair ones are wanted."""
    return followed(settings, replace(settings, **{name: without(settings)[name]}))


def beside(settings: Settings, name: str) -> str:
    """Return what centered, μ or ε does to the end of RMSprop, and why, by running it without."""
    if settings.by_chance or not 0 < settings.steps <= LIVE or not settings.shows(RMSPROP):
        return ""
    other = rival(settings, name)
    one, plain = (_path(each) for each in (settings, other))
    if one.ended or plain.ended:
        return ""
    sides = {"centered": _("Centered"), "momentum": _("With μ = {value}"), "eps": _("With ε = {value}")}
    others = {"centered": _("uncentered"), "momentum": _("with μ = {value}"), "eps": _("with ε = {value}")}
    n = {
        "this": sides[name].format(value=number(getattr(settings, name))),
        "other": others[name].format(value=number(getattr(other, name))),
    }
    if other.lr != settings.lr:
        n["other"] += _(" (and η = {lr})").format(lr=number(other.lr))
    sizes = np.ptp(np.array(one.surface.domain), axis=1)
    if other.lr == settings.lr and (np.abs(one.theta - plain.theta) <= SEEN * sizes).all():
        return _("{this}, RMSprop goes the same way as {other}, to what can be seen.").format(**n)
    n |= {"height": height(one), "height0": height(plain), "why": _why(one, plain, name)}
    return _("{this}, RMSprop ends at {height}, {other} at {height0}, because {why}.").format(**n)


def _why(one: Trajectory, plain: Trajectory, name: str) -> str:
    """Return what is different in the run with centered, μ or ε, as measured."""
    optimizer = one.optimizer
    if name == "momentum" or not isinstance(optimizer, RMSprop):
        long, short = _longest(one), _longest(plain)
        said = _("v adds steps up: its longest is {long}, the other's {short}")
        if long <= short:
            said = _("its longest step is only {long}, the other's {short}")
        return said.format(long=number(long), short=number(short))
    if name == "centered":
        moved = one.s > 0
        share = np.divide(one.s - one.w, one.s, out=np.zeros_like(one.s), where=moved)
        return _("m² takes up to {part} % off s: a smaller divisor, a longer step").format(
            part=number(100 * float(share.max()), 2)
        )
    about = float(np.sqrt(optimizer.eps) if optimizer.eps_inside_sqrt else optimizer.eps)
    if (one.rms <= NEAR * about).all() and float(optimizer.lr):
        return _("ε is so large that rms stays near {rms}: RMSprop steps as SGD would with lr = {lr}").format(
            rms=number(about), lr=number(float(optimizer.lr) / about)
        )
    return _("its divisor rms never falls below {rms}, the other's falls to {rms0}").format(
        rms=number(float(one.rms.min())), rms0=number(float(plain.rms.min()))
    )


def _longest(traj: Trajectory) -> float:
    return float(np.hypot(*traj.delta.T).max())


def _path(settings: Settings) -> Trajectory:
    optimizer = RMSPROP.as_set(settings).optimizer
    return run(optimizer, settings.landscape(), (settings.x, settings.y), settings.steps, schedule=settings.schedule)
