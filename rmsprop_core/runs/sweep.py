"""A grid of runs at once, of which only the end is kept; and the rule that chooses a learning rate fairly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import exp, log, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_core.family import Optimizer
from rmsprop_core.optimizers import Array, Step
from rmsprop_core.runs.events import STALL_STEPS, LastSteps, inside_view, resting, swinging
from rmsprop_core.runs.gradients import gradient
from rmsprop_core.runs.loop import Gradient, is_finite, steps_from
from rmsprop_core.runs.trajectory import starts
from rmsprop_core.schedules import factor, scheduled
from rmsprop_core.surfaces import Surface

FATES = ("finished", "stalled", "cycle", "left", "nonfinite")
ASKED = ("f_in_view", "steps_to", "fate")  # what a sweep can tell beside final f and theta
FIELDS = {"fate": "fates"}  # where it stands under another name
CHUNK = 4096  # runs side by side: bounds the memory, and stays in the processor's cache
MARGIN = 0.15  # a fair lr is good over lr ± 15 %
DECADES = 8  # below the largest lr that are tried
RATIO = exp(log(1 + MARGIN) / 6)  # between neighbouring lrs
BELOW, ABOVE = 7, 6  # so many neighbours make lr − 15 % and lr + 15 %
FINER = 16  # so many times finer, every 0.15 %, the lrs are tried that count in the end


@dataclass(frozen=True)
class Sweep:
    """The ends of a grid of runs; all arrays have the grid's shape, one axis for each array in `axes`.

    `f` and `theta` (2, *shape) are the final values, NaN where the run ended at a value that is not finite.
    `f_in_view` is f at the last step before the run first left the view. `steps_to` is the first step with
    f − floor <= tolerance, −1 where there is none. `fate` is one of FATES, the last in their order that applies, and
    `fates` its index there.
    What was not asked for is None.
    """

    axes: Mapping[str, Array]
    f: Array
    theta: Array
    f_in_view: Array | None = None
    steps_to: NDArray[np.int64] | None = None
    fates: NDArray[np.uint8] | None = None

    @property
    def fate(self) -> NDArray[np.str_] | None:
        """How each run ended, in a word."""
        return None if self.fates is None else np.array(FATES)[self.fates]


@dataclass(frozen=True)
class FairLr:
    """The lr whose `worst` final f over lr ± 15 % is the smallest, and the `band` of lrs that are about as good.

    From 15 % below band[0] to 15 % above band[1] all lrs that were tried, one every 0.15 %, end at or below `good`: at
    most twice as high above the floor as the best (or a millionth of the start's height), and never less than 90 % of
    its descent; the latter alone where f has no floor. Of the lrs between them nothing is known: where a path is a
    matter of luck, as on Ackley's surface, one in a hundred may end higher. `lr` is None where no f is finite.
    """

    lr: float | None
    worst: float
    band: tuple[float, float]
    good: float


def sweep(
    method: Callable[..., Optimizer],
    surface: Surface,
    *,
    steps: int = 100,
    start: ArrayLike | None = None,
    tolerance: float = 1e-6,
    noise: float = 0.0,
    seed: int = 0,
    batch: int | None = None,
    schedule: str = "constant",
    asked: Collection[str] = ASKED,
    **settings: Any,
) -> Sweep:
    """Run `method` with every combination of the arrays in `settings`; a plain number or switch holds for all.

    `sweep(RMSprop, surface, lr=np.geomspace(1e-3, 1, 50), rho=np.array([0.5, 0.9]))` has shape (50, 2). Instead of
    settings the `start` can differ: of shape (2, runs), with plain settings, it gives the shape (runs,).
    Only what is `asked` beside f and theta is computed: the fates alone take as long as all the steps.

    Raises:
        ValueError: an array is not one-dimensional or empty, settings and starts both differ, or as `run`.
    """
    axes = {name: np.asarray(value, dtype=np.float64) for name, value in settings.items() if np.ndim(value)}
    for name, values in axes.items():
        if values.ndim != 1 or not values.size:
            raise ValueError(f"{name} must be a number or a row of at least one, not of shape {values.shape}")
    if not set(asked) <= set(ASKED):
        raise ValueError(f"asked must be of {', '.join(ASKED)}, not {asked!r}")
    points = starts(surface.start if start is None else start, many=not axes)
    gradient_at = gradient(surface, steps, noise, (seed,), batch)

    shape = tuple(len(values) for values in axes.values()) or points.shape[1:]
    runs = prod(shape)
    points = np.broadcast_to(points.reshape(2, -1), (2, runs))
    parts = []
    for first in range(0, runs, CHUNK):
        at = np.unravel_index(np.arange(first, min(first + CHUNK, runs)), shape) if axes else ()
        grid = {name: values[i] for (name, values), i in zip(axes.items(), at, strict=True)}
        optimizer = method(**{**settings, **grid})
        made_by = scheduled(optimizer, schedule, steps)
        here = points[:, first : first + CHUNK].copy()
        parts.append(_ends(optimizer, made_by, surface, here, gradient_at, tolerance, asked))
    ends = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
    return Sweep(axes, **{name: values.reshape((*values.shape[:-1], *shape)) for name, values in ends.items()})


def fair_lr(
    method: Callable[..., Optimizer],
    surface: Surface,
    steps: int = 100,
    start: ArrayLike | None = None,
    *,
    schedule: str = "constant",
    enough: float = np.inf,
    **fixed: Any,
) -> FairLr:
    """Return the lr that minimises the worst final f over lr ± 15 %, the first step staying inside the view.

    The search ends as soon as a final f of `enough` is known to be good: a closer look only raises what is.
    Where f is unbounded below the final f would reward the wildest run, so a run counts with its last f in the view.
    """
    point, bounded = starts(surface.start if start is None else start, many=False), surface.floor is not None
    top = largest_lr(method, surface, steps, point, schedule=schedule, **fixed)
    lrs: Array = top * np.power(RATIO, np.arange(-int(DECADES * log(10) / log(RATIO)), 1))

    def ends(lr: Array) -> Array:
        asked = () if bounded else ("f_in_view",)
        found = sweep(method, surface, steps=steps, start=point, schedule=schedule, asked=asked, lr=lr.ravel(), **fixed)
        f = np.asarray(found.f if bounded else found.f_in_view)
        return np.where(np.isfinite(f), f, np.inf).reshape(lr.shape)

    parts = np.power(RATIO, np.arange(1, FINER) / FINER)
    at = ends(lrs)
    between = np.full(len(lrs) - 1, at[0] if (at == at[0]).all() else -np.inf)  # the highest f between two, if known
    before = float(surface.f(*point))
    while True:  # look closer at the best and its band, until they stay what they are
        worst = np.maximum(_highest(at, BELOW + ABOVE + 1), _highest(between, BELOW + ABOVE))
        if not np.isfinite(worst).any():
            return FairLr(None, np.inf, (np.nan, np.nan), np.inf)
        best, low, high, good = _best(worst, before, surface.floor)
        if enough <= good:
            break
        near = np.arange(low, high + BELOW + ABOVE)
        near = near[np.isneginf(between[near])]
        if not near.size:
            break
        between[near] = ends(np.multiply.outer(lrs[near], parts)).max(axis=1)
    middle = lrs[BELOW : len(lrs) - ABOVE]
    return FairLr(float(middle[best]), float(worst[best]), (float(middle[low]), float(middle[high])), good)


def _highest(f: Array, width: int) -> Array:
    """Return the highest of each `width` neighbours."""
    return np.asarray(np.lib.stride_tricks.sliding_window_view(f, width).max(axis=1))


def _best(worst: Array, before: float, floor: float | None) -> tuple[int, int, int, float]:
    """Return the best index, the first and last of the band around it, and what is good."""
    best = int(np.argmin(worst))
    lowest = float(worst[best])
    slack = 0.1 * max(before - lowest, 0.0)
    if floor is not None:  # all that is at the floor, but for rounding, is equally good: take the middle
        there = _around(worst <= floor + max(lowest - floor, 1e-12 * (before - floor)), best)
        best = sum(there) // 2
        slack = min(slack, max(lowest - floor, 1e-6 * (before - floor)))
    return best, *_around(worst <= lowest + slack, best), lowest + slack


def largest_lr(
    method: Callable[..., Optimizer],
    surface: Surface,
    steps: int,
    start: ArrayLike,
    *,
    schedule: str = "constant",
    **fixed: Any,
) -> float:
    """Return the largest lr whose first step stays inside the view; 1 where there is no first step to speak of."""
    point = starts(start, many=False)
    gradient(surface, steps)  # which checks steps
    first = float(factor(schedule, 1, steps)) if steps else 1.0
    optimizer = method(lr=first, **fixed)
    with np.errstate(all="ignore"):
        delta = optimizer.step(optimizer.start(point), np.array(surface.grad(*point))).delta  # in proportion to lr
        low, high = np.array(surface.domain).T
        room = np.where(delta > 0, point - low, high - point) / np.abs(delta)
    room = room[np.isfinite(room) & (room > 0)]
    return float(room.min()) if room.size else 1.0


def _ends(
    optimizer: Optimizer,
    made_by: tuple[Optimizer, ...],
    surface: Surface,
    start: Array,
    gradient_at: Gradient,
    tolerance: float,
    asked: Collection[str],
) -> dict[str, NDArray[Any]]:
    """Run side by side and return final f and theta, and what of the rest is asked for."""
    runs = start.shape[1]
    goal = -np.inf if surface.floor is None else surface.floor + tolerance
    alive, inside = np.ones(runs, dtype=bool), inside_view(surface, start.T)
    least, most = start, start  # of each coordinate so far: whether a run has left the view is asked once, at its end
    steps_to = np.full(runs, -1)
    tail: list[Step] = []  # the last steps, enough to tell how the runs end
    with np.errstate(all="ignore"):
        f = f_in_view = np.broadcast_to(np.asarray(surface.f(*start), dtype=np.float64), runs)
        steps_to[f <= goal] = 0
        last = first = optimizer.start(start)
        for last in steps_from(first, made_by, gradient_at):
            f = np.asarray(surface.f(*last.theta))
            alive &= np.isfinite(f) & is_finite(last)
            if "f_in_view" in asked:
                inside &= inside_view(surface, last.theta.T)
                f_in_view = np.where(alive & inside, f, f_in_view)
            if "steps_to" in asked:
                steps_to[(steps_to < 0) & alive & (f <= goal)] = last.t
            if "fate" in asked:
                least, most = np.minimum(least, last.theta), np.maximum(most, last.theta)
                if last.t > len(made_by) - STALL_STEPS:
                    tail.append(last)
        fate = np.zeros(runs, dtype=np.uint8)  # an index into FATES
        if tail:
            rows = LastSteps(*(np.array([getattr(step, name) for step in tail]) for name in LastSteps._fields))
            made = made_by[last.t - len(tail) : last.t]
            lr = np.array([np.broadcast_to(each.lr, runs) for each in made])
            fate[resting(surface, rows.delta) >= STALL_STEPS] = FATES.index("stalled")
            fate[swinging(made[-1], surface, rows, lr)[0].any(axis=0)] = FATES.index("cycle")
    inside &= inside_view(surface, least.T) & inside_view(surface, most.T)
    fate[~inside] = FATES.index("left")
    fate[~alive] = FATES.index("nonfinite")
    ends = {"f": np.where(alive, f, np.nan), "theta": np.where(alive, last.theta, np.nan)}
    more = {"f_in_view": f_in_view, "steps_to": steps_to, "fate": fate}
    return ends | {FIELDS.get(name, name): more[name] for name in asked}


def _around(mask: NDArray[np.bool_], at: int) -> tuple[int, int]:
    """Return the first and last index of the stretch of True around `at`."""
    gaps = np.flatnonzero(~mask)
    low, high = gaps[gaps < at], gaps[gaps > at]
    return int(low[-1]) + 1 if low.size else 0, int(high[0]) - 1 if high.size else len(mask) - 1
