"""Go downhill from many points at once: by Newton where f is smooth, by a compass where it is not. θ is (2, n)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rmsprop_core.optimizers import Array

F = Callable[[Array, Array], Array]
Grad = Callable[[Array, Array], tuple[Array, Array]]


def _ring(turn: float) -> Array:
    angles = 2 * np.pi * np.arange(16) / 16 + turn
    return np.array((np.cos(angles), np.sin(angles)))[:, :, None]


RING, ASKEW = _ring(0.0), _ring(np.pi / 16)  # (2, 16, 1); no point of ASKEW lies straight along x or y


def newton(f: F, grad: Grad, theta: Array, longest: float) -> Array:
    """Go downhill from each column by damped Newton steps, the Hessian by central differences of the exact gradient."""
    value, damping = f(*theta), np.full(theta.shape[1], 1e-2)
    for _ in range(50):
        g = np.array(grad(*theta))
        h = 1e-5 * np.maximum(1, np.abs(theta))
        right, left = (np.array(grad(theta[0] + s * h[0], theta[1])) for s in (1, -1))
        up, down = (np.array(grad(theta[0], theta[1] + s * h[1])) for s in (1, -1))
        (xx, xy), (yx, yy) = (right - left) / (2 * h[0]), (up - down) / (2 * h[1])
        xy = (xy + yx) / 2
        middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
        shift = np.maximum(0, 1.1 * (radius - middle)) + damping * (np.abs(middle) + radius + 1e-12)
        a, c = xx + shift, yy + shift
        step = np.array((c * g[0] - xy * g[1], a * g[1] - xy * g[0])) / (a * c - xy * xy)
        step = step * np.minimum(1, longest / np.maximum(np.hypot(*step), 1e-300))
        trial = theta - step
        lower = f(*trial) < value
        theta = np.where(lower, trial, theta)
        value, damping = f(*theta), np.clip(np.where(lower, damping / 5, damping * 4), 1e-9, 1e9)
    return theta


def compass(f: F, theta: Array, h: float, growth: float = 1.5) -> Array:
    """Go downhill from each column without a gradient: try a ring of points, turned, and larger or halved each time."""
    reach = np.full(theta.shape[1], h)
    value = f(*theta)
    for k in range(200):
        turn = 2.399963 * k
        rotation = np.array(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))))
        ring = RING if k % 2 == 0 else np.einsum("ij,jkl->ikl", rotation, RING)
        trials = theta[:, None, :] + reach * ring
        values = f(*trials)
        values = np.where(np.isnan(values), np.inf, values)
        best = np.argmin(values, axis=0)
        found = np.take_along_axis(values, best[None], axis=0)[0]
        lower = found < value
        theta = np.where(lower, np.take_along_axis(trials, best[None, None], axis=1)[:, 0], theta)
        value, reach = np.where(lower, found, value), np.where(lower, np.minimum(growth * reach, h), 0.5 * reach)
    return theta
