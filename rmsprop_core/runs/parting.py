"""Two runs from one start: how far they part, when, and which of their settings it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rmsprop_core.optimizers import Array, RMSprop
from rmsprop_core.runs.trajectory import Trajectory

ROUNDING = 1e-10  # of the largest |θ| so far: within it two runs are the same to rounding


class Parting(NamedTuple):
    """How two runs part: the largest distance, of which step, and the first step with more than rounding, if any.

    Where one of them has ended before, it counts to there; `ended` says so.
    """

    most: float
    step: int
    first: int | None
    ended: bool


class Cause(NamedTuple):
    """A setting in which two optimizers differ.

    `alone` is how far the first run moves if it takes this one from the second, `without` how far the two are still
    apart if this one alone stays as it is in the first.
    """

    name: str
    values: tuple[float, float]
    alone: float
    without: float


def apart(a: Trajectory, b: Trajectory) -> Array:
    """Return |θ − θ′| at each step that both have, shape (T + 1,)."""
    n = min(len(a.theta), len(b.theta))
    with np.errstate(all="ignore"):
        return np.asarray(np.hypot(*(a.theta[:n] - b.theta[:n]).T))


def parting(a: Trajectory, b: Trajectory) -> Parting:
    """Return how two runs from one start part."""
    gaps = apart(a, b)
    n = len(gaps)
    scale = np.maximum.accumulate(np.maximum(np.abs(a.theta[:n]).max(axis=1), np.abs(b.theta[:n]).max(axis=1)))
    over = gaps > ROUNDING * scale
    step = int(np.argmax(gaps))
    ended = len(a.theta) != len(b.theta)
    return Parting(float(gaps[step]), step, int(np.argmax(over)) if over.any() else None, ended)


def causes(first: RMSprop, second: RMSprop, made: Callable[[RMSprop], Trajectory]) -> list[Cause]:
    """Return the settings in which two optimizers differ, that which moves the run most first.

    `made` runs an optimizer; it is called twice for each of them. One can depend on another: where `alone` is small and
    the distance without it is, too, only both together make it.
    """
    pair = (first, second)
    names = [name for name in vars(first) if getattr(first, name) != getattr(second, name)]
    base = made(first)
    found = []
    for name in names:
        values = tuple(getattr(each, name) for each in pair)
        try:
            alone = parting(base, made(replace(first, **{name: values[1]}))).most
            without = parting(base, made(replace(second, **{name: values[0]}))).most
        except ValueError:  # centered and bias correction exclude each other
            alone = without = np.nan
        found.append(Cause(name, (float(values[0]), float(values[1])), alone, without))
    return sorted(found, key=lambda cause: -np.nan_to_num(cause.alone, nan=-1.0))
