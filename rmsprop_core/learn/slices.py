"""The loss of a linear regression over two of its weights, and a training as those two see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.learn.regression import History, columns_of
from rmsprop_core.learn.tables import checked_table, mean_square, with_ones
from rmsprop_core.optimizers import SGD, Array, RMSprop
from rmsprop_core.runs.trajectory import Trajectory
from rmsprop_core.surfaces import N_, Surface


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
    the loss of its first point. Index d is b; `names` may name it
    too. Of a flat valley `minima` holds one point, where a weight is as in `at`.

    Raises:
        ValueError: i and j are not two different indices of θ, or `at` is not of shape (d + 1,).
    """
    X, y = checked_table(X, y)
    A, at = with_ones(X), np.asarray(at, dtype=np.float64)
    if at.shape != (A.shape[1],) or i == j or not (0 <= i < at.size and 0 <= j < at.size):
        raise ValueError(f"i and j must be two different indices in [0, {A.shape[1]}) of `at`, not {i!r} and {j!r}")
    p, q = A[:, i], A[:, j]
    rest = at.copy()
    rest[[i, j]] = 0
    r = y - A @ rest  # what is left to θᵢ p + θⱼ q
    a = mean_square(p)
    tilt = float(np.mean(p * q)) / a if a else 0.0
    across = q - tilt * p  # the part of q that p can't stand in for
    c = mean_square(across)
    c = c if c > 1e-20 * mean_square(q) else 0.0
    y_best = float(np.mean(across * r)) / c if c else float(at[j])
    x_best = float(np.mean(p * (r - y_best * q))) / a if a else float(at[i])
    floor = mean_square(r - x_best * p - y_best * q)

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


def on_slice(optimizer: RMSprop | SGD, trained: History, surface: Surface, i: int, j: int) -> Trajectory:
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
