"""The marks on a run's timeline: steps worth a look, as Events (kind, step, numbers), not as sentences.

| kind        | cause                 | when                                                               |
|-------------|-----------------------|--------------------------------------------------------------------|
| `kick`      | mean_square, variance | step 1, where |u₁| > 1: only its own share of s (w) divides g yet  |
| `flip`      | gradient              | g and ∇f have changed their sign: the step before crossed a valley |
| `peak`      | mean_square           | s is largest, above s₀, and falls afterwards                       |
| `cycle`     | adapted, limit        | from here the steps alternate at equal length (`events.py`)        |
| `forgotten` | spike                 | s is down to FORGOTTEN of a spike: a rise to at least SPIKE times  |
|             |                       | its lowest value since step 1 or since the spike before was so     |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from rmsprop_core.optimizers import RMSprop
from rmsprop_core.runs.events import crossed, events, resolved
from rmsprop_core.runs.loop import Event
from rmsprop_core.runs.trajectory import Trajectory

SPIKE = 10.0  # s so many times its lowest value is a spike
FORGOTTEN = 0.5  # and forgotten when so much of it is left: after a half-life without gradients


def marks(traj: Trajectory) -> list[Event]:
    """Return the marks of one run (not of runs side by side), each of one coordinate, in the order of their steps."""
    if not traj.steps:
        return []
    found = [*_flips(traj), *(event for event in events(traj) if event.kind == "cycle")]
    first = replace(traj.optimizer, lr=float(traj.lr[0]))
    if isinstance(first, RMSprop):
        found += [*_kicks(traj, first), *_peaks(traj, first), *_forgotten(traj, first)]
    return sorted(found, key=lambda event: event.step)


def half_life(rho: float) -> float:
    """Return after how many steps half of what a gradient left in s is forgotten: ln 2 / −ln ρ, or 0 for ρ = 0."""
    return float(np.log(2) / -np.log(rho)) if rho > 0 else 0.0


def _kicks(traj: Trajectory, optimizer: RMSprop) -> Iterator[Event]:
    """Yield the first step where |u| is above 1: s (w) has only a share of g² yet.

    `bound` is what |u₁| reaches with s₀ = 0 and ε → 0.
    """
    rho = float(optimizer.rho)
    share = (1 - rho) * rho if optimizer.centered else 1 - rho
    bound = 1 / float(np.sqrt(share)) if share else np.inf
    for i in (0, 1):
        u = float(traj.u[0, i])
        if abs(u) > 1 + 1e-9:  # more than by rounding
            numbers = {"u": u, "delta": float(traj.delta[0, i]), "lr": float(optimizer.lr)}
            numbers |= {"share": share, "bound": bound}
            yield Event("kick", 1, "variance" if optimizer.centered else "mean_square", numbers, i)


def _flips(traj: Trajectory) -> Iterator[Event]:
    """Yield where g and ∇f have changed their sign: not where only the noise turned g, or the last bits of θ."""
    signs, real = np.sign(traj.g), resolved(traj.surface, traj.theta.T).T
    for row, i in np.argwhere(crossed(traj)[:-1] & (signs[1:] * signs[:-1] < 0) & (real[1:-1] & real[:-2])):
        numbers = {"g": float(traj.g[row + 1, i]), "before": float(traj.g[row, i])}
        yield Event("flip", int(row) + 2, "gradient", numbers, int(i))


def _peaks(traj: Trajectory, optimizer: RMSprop) -> Iterator[Event]:
    for i in (0, 1):
        row = int(np.argmax(traj.s[:, i]))
        s = float(traj.s[row, i])
        if s > float(optimizer.initial_s) and s > traj.s[-1, i]:
            numbers = {"s": s, "g": float(traj.g[row, i]), "last": float(traj.s[-1, i])}
            yield Event("peak", row + 1, "mean_square", numbers, i)


def _forgotten(traj: Trajectory, optimizer: RMSprop) -> Iterator[Event]:
    """Yield where a spike of s is forgotten. The first step is no spike: before it there was nothing to rise from."""
    for i in (0, 1):
        column = traj.s[:, i]
        low, top = float(column[0]), 0  # top: the step of the spike that is not forgotten yet, 0 for none
        for t in range(2, traj.steps + 1):
            s = float(column[t - 1])
            spike = float(column[top - 1])
            if (s > spike) if top else (s >= SPIKE * low > 0):
                top = t
            elif top and s <= FORGOTTEN * spike:
                numbers = {"s": s, "spike": spike, "spike_step": top, "low": low}
                yield Event("forgotten", t, "spike", {**numbers, "half_life": half_life(float(optimizer.rho))}, i)
                low, top = s, 0
            elif not top:
                low = min(low, s) if low else s
