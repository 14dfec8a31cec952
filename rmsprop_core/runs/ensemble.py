"""The same run with many seeds at once: what is luck and what is the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.family import Optimizer
from rmsprop_core.optimizers import Array
from rmsprop_core.runs.gradients import gradient
from rmsprop_core.runs.loop import is_finite, steps_from
from rmsprop_core.runs.trajectory import starts
from rmsprop_core.schedules import scheduled
from rmsprop_core.surfaces import Surface

MOST_SEEDS = 200
ROWS = 500  # of f at once: a typed f keeps each of its parts


@dataclass(frozen=True)
class Ensemble:
    """T steps of one run for each of `seeds`: theta (T + 1, 2, runs) and f (T + 1, runs), row 0 being the start.

    `length` (runs,) is how many steps each run made before its first value that was not finite; its later rows are
    NaN. `median`, `low` and `high` (T + 1,) are f's median and 10 % and 90 % quantiles over the runs; a run that has
    ended counts as +∞, or as −∞ where f was falling without bound.
    """

    seeds: tuple[int, ...]
    theta: Array
    f: Array
    length: Array
    median: Array
    low: Array
    high: Array


def ensemble(
    optimizer: Optimizer,
    surface: Surface,
    start: ArrayLike,
    steps: int = 100,
    noise: float = 0.0,
    seeds: Sequence[int] = range(MOST_SEEDS),
    *,
    schedule: str = "constant",
    batch: int | None = None,
) -> Ensemble:
    """Run once for each seed, all side by side; each is the run that `run` makes with that seed.

    Raises:
        ValueError: as `run`, and for no seed or more than MOST_SEEDS.
    """
    if not 1 <= len(seeds) <= MOST_SEEDS:
        raise ValueError(f"seeds must be 1 to {MOST_SEEDS} whole numbers, not {len(seeds)}")
    gradient_at = gradient(surface, steps, noise, tuple(seeds), batch)
    point = starts(start, many=False)

    first = optimizer.start(np.repeat(point[:, None], len(seeds), axis=1))
    theta = np.full((steps + 1, *first.theta.shape), np.nan)
    finite = np.ones((steps + 1, len(seeds)), dtype=bool)
    theta[0] = first.theta
    with np.errstate(all="ignore"):
        for step in steps_from(first, scheduled(optimizer, schedule, steps), gradient_at):
            theta[step.t], finite[step.t] = step.theta, is_finite(step)
        parts = (theta[at : at + ROWS] for at in range(0, steps + 1, ROWS))
        f = np.concatenate([np.asarray(surface.f(part[:, 0], part[:, 1]), dtype=np.float64) for part in parts])
    alive = np.logical_and.accumulate(finite & np.isfinite(f), axis=0)
    alive[0] = True
    f[~alive], theta[~np.repeat(alive[:, None], 2, axis=1)] = np.nan, np.nan
    length = alive.sum(axis=0) - 1
    low, median, high = _quantiles(f, length, (0.1, 0.5, 0.9))
    return Ensemble(tuple(int(seed) for seed in seeds), theta, f, length, median, low, high)


def _quantiles(f: Array, length: Array, shares: tuple[float, ...]) -> Array:
    """Return quantiles over the runs at each step, between neighbours in proportion; infinite where a neighbour is."""
    last = f[length, np.arange(f.shape[1])]
    known = np.where(np.isnan(f), np.where(last < f[0], -np.inf, np.inf), f)
    below, above = (np.quantile(known, shares, axis=1, method=side) for side in ("lower", "higher"))
    part = (np.array(shares) * (f.shape[1] - 1) % 1)[:, None]
    with np.errstate(invalid="ignore"):
        return np.where((below == above) | (part == 0), below, below + part * (above - below))
