"""What a training shows: the numbers that its sentences rest on, of the run itself. No Streamlit, no words."""

from __future__ import annotations

import numpy as np

from pages.train.training import Problem
from rmsprop_core import Optimizer
from rmsprop_core.learn.regression import History, columns_of
from rmsprop_core.optimizers import Array

MOST_NUMBERS = 2_000_000  # in a table of which κ is computed at each picture


def farthest(problem: Problem, seen: History) -> tuple[int, float]:
    """Return the weight that has the longest way from the start to its exact value, and how long it is."""
    to_go = np.abs(problem.optimum.theta - seen.theta[0])
    return int(to_go.argmax()), float(to_go.max())


def far(problem: Problem, seen: History) -> bool:
    """Return whether the loss is more than 5 % above least squares."""
    return bool(seen.loss[-1] > 1.05 * problem.optimum.loss + 1e-9 * float(problem.y.var()))


def stride(seen: History, k: int) -> float:
    """Return the root mean square of the steps of a weight that are known: all, or each epoch's last."""
    delta = (seen.steps or columns_of(seen.last))["delta"][:, k]
    return float(np.sqrt(np.mean(delta * delta))) if delta.size else 0.0


def flat_part(problem: Problem, seen: History) -> float:
    """Return what part of the loss above its floor lies along the flattest direction, at the start."""
    curvatures, directions = np.linalg.eigh(problem.gram)
    parts = curvatures * (directions.T @ (seen.theta[0] - problem.optimum.theta)) ** 2
    return float(parts[0] / parts.sum())


def swinging(problem: Problem, seen: History) -> tuple[float, int, float]:
    """Return what part of the loss above its floor comes from going to and fro, and which weight swings how far.

    In the last quarter, that is; the average θ does without that part. How far is half of the range.
    """
    theta = seen.steps["theta"] if seen.steps else seen.theta
    theta = theta[-max(2, len(theta) // 4) :]
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


def multipliers(optimizer: Optimizer, seen: History) -> Array:
    """Return the geometric mean of lr/rms over the last tenth of the epochs, one for each weight."""
    last = seen.rms[1:][-max(1, len(seen.rms) // 10) :]
    if not len(last):
        return np.full(seen.rms.shape[1], np.nan)
    with np.errstate(all="ignore"):
        return np.asarray(float(optimizer.lr) / np.exp(np.log(last).mean(axis=0)))


def mirrors(problem: Problem, optimizer: Optimizer, seen: History) -> bool:
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
