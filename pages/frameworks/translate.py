"""One framework's settings in another's words: those that give the same path, or the nearest that there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.frameworks import compare
from pages.shared.model.constructors import FRAMEWORKS
from pages.shared.model.settings import Settings
from rmsprop_core import DIALECTS, run
from rmsprop_core.optimizers import RMSprop
from rmsprop_core.runs.parting import Parting, Values, parting

EXPONENTS = (-24.0, 6.0)  # of the ε that are tried, powers of ten
TRIED = 61  # ε at a time, side by side; then as many between the neighbours of the best


@dataclass(frozen=True)
class Translation:
    """The settings of another framework for a run: how its path parts from the run's, and what has no counterpart.

    `nearest` tells that ε is the one that comes nearest on this run: inside and outside the root no two are the same.
    """

    values: Values
    parts: Parting
    missing: tuple[str, ...]
    nearest: bool


def translated(settings: Settings, to: str) -> Translation:
    """Return the run of the first framework, written for the framework `to`."""
    mine = compare.values_of(settings, compare.sides(settings)[0])
    traj = settings.run(compare.made(mine))
    own = {**DIALECTS[to].settings, "decay": DIALECTS[to].decay, "norm_eps": DIALECTS[to].norm_eps}
    free = FRAMEWORKS[to].names if to in FRAMEWORKS else {name: name for name in vars(RMSprop())}
    has = {name: value if name in free or name not in own else own[name] for name, value in mine.items()}
    missing = tuple(name for name in mine if has[name] != mine[name])
    nearest = "eps_inside_sqrt" in missing and bool(mine["eps"])
    if nearest:
        has["eps"] = _nearest_eps(settings, has, traj.theta)
    return Translation(has, parting(traj, settings.run(compare.made(has))), missing, nearest)


def _nearest_eps(settings: Settings, values: Values, theta: np.ndarray) -> float:
    """Return the ε whose path goes least far from θ, of shape (T + 1, 2)."""
    low, high = EXPONENTS
    best = float(values["eps"])
    for _round in range(2):
        tried = np.append(10.0 ** np.linspace(low, high, TRIED), values["eps"])
        made = compare.made({**values, "eps": tried})
        start = np.repeat([[settings.x], [settings.y]], len(tried), axis=1)
        traj = run(made, settings.landscape(), start, settings.steps, seed=settings.seed, **settings.circumstances())
        n = min(len(theta), len(traj.theta))
        with np.errstate(all="ignore"):
            gaps = np.hypot(*np.moveaxis(traj.theta[:n] - theta[:n, :, None], 1, 0)).max(axis=0)
        best = float(tried[np.argmin(np.where(np.isfinite(gaps), gaps, np.inf))])
        width = (high - low) / (TRIED - 1)
        low, high = np.log10(best) - width, np.log10(best) + width
    return best
