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

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.family import Optimizer
from rmsprop_core.optimizers import Array

SHAPES: Mapping[str, Callable[[Array, int], Array]] = {
    "constant": lambda t, _: np.ones_like(t),
    "step": lambda t, steps: np.array([1.0, 0.1, 0.01])[(3 * (t - 1) // steps).astype(int)],
    "inverse_sqrt": lambda t, _: 1 / np.sqrt(t),
    "cosine": lambda t, steps: 0.5 * (1 + np.cos(np.pi * (t - 1) / steps)),
    "warmup": lambda t, steps: np.minimum(1, t / ceil(steps / 10)),
}
SCHEDULES = tuple(SHAPES)


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
    return np.asarray(SHAPES[kind](t, steps))


def scheduled(optimizer: Optimizer, schedule: str, steps: int) -> tuple[Optimizer, ...]:
    """Return the optimizer of each step: `optimizer` with lr · factor in place of lr."""
    if schedule == "constant":
        return (optimizer,) * steps
    try:
        return _remembered(optimizer, schedule, steps)
    except TypeError:  # a hyperparameter is an array, which has no hash
        return _scheduled(optimizer, schedule, steps)


def _scheduled(optimizer: Optimizer, schedule: str, steps: int) -> tuple[Optimizer, ...]:
    factors = factor(schedule, np.arange(1, steps + 1), steps)
    kinds = {float(part): replace(optimizer, lr=optimizer.lr * float(part)) for part in np.unique(factors)}
    return tuple(kinds[float(part)] for part in factors)


_remembered = lru_cache(maxsize=8)(_scheduled)  # a dragged start asks for the same ones each time
