"""One framework's settings in another's words: those that give the same path, or the nearest that there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.frameworks import compare
from pages.shared.model.constructors import FRAMEWORKS, label
from pages.shared.model.language import _
from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from rmsprop_core import DIALECTS, Trajectory, run
from rmsprop_core.optimizers import Array, RMSprop
from rmsprop_core.runs.parting import Parting, Values, parting

EXPONENTS = (-24.0, 6.0)  # of the ε that are tried, powers of ten
LARGEST = 308.0  # likewise, and of the least: float64 ends there
SEARCHED_STEPS = 1000  # of a run, at most, by which the nearest ε is chosen
TRIED = 61  # ε at a time, side by side; then as many between the neighbours of the best


@dataclass(frozen=True)
class Translation:
    """The settings of another framework for a run: how its path parts from the run's, and what has no counterpart.

    `missing` are the settings without one that move the path by more than rounding. `nearest` tells that ε is the one
    that comes nearest on this run: inside and outside the root no two are the same.
    """

    values: Values
    parts: Parting
    missing: tuple[str, ...]
    nearest: bool


def translated(settings: Settings, to: str) -> Translation:
    """Return the run of the first framework, written for the framework `to`."""
    mine = compare.values_of(settings, compare.sides(settings)[0])

    def ran(values: Values) -> Trajectory:
        return settings.run(compare.made(values))

    traj = ran(mine)
    own = {**DIALECTS[to].settings, "decay": DIALECTS[to].decay, "norm_eps": DIALECTS[to].norm_eps}
    free = FRAMEWORKS[to].names if to in FRAMEWORKS else {name: name for name in vars(RMSprop())}
    has = {name: value if name in free or name not in own else own[name] for name, value in mine.items()}
    but_root = {**has, "eps_inside_sqrt": mine["eps_inside_sqrt"]}
    nearest = but_root != has and bool(mine["eps"])
    if nearest:
        has["eps"] = _nearest_eps(settings, has, ran(but_root).theta)
    others = [name for name in mine if has[name] != mine[name] and name not in ("eps_inside_sqrt", "eps")]
    missing = tuple(name for name in others if parting(traj, ran({**mine, name: has[name]})).first is not None)
    return Translation(has, parting(traj, ran(has)), missing, nearest)


def in_words(found: Translation, to: str) -> str:
    """Return how good a translation is, in a sentence or two."""
    if found.parts.first is None and not found.parts.ended:
        return _("The same path, to rounding.")
    text = []
    if found.missing:
        which = _(" and ").join(map(label, found.missing))
        text.append(_("{framework} has another form of {which}.").format(framework=DIALECTS[to].title, which=which))
    if found.nearest:
        text.append(_("Inside and outside the root no two ε are the same; this one comes nearest on this run."))
    gap = _("The paths are at most {gap} apart, at step {step}.")
    return " ".join([*text, gap.format(gap=number(found.parts.most, 2), step=found.parts.step)])


def _nearest_eps(settings: Settings, values: Values, theta: Array) -> float:
    """Return the ε whose path goes least far from θ, of shape (T + 1, 2)."""
    low, high = EXPONENTS
    best, steps = float(values["eps"]), min(settings.steps, SEARCHED_STEPS)
    for _round in range(2):
        tried = np.append(10.0 ** np.linspace(low, high, TRIED), values["eps"])
        made = compare.made({**values, "eps": tried})  # type: ignore[dict-item]  # side by side
        start = np.repeat([[settings.x], [settings.y]], len(tried), axis=1)
        traj = run(made, settings.landscape(), start, steps, seed=settings.seed, **settings.circumstances())
        n = min(len(theta), len(traj.theta))
        with np.errstate(all="ignore"):
            gaps = np.hypot(*np.moveaxis(traj.theta[:n] - theta[:n, :, None], 1, 0)).max(axis=0)
        best = float(tried[np.argmin(np.where(np.isfinite(gaps), gaps, np.inf))])
        at, width = np.log10(best), (high - low) / (TRIED - 1)
        low, high = max(at - width, -LARGEST), min(at + width, LARGEST)
    return best
