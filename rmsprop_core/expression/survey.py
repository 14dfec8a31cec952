"""Look at an unknown f(x, y) with numbers alone: a first view, the lowest f in a view, a start that is not level.

Of an f that somebody has typed nobody knows the floor. What is found here is the lowest f of one view, and a minimum
narrower than the grid is missed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rmsprop_core.optimizers import Array
from rmsprop_core.surfaces import F, Grad, Interval, Point, hessian

View = tuple[Interval, Interval]

HALVES = 3.0 * 2.0 ** np.arange(9)  # of the first view, in units of x and y: the first that has f's lowest point inside
CELLS = 60  # of a grid, a side
SEEDS = 24  # so many hollows of the grid are gone down
MOST = 12  # so many minima are marked; an f that has more is as low along a line, or everywhere
NEAR = 1e-3  # of the view's diagonal: what is nearer is the same minimum
START = np.array((0.15, 0.2))  # in shares of the view
POLE = 1e6  # a slope at the lowest point so many times that of the view is a pole's
ANGLES = 2 * np.pi * np.arange(16) / 16  # radians


class Lowest(NamedTuple):
    """The lowest f found in a view; `at` holds the points where it is, none if they are more than MOST.

    `inside` are those of `at` that are minima of f: off the view's edge, each alone. Where f falls without end towards
    a `pole`, `f` is the lowest of a grid and means nothing.
    """

    f: float
    at: tuple[Point, ...] = ()
    inside: tuple[Point, ...] = ()
    pole: bool = False


def first_view(f: F) -> View | None:
    """Return the first square with f's lowest point inside, or the first; cut to where f is finite. None if nowhere."""
    first = None
    for half in HALVES.tolist():
        x, y = grid(((-half, half), (-half, half)))
        values = _heights(f, x, y)
        if not (finite := np.isfinite(values)).any():
            continue
        cell = 2 * half / CELLS
        k = [np.rint((z[finite].min() / cell - 1, z[finite].max() / cell + 1)) for z in (x, y)]
        (left, right), (bottom, top) = (np.clip(ends * cell, -half, half).tolist() for ends in k)
        first = first or ((left, right), (bottom, top))
        inner, edge = values[1:-1, 1:-1].min(), min(values[[0, -1]].min(), values[:, [0, -1]].min())
        if inner < edge or (inner == edge and half == HALVES[0]):
            return (left, right), (bottom, top)
    return first


def lowest(f: F, grad: Grad, view: View) -> Lowest:
    """Return the lowest f found in the view: from a grid's hollows downhill."""
    x, y = grid(view)
    values = _heights(f, x, y)
    low, middle = float(values.min()), float(np.median(values[np.isfinite(values)]))
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, 1, constant_values=np.inf), (3, 3)).min((2, 3))
    hollow = np.flatnonzero(np.isfinite(values) & (values <= around))
    seeds = hollow[np.argsort(values.flat[hollow], kind="stable")][:SEEDS]
    theta = downhill(f, grad, np.array((x.flat[seeds], y.flat[seeds])), view)
    found, size = _heights(f, *theta), float(np.hypot(*np.ptp(np.array(view), axis=1)))
    least = float(found.min())
    if not np.hypot(*grad(*theta[:, np.argmin(found)])) * size <= POLE * (middle - low):
        return Lowest(low, pole=True)
    theta = theta[:, found <= least + 1e-9 * (middle - least)]
    alike = np.hypot(*(theta[:, :, None] - theta[:, None, :])) < NEAR * size
    theta = theta[:, np.argmax(alike, axis=0) == np.arange(theta.shape[1])]
    if theta.shape[1] > MOST:
        return Lowest(least)
    # Alone is a minimum to which one comes back from all around.
    ring = theta[:, None, :] + 10 * NEAR * size * _ring(0)[:, :, None]
    back = downhill(f, grad, ring.reshape(2, -1), view).reshape(ring.shape)
    away = np.hypot(*(back - theta[:, None, :])) > NEAR * size
    alone = ~(away & (f(*back) <= least + 1e-12 * (middle - least))).any(axis=0)
    left, right = np.array(view).T[:, :, None]
    inner = ((theta > left) & (theta < right)).all(axis=0)
    return Lowest(least, _points(theta[:, alone]), _points(theta[:, inner & alone]))


def downhill(f: F, grad: Grad, theta: Array, view: View) -> Array:
    """Go downhill from each column of theta (2, n), staying in the view.

    Each turn tries a Newton step and a ring of points that halves where none of it is lower: the first is fast where f
    is smooth, the second works at kinks.
    """
    low, high = np.array(view).T[:, :, None]
    theta = np.clip(theta, low, high)
    value, reach = _heights(f, *theta), np.full(theta.shape[1], np.hypot(*(high - low)[:, 0]) / CELLS)
    for turn in range(60):
        trials = theta[:, None, :] + reach * _ring(turn)[:, :, None]
        trials = np.concatenate((_newton(grad, theta)[:, None, :], trials), axis=1)
        trials = np.clip(trials, low[:, None], high[:, None])
        values = _heights(f, *trials)
        best = (np.argmin(values, axis=0), np.arange(theta.shape[1]))
        lower = values[best] < value
        theta, value = np.where(lower, trials[:, *best], theta), np.where(lower, values[best], value)
        reach = np.where(lower, reach, reach / 2)
    for digits, i in ((6, 0), (6, 1), (3, 0), (3, 1)):  # 7 is 7, not 7.0000000003
        tidy = theta.copy()
        tidy[i] = np.round(theta[i], digits) + 0.0
        theta = np.where(_heights(f, *tidy) <= _heights(f, *theta), tidy, theta)
    return theta


def steep_start(f: F, grad: Grad, view: View, low: Lowest) -> Point:
    """Return the place nearest to START from which f falls, to 3 digits of the view; START where it falls nowhere.

    f falls if with this slope across the whole view it would fall as far as from its middle to its lowest.
    """
    ends, size = np.array(view)[:, 0], np.ptp(np.array(view), axis=1)
    theta = np.concatenate(((ends + size * START)[:, None], np.array(grid(view)).reshape(2, -1)), axis=1)
    theta = np.array([np.round(z, 2 - int(np.floor(np.log10(d)))) for z, d in zip(theta, size, strict=True)])
    values = f(*theta)
    finite = np.isfinite(values)
    falls = finite & (np.hypot(*(np.array(grad(*theta)).T * size).T) > np.median(values[finite]) - low.f)
    near = np.hypot(*((theta[:, :1] - theta).T / size).T)
    k = int(np.argmin(np.where(falls if falls.any() else finite, near, np.inf)))
    return _points(theta[:, k : k + 1])[0]


def grid(view: View) -> tuple[Array, Array]:
    """Return points across the view, a little off: x^y at whole y alone is not a function to walk on."""
    (x0, x1), (y0, y1) = view
    dx, dy = 1.37e-3 * (x1 - x0) / CELLS, 1.71e-3 * (y1 - y0) / CELLS
    x, y = np.meshgrid(np.linspace(x0 + dx, x1, CELLS + 1), np.linspace(y0 + dy, y1, CELLS + 1))
    return x, y


def _heights(f: F, x: Array, y: Array) -> Array:
    """Return f, and ∞ where it has no finite value."""
    values = f(x, y)
    return np.where(np.isfinite(values), values, np.inf)


def _ring(turn: int) -> Array:
    """Return directions all around, (2, 16): along the axes, and turned in odd turns."""
    angles = ANGLES + turn % 2 * turn
    return np.array((np.cos(angles), np.sin(angles)))


def _newton(grad: Grad, theta: Array) -> Array:
    """Return where Newton's step leads from each column; along −g where f is not convex."""
    (gx, gy), (xx, xy, yy) = grad(*theta), hessian(grad, *theta)
    middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    shift = np.maximum(0, 1.1 * (radius - middle)) + 1e-12 * radius + 1e-300
    a, c = xx + shift, yy + shift
    return np.asarray(theta - np.array((c * gx - xy * gy, a * gy - xy * gx)) / (a * c - xy * xy))


def _points(theta: Array) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in theta.T)
