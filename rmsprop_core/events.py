"""What happened in a finished run: it left the view, fell into a cycle, stalled. Records, not sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.optimizers import SGD, Array, RMSprop
from rmsprop_core.surfaces import Surface
from rmsprop_core.trajectory import Event, Trajectory

CYCLE_STEPS = 8  # so many alternating steps of equal length make a cycle
CYCLE_TOLERANCE = {"rmsprop": 2e-2, "sgd": 2e-4}  # RMSprop only nears its cycle; SGD is in one or is not
STALL_STEPS = 10
STALL_FRACTION = 1e-6  # of the view's diagonal, walked in STALL_STEPS steps


def events(traj: Trajectory) -> list[Event]:
    """Return the events of one run, in the order of their steps; the end comes last.

    Raises:
        ValueError: the trajectory holds runs side by side.
    """
    if traj.f.ndim != 1:
        raise ValueError(f"events are those of one run, and this trajectory has {traj.f.shape[1]} side by side")
    found = [*_left(traj), *_cycles(traj), *_stalled(traj)]
    if isinstance(traj.ended, Event):
        found.append(traj.ended)
    return sorted(found, key=lambda event: event.step)


def inside_view(surface: Surface, theta: Array) -> NDArray[np.bool_]:
    """Return for each row (x, y) of `theta`, shape (n, 2), whether it lies in the surface's domain: shape (n,)."""
    low, high = np.array(surface.domain).T
    return np.asarray(((theta >= low) & (theta <= high)).all(axis=-1))


def stability_limit(optimizer: SGD) -> float:
    """Return the largest stable lr·λ: 2(1+μ), with Nesterov 2(1+μ)/(1+2μ). On a quadratic it is exact."""
    mu = float(optimizer.momentum)
    return 2 * (1 + mu) / (1 + 2 * mu if optimizer.nesterov else 1)


def steps_to(traj: Trajectory, tolerance: float) -> int | None:
    """Return the first step at which f − floor <= tolerance, or None; None too where f is unbounded below."""
    if traj.surface.floor is None:
        return None
    near = np.flatnonzero(traj.f - traj.surface.floor <= tolerance)
    return int(near[0]) if near.size else None


def crossings(traj: Trajectory) -> tuple[int, int]:
    """Return how often the gradient changed its sign in x and in y: how often the run crossed a valley."""
    signs = np.sign(traj.g)
    flips = (signs[1:] * signs[:-1] < 0).sum(axis=0)
    return int(flips[0]), int(flips[1])


def alternates(optimizer: RMSprop | SGD, delta: Array, before: Array) -> NDArray[np.bool_]:
    """Return where a step goes back by as much as the one before it went forth: of any equal shape."""
    tolerance = CYCLE_TOLERANCE["sgd" if isinstance(optimizer, SGD) else "rmsprop"]
    return (delta * before < 0) & (np.abs(delta + before) <= tolerance * np.abs(delta))


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
    with np.errstate(all="ignore"):
        curvature = float(np.max(surface.curvature(*traj.theta[:t].T)[1]))
    if isinstance(optimizer, SGD):
        limit = stability_limit(optimizer)
        numbers |= {"lr_lambda": float(optimizer.lr) * curvature, "limit": limit}
        bottomless = surface.floor is None and traj.f[t] < traj.f[t - 1]
        cause = "unstable" if numbers["lr_lambda"] > limit and not bottomless else _what_carried(traj, t, i)
    else:
        lr, rho, mu = float(optimizer.lr), float(optimizer.rho), float(optimizer.momentum)
        s, w = float(traj.s[t - 1, i]), float(traj.w[t - 1, i])
        numbers |= {"lr": lr, "s": s, "w": w}
        if not optimizer.centered:
            numbers["bound"] = lr / float(np.sqrt(1 - rho)) / (1 - mu)  # no step is longer; centered knows no bound
        vanishing = optimizer.centered and w < 0.01 * s  # s − m² has almost vanished, so the step grows
        cause = "centered" if vanishing else _what_carried(traj, t, i)
    yield Event("left", t, cause, numbers, i)


def _what_carried(traj: Trajectory, t: int, i: int) -> str:
    """Return what made step t in coordinate i: the slope (downhill), old velocity (momentum), one long step (kick)."""
    g, delta, v = traj.g[t - 1, i], traj.delta[t - 1, i], traj.v[t - 1, i]
    old = float(traj.optimizer.momentum) * (traj.v[t - 2, i] if t > 1 else 0.0)
    if g * delta < 0:
        return "momentum"  # up the slope
    if traj.f[t] <= traj.f[t - 1]:
        return "downhill"
    return "momentum" if abs(old) > abs(v - old) else "kick"


def _cycles(traj: Trajectory) -> Iterator[Event]:
    """Yield, for each coordinate, the step from which its steps alternate at equal length to the end of the run."""
    alternating = alternates(traj.optimizer, traj.delta[1:], traj.delta[:-1])
    for i in (0, 1):
        breaks = np.flatnonzero(~alternating[:, i])
        first = int(breaks[-1]) + 1 if breaks.size else 0
        if len(alternating) - first < CYCLE_STEPS:
            continue
        amplitude = float(np.abs(traj.delta[-1, i]) / 2)
        method = "sgd" if isinstance(traj.optimizer, SGD) else "rmsprop"
        numbers = {"amplitude": amplitude, "lr": float(traj.optimizer.lr), "center": float(traj.theta[-2:, i].mean())}
        yield Event("cycle", first + 1, method, numbers, i)


def _stalled(traj: Trajectory) -> Iterator[Event]:
    """Yield the step from which the run hardly moves to its end, with the reason: there, flat, lr = 0, small steps."""
    diagonal = float(np.hypot(*np.ptp(np.array(traj.surface.domain), axis=1)))
    length = np.hypot(*traj.delta.T)
    moving = np.flatnonzero(length > STALL_FRACTION * diagonal / STALL_STEPS)
    first = int(moving[-1]) + 1 if moving.size else 0
    if traj.steps - first < STALL_STEPS:
        return
    floor = traj.surface.floor
    steepness = float(np.max(np.abs(traj.g[-1])))
    numbers = {
        "g": steepness,
        "f": float(traj.f[-1]),
        "longest": float(length[first:].max()),
        "lr": float(traj.optimizer.lr),
    }
    if traj.optimizer.lr == 0:
        cause = "lr"
    elif floor is not None and traj.f[-1] - floor <= 1e-6 * max(traj.f[0] - floor, 1e-300):
        cause = "minimum"
    elif steepness <= 1e-6 * max(float(np.max(np.abs(traj.g))), 1.0):
        cause = "flat"
    else:
        cause = "steps"
    yield Event("stalled", first + 1, cause, numbers)
