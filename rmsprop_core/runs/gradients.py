"""The gradient that a run sees: exact, with seeded Gaussian noise, or of a mini-batch of patients.

A seed fixes the whole stream before the first step, so every method meets the same noise and the same batches,
and a run in an ensemble meets what it would meet alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.checks import check_whole, is_real
from rmsprop_core.optimizers import Array
from rmsprop_core.runs.loop import Gradient, watch
from rmsprop_core.surfaces import SURFACES, Surface, patients


def gradient(
    surface: Surface, steps: int, noise: float = 0.0, seeds: int | Sequence[int] = 0, batch: int | None = None
) -> Gradient:
    """Return gₜ as a function of t = 1 … steps and θₜ₋₁: of shape (2,) for one seed, (2, runs) for a sequence of them.

    `noise` is the standard deviation of the Gaussian noise on each coordinate, the stream that `trajectory.run` uses.
    `batch` is how many of the 442 patients each step sees, on the surface "bmi" alone.

    Raises:
        ValueError: names the argument, its value and its range.
    """
    check_whole("steps", steps, 0)
    for seed in seeds if isinstance(seeds, Sequence) else [seeds]:
        check_whole("seed", seed, 0)
    if not (is_real(noise) and 0 <= noise < np.inf):
        raise ValueError(f"noise must be finite and >= 0, not {noise!r}")

    def whole(t: int, theta: Array) -> Array:
        g = np.array(surface.grad(theta[0], theta[1]))
        g.flags.writeable = False  # nobody else has it: no step need copy it
        return g

    exact = whole if batch is None else _batched(surface, steps, seeds, batch)
    if not noise:
        return exact
    stream = float(noise) * _for_each(lambda seed: np.random.default_rng(seed).standard_normal((steps, 2)), seeds)

    def noisy(t: int, theta: Array) -> Array:
        return np.asarray((exact(t, theta).T + stream[t - 1].T).T)  # one seed: the same for all runs

    return noisy


def rows_seen(steps: int, seed: int, batch: int) -> NDArray[np.intp]:
    """Return which patients each step sees: row numbers, shape (steps, batch).

    Each epoch shuffles all patients and cuts them into batches; the few that are left over sit this epoch out.
    """
    everyone = len(patients()[0])
    each = everyone // batch
    epochs = -(-steps // each)
    order = np.argsort(np.random.default_rng((seed, int(batch))).random((epochs, everyone)), axis=1)
    return order[:, : each * batch].reshape(-1, batch)[:steps]


def _for_each(make: Callable[[int], Array], seeds: int | Sequence[int]) -> Array:
    """Return make(seed); of several seeds all, on a new last axis."""
    if not isinstance(seeds, Sequence):
        return make(seeds)
    made = []
    for seed in seeds:
        watch.get()()
        made.append(make(seed))
    return np.stack(made, axis=-1)


def _batched(surface: Surface, steps: int, seeds: int | Sequence[int], batch: int) -> Gradient:
    """Return the gradient of the mean of (w·bmi + b − y)² over a batch, from four means over the batch."""
    if surface.grad is not SURFACES["bmi"].grad:
        raise ValueError(f"batch must be None on a surface without data, not {batch!r}")
    check_whole("batch", batch, 1, len(patients()[0]))
    x, xx, y, xy = _for_each(lambda seed: _means(steps, seed, batch), seeds)

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
