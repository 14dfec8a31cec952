"""What a training shows: the numbers that its sentences rest on, of the run itself. No Streamlit, no words."""

from __future__ import annotations

import numpy as np

from pages.train.training import Problem
from rmsprop_core import SGD, RMSprop
from rmsprop_core.learn.regression import History
from rmsprop_core.optimizers import Array

MOST_NUMBERS = 2_000_000  # in a table of which κ is computed at each picture


def farthest(problem: Problem, seen: History) -> tuple[int, float]:
    """Return the weight that has the longest way from the start to its exact value, and how long it is."""
    to_go = np.abs(problem.optimum.theta - seen.theta[0])
    return int(to_go.argmax()), float(to_go.max())


def stride(deltas: Array) -> float:
    """Return the root mean square of steps; those of 0, of a constant feature, are no steps."""
    deltas = deltas[deltas != 0]
    return float(np.sqrt(np.mean(deltas * deltas))) if deltas.size else 0.0


def deltas(seen: History) -> Array:
    """Return the steps Δ that are known, of shape (n, d + 1): all, or each epoch's last."""
    return seen.steps["delta"] if seen.steps else np.array([step.delta for step in seen.last[1:]])


def late(values: Array) -> Array:
    """Return the last quarter of the rows, at least two where there are so many."""
    return values[-max(2, len(values) // 4) :]


def walk(problem: Problem, seen: History) -> float:
    """Return the length of a step of the farthest weight on its way: a mean until nine tenths of it are done."""
    k, to_go = farthest(problem, seen)
    near = np.abs(seen.theta[:, k] - problem.optimum.theta[k]) < 0.1 * to_go
    epoch = int(np.argmax(near)) if near.any() else len(near) - 1
    steps = seen.last[epoch].t
    return float(abs(seen.theta[epoch, k] - seen.theta[0, k])) / steps if steps else 0.0


def swinging(problem: Problem, seen: History) -> tuple[float, int, float]:
    """Return what part of the loss above its floor comes from going to and fro, and which weight swings how far.

    In the last quarter, that is; the average θ does without that part. How far is half of the range.
    """
    theta = late(seen.steps["theta"] if seen.steps else seen.theta)
    off = theta - problem.optimum.theta
    with np.errstate(all="ignore"):
        excess = np.mean(np.sum(off @ problem.gram * off, axis=1))
        mean = off.mean(axis=0)
        part = 1 - float(mean @ problem.gram @ mean / excess) if excess > 0 else 0.0
    k = int(np.argmax(theta.var(axis=0) * np.diag(problem.gram)))
    return part, k, float(np.ptp(theta[:, k])) / 2


def near(problem: Problem, seen: History) -> int | None:
    """Return the first epoch within 5 % of least squares, or None: not there, or not there any more at the end."""
    within = seen.loss < 1.05 * problem.optimum.loss
    return int(within.argmax()) if within[-1] and not seen.ended else None


def multipliers(optimizer: RMSprop | SGD, seen: History) -> Array:
    """Return the geometric mean of lr/rms over the last tenth of the epochs, one for each weight."""
    last = seen.rms[1:][-max(1, len(seen.rms) // 10) :]
    if not len(last):
        return np.full(seen.rms.shape[1], np.nan)
    with np.errstate(all="ignore"):
        return np.asarray(float(optimizer.lr) / np.exp(np.log(last).mean(axis=0)))


def mirrors(problem: Problem, optimizer: RMSprop | SGD, seen: History) -> bool:
    """Return whether features differ much in size, and size times multiplier differs by no more than its root."""
    there = problem.size > 0
    sizes = problem.size[there]
    product = sizes * multipliers(optimizer, seen)[there]
    spread = float(sizes.max() / sizes.min())
    return spread > 10 and bool(product.max() < product.min() * np.sqrt(spread))


def distances(problem: Problem, seen: History) -> Array:
    """Return how far all weights are from the exact ones after each epoch, as effects."""
    with np.errstate(all="ignore"):
        off = problem.effects(seen.theta) - problem.effects(problem.optimum.theta)
        return np.asarray(np.sqrt((off * off).sum(axis=1)))


def alike(problem: Problem) -> tuple[int, int, float]:
    """Return the two features that have most in common, and their correlation."""
    Z = problem.scale.apply(problem.X) if problem.raw else problem.X
    common = np.triu(Z.T @ Z / len(Z), 1)
    i, j = np.unravel_index(np.abs(common).argmax(), common.shape)
    return int(i), int(j), float(common[i, j])
