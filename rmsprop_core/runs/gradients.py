"""The gradient that a run sees: exact, with seeded Gaussian noise, or of a mini-batch of patients.

A seed fixes the whole stream before the first step, so every method meets the same noise and the same batches,
and a run in an ensemble meets what it would meet alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.learn.tables import load_diabetes
from rmsprop_core.optimizers import Array
from rmsprop_core.runs.loop import Gradient
from rmsprop_core.surfaces import SURFACES, Surface


def gradient(
    surface: Surface, steps: int, noise: float = 0.0, seeds: int | Sequence[int] = 0, batch: int | None = None
) -> Gradient:
    """Return gₜ as a function of t = 1 … steps and θₜ₋₁: of shape (2,) for one seed, (2, runs) for a sequence of them.

    `noise` is the standard deviation of the Gaussian noise on each coordinate, the stream that `trajectory.run` uses.
    `batch` is how many of the 442 patients each step sees, on the surface "bmi" alone.

    Raises:
        ValueError: names the argument, its value and its range.
    """
    several = seeds if isinstance(seeds, Sequence) else [seeds]
    for name, value in [("steps", steps), *(("seed", seed) for seed in several)]:
        if not (_is_whole(value) and value >= 0):
            raise ValueError(f"{name} must be a whole number >= 0, not {value!r}")
    if not (isinstance(noise, Real) and not isinstance(noise, bool) and 0 <= noise < np.inf):
        raise ValueError(f"noise must be finite and >= 0, not {noise!r}")
    seeds = [int(seed) for seed in seeds] if isinstance(seeds, Sequence) else int(seeds)

    exact = _exact(surface) if batch is None else _batched(surface, steps, seeds, batch)
    if not noise:
        return exact
    disturbances = float(noise) * _streams(steps, seeds)

    def noisy(t: int, theta: Array) -> Array:
        return np.asarray((exact(t, theta).T + disturbances[t - 1].T).T)  # one seed: the same for all runs

    return noisy


def rows_seen(steps: int, seed: int, batch: int) -> NDArray[np.intp]:
    """Return which patients each step sees: row numbers, shape (steps, batch).

    Each epoch shuffles all patients and cuts them into batches; the few that are left over sit this epoch out.
    """
    everyone = len(patients()[0])
    _check_batch(batch)
    each = everyone // batch
    epochs = -(-steps // each)
    order = np.argsort(np.random.default_rng((seed, int(batch))).random((epochs, everyone)), axis=1)
    return order[:, : each * batch].reshape(-1, batch)[:steps]


@cache
def patients() -> tuple[Array, Array]:
    """Return bmi and progression of the 442 patients of Efron et al. (2004)."""
    data = load_diabetes()
    return data.X[:, data.names.index("bmi")], data.y


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _check_batch(batch: int) -> None:
    everyone = len(patients()[0])
    if not (_is_whole(batch) and 1 <= batch <= everyone):
        raise ValueError(f"batch must be a whole number in [1, {everyone}], not {batch!r}")


def _exact(surface: Surface) -> Gradient:
    def exact(t: int, theta: Array) -> Array:
        return np.array(surface.grad(theta[0], theta[1]))

    return exact


def _streams(steps: int, seeds: int | Sequence[int]) -> Array:
    """Return standard normal numbers, shape (steps, 2) for one seed, (steps, 2, runs) for several."""
    if isinstance(seeds, int):
        return np.random.default_rng(seeds).standard_normal((steps, 2))
    streams = np.empty((steps, 2, len(seeds)))
    for k, seed in enumerate(seeds):
        streams[..., k] = np.random.default_rng(seed).standard_normal((steps, 2))
    return streams


def _batched(surface: Surface, steps: int, seeds: int | Sequence[int], batch: int) -> Gradient:
    """Return the gradient of the mean of (w·bmi + b − y)² over a batch, from four means over the batch."""
    if surface.grad is not SURFACES["bmi"].grad:
        raise ValueError(f"batch must be None on a surface without data, not {batch!r}")
    _check_batch(batch)
    if isinstance(seeds, int):
        x, xx, y, xy = _means(steps, seeds, batch)
    else:
        x, xx, y, xy = np.stack([_means(steps, seed, batch) for seed in seeds], axis=-1)

    def batched(t: int, theta: Array) -> Array:
        w, b = theta
        return np.array((2 * (w * xx[t - 1] + b * x[t - 1] - xy[t - 1]), 2 * (w * x[t - 1] + b - y[t - 1])))

    return batched


def _means(steps: int, seed: int, batch: int) -> Array:
    """Return the means of bmi, bmi², progression and bmi·progression over each step's batch, shape (4, steps)."""
    bmi, progression = patients()
    columns = np.array((bmi, bmi * bmi, progression, bmi * progression))
    if batch == len(bmi):
        return np.repeat(columns.mean(axis=1, keepdims=True), steps, axis=1)
    return np.asarray(np.take(columns, rows_seen(steps, seed, batch), axis=1).sum(axis=-1) / batch)
