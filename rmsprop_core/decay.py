"""What is done around an optimizer's step: weight decay, and clipping the gradient. Both go around any optimizer.

    Decayed(Adam(0.001), 0.01, decoupled=True)                     AdamW
    Decayed(RMSprop(0.01), 1e-4, decoupled=False)                  torch.optim.RMSprop(weight_decay=1e-4)
    Clipped(RMSprop(0.01), "norm", 1.0)                            keras.optimizers.RMSprop(global_clipnorm=1.0)
    Clipped(Decayed(SGD(0.1), 0.01, decoupled=True), "value", 0.5) clip first, then decay, as Keras does

Clipping here is an algorithm that the user chooses and sees in g, not something that a run does to its numbers unseen.
Which comes first is which stands outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.checks import check_whole, checked_gradient, checked_theta, settle
from rmsprop_core.family import Optimizer
from rmsprop_core.optimizers import Array, Hyper, Step


@dataclass(frozen=True)
class Wrapped:
    """An optimizer with something around its step; `lr` is the optimizer's own, and when given takes its place."""

    optimizer: Optimizer
    lr: Hyper = field(default=None, kw_only=True)  # type: ignore[assignment]  # a number from __post_init__ on

    def __post_init__(self) -> None:
        if not all(hasattr(self.optimizer, name) for name in ("lr", "start", "step")):
            raise ValueError(f"optimizer must be one, not {self.optimizer!r}")
        if self.lr is not None:
            object.__setattr__(self, "optimizer", replace(self.optimizer, lr=self.lr))
        object.__setattr__(self, "lr", self.optimizer.lr)
        settle(self)


def bare(optimizer: Optimizer) -> Optimizer:
    """Return the optimizer inside all that is around it."""
    while isinstance(optimizer, Wrapped):
        optimizer = optimizer.optimizer
    return optimizer


@dataclass(frozen=True)
class Decayed(Wrapped):
    """Let θ decay: by ηλθ a step beside the optimizer's own (decoupled), or by λθ that is added to g.

    Decoupled is torch.optim.AdamW's form and that of all of Keras (Loshchilov & Hutter 2019, arXiv:1711.05101), and
    the Step's Δ is ηλθ + Δ of the optimizer; θ decays at the same rate in every coordinate. Otherwise it is the form of
    torch.optim.RMSprop, SGD and Adam: the gradient of f + ½λ|θ|², which is the Step's g, and which rms divides.
    """

    weight_decay: Hyper  # λ >= 0
    decoupled: bool

    def start(self, theta: ArrayLike) -> Step:
        """Return the optimizer's Step at t = 0."""
        return self.optimizer.start(checked_theta(theta, self.weight_decay))

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`; see RMSprop.step."""
        g = checked_gradient(g, before.theta, self.weight_decay)
        pull = self.weight_decay * before.theta  # λ θₜ₋₁
        if not self.decoupled:
            return self.optimizer.step(before, g + pull)  # gₜ + λ θₜ₋₁
        step = self.optimizer.step(before, g)
        delta = self.lr * pull + step.delta  # η λ θₜ₋₁ + Δₜ
        return step._replace(theta=before.theta - delta, delta=delta)


@dataclass(frozen=True)
class Clipped(Wrapped):
    """Clip g before the optimizer sees it; the Step's g is the clipped one.

    `by` "value": each coordinate to [−c, c] (torch's clip_grad_value_, Keras' clipvalue, optax.clip). `by` "norm":
    g is shortened to length c where it is longer, as a whole (clip_grad_norm_, which has an ε of 1e-6; Keras'
    global_clipnorm, optax.clip_by_global_norm), or each of `parts` for itself (Keras' clipnorm): (10, 1) stands for
    a variable of ten numbers and another of one.
    """

    by: str
    most: Hyper  # c > 0
    parts: tuple[int, ...] | None = None
    eps: Hyper = 0.0  # is added to the norm

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.by not in ("value", "norm"):
            raise ValueError(f"by must be 'value' or 'norm', not {self.by!r}")
        if np.any(np.equal(self.most, 0)):
            raise ValueError(f"most must be finite and > 0, not {self.most!r}")
        for part in self.parts or ():
            check_whole("parts", part, 1)

    def start(self, theta: ArrayLike) -> Step:
        """Return the optimizer's Step at t = 0. Parts that don't make up θ raise ValueError."""
        theta = checked_theta(theta, self.most, self.eps)
        if self.parts is not None and theta.shape[:1] != (sum(self.parts),):
            raise ValueError(f"parts must sum up to the length of theta, of shape {theta.shape}, not {self.parts!r}")
        return self.optimizer.start(theta)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`; see RMSprop.step."""
        g = checked_gradient(g, before.theta, self.most, self.eps)
        if self.by == "value":
            return self.optimizer.step(before, np.clip(g, -self.most, self.most))
        return self.optimizer.step(before, g * (self.most / np.maximum(self._norm(g) + self.eps, self.most)))

    def _norm(self, g: Array) -> Array:
        """Return |g| for each run, or that of each coordinate's part."""
        if self.parts is None:
            return np.asarray(np.sqrt((g * g).sum(axis=0)))
        first = np.cumsum((0, *self.parts[:-1]))
        return np.repeat(np.sqrt(np.add.reduceat(g * g, first, axis=0)), self.parts, axis=0)
