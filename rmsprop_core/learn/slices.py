"""The loss of a linear regression over two of its weights, and a training as those two see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.family import Optimizer
from rmsprop_core.learn.regression import History, columns_of
from rmsprop_core.learn.tables import checked_table, with_ones
from rmsprop_core.optimizers import Array
from rmsprop_core.runs.trajectory import Trajectory
from rmsprop_core.surfaces import N_, Surface, squared_error


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
    the loss of its first point. Index d is b; `names` may name it too. Of a flat valley `minima` holds one point,
    where a weight is as in `at`.

    Raises:
        ValueError: i and j are not two different indices of θ, or `at` is not of shape (d + 1,).
    """
    X, y = checked_table(X, y)
    A, at = with_ones(X), np.asarray(at, dtype=np.float64)
    if at.shape != (A.shape[1],) or i == j or not (0 <= i < at.size and 0 <= j < at.size):
        raise ValueError(f"i and j must be two different indices in [0, {A.shape[1]}) of `at`, not {i!r} and {j!r}")
    rest = at.copy()
    rest[[i, j]] = 0
    f, grad, best, floor = squared_error(A[:, i], A[:, j], y - A @ rest, at[[i, j]])
    points = np.array([best, at[[i, j]]])
    for path in paths:
        with np.errstate(all="ignore"):
            low = f(path[:, 0], path[:, 1]) <= 100 * max(f(*path[0]), f(*at[[i, j]]))
        points = np.concatenate([points, path[: len(path) if low.all() else int(np.argmin(low))]])
    low, high = points.min(axis=0), points.max(axis=0)
    wide = np.where(high > low, high - low, np.maximum(1, np.abs(high)))
    unit = 2.0 ** np.round(np.log2(wide / 6))  # in whole ones a path that changes a little rarely changes the view
    (x0, y0), (x1, y1) = unit * np.floor(low / unit - 0.3), unit * np.ceil(high / unit + 0.3)
    labels = [*names, *(f"w{k}" for k in range(len(names), at.size - 1)), "b"]
    return Surface(
        title=N_("Slice of the loss"),
        lesson=N_("The loss over two weights, all others held still: a bowl, round only where the features are alike."),
        f=f,
        grad=grad,
        domain=((float(x0), float(x1)), (float(y0), float(y1))),
        start=(float(at[i]), float(at[j])),
        minima=(best,),
        floor=floor,
        settings={},
        variables=(labels[i], labels[j]),
    )


def on_slice(optimizer: Optimizer, trained: History, surface: Surface, i: int, j: int) -> Trajectory:
    """Return the run as coordinates i and j see it: a Trajectory over `surface`, whose f is the slice's height.

    A row is a step; where the steps were not kept, it is the last step of an epoch, and the θ of two rows differ by
    the steps of a whole epoch.
    """
    columns = {name: values[:, [i, j]] for name, values in (trained.steps or columns_of(trained.last)).items()}
    f = np.asarray(surface.f(columns["theta"][:, 0], columns["theta"][:, 1]))
    ended = trained.ended
    if ended is not None and ended.coordinate is not None:
        ended = replace(ended, coordinate={i: 0, j: 1}.get(ended.coordinate))
    return Trajectory(optimizer, surface, f=f, **columns, ended=ended)
