"""Two runs from one start: how far they part, when, and which of their settings it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from rmsprop_core.optimizers import Array
from rmsprop_core.runs.trajectory import Trajectory

Value = float | bool | str
Values = Mapping[str, Value]  # settings by their names
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
    """A setting in which two runs differ.

    `alone` is how far the first run moves if it takes this one from the second, `without` how far the two are still
    apart if this one alone stays as it is in the first.
    """

    name: str
    values: tuple[Value, Value]
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


def causes(first: Values, second: Values, made: Callable[[Values], Trajectory]) -> list[Cause]:
    """Return the settings in which two runs differ, that which moves the run most first.

    `made` makes the run of settings; it is called twice for each of them. One can depend on another: where `alone` is
    small and the distance without it is, too, only both together make it.
    """
    base = made(first)
    found = []
    for name in (name for name in first if first[name] != second[name]):
        try:
            alone = parting(base, made({**first, name: second[name]})).most
            without = parting(base, made({**second, name: first[name]})).most
        except ValueError:  # centered and bias correction exclude each other
            alone = without = np.nan
        found.append(Cause(name, (first[name], second[name]), alone, without))
    return sorted(found, key=lambda cause: -np.nan_to_num(cause.alone, nan=-1.0))
