"""From the settings to what the player shows: run the methods, many seeds of them, and what is pinned beside them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.shared.model import budget
from pages.shared.model.link import pinned
from pages.shared.model.methods import Method, Run
from pages.shared.model.settings import Settings
from pages.shared.model.story import story
from pages.shared.model.verdicts import many_seeds, verdict
from pages.shared.model.words import comparison
from pages.shared.wire.bundle import Exhibit
from pages.shared.wire.head import Formulas
from rmsprop_core import Ensemble, Optimizer, ensemble, events
from rmsprop_core.explain.mathml import math
from rmsprop_core.explain.walkthrough import update
from rmsprop_core.schedules import factor

CLOUD_STEPS = 1_000  # above, the paths of many seeds travel as every k-th step


def outcomes(settings: Settings) -> list[Run]:
    """Run the methods that are to be seen, once, with the first seed."""
    return [Run(each, settings.run(each.optimizer)) for each in settings.seen()]


def ensembles(settings: Settings) -> list[tuple[Method, Ensemble]]:
    """Run the methods once for each seed within the budget, where there are several and they matter."""
    if settings.seeds == 1 or not settings.by_chance:
        return []
    seeds = range(settings.seed, settings.seed + budget.seeds(settings))
    surface, start, shared = settings.landscape(), (settings.x, settings.y), settings.circumstances()
    with budget.alone(settings, len(seeds)):
        return [
            (each, ensemble(each.optimizer, surface, start, settings.steps, seeds=seeds, **shared))
            for each in settings.seen()
        ]


def exhibit(settings: Settings) -> Exhibit:
    """Return what the player shows of the experiment.

    The paths of what is pinned stay beside it where the surface is the same, or a bowl with another κ, but for those
    that are on show anyway; what differs is said under the verdict.
    """
    pin = pinned(settings)
    runs, clouds = outcomes(settings), ensembles(settings)
    found = [events(traj) for _method, traj in runs]
    line = many_seeds(clouds, settings) if clouds else verdict(runs, settings, found)
    before = outcomes(pin) if pin else []
    pairs = [(old, new) for old in before for new in runs if old.method.title == new.method.title]
    there = pin is not None and surface_key(replace(pin, kappa=settings.kappa)) == surface_key(settings)
    again = {old.method.key for old, new in pairs if np.array_equal(old.traj.theta, new.traj.theta, equal_nan=True)}
    beside = [old for old in before if there and old.method.key not in again]
    columns: dict[str, NDArray[Any]] = {}
    for method, cloud in clouds:
        columns |= _cloud_columns(method.key, cloud, settings.landscape().floor or 0.0)
    for prefix, of, shown in (("", settings, runs), ("pinned_", pin or settings, beside)):
        if of.schedule != "constant":
            factors = factor(of.schedule, np.arange(1, of.steps + 1), of.steps)
            columns |= {
                f"{prefix}{run.method.key}.lr": float(run.traj.optimizer.lr) * factors[: run.traj.steps]
                for run in shown
            }
    note = comparison(pin, settings, pairs) if pin else ""
    return Exhibit(
        settings.landscape(),
        surface_key(settings),
        runs,
        settings.steps,
        settings.clock(),
        line,
        extra={
            "note": note,
            "movable": True,
            "seed": settings.seed if clouds else None,
            "story": [] if clouds else story(runs, settings, found),
            "formulas": [_formulas(each, settings.schedule != "constant") for each, _traj in runs],
        },
        columns=columns,
        pinned=beside,
    )


def _formulas(method: Method, schedule: bool) -> Formulas:
    optimizer = method.optimizer  # its formulas depend on which of its numbers are 0, and no more
    numbers = {name: 0.5 * (value > 0) for name, value in vars(optimizer).items() if type(value) is float and value < 1}
    lines = _lines(replace(optimizer, **numbers), schedule)
    return {"title": method.title, "colour": method.key, "prefix": method.prefix, "lines": lines}


@lru_cache(maxsize=64)
def _lines(optimizer: Optimizer, schedule: bool) -> list[str]:
    return [math(line.formula) for line in update(optimizer, schedule=schedule)]


def surface_key(settings: Settings) -> str:
    """Return what tells this surface from every other one."""
    own = f":{settings.kappa:g}:{settings.angle:g}" if settings.surface == "stretched" else ""
    return settings.surface + own + (f":{settings.f}" if settings.f else "") + settings.domain


def _cloud_columns(key: str, cloud: Ensemble, floor: float) -> dict[str, NDArray[Any]]:
    """Return the paths, a seed after the other and x before y, and the loss's median and 10-90 % band."""
    stride = -(-len(cloud.theta) // CLOUD_STEPS)
    with np.errstate(over="ignore"):  # a path beyond float32 is infinite, and the player's line ends there
        paths = cloud.theta[::stride].transpose(2, 1, 0).astype(np.float32)
    bands = {"median": cloud.median, "low": cloud.low, "high": cloud.high}
    return {f"{key}.cloud": paths} | {f"{key}.{name}": values - floor for name, values in bands.items()}
