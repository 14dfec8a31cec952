"""A training of both methods on the same data, in portions, so that it can be watched and stopped. No Streamlit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pages.shared.model.methods import METHODS, Run
from pages.train.names import axis_names, weight_names
from pages.train.settings import LONGEST, Training
from rmsprop_core import Surface
from rmsprop_core.learn.regression import History, Optimum, condition, history, least_squares, losses, train
from rmsprop_core.learn.slices import loss_slice, on_slice
from rmsprop_core.learn.tables import Data, Scaling, scaling, split, with_ones
from rmsprop_core.optimizers import Array

SINGLE_STEPS = 5_000  # up to so many the player shows every step, beyond that every epoch
LEAST_ROWS = 2  # to train on
AFFORDABLE = 3e8  # numbers to go through for the loss after every step


class Work:
    """Something long that goes on in portions, `of` epochs: an iterator, and how it stands."""

    def __init__(self, portions: Iterator[object], of: int) -> None:
        self.stopped = self.ended = False
        self.of = of
        self._portions = portions

    def advance(self, seconds: float) -> None:
        """Go on for about so long."""
        until = time.perf_counter() + seconds
        with np.errstate(all="ignore"):
            while not self.ended and time.perf_counter() < until:
                self.ended = next(self._portions, self) is self

    def stop(self) -> None:
        """Keep what there is, and do no more."""
        self.stopped = True

    def done(self) -> bool:
        """Return whether there is nothing left to do."""
        return self.stopped or self.ended

    def made(self) -> int:
        """Return how many epochs are done."""
        raise NotImplementedError


@dataclass(frozen=True)
class Problem:
    """What is trained on: the rows as the methods see them, those held back, and the exact answer."""

    data: Data
    X: Array
    y: Array
    test: tuple[Array, Array] | None
    optimum: Optimum
    scale: Scaling
    raw: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the weights, the intercept last."""
        return weight_names(self.data)

    @property
    def size(self) -> Array:
        """The root mean square of each column of X, and 1 for b: what a gradient is proportional to."""
        return np.append(np.sqrt(np.mean(self.X * self.X, axis=0)), 1.0)

    @property
    def exact(self) -> bool:
        """Whether a fit without error exists, but for rounding."""
        y = self.y
        return self.optimum.loss <= 1e-18 * float(y.var()) + 1e-28 * float(np.mean(y * y))

    @cached_property
    def held_floor(self) -> float | None:
        """The loss of the least-squares weights on the rows held back; None where there are no such rows."""
        return float(losses(*self.test, self.optimum.theta[None])[0]) if self.test else None

    @cached_property
    def kappa(self) -> float:
        """The steepest curvature of the loss divided by the flattest."""
        return condition(self.X)

    @cached_property
    def gram(self) -> Array:
        """AᵀA/n of A = [X, 1]: the loss is its floor + (θ − θ*)ᵀ gram (θ − θ*)."""
        A = with_ones(self.X)
        return np.asarray(A.T @ A / len(A))

    @cached_property
    def narrowness(self) -> float:
        """The steepest curvature by the flattest of the loss, once all features are scaled to one size."""
        kept = self.size > 0
        return float(np.linalg.cond(self.gram[np.ix_(kept, kept)] / np.outer(self.size[kept], self.size[kept])))

    def effects(self, theta: Array) -> Array:
        """Return θ, of shape (..., d + 1), as the effects of one standard deviation, b as that of the average row.

        They are comparable among features, and between features as they are and standardised.
        """
        if not self.raw:
            return theta
        w = theta[..., :-1]
        return np.concatenate([w * self.scale.sd, theta[..., -1:] + (w @ self.scale.mean)[..., None]], axis=-1)


def prepare(data: Data, raw: bool, test: float, seed: int) -> Problem:
    """Split the rows, scale by what is left to train on, and solve."""
    n = len(data.y)
    rows, held = split(n, min(test, max(0, n - LEAST_ROWS) / n), seed)
    own, y = (data.X[rows], data.y[rows]) if len(held) else (data.X, data.y)
    scale = scaling(own)
    X = own if raw else scale.apply(own)
    tested = None
    if len(held):
        tested = data.X[held] if raw else scale.apply(data.X[held]), data.y[held]
    return Problem(data, X, y, tested, least_squares(X, y), scale, raw)


class Job(Work):
    """Both methods, epoch by epoch in turns, from the same start on the same mini-batches."""

    def __init__(self, problem: Problem, settings: Training) -> None:
        """Begin: epoch 0 of both is there at once."""
        super().__init__(self._turns(), settings.epochs)
        self.problem, self.settings = problem, settings
        self.methods = {method.key: method.optimizer for method in settings.methods()}
        self.batch = max(settings.batch, -(-len(problem.y) // LONGEST))
        self._rest = {
            key: train(each, problem.X, problem.y, settings.epochs, self.batch, settings.seed, test=problem.test)
            for key, each in self.methods.items()
        }
        self.epochs = {key: [next(rest)] for key, rest in self._rest.items()}

    def _turns(self) -> Iterator[None]:
        while self._rest:
            for key in [*self._rest]:
                epoch = next(self._rest[key], None)
                if epoch is None:
                    del self._rest[key]
                else:
                    self.epochs[key].append(epoch)
                    yield

    def made(self) -> int:
        """Return how many epochs the one that is behind has made."""
        return min((len(self.epochs[key]) - 1 for key in self._rest), default=self.of)

    def histories(self) -> dict[str, History]:
        """Return what both have made so far."""
        return {key: history(epochs) for key, epochs in self.epochs.items()}


@dataclass(frozen=True)
class Slice:
    """What the player shows: the slice through the exact answer, and both runs; `single`: a row is a step."""

    surface: Surface
    runs: Sequence[Run]
    single: bool


def slice_of(job: Job, across: str, up: str) -> Slice:
    """Return the slice of the loss over two weights, all others exact; each run's f is the loss of its whole model."""
    problem = job.problem
    X, y, best = problem.X, problem.y, problem.optimum
    i, j = problem.names.index(across), problem.names.index(up)
    seen = job.histories()
    longest = max(len(each.steps.get("g", each.loss)) for each in seen.values())
    single = all(len(each.steps) for each in seen.values())
    single = single and longest <= SINGLE_STEPS and longest * X.size <= AFFORDABLE
    if not single:
        seen = {key: replace(each, steps={}) for key, each in seen.items()}
    paths = [(each.steps["theta"] if each.steps else each.theta)[:, [i, j]] for each in seen.values()]
    surface = loss_slice(X, y, i, j, best.theta, names=axis_names(problem.names), paths=paths)
    runs = []
    for key, each in seen.items():
        traj = on_slice(job.methods[key], each, surface, i, j)
        with np.errstate(all="ignore"):
            f = losses(X, y, each.steps["theta"]) if each.steps else each.loss
        runs.append(Run(METHODS[key], replace(traj, f=f)))
    return Slice(surface, runs, single)
