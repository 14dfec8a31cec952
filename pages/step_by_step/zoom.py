"""The ground under one step: f on a small grid round θₜ₋₁, and how far the picture looks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rmsprop_core import RMSprop, Trajectory
from rmsprop_core.runs.stability import longest_step

Array = NDArray[np.float64]
SIDE = 9  # points a side of the grid
BLOCK = 100  # a long run's grids travel for the block of steps round the clock, and MARGIN on either side
MARGIN = 30


@dataclass(frozen=True)
class Zoom:
    """For each step, `reach`: the picture shows θₜ₋₁ ± reach in both coordinates, to the same scale; `box` is `bounds`.

    `heights` is f − f(θₜ₋₁) over its largest size, on a SIDE × SIDE grid of that square, y first, for the steps
    first + 1 … first + len; NaN where there is nothing to see.
    """

    reach: Array
    box: Array
    first: int
    heights: NDArray[np.float32]


def bounds(traj: Trajectory) -> Array:
    """Return what no |Δ| of a coordinate can exceed, a value a step; NaN for SGD and centered, which know no bound.

    A velocity that sums up ηu may still hold a push with the largest η so far.
    """
    optimizer = traj.optimizer
    if not isinstance(optimizer, RMSprop) or optimizer.centered:
        return np.full(traj.steps, np.nan)
    lr = np.maximum.accumulate(traj.lr) if optimizer.momentum and optimizer.lr_in_velocity else traj.lr
    return np.asarray(longest_step(replace(optimizer, lr=lr)))


def first_of_block(t: int) -> int:
    """Return the first step of the block that step t is in."""
    return max(t - 1, 0) // BLOCK * BLOCK + 1


def zoom(traj: Trajectory, t: int) -> Zoom:
    """Return how far the pictures of a run reach, and the ground for the steps round t."""
    first, last = 0, traj.steps
    if traj.steps > BLOCK + 2 * MARGIN:
        block = first_of_block(t) - 1
        first, last = max(0, block - MARGIN), min(traj.steps, block + BLOCK + MARGIN)
    box = bounds(traj)
    reach = _reach(traj, box)
    return Zoom(reach, box, first, _heights(traj, reach, first, last))


def _reach(traj: Trajectory, box: Array) -> Array:
    """Return a reach for each step: the box's where the step can be seen in it, otherwise the step's own.

    It grows and shrinks by half octaves, so that the scale of the picture changes rarely while the clock runs. Its
    limits are those of a picture that can be computed at all; the steps themselves are never limited.
    """
    diagonal = float(np.hypot(*np.ptp(np.array(traj.surface.domain), axis=1)))
    longest = np.abs(traj.delta).max(axis=1, initial=0.0)
    own = np.clip(np.where(longest > 0, 1.2 * longest, diagonal / 100), 1e-9 * diagonal, 1e150)
    own = 2.0 ** (np.ceil(2 * np.log2(own)) / 2)
    return np.where((longest > box / 6) & (box > 0), 1.15 * box, own)


def _heights(traj: Trajectory, reach: Array, first: int, last: int) -> NDArray[np.float32]:
    reach = reach[first:last, None, None]
    offsets = np.linspace(-1, 1, SIDE)
    x = traj.theta[first:last, 0, None, None] + reach * offsets[None, None, :]
    y = traj.theta[first:last, 1, None, None] + reach * offsets[None, :, None]
    f = traj.f[first:last, None, None]
    x, y = np.broadcast_arrays(x, y)
    with np.errstate(all="ignore"):
        rise = np.asarray(traj.surface.f(x, y), dtype=np.float64) - f
        largest = np.abs(rise).max(axis=(1, 2), keepdims=True, initial=0.0)
        seen = largest > 1e-13 * np.abs(f)  # below that it is rounding and no ground
        scaled = np.where(seen & np.isfinite(largest) & (largest > 0), rise / largest, np.nan)
    return scaled.astype(np.float32)
