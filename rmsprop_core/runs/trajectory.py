"""Run an optimizer down a surface and keep every quantity of every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.family import Optimizer
from rmsprop_core.optimizers import Array, RMSprop, Step
from rmsprop_core.runs.gradients import gradient
from rmsprop_core.runs.loop import Event, is_finite, nonfinite, stacked, steps_from
from rmsprop_core.schedules import factor, scheduled
from rmsprop_core.surfaces import Surface

QUANTITIES = Step._fields[1:]
FAR, HIGH = 1e50, 1e150  # a θ, an f so large that what is not finite after it is put down to overflow


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A finished run of T steps; for runs side by side every array has one more, last axis.

    `theta` and `f` have T + 1 rows, row 0 being the start. The others have T; row t − 1 belongs to step t.
    `ended` is None where all steps were made, otherwise the Event at the first value that was not finite: the
    rows stop before it. Side by side, `ended` is a tuple, one entry a run, and the rows of a run after its end are NaN.
    `factors` (T,) is what a schedule multiplied lr by at each step; 1 where there is none.
    """

    optimizer: Optimizer
    surface: Surface
    theta: Array
    f: Array
    g: Array
    s: Array
    m: Array
    w: Array
    rms: Array
    u: Array
    v: Array
    delta: Array
    ended: Event | tuple[Event | None, ...] | None
    factors: Array | float = 1.0

    @property
    def steps(self) -> int:
        """T, the number of steps made (by the longest run)."""
        return len(self.g)

    @cached_property
    def lr(self) -> Array:
        """The lr that each step had, of shape (T,), or (T, runs) where the optimizer has one for each run."""
        return np.asarray(np.multiply.outer(np.broadcast_to(self.factors, self.steps), self.optimizer.lr))


def run(
    optimizer: Optimizer,
    surface: Surface,
    start: ArrayLike,
    steps: int = 100,
    noise: float = 0.0,
    seed: int = 0,
    *,
    schedule: str = "constant",
    batch: int | None = None,
) -> Trajectory:
    """Make `steps` steps from `start`, of shape (2,) or (2, runs); stop at the first value that is not finite.

    Nothing is clipped, clamped or rescaled. `noise` is the standard deviation of Gaussian noise added to each
    coordinate of each gradient; the same `seed` gives every method the same noise (common random numbers).
    `schedule` (schedules.py) changes lr from step to step; the Trajectory keeps the optimizer that was passed in.
    `batch` is how many of the 442 patients each step sees, on the surface "bmi" alone.

    Raises:
        ValueError: start is not finite or not of shape (2,) or (2, runs); any other argument is out of range.
    """
    gradient_at = gradient(surface, steps, noise, seed, batch)
    factors = factor(schedule, np.arange(1, steps + 1), steps)
    theta = starts(start)
    with np.errstate(all="ignore"):  # what is not finite is reported
        first = optimizer.start(theta)
        walk = [first, *steps_from(first, scheduled(optimizer, schedule, steps), gradient_at)]
        return _finished(optimizer, factors, surface, walk)


def alike(optimizer: Optimizer) -> Optimizer:
    """Return what optimizers have in common that `run_each` takes together: all but lr, and RMSprop's ρ and ε.

    Where the bias is corrected ρ stays too: a power need not round the same for one number and for many.
    """
    own = ("lr", "eps") if isinstance(optimizer, RMSprop) and optimizer.bias_correction else ("lr", "rho", "eps")
    return replace(optimizer, **{name: 0.0 for name in own if name in vars(optimizer)})


def run_each(
    optimizers: Sequence[Optimizer], surface: Surface, start: ArrayLike, steps: int = 100, *, schedule: str = "constant"
) -> list[Trajectory]:
    """Return the run of each optimizer, as `run` makes it, all made side by side, which takes less.

    They must be `alike`. `start` is of shape (2, runs).

    Raises:
        ValueError: they are not alike, or as `run`.
    """
    if len({alike(each) for each in optimizers}) != 1:
        raise ValueError(f"optimizers must differ in lr, rho and eps alone, not {optimizers!r}")
    numbers = {name: [getattr(each, name) for each in optimizers] for name in ("lr", "rho", "eps")
               if name in vars(optimizers[0])}  # fmt: skip
    apart = {name: np.array(values) for name, values in numbers.items() if len(set(values)) > 1}
    many = run(replace(optimizers[0], **apart), surface, start, steps, schedule=schedule)
    assert isinstance(many.ended, tuple)
    return [_alone(many, k, each, many.ended[k]) for k, each in enumerate(optimizers)]


def _alone(many: Trajectory, k: int, optimizer: Optimizer, ended: Event | None) -> Trajectory:
    """Return the k-th of runs side by side as a run of its own."""
    kept = max(ended.step, 1) if ended else len(many.f)
    rows = {name: getattr(many, name)[: kept - (name != "theta"), :, k].copy() for name in QUANTITIES}
    factors = np.asarray(many.factors)[: kept - 1]
    return Trajectory(optimizer, many.surface, f=many.f[:kept, k].copy(), **rows, ended=ended, factors=factors)


def starts(start: ArrayLike, *, many: bool = True) -> Array:
    """Return a start as float64, of shape (2,), or (2, runs) where there may be `many`.

    Raises:
        ValueError: it is not of this shape, or not made of finite numbers.
    """
    try:
        array = np.asarray(start)
    except ValueError:  # rows of unequal length
        array = np.empty(0)
    with np.errstate(over="ignore"):
        theta = array.astype(np.float64, order="C") if array.dtype.kind in "fiub" else np.empty(0)
    shaped = theta.shape == (2,) or (many and theta.ndim == 2 and len(theta) == 2 and theta.size > 0)
    if not (shaped and np.isfinite(theta).all()):
        raise ValueError(f"start must be two finite numbers{', or two rows of them' if many else ''}, not {start!r}")
    return theta


def _finished(optimizer: Optimizer, factors: Array, surface: Surface, walk: list[Step]) -> Trajectory:
    """Stack the steps and end each run before its first value that is not finite."""
    columns = stacked(walk)
    f = np.asarray(surface.f(columns.theta[:, 0], columns.theta[:, 1]))
    finite = np.isfinite(f) & is_finite(columns, axis=1)
    lengths = np.where(finite.all(0), len(walk), np.argmin(finite, axis=0))
    kept = max(int(np.max(lengths)), 1)  # the start is always there

    ends = tuple(_end(surface, columns, f, int(lengths[run]), (..., *run)) for run in np.ndindex(lengths.shape))
    if f.ndim > 1:
        over = np.arange(len(walk))[:, None] >= np.maximum(lengths, 1)
        f = np.where(over, np.nan, f)
        columns = Step(len(walk), *(np.where(over[:, None], np.nan, values) for values in columns[1:]))
    ended = ends if f.ndim > 1 else ends[0]
    rows = {name: getattr(columns, name)[name != "theta" : kept] for name in QUANTITIES}
    return Trajectory(optimizer, surface, f=f[:kept], **rows, ended=ended, factors=factors[: kept - 1])


def _end(surface: Surface, columns: Step, f: Array, length: int, run: Any) -> Event | None:
    """Return what ended a run at step `length`, or None where it made all; `run` is its place on the last axis."""
    if length == len(f):
        return None
    f = f[run]
    last = Step(length, *(values[length][run] for values in columns[1:]))
    before = columns.theta[max(length - 1, 0)][run]
    found = nonfinite(last)
    if found is None:
        far = before if length else np.array(surface.start)
        undefined = _is_undefined(surface, last.theta, far)
        numbers = {"f": float(f[length])} | (dict(zip("xy", last.theta.tolist(), strict=True)) if undefined else {})
        return Event("nonfinite", length, "undefined" if undefined else "overflow", numbers)
    g = found.numbers["g"]
    if not np.isfinite(g) and np.abs(before).max() < FAR and abs(f[length - 1]) < HIGH:
        return replace(found, cause="undefined", numbers={"g": g} | dict(zip("xy", before.tolist(), strict=True)))
    return found


def _is_undefined(surface: Surface, theta: Array, before: Array) -> bool:
    """Return whether f has no value at θ, and not only too large a one: from `before` on, f ends while it is small."""
    if np.abs(theta).max() >= FAR:
        return False
    good, bad, height = 0.0, 1.0, 0.0  # parts of the way from `before` to θ; the largest of f and its slopes at `good`
    while good < (middle := (good + bad) / 2) < bad:
        x, y = before + middle * (theta - before)
        values = np.abs((surface.f(x, y), *surface.grad(x, y)))
        if np.isfinite(values[0]):
            good, height = middle, float(values[np.isfinite(values)].max())
        else:
            bad = middle
    return height < HIGH
