"""What is computed by hand: three steps of the present run from the clock on, and of the same run from other starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pages.shared.model.budget import alone
from pages.shared.model.language import _
from pages.shared.model.settings import Settings
from pages.shared.wire.experiment import outcomes
from pages.step_by_step.walk import Walked, walked
from rmsprop_core import Surface
from rmsprop_core.explain.digits import digits
from rmsprop_core.explain.mathml import SIGNS
from rmsprop_core.explain.walkthrough import Walk
from rmsprop_core.optimizers import Array

STEPS = 3
VERSIONS = "ABCDEF"
LEAST, MOST = 1e-4, 1e8  # a number to compute by hand is 0, or between them
TRIES = 60  # starts that are looked at


class Exercise(NamedTuple):
    """Steps of a run that can be computed by hand, one after the other, and why others are left out."""

    version: str
    run: Walked
    walks: tuple[Walk, ...]
    left_out: str = ""


@lru_cache(maxsize=4)
def exercises(settings: Settings) -> tuple[Exercise, ...]:
    """Return versions A to F: the run on show, and five from other starts that ask for the same steps."""
    run = walked(settings)
    found = [exercise(run, settings.clock())]
    asked = [walk.after.t for walk in found[0].walks]
    enough = asked[-1] if asked and settings.schedule == "constant" else settings.steps
    with alone(settings, TRIES):
        for x, y in _starts(run.traj.surface, run.traj.theta[0]) if asked else ():
            moved = replace(settings, x=x, y=y, steps=enough).seeing(run.method.key)
            other = exercise(Walked(*outcomes(moved)[0]), asked[0], VERSIONS[len(found)])
            if [walk.after.t for walk in other.walks] == asked:
                found.append(other)
            if len(found) == len(VERSIONS):
                break
    return tuple(found)


def exercise(run: Walked, t: int, version: str = VERSIONS[0]) -> Exercise:
    """Return up to STEPS steps in a row, from t on or as near to it as numbers can be computed by hand."""
    names = [line.quantity for line in run.pattern().lines if line.quantity != "s_hat"]
    traj = run.traj
    sizes = np.abs([traj.theta[1:] if name == "theta" else getattr(traj, name) for name in names])
    unfit = (sizes != 0) & ~((sizes >= LEAST) & (sizes < MOST))  # (quantity, step, coordinate)
    fit = ~unfit.any(axis=(0, 2)) & traj.g.any(axis=1)
    wanted = max(1, min(t, traj.steps - STEPS + 1))
    for length in range(min(STEPS, traj.steps), 0, -1):
        firsts = 1 + np.flatnonzero(np.lib.stride_tricks.sliding_window_view(fit, length).all(axis=1))
        if len(firsts):
            first = int(min(firsts, key=lambda k: (k < wanted, abs(k - wanted))))
            walks = tuple(run.at(step) for step in range(first, first + length))
            skipped = first != wanted or length < min(STEPS, traj.steps)
            return Exercise(version, run, walks, _why(run, names, unfit, wanted) if skipped else "")
    return Exercise(version, run, (), _why(run, names, unfit, wanted))


def _why(run: Walked, names: list[str], unfit: NDArray[np.bool_], wanted: int) -> str:
    """Return which step from `wanted` on is left out, and the number that is the reason."""
    bad = np.argwhere(unfit[:, wanted - 1 :].transpose(1, 0, 2))
    if not len(bad):
        return _("The gradient is 0: no step is to be computed.") if run.traj.steps else ""
    k, q, i = bad[0]
    walk, name = run.at(wanted + int(k)), names[q]
    value = digits(float(getattr(walk.after, name)[i]), name)
    return _("Step {t} is left out: {symbol} of {axis} is {value} there, no number to compute by hand.").format(
        t=walk.after.t, symbol=SIGNS[name].text, axis=walk.surface.variables[i], value=value
    )


def _starts(surface: Surface, own: Array) -> Iterator[tuple[float, float]]:
    """Yield points of few digits, evenly spread in the inner part of the view (Roberts' R2 sequence).

    None is near a minimum, and none mirrors `own` or another: on an even surface they would have the same numbers.
    """
    low, high = np.array(surface.domain).T
    unit = 10.0 ** np.floor(np.log10((high - low) / 20))
    used = [np.abs(own)]
    for k in range(1, TRIES + 1):
        share = (0.5 + k * np.array([0.7548776662466927, 0.5698402909980532])) % 1
        whole = np.round((low + (0.1 + 0.8 * share) * (high - low)) / unit)
        start = np.array([float(f"{value:.12g}") for value in whole * unit])
        near = any((np.abs(start - minimum) < (high - low) / 8).all() for minimum in surface.minima)
        if not near and not np.isclose(used, np.abs(start)).any():
            used.append(np.abs(start))
            yield float(start[0]), float(start[1])
