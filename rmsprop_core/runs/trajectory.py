"""Run an optimizer down a surface and keep every quantity of every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.optimizers import SGD, Array, RMSprop, Step
from rmsprop_core.runs.gradients import gradient
from rmsprop_core.schedules import factor, scheduled
from rmsprop_core.surfaces import Surface

QUANTITIES = Step._fields[1:]
FAR, HIGH = 1e50, 1e150  # a θ, an f so large that what is not finite after it is put down to overflow
LOOK = 32  # so often a run looks whether it has ended: looking costs half as much as a step


@dataclass(frozen=True)
class Event:
    """Something that happened in a run: kind, first step, cause, the numbers behind it. Pages turn it into words.

    | kind        | causes                                                        |
    |-------------|---------------------------------------------------------------|
    | `nonfinite` | zero_over_zero, over_zero, undefined, overflow                |
    | `left`      | start, unstable, downhill, centered, narrow, kick, momentum   |
    | `cycle`     | adapted, limit                                                |
    | `stalled`   | minimum, flat, lr, steps                                      |

    `coordinate` is 0 for x, 1 for y, None where it is not about one of them.
    """

    kind: str
    step: int
    cause: str
    numbers: Mapping[str, float]
    coordinate: int | None = None


@dataclass(frozen=True)
class Trajectory:
    """A finished run of T steps; for runs side by side every array has one more, last axis.

    `theta` and `f` have T + 1 rows, row 0 being the start. The others have T; row t − 1 belongs to step t.
    `ended` is None where all steps were made, otherwise the Event at the first value that was not finite: the
    rows stop before it. Side by side, `ended` is a tuple, one entry a run, and the rows of a run after its end are NaN.
    `factors` (T,) is what a schedule multiplied lr by at each step; 1 where there is none.
    """

    optimizer: RMSprop | SGD
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

    @property
    def lr(self) -> Array:
        """The lr that each step had, of shape (T,), or (T, runs) where the optimizer has one for each run."""
        return np.asarray(np.multiply.outer(np.broadcast_to(self.factors, self.steps), self.optimizer.lr))


def run(
    optimizer: RMSprop | SGD,
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
    constant = schedule == "constant"
    made_by = repeat(optimizer, steps) if constant else scheduled(optimizer, schedule, steps)
    factors = 1.0 if constant else factor(schedule, np.arange(1, steps + 1), steps)
    step = optimizer.start(starts(start))
    walk = [step]
    with np.errstate(all="ignore"):  # what is not finite is reported, below
        for t, optimizer_t in enumerate(made_by, 1):
            step = optimizer_t.step(step, gradient_at(t, step.theta))
            walk.append(step)
            if t % LOOK == 1 and not np.isfinite(step.theta).all(axis=0).any():
                break  # all runs have ended
        return _finished(optimizer, factors, surface, walk)


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
        theta = array.astype(np.float64) if array.dtype.kind in "fiub" else np.empty(0)
    shaped = theta.shape == (2,) or (many and theta.ndim == 2 and len(theta) == 2 and theta.size > 0)
    if not (shaped and np.isfinite(theta).all()):
        raise ValueError(f"start must be two finite numbers{', or two rows of them' if many else ''}, not {start!r}")
    return theta


def _finished(optimizer: RMSprop | SGD, factors: Array | float, surface: Surface, walk: list[Step]) -> Trajectory:
    """Stack the steps and end each run before its first value that is not finite."""
    _, *rows_of = zip(*walk, strict=True)  # without t
    shape = (len(walk), *walk[0].theta.shape)  # time first
    columns = {  # np.concatenate(rows), five times as fast
        name: np.frombuffer(bytearray().join(rows)).reshape(shape)
        for name, rows in zip(QUANTITIES, rows_of, strict=True)
    }
    f = np.asarray(surface.f(columns["theta"][:, 0], columns["theta"][:, 1]))
    finite = np.isfinite(f)
    for values in columns.values():
        finite = finite & np.isfinite(values).all(axis=1)
    lengths = np.where(finite.all(0), len(walk), np.argmin(finite, axis=0))
    kept = max(int(np.max(lengths)), 1)  # the start is always there

    if f.ndim == 1:
        ended: Event | tuple[Event | None, ...] | None = _end(surface, columns, f, int(lengths))
    else:
        alone = [{name: values[..., k] for name, values in columns.items()} for k in range(f.shape[1])]
        ended = tuple(_end(surface, alone[k], f[:, k], int(length)) for k, length in enumerate(lengths))
        over = np.arange(len(walk))[:, None] >= np.maximum(lengths, 1)
        f = np.where(over, np.nan, f)
        columns = {name: np.where(over[:, None], np.nan, values) for name, values in columns.items()}
    rows = {name: values[1:kept] for name, values in columns.items() if name != "theta"}
    factors = factors[: kept - 1] if isinstance(factors, np.ndarray) else factors
    return Trajectory(optimizer, surface, columns["theta"][:kept], f[:kept], **rows, ended=ended, factors=factors)


def _end(surface: Surface, columns: Mapping[str, Array], f: Array, length: int) -> Event | None:
    """Return what ended the run at step `length`: the first quantity that is not finite, in the order computed."""
    if length == len(f):
        return None
    theta = columns["theta"]
    order = ("g", "s", "m", "w", "rms", "u", "v", "delta", "theta")
    for name in order:
        bad = ~np.isfinite(columns[name][length])
        if bad.any():
            i = int(np.argmax(bad))
            g, rms = float(columns["g"][length, i]), float(columns["rms"][length, i])
            if name == "g" and np.abs(theta[length - 1]).max() < FAR and abs(f[length - 1]) < HIGH:
                return Event("nonfinite", length, "undefined", {"g": g, **_place(theta[length - 1])}, i)
            cause = "overflow" if rms != 0 else "zero_over_zero" if g == 0 else "over_zero"
            numbers = {"g": g, "rms": rms, name: float(columns[name][length, i])}
            return Event("nonfinite", length, cause, numbers, i)
    numbers = {"f": float(f[length])}
    if _is_undefined(surface, theta[length], theta[length - 1] if length else np.array(surface.start)):
        return Event("nonfinite", length, "undefined", numbers | _place(theta[length]))
    return Event("nonfinite", length, "overflow", numbers)


def _place(theta: Array) -> dict[str, float]:
    return {"x": float(theta[0]), "y": float(theta[1])}


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
