"""Linear regression trained by any optimizer on mini-batches, beside the exact answer.

θ has shape (d + 1,): the d weights, then the intercept b. The loss is the mean of the squared errors,
L(θ) = mean (Xw + b − y)², so L is a quadratic and least squares knows its floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_core.optimizers import SGD, Array, RMSprop, Step
from rmsprop_core.surfaces import N_, Surface
from rmsprop_core.trajectory import Event, Trajectory

Rows = NDArray[np.intp]
LARGEST = 1e150  # in a table: a larger number has no finite square
KEPT = 1_000_000  # so many numbers a quantity: beyond that the single steps are not kept by default


# Data


class Data(NamedTuple):
    """A table: features X (n, d) under their names, and the target y (n,)."""

    X: Array
    y: Array
    names: tuple[str, ...]
    target: str


def load_diabetes() -> Data:
    """Return the 442 patients of Efron et al. (2004): ten features in their own units, disease progression."""
    with files("rmsprop_core").joinpath("diabetes.csv").open() as csv:
        *names, target = csv.readline().strip().split(",")
        table = np.loadtxt(csv, delimiter=",")
    return Data(table[:, :-1], table[:, -1], tuple(names), target)


@dataclass(frozen=True)
class Scaling:
    """Mean and standard deviation of each column; `constant` are the columns that have no spread to divide by."""

    mean: Array
    sd: Array
    constant: tuple[int, ...]

    def apply(self, X: Array) -> Array:
        """Return (X − mean) / sd; a constant column becomes 0, so that its weight is never moved."""
        Z = (X - self.mean) / self.sd
        Z[:, self.constant] = 0
        return Z

    def unscale(self, theta: Array) -> Array:
        """Return the θ that says of X what `theta`, of shape (..., d + 1), says of apply(X)."""
        w = theta[..., :-1] / self.sd
        return np.concatenate([w, theta[..., -1:] - (w * self.mean).sum(axis=-1, keepdims=True)], axis=-1)


def scaling(X: ArrayLike) -> Scaling:
    """Measure the columns of X (n, d)."""
    X = _features(X)
    mean, sd = X.mean(axis=0), X.std(axis=0)
    constant = (np.ptp(X, axis=0) == 0) | (sd == 0)
    return Scaling(mean, np.where(constant, 1, sd), tuple(int(k) for k in np.flatnonzero(constant)))


def split(n: int, test: float, seed: int) -> tuple[Rows, Rows]:
    """Return the rows to train on and the rows to test on, a share `test` of all n, each in ascending order.

    Raises:
        ValueError: test is not in [0, 1), or leaves no row to train on.
    """
    held = round(n * test) if 0 <= test < 1 else n
    if not held < n:
        raise ValueError(f"test must be in [0, 1) and leave a row of {n} to train on, not {test!r}")
    order = np.random.default_rng(seed).permutation(n)
    return np.sort(order[held:]), np.sort(order[:held])


# The exact answer


class Optimum(NamedTuple):
    """The least-squares solution θ*, its loss (the floor), and the rank: d + 1 unless columns are collinear."""

    theta: Array
    loss: float
    rank: int


def least_squares(X: ArrayLike, y: ArrayLike) -> Optimum:
    """Solve by the singular values of the standardised columns; among equals the smallest standardised weights."""
    X, y = _table(X, y)
    scale, mean = scaling(X), y.mean()
    Z = scale.apply(X)
    w, _, rank, _ = np.linalg.lstsq(Z, y - mean)
    error = Z @ w + mean - y
    return Optimum(scale.unscale(np.append(w, mean)), float(np.mean(error * error)), int(rank) + 1)


def condition(X: ArrayLike) -> float:
    """Return κ, the ratio of the largest to the smallest curvature of the loss; inf where a direction is flat."""
    A = _with_ones(_features(X))
    sigma = np.linalg.svd(A, compute_uv=False)
    flat = len(A) < A.shape[1] or sigma[-1] <= sigma[0] * max(A.shape) * np.finfo(np.float64).eps
    return np.inf if flat else float((sigma[0] / sigma[-1]) ** 2)


def predict(X: Array, theta: Array) -> Array:
    """Return Xw + b, shape (n,)."""
    return np.asarray(X @ theta[:-1] + theta[-1])


def losses(X: ArrayLike, y: ArrayLike, theta: Array) -> Array:
    """Return L of each row of `theta`, shape (k, d + 1) -> (k,): a whole path at once."""
    X, y = _table(X, y)
    A, block = _with_ones(X), max(1, KEPT // len(X))
    blocks = [A @ theta[k : k + block].T - y[:, None] for k in range(0, len(theta), block)]
    return np.concatenate([np.mean(error * error, axis=0) for error in blocks])


# Training


class Epoch(NamedTuple):
    """What is known after an epoch; epoch 0 is the start.

    `step` is the last step made, so step.theta, .rms and .g (of its mini-batch) are there; `loss` and `gradient`
    are those of all training rows at step.theta. `walk` are the epoch's steps, or empty where they are not kept.
    `ended` is the record of the first value that was not finite; the epoch then holds what came before it.
    """

    epoch: int
    step: Step
    loss: float
    test_loss: float | None
    gradient: Array
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
    optimizer: RMSprop | SGD,
    X: ArrayLike,
    y: ArrayLike,
    epochs: int = 100,
    batch: int = 32,
    seed: int = 0,
    *,
    start: ArrayLike | None = None,
    test: tuple[ArrayLike, ArrayLike] | None = None,
    keep_steps: bool | None = None,
) -> Iterator[Epoch]:
    """Yield the start, then an Epoch after each epoch; stop asking for more and the training is stopped.

    Every optimizer gets the same start and the same mini-batches in the same order from the same seed. Nothing is
    clipped: the first value that is not finite ends the training, as a record. Batches of 32 are the default for
    any n: an epoch of 100,000 rows still takes about a tenth of a second, and no setting changes with the data.
    `keep_steps` by default: where a quantity of all steps has at most a million numbers.

    Raises:
        ValueError: a table is empty, ragged, not finite or too large for squares; epochs, batch, seed or start is bad.
    """
    X, y = _table(X, y)
    for name, value, least in (("epochs", epochs, 0), ("batch", batch, 1), ("seed", seed, 0)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} must be a whole number >= {least}, not {value!r}")
    first = optimizer.start(random_start(X.shape[1], seed) if start is None else start)
    if first.theta.shape != (X.shape[1] + 1,) or not np.isfinite(first.theta).all():
        raise ValueError(f"start must be {X.shape[1] + 1} finite numbers, the weights and b, not {start!r}")
    tested = None if test is None else _table(*test)
    if keep_steps is None:
        keep_steps = epochs * -(-len(X) // batch) * first.theta.size <= KEPT
    return _train(optimizer, _with_ones(X), y, epochs, batch, seed, first, tested, keep_steps)


def _train(
    optimizer: RMSprop | SGD,
    A: Array,
    y: Array,
    epochs: int,
    batch: int,
    seed: int,
    step: Step,
    test: tuple[Array, Array] | None,
    keep_steps: bool,
) -> Iterator[Epoch]:
    @np.errstate(all="ignore")  # what is not finite is reported, below
    def after(epoch: int, step: Step, walk: Sequence[Step] = (), ended: Event | None = None) -> Epoch:
        error = A @ step.theta - y
        test_loss = None if test is None else float(np.mean((predict(test[0], step.theta) - test[1]) ** 2))
        return Epoch(epoch, step, _mean_square(error), test_loss, 2 / len(y) * (error @ A), tuple(walk), ended)

    yield after(0, step)
    for epoch in range(1, epochs + 1):
        rows = batches(len(y), batch, seed, epoch)
        with np.errstate(all="ignore"):
            walk: list[Step] = []
            last = step
            for last in _steps(optimizer, step, A, y, rows):
                if keep_steps:
                    walk.append(last)
            now = after(epoch, last, walk)
            if not (_is_finite(now.step) and np.isfinite(now.loss)):  # neither θ nor s, m, w ever come back from there
                walk, ended = _until_the_end(step, _steps(optimizer, step, A, y, rows), A, y)
                now = after(epoch, walk[-1] if walk else step, walk if keep_steps else (), ended)
        yield now
        if now.ended:
            return
        step = now.step


def _steps(optimizer: RMSprop | SGD, step: Step, A: Array, y: Array, rows: Iterable[Rows]) -> Iterator[Step]:
    for batch in rows:
        a = A[batch]
        step = optimizer.step(step, 2 / len(batch) * ((a @ step.theta - y[batch]) @ a))  # g = 2 mean (error · x)
        yield step


def _until_the_end(step: Step, steps: Iterator[Step], A: Array, y: Array) -> tuple[list[Step], Event | None]:
    """Return the steps before the first value that is not finite, and its record."""
    walk: list[Step] = []
    reach, far = np.abs(A).max(), np.abs(y).max()
    for step in steps:
        if not _is_finite(step):
            return walk, _end(step)
        if reach * np.abs(step.theta).sum() + far > LARGEST and not np.isfinite(f := _mean_square(A @ step.theta - y)):
            return walk, Event("nonfinite", step.t, "overflow", {"f": f})
        walk.append(step)
    return walk, None


def _end(step: Step) -> Event:
    """Return the record of the first quantity of `step` that is not finite, in the order computed; as run() does."""
    for name in ("g", "s", "m", "w", "rms", "u", "v", "delta", "theta"):
        values = getattr(step, name)
        if not np.isfinite(values).all():
            break
    i = int(np.argmin(np.isfinite(values)))
    g, rms = float(step.g[i]), float(step.rms[i])
    cause = "overflow" if rms != 0 else "zero_over_zero" if g == 0 else "over_zero"
    return Event("nonfinite", step.t, cause, {"g": g, "rms": rms, name: float(values[i])}, i)


def _is_finite(step: Step) -> bool:
    return all(np.isfinite(values).all() for values in step[1:])


# What came of it


@dataclass(frozen=True)
class History:
    """Epochs side by side, time first: rows 0 … E, row 0 being the start; `test_loss` is NaN where there is no test.

    `steps` holds θ, of T + 1 rows, and g, s, m, w, rms, u, v, delta, of T, of every single step made; it is empty
    where the steps were not kept.
    """

    loss: Array
    test_loss: Array
    theta: Array
    rms: Array
    gradient: Array
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
        gradient=np.array([epoch.gradient for epoch in epochs]),
        steps=_columns([last[0], *walk]) if walk else {},
        ended=epochs[-1].ended,
        last=last,
    )


def on_slice(optimizer: RMSprop | SGD, trained: History, surface: Surface, i: int, j: int) -> Trajectory:
    """Return the run as coordinates i and j see it: a Trajectory over `surface`, whose f is the slice's height.

    A row is a step; where the steps were not kept, it is the last step of an epoch, and the θ of two rows differ by
    the steps of a whole epoch.
    """
    columns = {name: values[:, [i, j]] for name, values in (trained.steps or _columns(trained.last)).items()}
    f = np.asarray(surface.f(columns["theta"][:, 0], columns["theta"][:, 1]))
    ended = trained.ended
    if ended is not None and ended.coordinate is not None:
        ended = replace(ended, coordinate={i: 0, j: 1}.get(ended.coordinate))
    return Trajectory(optimizer, surface, f=f, **columns, ended=ended)


def _columns(steps: Sequence[Step]) -> dict[str, Array]:
    names = Step._fields[1:]
    shape = (-1, steps[0].theta.size)
    return {name: np.array([getattr(step, name) for step in steps[name != "theta" :]]).reshape(shape) for name in names}


def loss_slice(
    X: ArrayLike,
    y: ArrayLike,
    i: int,
    j: int,
    at: ArrayLike,
    *,
    names: Sequence[str] = (),
    paths: Iterable[Array] = (),
) -> Surface:
    """Return the loss as a function of θᵢ and θⱼ alone, all others as in `at`: exact, and a quadratic.

    The domain holds the minimum, `at`, and each path of shape (k, 2) up to where it climbs above a hundred times
    the loss of its first point. Index d is b. Of a flat valley `minima` holds one point, where a weight is as in `at`.

    Raises:
        ValueError: i and j are not two different indices of θ, or `at` is not of shape (d + 1,).
    """
    X, y = _table(X, y)
    A, at = _with_ones(X), np.asarray(at, dtype=np.float64)
    if at.shape != (A.shape[1],) or i == j or not (0 <= i < at.size and 0 <= j < at.size):
        raise ValueError(f"i and j must be two different indices in [0, {A.shape[1]}) of `at`, not {i!r} and {j!r}")
    p, q = A[:, i], A[:, j]
    rest = at.copy()
    rest[[i, j]] = 0
    r = y - A @ rest  # what is left to θᵢ p + θⱼ q
    a = _mean_square(p)
    tilt = float(np.mean(p * q)) / a if a else 0.0
    across = q - tilt * p  # the part of q that p can't stand in for
    c = _mean_square(across)
    c = c if c > 1e-20 * _mean_square(q) else 0.0
    y_best = float(np.mean(across * r)) / c if c else float(at[j])
    x_best = float(np.mean(p * (r - y_best * q))) / a if a else float(at[i])
    floor = _mean_square(r - x_best * p - y_best * q)

    def f(x: Array, y: Array) -> Array:
        dy = y - y_best
        along = x - x_best + tilt * dy
        return floor + a * (along * along) + c * (dy * dy)

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        dy = y - y_best
        along = x - x_best + tilt * dy
        return 2 * a * along, 2 * (a * tilt * along + c * dy)

    points = np.array([(x_best, y_best), at[[i, j]]])
    for path in paths:
        with np.errstate(all="ignore"):
            low = f(path[:, 0], path[:, 1]) <= 100 * max(f(*path[0]), f(*at[[i, j]]))
        points = np.concatenate([points, path[: len(path) if low.all() else int(np.argmin(low))]])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.08 * np.where(high > low, high - low, np.maximum(1, np.abs(high)))
    (x0, y0), (x1, y1) = low - margin, high + margin
    steepest = 2 * np.linalg.eigvalsh([[a, a * tilt], [a * tilt, a * tilt * tilt + c]])[-1]
    labels = [*names, *(f"w{k}" for k in range(len(names), at.size - 1)), "b"]
    return Surface(
        title=N_("Slice of the loss"),
        latex=r"\tfrac1n\sum_k(x_k^\top w + b - y_k)^2",
        lesson=N_("The loss over two weights, all others held still: a bowl, round only where the features are alike."),
        f=f,
        grad=grad,
        domain=((float(x0), float(x1)), (float(y0), float(y1))),
        start=(float(at[i]), float(at[j])),
        minima=((x_best, y_best),),
        floor=floor,
        settings={"lr": float(min(x1 - x0, y1 - y0)) / 50, "sgd_lr": 1 / steepest if steepest else 1.0},
        variables=(labels[i], labels[j]),
    )


# Arrays


def _features(X: ArrayLike) -> Array:
    X = np.asarray(X)
    if X.dtype.kind not in "fiub" or X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X must be numbers in n rows and d columns, not {X.dtype} of shape {X.shape}")
    return _checked("X", X)


def _table(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    X, y = _features(X), np.asarray(y)
    if y.dtype.kind not in "fiub" or y.shape != (len(X),):
        raise ValueError(f"y must be {len(X)} numbers, one a row of X, not {y.dtype} of shape {y.shape}")
    return X, _checked("y", y)


def _checked(name: str, values: NDArray[np.generic]) -> Array:
    numbers = values.astype(np.float64, copy=False)
    if not (numbers.max() <= LARGEST and numbers.min() >= -LARGEST):
        place = tuple(int(k) for k in np.argwhere(~(np.abs(numbers) <= LARGEST))[0])
        raise ValueError(f"{name} must be finite and at most {LARGEST:g}; {name}{list(place)} is {numbers[place]}")
    return numbers


def _with_ones(X: Array) -> Array:
    """Return [X, 1]: the column of ones is b's feature."""
    return np.column_stack([X, np.ones(len(X))])


def _mean_square(values: Array) -> float:
    with np.errstate(over="ignore"):
        return float(np.mean(values * values))
