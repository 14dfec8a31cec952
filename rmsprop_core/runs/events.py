"""What happened in a finished run: it left the view, fell into a cycle, stalled, jumped. Records, not sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.decay import bare
from rmsprop_core.family import AdaGrad, Adam, Optimizer
from rmsprop_core.optimizers import SGD, Array, RMSprop
from rmsprop_core.runs.loop import Event
from rmsprop_core.runs.stability import Adapted, cycle_amplitude, least_rms, longest_step, stability_limit
from rmsprop_core.runs.trajectory import Trajectory
from rmsprop_core.surfaces import Surface

CYCLE_STEPS = 8  # so many alternating steps of equal length make a cycle
NEARLY, EXACTLY = 2e-2, 2e-4  # equal: steps that rms brings nearer to their cycle; steps that nothing brings there
CYCLE_DRIFT = 0.1  # but for so much, its steps have always been as long as the last, and that as theory's
ROUNDING = 16  # a slope so many times what a last bit of θ changes in it is more than rounding
STALL_STEPS = 10
STALL_FRACTION = 1e-6  # of the view's diagonal, walked in STALL_STEPS steps
NEAR = 1e-3  # of the view's sides: so near to a known minimum a run that rests is at it
UNSEEN = 1e-4  # of its shorter side: steps so short are no motion
FLAT = 1e-6  # a gradient so small is put down to the surface
CONVERGED, BACK = 1e-6, 1e-4  # of the first height: a run so low was as good as there, and so high it is no longer
FORGOTTEN = 0.1  # of the largest s so far: s has forgotten what it came from


def events(traj: Trajectory) -> list[Event]:
    """Return the events of one run, in the order of their steps; the end comes last.

    Raises:
        ValueError: the trajectory holds runs side by side.
    """
    if traj.f.ndim != 1:
        raise ValueError(f"events are those of one run, and this trajectory has {traj.f.shape[1]} side by side")
    if traj not in _found:
        _found[traj] = _happened(traj)
    return [*_found[traj]]


_found: WeakKeyDictionary[Trajectory, list[Event]] = WeakKeyDictionary()  # several ask the same of a run


def _happened(traj: Trajectory) -> list[Event]:
    found = [*_left(traj), *_cycles(traj), *_stalled(traj), *_jumps(traj)]
    if isinstance(traj.ended, Event):
        found.append(_with_stiffness(traj, traj.ended))
    return sorted(found, key=lambda event: event.step)


def inside_view(surface: Surface, theta: Array) -> NDArray[np.bool_]:
    """Return for each row (x, y) of `theta`, shape (n, 2), whether it lies in the surface's domain: shape (n,)."""
    ((x0, x1), (y0, y1)), (x, y) = surface.domain, theta.T
    return np.asarray((x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1))


def steps_to(traj: Trajectory, tolerance: float) -> int | None:
    """Return the first step at which f − floor <= tolerance, or None; None too where f is unbounded below."""
    if traj.surface.floor is None:
        return None
    near = np.flatnonzero(traj.f - traj.surface.floor <= tolerance)
    return int(near[0]) if near.size else None


def crossed(traj: Trajectory) -> NDArray[np.bool_]:
    """Return for each step and coordinate whether the step crossed a valley: shape (T, 2).

    It went down the slope of f and ended where the slope points back. That is ∇f at θ, not g with its noise.
    """
    with np.errstate(all="ignore"):
        slopes = np.sign(np.transpose(np.broadcast_arrays(*traj.surface.grad(*traj.theta.T))))
    delta = np.sign(traj.delta)
    return np.asarray((slopes[:-1] * delta > 0) & (slopes[1:] * delta < 0))


def crossings(traj: Trajectory, least: float = 0.0) -> tuple[int, int]:
    """Return how many steps crossed a valley in x and in y, of those at least `least` of the view's sides long."""
    counts = (crossed(traj) & (np.abs(traj.delta) >= least * _sides(traj.surface))).sum(axis=0)
    return int(counts[0]), int(counts[1])


def resolved(surface: Surface, theta: Array) -> NDArray[np.bool_]:
    """Return for points of shape (2, …), and each coordinate, whether ∇f is more there than rounding.

    It is measured: by what a change of x or of y in its last bit makes of ∇f, where f's own arithmetic shows.
    """
    points = np.repeat(theta[:, None], 5, axis=1)  # the point, and the next ones up and down in x and in y
    with np.errstate(all="ignore"):
        for k, (i, sign) in enumerate(((0, 1), (0, -1), (1, 1), (1, -1)), start=1):
            points[i, k] += sign * np.spacing(np.abs(theta[i]))
        slopes = np.array(np.broadcast_arrays(*surface.grad(*points)))
        change = np.fmax.reduce(np.abs(slopes[:, 1:] - slopes[:, :1]), axis=1, initial=0.0)
    return np.asarray(np.abs(slopes[:, 0]) > ROUNDING * change)


def lasting(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for how many rows, at the end, each column of `mask` is True."""
    return np.asarray(np.logical_and.accumulate(mask[::-1], axis=0).sum(axis=0))


def resting(surface: Surface, delta: Array) -> NDArray[np.intp]:
    """Return for how many steps, at its end, a run hardly moves; `delta` is of shape (T, 2), or (T, 2, runs)."""
    short = STALL_FRACTION * np.hypot(*_sides(surface)) / STALL_STEPS
    return lasting(np.hypot(delta[:, 0], delta[:, 1]) <= short)


class LastSteps(NamedTuple):
    """What of a run's last steps tells how it ends; time is the first axis."""

    theta: Array
    g: Array
    delta: Array


def swinging(
    optimizer: Optimizer, surface: Surface, rows: Trajectory | LastSteps, lr: Array
) -> tuple[NDArray[np.intp], Array]:
    """Return for how many steps, at its end, each coordinate is in a cycle, and the curvature λ that it swings across.

    In a cycle each step goes back by as much as the one before it went forth, at the same lr. RMSprop's can do so on
    their way to rest, too: then they are not about as wide as theory says. SGD's can be of any width, and so can those
    of which there is no theory.
    """
    if len(lr) <= CYCLE_STEPS:
        return np.zeros(rows.delta.shape[1:], dtype=np.intp), np.zeros(rows.delta.shape[1:])
    adapted = isinstance(optimizer, Adapted)
    delta, before = rows.delta[1:], rows.delta[:-1]
    equal = np.abs(delta + before) <= (NEARLY if adapted else EXACTLY) * np.abs(delta)
    steps = lasting((delta * before < 0) & equal & (lr[1:] == lr[:-1])[:, None])
    with np.errstate(all="ignore"):
        curvature = (rows.g[-2] - rows.g[-1]) / rows.delta[-2]
    real = steps >= CYCLE_STEPS
    if real.any():
        real &= resolved(surface, rows.theta[-2:].swapaxes(0, 1)).all(axis=1)
    if isinstance(optimizer, Adapted):
        predicted = cycle_amplitude(optimizer, curvature)
        real &= np.abs(np.abs(rows.delta[-1]) / 2 - predicted) <= CYCLE_DRIFT * predicted
    return np.where(real, steps + 1, 0), curvature


def _left(traj: Trajectory) -> Iterator[Event]:
    """Yield the first time the run leaves the view, with its cause."""
    surface, optimizer = traj.surface, traj.optimizer
    outside = np.flatnonzero(~inside_view(surface, traj.theta))
    if not outside.size:
        return
    t = int(outside[0])
    x, y = (float(z) for z in traj.theta[t])
    numbers = {"x": x, "y": y}
    if t == 0:
        yield Event("left", 0, "start", numbers)
        return
    low, high = np.array(surface.domain).T
    i = int(np.argmax(np.maximum(low - traj.theta[t], traj.theta[t] - high) / (high - low)))  # furthest out
    numbers |= {"delta": float(traj.delta[t - 1, i]), "f_before": float(traj.f[t - 1]), "f": float(traj.f[t])}
    numbers["rises"] = int((np.diff(traj.f[: t + 1]) > 0).sum())
    cause = _what_carried(traj, t, i)
    if isinstance(optimizer, SGD):
        stiffness, limit = _stiffness(traj)[:t], float(stability_limit(optimizer))
        numbers |= {"lr_lambda": float(np.fmax.reduce(stiffness)), "limit": limit}
        if _is_unstable(traj.f[: t + 1], stiffness > limit, surface.floor is None):
            cause = "unstable"
    else:
        lr = float(traj.lr[:t].max())
        s, w, rms = (float(column[t - 1, i]) for column in (traj.s, traj.w, traj.rms))
        numbers |= {"lr": lr, "s": s, "w": w}
        if not (isinstance(optimizer, RMSprop) and optimizer.centered):  # which knows no bound
            bound = float(longest_step(replace(optimizer, lr=lr)))
            numbers |= {"bound": bound} if bound < np.inf else {}
        elif cause != "momentum" and rms < 0.1 * np.sqrt(s):
            cause = "centered" if _has_vanished(traj, t, i) else "narrow"
    yield Event("left", t, cause, numbers, i)


def _stiffness(traj: Trajectory) -> Array:
    """Return lr·λmax of each step, λmax being the largest curvature where the step begins."""
    with np.errstate(all="ignore"):
        return np.asarray(traj.lr * traj.surface.curvature(*traj.theta[:-1].T)[1])


def _is_unstable(f: Array, above: NDArray[np.bool_], bottomless: bool) -> bool:
    """Return whether steps above the stability limit threw the run out: f rose since the first of them.

    Not where the last step went down of itself: below the limit, or where f has no bottom.
    """
    if not above.any() or not (np.diff(f[int(np.argmax(above)) :]) > 0).any():
        return False
    return bool(f[-1] > f[-2] or (above[-1] and not bottomless))


def _has_vanished(traj: Trajectory, t: int, i: int) -> bool:
    """Return whether s − m² has shrunk beside s before step t, and the step is the longest so far for it."""
    with np.errstate(all="ignore"):
        share, length = traj.w[:t, i] / traj.s[:t, i], np.abs(traj.delta[:t, i])
    return t > 1 and bool(share[-1] < 0.1 * np.fmax.reduce(share[:-1]) and length[-1] > length[:-1].max())


def _with_stiffness(traj: Trajectory, ended: Event) -> Event:
    """Return SGD's overflow with the first lr·λmax above the stability limit, if there was one."""
    if not isinstance(traj.optimizer, SGD) or ended.cause != "overflow" or not traj.steps:
        return ended
    stiffness, limit = _stiffness(traj), float(stability_limit(traj.optimizer))
    above = np.flatnonzero(stiffness > limit)
    if not above.size:
        return ended
    return replace(ended, numbers={**ended.numbers, "lr_lambda": float(stiffness[above[0]]), "limit": limit})


def _what_carried(traj: Trajectory, t: int, i: int) -> str:
    """Return what made step t in coordinate i: the slope (downhill), old velocity (momentum), one long step (kick).

    Adam's velocity is m.
    """
    optimizer = bare(traj.optimizer)
    mu, velocity = (optimizer.beta1, traj.m) if isinstance(optimizer, Adam) else (0.0, traj.v)
    mu = float(optimizer.momentum if isinstance(optimizer, RMSprop | SGD) else mu)
    g, delta, v = traj.g[t - 1, i], traj.delta[t - 1, i], velocity[t - 1, i]
    old = mu * (velocity[t - 2, i] if t > 1 else 0.0)
    if g * delta < 0 < mu:
        return "momentum"  # up the slope
    if traj.f[t] <= traj.f[t - 1]:
        return "downhill"
    return "momentum" if abs(old) > abs(v - old) else "kick"


def _cycles(traj: Trajectory) -> Iterator[Event]:
    """Yield, for each coordinate, the step from which its steps alternate at equal length and lr to the end."""
    optimizer = replace(traj.optimizer, lr=float(traj.lr[-1])) if traj.steps else traj.optimizer
    steps, curvature = swinging(optimizer, traj.surface, traj, traj.lr)
    length = np.abs(traj.delta)
    for i in np.flatnonzero(steps):
        alike = lasting(np.abs(length[:, i] - length[-1, i]) <= CYCLE_DRIFT * length[-1, i])
        numbers = {"amplitude": float(length[-1, i]) / 2, "lr": float(optimizer.lr)}
        numbers |= {"center": float(traj.theta[-2:, i].mean()), "curvature": float(curvature[i])}
        if isinstance(optimizer, Adapted):
            numbers["predicted"] = float(cycle_amplitude(optimizer, curvature[i]))
        limit = isinstance(optimizer, SGD | AdaGrad)
        cause = "adapted" if isinstance(optimizer, Adapted) else "limit" if limit else "other"
        yield Event("cycle", traj.steps + 1 - int(min(steps[i], alike)), cause, numbers, int(i))


def _stalled(traj: Trajectory) -> Iterator[Event]:
    """Yield the step from which the run hardly moves to its end, with the reason: there, flat, lr = 0, small steps."""
    still = int(resting(traj.surface, traj.delta))
    if still < STALL_STEPS:
        return
    floor = traj.surface.lowest
    steepness, lr = float(np.max(np.abs(traj.g[-1]))), float(traj.optimizer.lr)
    numbers = {
        "g": steepness,
        "f": float(traj.f[-1]),
        "longest": float(np.hypot(*traj.delta[-still:].T).max()),
        "lr": lr,
    }
    low = floor is not None and traj.f[-1] - floor <= 1e-6 * max(traj.f[0] - floor, 1e-300)
    if lr == 0:
        cause = "lr"
    elif (low or steepness <= FLAT) and _distance(traj) <= NEAR:
        cause = "minimum"
    elif steepness <= FLAT:
        cause = "flat"
    else:
        cause = "steps"
    if cause in ("minimum", "flat"):
        numbers |= _instability(traj)
    yield Event("stalled", traj.steps + 1 - still, cause, numbers)


def _jumps(traj: Trajectory) -> Iterator[Event]:
    """Yield the first step at which RMSprop stands high again after it had converged, since s had forgotten.

    On the way up, in the coordinate of the steepest slope, s is down to FORGOTTEN where lr·λ/rms first exceeds the
    stability limit. `rate` is the largest lr·λ/rms, λ being measured between two neighbouring θ.
    """
    optimizer, floor = traj.optimizer, traj.surface.lowest
    if not isinstance(optimizer, RMSprop) or optimizer.centered or floor is None:
        return
    height = traj.f - floor
    if not 0 < height[0] < np.inf:
        return
    low = np.minimum.accumulate(height)
    again = np.flatnonzero((low <= CONVERGED * height[0]) & (height >= BACK * height[0]))
    if not again.size:
        return
    t = int(again[0])
    lowest = int(np.argmin(height[:t]))
    i = int(np.argmax(np.abs(traj.g[t - 1] * traj.delta[t - 1])))
    rows = slice(lowest, t - 1)
    with np.errstate(all="ignore"):
        curvature = (traj.g[rows, i] - traj.g[lowest + 1 : t, i]) / traj.delta[rows, i]
        rate = traj.lr[rows] * curvature / traj.rms[rows, i]
    limit = float(stability_limit(optimizer))
    above = np.flatnonzero(rate > limit)
    if not above.size:
        return
    first = lowest + int(above[0])
    s, largest = float(traj.s[first, i]), float(traj.s[:first, i].max(initial=0.0))
    if s > FORGOTTEN * largest:
        return
    numbers = {"low": float(traj.f[lowest]), "low_step": lowest, "s": s, "largest": largest}
    numbers |= {"rate": float(np.nanmax(rate)), "limit": limit}
    yield Event("jump", t, "forgot", numbers, i)


def _instability(traj: Trajectory) -> dict[str, float]:
    """Return why a run that rests in a hollow will not stay there: lr·λmax over the least rms is above its limit.

    Nothing where it is not, where nothing moves the run any more, or where no step of RMSprop's could be seen.
    """
    optimizer = replace(traj.optimizer, lr=float(traj.lr[-1]))
    limit = float(stability_limit(optimizer))
    with np.errstate(all="ignore"):
        rate = float(np.divide(optimizer.lr * traj.surface.curvature(*traj.theta[-1])[1], least_rms(optimizer)))
    still = not traj.g[-1].any() and (traj.theta[-1] == traj.theta[-2]).all()
    unseen = bool(longest_step(optimizer) <= UNSEEN * _sides(traj.surface).min())
    return {"lr_lambda": rate, "limit": limit} if rate > limit and not still and not unseen else {}


def _distance(traj: Trajectory) -> float:
    """Return how far the run has ended from the nearest known minimum, in parts of the view's sides."""
    minima = np.array(traj.surface.minima).reshape(-1, 2)
    return float((np.abs(minima - traj.theta[-1]) / _sides(traj.surface)).max(axis=1).min(initial=np.inf))


def _sides(surface: Surface) -> Array:
    return np.asarray(np.ptp(np.array(surface.domain), axis=1))
