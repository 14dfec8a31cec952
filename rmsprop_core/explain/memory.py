"""The memory lens: sₜ taken apart into what each past gradient left in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rmsprop_core.optimizers import Array, RMSprop
from rmsprop_core.runs.trajectory import Trajectory


@dataclass(frozen=True)
class Memory:
    """What sₜ remembers. Row k of `terms` is (1 − ρ) ρᵏ g²ₜ₋ₖ, k = 0 … t − 1; `start` is ρᵗ s₀; together they are sₜ.

    `half_life` = ln 2 / −ln ρ steps until half is forgotten (0 for ρ = 0); `window` = 1 / (1 − ρ), the mean's length.
    """

    terms: Array
    start: Array
    half_life: float
    window: float


def memory(traj: Trajectory, t: int) -> Memory:
    """Return what sₜ of a finished RMSprop run (not of runs side by side) is made of, t >= 1.

    Raises:
        ValueError: the run is not RMSprop's, or t is not one of its steps.
    """
    if not isinstance(traj.optimizer, RMSprop):
        raise ValueError("traj must be a run of RMSprop: SGD has no s")
    if not 1 <= t <= traj.steps:
        raise ValueError(f"t must be in 1 … {traj.steps}, not {t!r}")
    rho = float(traj.optimizer.rho)
    past = traj.g[t - 1 :: -1]  # gₜ first
    share = (1 - rho) * rho ** np.arange(t)[:, None]
    start = np.full_like(past[0], rho**t * float(traj.optimizer.initial_s))
    return Memory(share * past * past, start, half_life(rho), 1 / (1 - rho))


def half_life(rho: float) -> float:
    """Return after how many steps half of a contribution is left: ln 2 / −ln ρ."""
    return float(np.log(2) / -np.log(rho)) if rho > 0 else 0.0
