"""Fair lrs: each method has one that is good for what it runs on, by the core's one rule; what a change brings."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from math import cos, inf, nan, radians, sin
from threading import RLock
from typing import Any

import numpy as np

from pages.shared.model import budget
from pages.shared.model.fields import Complaint, changed
from pages.shared.model.language import _
from pages.shared.model.methods import METHODS, RMSPROP, THIRD, Method
from pages.shared.model.numbers import number
from pages.shared.model.once import once
from pages.shared.model.settings import PLACE, Settings
from rmsprop_core import Optimizer, fair_lr, run, stretched, sweep
from rmsprop_core.runs.sweep import FairLr

LIVE = 300  # steps; the search of a longer run waits until the hand lets go
SAME = 1e-6  # so near are two paths that are called the same
RATES = (*(f"{method.prefix}lr" for method in METHODS.values()), f"{THIRD}_lr")


def turned(settings: Settings, values: Mapping[str, object], most: float = inf) -> tuple[Settings, list[Complaint]]:
    """Return the settings after dials were turned, with all that follows, and what could not be taken."""
    now, complaints = changed(settings, values)
    if now.angle != settings.angle and not values.keys() & {"x", "y"}:
        now = _start_turned(now, now.angle - settings.angle)
    if "fair" not in values and any(getattr(now, name) != getattr(settings, name) for name in RATES):
        now = replace(now, fair=False)
    return followed(settings, now, most), complaints


def followed(before: Settings, now: Settings, most: float = inf) -> Settings:
    """Return the settings with fair lrs where these are wanted and something else has changed: a good one stays.

    Runs of more than `most` steps keep theirs. A start alone brings no other lr: its path follows the hand. Noise is
    left out of the search. Where the search would be too much work, the lrs are no longer fair ones.
    """
    if not now.fair or now.steps > most or (before.fair and _searched(before) == _searched(now)):
        return now
    return fairly(now) if budget.searched(now) else replace(now, fair=False)


def fairly(settings: Settings) -> Settings:
    """Return the settings with an lr for each method that is good: the one it has, else the fair one, if there is."""
    place = _place(settings)
    lrs: dict[str, Any] = {}
    for method in settings.methods():
        end = _end(method.optimizer, place)
        found = _search(replace(method.optimizer, lr=0.0), place, end)
        if not end <= found.good and found.lr is not None:
            lrs[f"{method.prefix}lr"] = float(f"{found.lr:.3g}")
    return replace(settings, **lrs)


def unfair(settings: Settings) -> list[Method]:
    """Return the methods on show whose lr is far from good where nobody has asked for fair ones, and f has a floor.

    Far: ten times as much is left to go as with a fair lr, and 1 % of the way or more.
    """
    surface, place = settings.landscape(), _place(settings)
    if settings.fair or settings.steps > LIVE or surface.floor is None:
        return []
    much = 0.01 * float(surface.f(np.array(settings.x), np.array(settings.y)) - surface.floor)
    left = {method: _end(method.optimizer, place) - surface.floor for method in settings.seen()}
    return [
        method
        for method, above in left.items()
        if not above <= much
        and not above <= 10 * (_search(replace(method.optimizer, lr=0.0), place).good - surface.floor)
    ]


def same_path(before: Settings, now: Settings) -> str:
    """Return why RMSprop's path has stayed while κ was turned, where it is that of the round bowl."""
    if before.kappa == now.kappa or now.surface != "stretched" or before.lr != now.lr:
        return ""
    rmsprop, kappa = RMSPROP.as_set(now).optimizer, before.kappa if now.kappa == 1 else 1.0
    one, other = (
        run(rmsprop, surface, (now.x, now.y), now.steps, schedule=now.schedule).theta
        for surface in (now.landscape(), stretched(kappa, now.angle))
    )
    if one.shape != other.shape or not np.abs(one - other).max() <= SAME:
        return ""
    said = _(
        "RMSprop's path is the same as with κ = {kappa}: where the bowl is κ times as steep, "
        "g and rms both carry the factor κ, and it cancels."
    ).format(kappa=number(kappa))
    if before.sgd_lr != now.sgd_lr:
        lrs = {"before": number(before.sgd_lr), "now": number(now.sgd_lr)}
        said += " " + _("SGD's lr has to follow κ: {before} → {now}.").format(**lrs)
    return said


def _start_turned(settings: Settings, angle: float) -> Settings:
    """Return the settings with the start turned by an angle about the minimum: as high as before, and in the view."""
    c, s = cos(radians(angle)), sin(radians(angle))
    x, y = c * settings.x - s * settings.y, s * settings.x + c * settings.y
    return replace(settings, x=float(f"{x:.6g}"), y=float(f"{y:.6g}"))


def _place(settings: Settings) -> Settings:
    """Return the settings with all but the place of a run as in the first picture."""
    return replace(Settings(), **{name: getattr(settings, name) for name in PLACE})


def _searched(settings: Settings) -> tuple[object, ...]:
    """Return all that fair lrs are searched for but the start."""
    return (replace(_place(settings), x=0.0, y=0.0), *(replace(each.optimizer, lr=0.0) for each in settings.methods()))


_searching = RLock()  # two at once would take twice as long each, and leave less to everybody else


@once(512)
def _search(optimizer: Optimizer, place: Settings, enough: float = inf) -> FairLr:
    own = {name: value for name, value in vars(optimizer).items() if name != "lr"}
    start = (place.x, place.y)
    shared: dict[str, Any] = {"schedule": place.schedule, "enough": enough}
    one_at_a_time = nullcontext() if budget.in_line.get() else _searching  # all wait for a line: it waits for no script
    with budget.alone(place, budget.RUNS) if place.steps > LIVE else one_at_a_time:
        return fair_lr(type(optimizer), place.landscape(), place.steps, start, **shared, **own)


@once(512)
def _end(optimizer: Optimizer, place: Settings) -> float:
    """Return how low a run ends, as the search counts it: NaN where it came to a value that is not finite."""
    surface, start = place.landscape(), (place.x, place.y)
    if surface.floor is not None:  # the very run that is shown, where it is
        traj = place.run(optimizer)
        return nan if traj.ended else float(traj.f[-1])
    shared: dict[str, Any] = {"schedule": place.schedule, "asked": ("f_in_view",), **vars(optimizer)}
    return float(np.asarray(sweep(type(optimizer), surface, steps=place.steps, start=start, **shared).f_in_view))
