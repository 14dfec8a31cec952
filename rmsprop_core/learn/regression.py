"""Linear regression trained by any optimizer on mini-batches, beside the exact answer.

θ has shape (d + 1,): the d weights, then the intercept b. The loss is the mean of the squared errors,
L(θ) = mean (Xw + b − y)², so L is a quadratic and least squares knows its floor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.checks import check_whole
from rmsprop_core.family import Optimizer
from rmsprop_core.learn.tables import LARGEST, Rows, checked_features, checked_table, mean_square, scaling, with_ones
from rmsprop_core.optimizers import Array, Step
from rmsprop_core.runs.loop import Event, is_finite, nonfinite, stacked, steps_from

KEPT = 1_000_000  # so many numbers a quantity: beyond that the single steps are not kept by default


# The exact answer


class Optimum(NamedTuple):
    """The least-squares solution θ* and its loss, the floor."""

    theta: Array
    loss: float


def least_squares(X: ArrayLike, y: ArrayLike) -> Optimum:
    """Solve by the singular values of the standardised columns; among equals the smallest standardised weights."""
    X, y = checked_table(X, y)
    scale, mean = scaling(X), y.mean()
    Z = scale.apply(X)
    w = np.linalg.lstsq(Z, y - mean)[0]
    error = Z @ w + mean - y
    return Optimum(scale.unscale(np.append(w, mean)), float(np.mean(error * error)))


def condition(X: ArrayLike) -> float:
    """Return κ, the ratio of the largest to the smallest curvature of the loss; inf where a direction is flat."""
    A = with_ones(checked_features(X))
    sigma = np.linalg.svd(A, compute_uv=False)
    flat = len(A) < A.shape[1] or sigma[-1] <= sigma[0] * max(A.shape) * np.finfo(np.float64).eps
    return np.inf if flat else float((sigma[0] / sigma[-1]) ** 2)


def predict(X: Array, theta: Array) -> Array:
    """Return Xw + b, shape (n,)."""
    return np.asarray(X @ theta[:-1] + theta[-1])


def losses(X: ArrayLike, y: ArrayLike, theta: Array) -> Array:
    """Return L of each row of `theta`, shape (k, d + 1) -> (k,): a whole path at once."""
    X, y = checked_table(X, y)
    A, block = with_ones(X), max(1, KEPT // len(X))
    blocks = [A @ theta[k : k + block].T - y[:, None] for k in range(0, len(theta), block)]
    return np.concatenate([np.mean(error * error, axis=0) for error in blocks])


# Training


class Epoch(NamedTuple):
    """What is known after an epoch; epoch 0 is the start.

    `step` is the last step made, so step.theta, .rms and .g (of its mini-batch) are there; `loss` is that of all
    training rows at step.theta. `walk` are the epoch's steps, or empty where they are not kept. `ended` is the record
    of the first value that was not finite; the epoch then holds what came before it.
    """

    epoch: int
    step: Step
    loss: float
    test_loss: float | None
    walk: tuple[Step, ...]
    ended: Event | None


def batches(n: int, batch: int, seed: int, epoch: int) -> list[Rows]:
    """Return all n rows in a random order, `batch` at a time (the last may be short); the order is (seed, epoch)'s."""
    order = np.random.default_rng((seed, epoch)).permutation(n)
    return [order[k : k + batch] for k in range(0, n, batch)]


def random_start(d: int, seed: int) -> Array:
    """Return θ₀ of shape (d + 1,), standard normal."""
    return np.random.default_rng(seed).standard_normal(d + 1)


def train(
    optimizer: Optimizer,
    X: ArrayLike,
    y: ArrayLike,
    epochs: int = 100,
    batch: int = 32,
    seed: int = 0,
    *,
    test: tuple[ArrayLike, ArrayLike] | None = None,
) -> Iterator[Epoch]:
    """Yield the start, then an Epoch after each epoch; stop asking for more and the training is stopped.

    Every optimizer gets the same start and the same mini-batches in the same order from the same seed. Nothing is
    clipped: the first value that is not finite ends the training, as a record. Batches of 32 are the default for
    any n: an epoch of 100,000 rows still takes about a tenth of a second, and no setting changes with the data.
    The single steps are kept where a quantity of all of them has at most KEPT numbers.

    Raises:
        ValueError: a table is empty, ragged, not finite or too large for squares; epochs, batch or seed is bad.
    """
    features, target = checked_table(X, y)
    for name, value, least in (("epochs", epochs, 0), ("batch", batch, 1), ("seed", seed, 0)):
        check_whole(name, value, least)
    A, tested = with_ones(features), None if test is None else checked_table(*test)
    start = optimizer.start(random_start(features.shape[1], seed))
    kept = epochs * -(-len(A) // batch) * start.theta.size <= KEPT

    @np.errstate(all="ignore")  # what is not finite is reported, below
    def after(epoch: int, step: Step, walk: Sequence[Step] = (), ended: Event | None = None) -> Epoch:
        error = A @ step.theta - target
        test_loss = None if tested is None else float(np.mean((predict(tested[0], step.theta) - tested[1]) ** 2))
        return Epoch(epoch, step, mean_square(error), test_loss, tuple(walk), ended)

    def training() -> Iterator[Epoch]:
        now = after(0, start)
        yield now
        for epoch in range(1, epochs + 1):
            before, rows = now.step, batches(len(A), batch, seed, epoch)
            with np.errstate(all="ignore"):
                walk: list[Step] = []
                last = before
                for last in _steps(optimizer, before, A, target, rows):
                    if kept:
                        walk.append(last)
                now = after(epoch, last, walk)
                # One look an epoch: neither θ nor s, m, w ever come back from what is not finite.
                if not (is_finite(now.step) and np.isfinite(now.loss)):
                    walk, ended = _until_the_end(_steps(optimizer, before, A, target, rows), A, target)
                    now = after(epoch, walk[-1] if walk else before, walk if kept else (), ended)
            yield now
            if now.ended:
                return

    return training()


def _steps(optimizer: Optimizer, before: Step, A: Array, y: Array, rows: Sequence[Rows]) -> Iterator[Step]:
    def gradient(t: int, theta: Array) -> Array:
        batch = rows[t - before.t - 1]
        a = A[batch]
        return np.asarray(2 / len(batch) * ((a @ theta - y[batch]) @ a))  # g = 2 mean (error · x)

    return steps_from(before, repeat(optimizer, len(rows)), gradient)


def _until_the_end(steps: Iterator[Step], A: Array, y: Array) -> tuple[list[Step], Event | None]:
    """Return the steps before the first value that is not finite, and its record."""
    walk: list[Step] = []
    reach, far = np.abs(A).max(), np.abs(y).max()
    for step in steps:
        if not is_finite(step):
            return walk, nonfinite(step)
        if reach * np.abs(step.theta).sum() + far > LARGEST and not np.isfinite(f := mean_square(A @ step.theta - y)):
            return walk, Event("nonfinite", step.t, "overflow", {"f": f})
        walk.append(step)
    return walk, None


# What came of it


@dataclass(frozen=True)
class History:
    """Epochs side by side, time first: rows 0 … E, row 0 being the start; `test_loss` is NaN where there is no test.

    `steps` holds θ, of T + 1 rows, and g, s, m, w, rms, u, v, delta, of T, of every single step made (where none was,
    the start alone); it is empty where the steps were not kept.
    """

    loss: Array
    test_loss: Array
    theta: Array
    rms: Array
    steps: Mapping[str, Array]
    ended: Event | None
    last: tuple[Step, ...]


def history(epochs: Sequence[Epoch]) -> History:
    """Stack what `train` has yielded so far, one epoch at least."""
    last = tuple(epoch.step for epoch in epochs)
    walk = [step for epoch in epochs for step in epoch.walk]
    return History(
        loss=np.array([epoch.loss for epoch in epochs]),
        test_loss=np.array([np.nan if epoch.test_loss is None else epoch.test_loss for epoch in epochs]),
        theta=np.array([step.theta for step in last]),
        rms=np.array([step.rms for step in last]),
        steps=columns_of([last[0], *walk]) if walk or last[-1].t == 0 else {},
        ended=epochs[-1].ended,
        last=last,
    )


def columns_of(steps: Sequence[Step]) -> dict[str, Array]:
    """Return the quantities of steps, time first: θ of all, the others of all but the first."""
    columns = stacked(steps)._asdict()
    return {name: values[name != "theta" :] for name, values in columns.items() if name != "t"}
