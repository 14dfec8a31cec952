"""Schedules of the learning rate: ηₜ = η · factor(t), the same shape for every method.

| kind           | factor at step t of T                        |
|----------------|----------------------------------------------|
| `constant`     | 1                                            |
| `step`         | 1, 0.1, 0.01 in the three thirds of the run  |
| `inverse_sqrt` | 1/√t                                         |
| `cosine`       | ½ (1 + cos π(t−1)/T), from 1 towards 0       |
| `warmup`       | t/W for the first W = ⌈T/10⌉ steps, then 1   |
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.gradients import gradient
from rmsprop_core.optimizers import SGD, Array, RMSprop, Step
from rmsprop_core.surfaces import Surface
from rmsprop_core.trajectory import Event, Trajectory, run

SCHEDULES = ("constant", "step", "inverse_sqrt", "cosine", "warmup")


def factor(kind: str, t: ArrayLike, steps: int) -> Array:
    """Return what lr is multiplied by at step `t` = 1 … `steps`; an array of steps gives an array.

    Raises:
        ValueError: kind is none of SCHEDULES, or a t is not in [1, steps].
    """
    t = np.asarray(t, dtype=np.float64)
    if kind not in SCHEDULES:
        raise ValueError(f"schedule must be one of {', '.join(SCHEDULES)}, not {kind!r}")
    if not np.all((t >= 1) & (t <= steps)):
        raise ValueError(f"t must be in [1, {steps}], not {t!r}")
    if kind == "step":
        return np.asarray(np.array([1.0, 0.1, 0.01])[(3 * (t - 1) // steps).astype(int)])
    if kind == "inverse_sqrt":
        return np.asarray(1 / np.sqrt(t))
    if kind == "cosine":
        return np.asarray(0.5 * (1 + np.cos(np.pi * (t - 1) / steps)))
    if kind == "warmup":
        return np.asarray(np.minimum(1, t / ceil(steps / 10)))
    return np.ones_like(t)


def scheduled(optimizer: RMSprop | SGD, schedule: str, steps: int) -> tuple[RMSprop | SGD, ...]:
    """Return the optimizer of each step: `optimizer` with lr · factor in place of lr."""
    if np.ndim(optimizer.lr):
        return _scheduled(optimizer, schedule, steps)
    try:
        return _remembered(optimizer, schedule, steps)
    except TypeError:  # another hyperparameter is an array, which has no hash
        return _scheduled(optimizer, schedule, steps)


def run_scheduled(
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
    """Run from `start`, of shape (2,), as `trajectory.run` does, with a schedule of lr and mini-batches.

    The Trajectory's `optimizer` is the one passed in: step t was made with lr · factor(schedule, t, steps).

    Raises:
        ValueError: as `trajectory.run`, and for an unknown schedule or a batch out of range.
    """
    made_by = scheduled(optimizer, schedule, steps)
    if schedule == "constant" and batch is None:
        return run(optimizer, surface, start, steps, noise, seed)
    gradient_at = gradient(surface, steps, noise, seed, batch)
    step = optimizer.start(start)
    if step.theta.shape != (2,) or not np.isfinite(step.theta).all():
        raise ValueError(f"start must be two finite numbers, not {start!r}")

    walk, ended = [step], None
    with np.errstate(all="ignore"):  # what is not finite is reported
        f = [np.float64(surface.f(*step.theta))]
        for t, optimizer_t in enumerate(made_by, 1):
            step = optimizer_t.step(step, gradient_at(t, step.theta))
            loss = np.float64(surface.f(*step.theta))
            ended = _not_finite(step, loss)
            if ended:
                break
            walk.append(step)
            f.append(loss)
    columns = {name: np.array([getattr(step, name) for step in walk[1:]]).reshape(-1, 2) for name in Step._fields[2:]}
    theta = np.array([step.theta for step in walk])
    return Trajectory(optimizer, surface, theta, np.array(f), **columns, ended=ended)


def _not_finite(step: Step, loss: np.float64) -> Event | None:
    """Return the Event of the first quantity of the step, in the order computed, that is not finite."""
    if np.isfinite(step[2:]).all() and np.isfinite(step.theta).all() and np.isfinite(loss):
        return None
    for name in (*Step._fields[2:], "theta"):
        values = getattr(step, name)
        bad = ~np.isfinite(values)
        if bad.any():
            i = int(np.argmax(bad))
            g, rms = float(step.g[i]), float(step.rms[i])
            cause = "overflow" if rms != 0 else "zero_over_zero" if g == 0 else "over_zero"
            return Event("nonfinite", step.t, cause, {"g": g, "rms": rms, name: float(values[i])}, i)
    return Event("nonfinite", step.t, "overflow", {"f": float(loss)})


def _scheduled(optimizer: RMSprop | SGD, schedule: str, steps: int) -> tuple[RMSprop | SGD, ...]:
    factors = factor(schedule, np.arange(1, steps + 1), steps) if steps else np.ones(0)
    kinds = {float(part): replace(optimizer, lr=optimizer.lr * float(part)) for part in np.unique(factors)}
    return tuple(kinds[float(part)] for part in factors)


_remembered = lru_cache(maxsize=16)(_scheduled)  # a dragged start asks for the same ones each time
