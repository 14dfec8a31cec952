"""Look at an unknown f(x, y) with numbers alone: a first view, the lowest f in a view, a start that is not level.

Of an f that somebody has typed nobody knows the floor. What is found here is the lowest f of one view, and a minimum
narrower than the grid is missed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rmsprop_core.optimizers import Array
from rmsprop_core.surfaces import Interval, Point

F = Callable[[Array, Array], Array]
Grad = Callable[[Array, Array], tuple[Array, Array]]
View = tuple[Interval, Interval]

HALF, DOUBLINGS = 3.0, 8  # the first view is ±3, or the first of ±6 … ±768 that has f's lowest point inside
CELLS = 60
SEEDS = 24  # so many hollows of the grid are gone down
MOST = 12  # so many minima are marked; an f that has more is as low along a line, or everywhere
NEAR = 1e-3  # of the view's size: what is nearer is the same minimum
START = (0.15, 0.2)  # in shares of the view
POLE = 1e6  # slopes so many times as steep as the view's, at the lowest point, are a pole's
ANGLES = 2 * np.pi * np.arange(16) / 16
RING = np.array((np.cos(ANGLES), np.sin(ANGLES)))[:, :, None]


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
    """Return ±3, or the first wider square with f's lowest point inside; cut to where f is finite, None if nowhere."""
    first = None
    for doublings in range(DOUBLINGS + 1):
        half = HALF * 2**doublings
        view = ((-half, half), (-half, half))
        values = _heights(f, *grid(view))
        if not np.isfinite(values).any():
            continue
        if first is None:
            first = _cut(view, values)
        edge = np.concatenate((values[[0, -1]].ravel(), values[:, [0, -1]].ravel())).min()
        if values[1:-1, 1:-1].min() < edge or (doublings == 0 and values.min() == edge == values[1:-1, 1:-1].min()):
            return _cut(view, values)
    return first


def lowest(f: F, grad: Grad, view: View) -> Lowest:
    """Return the lowest f found in the view: from a grid's hollows downhill."""
    x, y = grid(view)
    values = _heights(f, x, y)
    low, middle = float(values.min()), float(np.median(values[np.isfinite(values)]))
    padded = np.pad(values, 1, constant_values=np.inf)
    around = [padded[1 + i : x.shape[0] + 1 + i, 1 + j : x.shape[1] + 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)]
    hollow = np.flatnonzero(np.isfinite(values) & (values <= np.min(around, axis=0)))
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
    sides = np.array(view)
    inner = ((theta > sides[:, :1]) & (theta < sides[:, 1:])).all(axis=0)
    ring = np.clip((theta[:, None, :] + 10 * NEAR * size * RING).reshape(2, -1), sides[:, :1], sides[:, 1:])
    back = downhill(f, grad, ring, view).reshape(2, 16, -1)
    away = np.hypot(*(back - theta[:, None, :])) > NEAR * size
    alone = ~(away & (f(*back) <= least + 1e-12 * (middle - least))).any(axis=0)
    return Lowest(least, _points(theta[:, alone]), _points(theta[:, inner & alone]))


def downhill(f: F, grad: Grad, theta: Array, view: View) -> Array:
    """Go downhill from each column of theta (2, n), staying in the view.

    Each turn tries a Newton step, the Hessian by central differences of the exact gradient, and a ring of points that
    halves where none of it is lower: the first is fast where f is smooth, the second works at kinks.
    """
    low, high = (np.array(end)[:, None] for end in zip(*view, strict=True))
    value = _heights(f, *theta)
    reach = np.full(theta.shape[1], float(np.hypot(*(high - low)[:, 0])) / CELLS)
    for turn in range(60):
        ring = np.einsum("ij,jkl->ikl", _turned(turn), RING)
        trials = np.concatenate((_newton(grad, theta)[:, None, :], theta[:, None, :] + reach * ring), axis=1)
        trials = np.clip(trials, low[:, None], high[:, None])
        values = _heights(f, *trials)
        best = np.argmin(values, axis=0)[None]
        found = np.take_along_axis(values, best, axis=0)[0]
        lower = found < value
        theta = np.where(lower, np.take_along_axis(trials, best[None], axis=1)[:, 0], theta)
        value, reach = np.where(lower, found, value), np.where(lower, reach, reach / 2)
    for digits, i in ((6, 0), (6, 1), (3, 0), (3, 1)):
        tidy = theta.copy()
        tidy[i] = np.round(theta[i], digits) + 0.0
        theta = np.where(_heights(f, *tidy) <= _heights(f, *theta), tidy, theta)
    return theta


def steep_start(f: F, grad: Grad, view: View, low: Lowest) -> Point:
    """Return the place nearest to START from which f falls in x and y, off the lowest points, with room around it.

    f falls if with this slope across the whole view it would fall as far as from its middle to its lowest.
    """
    (x0, x1), (y0, y1) = view
    size = np.array((x1 - x0, y1 - y0))
    favourite = np.array((x0, y0)) + size * START
    x, y = np.meshgrid(*(end + span * (np.arange(40) + 0.5) / 40 for end, span in zip((x0, y0), size, strict=True)))
    theta = np.concatenate((favourite[:, None], (x.ravel(), y.ravel())), axis=1)
    values, slopes = f(*theta), np.abs(np.array(grad(*theta))) * size[:, None]
    middle = float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else 0.0
    falls = np.hypot(*slopes) > middle - low.f
    uses = (slopes > 0).any(axis=1)[:, None]
    good = np.isfinite(values) & falls & ((slopes > 1e-6 * np.hypot(*slopes)) | ~uses).all(axis=0)
    good &= np.isfinite(f(*(theta[:, None, :] + 0.05 * size[:, None, None] * RING))).all(axis=0)
    far = np.ones(theta.shape[1], dtype=bool)
    for point in low.at:
        far &= np.hypot(*((theta.T - point) / size).T) > 0.2
    good = next((places for places in (good & far, good) if places.any()), np.isfinite(values))
    near = np.hypot(*((theta.T - favourite) / size).T)
    k = int(np.argmin(np.where(good, near, np.inf)))
    return float(np.round(theta[0, k], 3)), float(np.round(theta[1, k], 3))


def vanishes(argument: F, view: View, *, by_sign: bool) -> bool:
    """Return whether `argument` is 0 in the view: its sign changes, or, unless `by_sign`, Newton's steps lead there."""
    x, y = grid(view)
    values = argument(x, y)
    if by_sign or ((values > 0).any() and (values < 0).any()):
        return bool((values > 0).any() and (values < 0).any())
    sizes = np.where(np.isfinite(values), np.abs(values), np.inf)
    seeds = np.argsort(sizes, axis=None)[:4]
    theta, goal = np.array((x.flat[seeds], y.flat[seeds])), 1e-9 * float(np.median(sizes))
    low, high = (np.array(end)[:, None] for end in zip(*view, strict=True))
    for _ in range(40):
        value, right, left, up, down = argument(*_cross(theta, 1e-6 * (high - low)))
        if (np.abs(value) <= goal).any():
            return True
        g = np.array((right - left, up - down)) / (2e-6 * (high - low))
        theta = np.clip(theta - value * g / (g * g).sum(axis=0), low, high)
    return False


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


def _cut(view: View, values: Array) -> View:
    """Return the smallest part of the view that holds all finite values of the grid, and a cell more."""
    finite = np.isfinite(values)
    ends = []
    for (low, high), there in zip(view, (finite.any(axis=0), finite.any(axis=1)), strict=True):
        k = np.flatnonzero(there)
        lines = np.linspace(low, high, CELLS + 1)
        ends.append((float(lines[max(k[0] - 1, 0)]), float(lines[min(k[-1] + 1, CELLS)])))
    return ends[0], ends[1]


def _newton(grad: Grad, theta: Array) -> Array:
    """Return where Newton's step leads from each column; along −g where f is not convex."""
    h = 1e-5 * np.maximum(1, np.abs(theta))
    (gx, x_right, x_left, x_up, x_down), (gy, y_right, y_left, y_up, y_down) = grad(*_cross(theta, h))
    xx, yy = (x_right - x_left) / (2 * h[0]), (y_up - y_down) / (2 * h[1])
    xy = ((y_right - y_left) / (2 * h[0]) + (x_up - x_down) / (2 * h[1])) / 2
    middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    shift = np.maximum(0, 1.1 * (radius - middle)) + 1e-12 * radius + 1e-300
    a, c = xx + shift, yy + shift
    return np.asarray(theta - np.array((c * gx - xy * gy, a * gy - xy * gx)) / (a * c - xy * xy))


def _cross(theta: Array, h: Array) -> Array:
    """Return each column of theta (2, n) and its neighbours right, left, up and down by h: (2, 5, n)."""
    arms = np.array(((0, 1, -1, 0, 0), (0, 0, 0, 1, -1)))
    return np.asarray(theta[:, None, :] + arms[:, :, None] * h[:, None])


def _turned(turn: int) -> Array:
    angle = 2.399963 * turn if turn % 2 else 0.0
    return np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))


def _points(theta: Array) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in theta.T)
