"""Tables to learn from: the diabetes data, scaling, splitting, and the checks that every table passes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_core.optimizers import Array

Rows = NDArray[np.intp]
LARGEST = 1e150  # in a table: a larger number has no finite square


class Data(NamedTuple):
    """A table: features X (n, d) under their names, and the target y (n,)."""

    X: Array
    y: Array
    names: tuple[str, ...]
    target: str


def load_diabetes() -> Data:
    """Return the 442 patients of Efron et al. (2004): ten features in their own units, disease progression."""
    with files("rmsprop_core.learn").joinpath("diabetes.csv").open() as csv:
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
    X = checked_features(X)
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


def checked_features(X: ArrayLike) -> Array:
    """Return X (n, d) as float64; what cannot be measured raises ValueError."""
    X = np.asarray(X)
    if X.dtype.kind not in "fiub" or X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X must be numbers in n rows and d columns, not {X.dtype} of shape {X.shape}")
    return _checked("X", X)


def checked_table(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return X (n, d) and y (n,) as float64; what cannot be trained on raises ValueError."""
    X, y = checked_features(X), np.asarray(y)
    if y.dtype.kind not in "fiub" or y.shape != (len(X),):
        raise ValueError(f"y must be {len(X)} numbers, one a row of X, not {y.dtype} of shape {y.shape}")
    return X, _checked("y", y)


def _checked(name: str, values: NDArray[np.generic]) -> Array:
    numbers = values.astype(np.float64, copy=False)
    if not (numbers.max() <= LARGEST and numbers.min() >= -LARGEST):
        place = tuple(int(k) for k in np.argwhere(~(np.abs(numbers) <= LARGEST))[0])
        raise ValueError(f"{name} must be finite and at most {LARGEST:g}; {name}{list(place)} is {numbers[place]}")
    return numbers


def with_ones(X: Array) -> Array:
    """Return [X, 1]: the column of ones is b's feature."""
    return np.column_stack([X, np.ones(len(X))])


def mean_square(values: Array) -> float:
    """Return the mean of the squares; inf where they overflow."""
    with np.errstate(over="ignore"):
        return float(np.mean(values * values))
