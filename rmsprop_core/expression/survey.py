"""Look over an unknown f(x, y) with numbers alone: a view, its minima, whether it has a floor, a start.

All of it is numeric and so a good guess: a minimum narrower than the grid is missed, and a function that falls very
slowly may be thought to have a floor.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.expression.minimise import ASKEW, RING, F, Grad, compass, newton
from rmsprop_core.optimizers import Array
from rmsprop_core.surfaces import Interval, Point

View = tuple[Interval, Interval]

DEFAULT = (-3.0, 3.0)
OTHERS = ((0.0, 6.0), (-6.0, 0.0), (-1.0, 1.0), (-10.0, 10.0))  # where f is not finite on most of the default
ENOUGH = 0.6  # of a view in which f is finite, and not beyond HUGE
HUGE = 1e12
FAR = 12.0  # minima are looked for in ± FAR, and the view is widened to no more
MOST_MINIMA = 6  # so many are brought into the view; a function with more of them has them everywhere
MOST_SHOWN = 12
SEEDS = 24
CELLS = 60
STARTS = ((0.15, 0.2), (0.2, 0.75), (0.8, 0.25), (0.75, 0.85), (0.1, 0.5), (0.5, 0.1))  # in shares of the view


class Survey(NamedTuple):
    """What was found; `floor` is None where f seems unbounded below, `minima` are the lowest ones in the view."""

    domain: View
    start: Point
    minima: tuple[Point, ...]
    floor: float | None
    log_levels: bool


def survey(f: F, grad: Grad, uses: tuple[str, ...], domain: View | None = None) -> Survey | None:
    """Return the Survey of f, whose formula uses these variables; None where f is finite nowhere in sight."""
    with np.errstate(all="ignore"):
        view = domain or _finite_view(f)
        if view is None or not np.isfinite(f(*_grid(view))).any():
            return None
        spread = _spread(f, view)
        lowest, values, met = _lowest(f, grad, view, uses, spread)
        near = float(min(met, np.nanmin(f(*_grid(view)))))
        floor = None if _falls_forever(f, view, near, spread) else min(near, _far_away(f, view))
        flat = not uses or near >= float(np.nanmax(f(*_grid(view))))
        good = lowest.T[(values <= values.min(initial=np.inf) + 1e-7 * spread) & (not flat)]
        if floor is None:  # then only those in the open
            good = good[np.isfinite(f(*(good.T[:, None, :] + 1e-3 * RING))).all(axis=0)]
        if domain is None:
            view = _widened(f, view, good)
        inside = [(float(x), float(y)) for x, y in good if _holds(view, x, y)][:MOST_SHOWN]
        start = _start(f, grad, view, inside, uses)
        heights = f(*_grid(view)) - near
        heights = heights[np.isfinite(heights)]
        steep = bool(np.median(heights) < 0.4 * heights.max()) if heights.size else False
        return Survey(view, start, tuple(inside), floor, floor is not None and steep)


def vanishes(argument: F, view: View) -> bool:
    """Return whether `argument` seems to be 0 somewhere in the view."""
    with np.errstate(all="ignore"):
        x, y = _grid(view)
        values = np.broadcast_to(argument(x, y), x.shape)
        finite = np.isfinite(values)
        if not finite.any() or ((values[finite] > 0).any() and (values[finite] < 0).any()):
            return bool(finite.any())
        size = np.abs(np.where(finite, values, np.inf))
        order = np.argsort(size, axis=None)[:4]
        nearest = compass(lambda x, y: np.abs(argument(x, y)), np.array((x.flat[order], y.flat[order])), 0.1)
        return bool(np.nanmin(np.abs(argument(*nearest))) <= 1e-6 * max(1.0, float(np.median(size[finite]))))


def _grid(view: View, cells: int = CELLS) -> tuple[Array, Array]:
    """Return points across the view, a little off: x^y at whole y alone is not a function to walk on."""
    (x0, x1), (y0, y1) = view
    dx, dy = 1.37e-3 * (x1 - x0) / cells, 1.71e-3 * (y1 - y0) / cells
    x, y = np.meshgrid(np.linspace(x0 + dx, x1, cells + 1), np.linspace(y0 + dy, y1, cells + 1))
    return x, y


def _holds(view: View, x: float, y: float) -> bool:
    (x0, x1), (y0, y1) = view
    return bool(x0 <= x <= x1 and y0 <= y <= y1)


def _finite_view(f: F) -> View | None:
    """Return the first view that f is finite on most of, otherwise the one with the largest share, if any."""
    best, most = None, 0.0
    for x in (DEFAULT, *OTHERS):
        for y in (DEFAULT, *OTHERS):
            share = float((np.abs(f(*_grid((x, y), 40))) < HUGE).mean())
            if share >= ENOUGH:
                return x, y
            if share > most:
                best, most = (x, y), share
    return best


def _spread(f: F, view: View) -> float:
    values = f(*_grid(view))
    values = values[np.isfinite(values)]
    low, middle = np.quantile(values, (0.02, 0.5))  # a pole in the grid must not count
    return float(middle - low) or float(np.ptp(values)) or 1.0


def _lowest(f: F, grad: Grad, view: View, uses: tuple[str, ...], spread: float) -> tuple[Array, Array, float]:
    """Return local minima (2, n), the lowest first, f there (n,), and the lowest f met, from the best of two grids."""
    middle = np.mean(view, axis=1)
    seeds = []
    for box in (view, ((-FAR, FAR), (-FAR, FAR))):
        x, y = _grid(box)
        values = np.where(np.isfinite(f(x, y)), f(x, y), np.inf)
        padded = np.pad(values, 1, constant_values=np.inf)
        around = [padded[1 + i : 62 + i, 1 + j : 62 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
        hollow = np.isfinite(values) & (values <= np.min(around, axis=0))
        order = np.argsort(values[hollow], kind="stable")[:: max(1, int(hollow.sum()) // SEEDS)][:SEEDS]
        seeds.append(np.array((x[hollow][order], y[hollow][order])))
    theta = np.concatenate(seeds, axis=1)
    for i, name in enumerate("xy"):
        if name not in uses:
            theta[i] = middle[i]
    size = float(np.hypot(*np.ptp(np.array(view), axis=1)))
    theta = compass(f, newton(f, grad, theta, 0.3 * size), 1e-3 * size)
    for i, name in enumerate("xy"):
        if name not in uses:
            theta[i] = middle[i]
    for digits in (9, 6, 3):
        for i in (0, 1):
            tidy = theta.copy()
            tidy[i] = np.round(theta[i], digits) + 0.0
            theta = np.where(f(*tidy) <= f(*theta), tidy, theta)
    values = f(*theta)
    close, wide = (f(*(theta[:, None, :] + r * size * RING)) for r in (1e-3, 0.1))
    stands = np.isfinite(values) & ~(close < values - 1e-9 * spread).any(axis=0)
    stands &= (wide > values + 1e-9 * spread).any(axis=0)  # not a plain that goes on
    stands &= ~(wide < values - 1e-12 * (spread + np.abs(values))).any(axis=0)  # nor a valley that goes on
    stands &= np.isfinite(close).mean(axis=0) >= 0.25
    stands &= ~_poles(f, theta, spread)
    kept: list[int] = []
    for k in np.argsort(values, kind="stable"):
        if stands[k] and all(np.hypot(*(theta[:, k] - theta[:, j])) > 1e-3 * size for j in kept):
            kept.append(int(k))
    return theta[:, kept], values[kept], float(np.nanmin(values, initial=np.inf))


def _shells(f: F, view: View) -> list[float]:
    """Return the lowest f seen around the view at some 100, 10⁴ and 10⁶ from its middle."""
    middle = np.mean(view, axis=1)[:, None]
    angle, radius = np.meshgrid(2 * np.pi * (np.arange(256) + 0.37) / 256, np.linspace(0.3, 1, 8))
    unit = np.array((np.cos(angle), np.sin(angle))) * radius
    along = np.concatenate((np.linspace(-1, -0.3, 64), np.linspace(0.3, 1, 64)))
    axes = np.array((np.concatenate((along, 0 * along)), np.concatenate((0 * along, along))))
    unit = np.concatenate((unit.reshape(2, -1), axes), axis=1)
    points = [middle + 1e-3 + size * unit for size in (1e2, 1e4, 1e6)]
    return [float(np.min(f(*p), where=~np.isnan(f(*p)), initial=np.inf)) for p in points]


def _far_away(f: F, view: View) -> float:
    return min(_shells(f, view))


def _falls_forever(f: F, view: View, near: float, spread: float) -> bool:
    """Return whether f seems to fall without end: far away, or towards a pole near its lowest points."""
    if near == -np.inf:
        return True
    falls = [near]
    for low in _shells(f, view):
        falls.append(min(falls[-1], low))
    if falls[-1] == -np.inf or _does_not_slow(falls[1], falls[2], falls[3], spread):
        return True
    x, y = _grid(view)
    order = np.argsort(np.where(np.isnan(f(x, y)), np.inf, f(x, y)), axis=None)[:4]
    points = compass(f, np.array((x.flat[order], y.flat[order])), 0.1, growth=1.0)
    return bool(_poles(f, points, spread).any())


def _poles(f: F, points: Array, spread: float) -> NDArray[np.bool_]:
    """Return for each column whether f seems to fall without end towards it."""
    rings = [f(*(points[:, None, :] + size * ASKEW)) for size in (1e-4, 1e-6, 1e-8)]
    a, b, c = (np.min(ring, axis=0, where=~np.isnan(ring), initial=1e300) for ring in rings)
    return _does_not_slow(a, b, c, spread)


def _does_not_slow(a: Array | float, b: Array | float, c: Array | float, spread: float) -> NDArray[np.bool_]:
    return np.asarray((b - c > 0.5 * (a - b)) & (b - c > 1e-3 * spread) & (a < 1e300))


def _widened(f: F, view: View, good: Array) -> View:
    """Return the view with the minima inside: as it is, widened, or moved to them where they are far off."""
    if any(_holds(view, *point) for point in good):  # then those nearby as well, if they are few
        good = good[(np.abs(good) <= FAR / 2).all(axis=1)]
        good = good[: len(good) if len(good) <= MOST_MINIMA else 0]
    if not len(good):
        return view
    ends = []
    for (low, high), coordinate in zip(view, good[:MOST_MINIMA].T, strict=True):
        if np.abs(coordinate).max() > FAR:
            center, half = float(np.round(coordinate[0])), (high - low) / 2
            ends.append((center - half, center + half))
            continue
        margin = 0.1 * (high - low)
        lowest, highest = np.floor(2 * (coordinate.min() - margin)) / 2, np.ceil(2 * (coordinate.max() + margin)) / 2
        ends.append((min(low, float(lowest)), max(high, float(highest))))
    wide = (ends[0], ends[1])
    return wide if np.isfinite(f(*_grid(wide))).mean() >= 0.5 else view


def _start(f: F, grad: Grad, view: View, minima: list[Point], uses: tuple[str, ...]) -> Point:
    """Return a good place: f finite around it, not level, not at a minimum; otherwise the steepest of a grid."""
    (x0, x1), (y0, y1) = view
    size = np.hypot(x1 - x0, y1 - y0)
    x, y = _grid(view, 20)
    places = [(x0 + a * (x1 - x0), y0 + b * (y1 - y0)) for a, b in STARTS]
    places += [(float(a), float(b)) for a, b in zip(x.flat, y.flat, strict=True)]
    theta = np.array(places).T
    g = np.abs(np.array(grad(*theta)))
    slope = np.hypot(*g)
    usable = np.isfinite(f(*theta)) & np.isfinite(slope)
    roomy = (np.abs(f(*(theta[:, None, :] + 0.05 * size * RING))) < HUGE).all(axis=0)
    if not usable.any():
        return places[int(np.argmax(np.isfinite(f(*theta))))]
    level = 1e-3 * np.median(slope[usable])
    good = usable & roomy & (slope > level)
    for i, name in enumerate("xy"):
        if name in uses:
            good &= g[i] > 1e-3 * level
    for minimum in minima:
        good &= np.hypot(*(theta - np.array(minimum)[:, None])) > 0.15 * size
    k = int(np.argmax(good)) if good.any() else int(np.argmax(np.where(usable, slope, -1)))
    return float(round(places[k][0], 3)), float(round(places[k][1], 3))
