"""RMSprop's family: AdaGrad before it, Adam after it, and the two that look at the sign of g alone.

    AdaGrad        s ← s + g²                    θ ← θ − η g / (√s + ε)       Duchi, Hazan & Singer 2011
    Adam           m, s ← running means          θ ← θ − η m̂ / (√ŝ + ε)       Kingma & Ba 2015, arXiv:1412.6980
    SignDescent                                  θ ← θ − η sign(g)            RMSprop with ρ = ε = 0
    Rprop          s ← 1.2 s, or 0.5 s           θ ← θ − s sign(g)            Riedmiller & Braun 1993

Each has RMSprop's two methods and tells the same quantities of a Step. u is what lr is multiplied by (Rprop: s), and
with no velocity to sum it up v = Δ; m and w are 0 and s where nothing else is said. AdamW is Adam in `decay.Decayed`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, Field, dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.checks import checked_gradient, checked_theta, settle
from rmsprop_core.optimizers import Array, Hyper, Step


class Optimizer(Protocol):
    """What a run needs: a frozen dataclass that starts and steps, and whose lr a schedule can replace."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __hash__(self) -> int:
        """Raise TypeError where a hyperparameter is an array."""

    @property
    def lr(self) -> Hyper:
        """η, the learning rate."""

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0."""

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`, which stays as it is."""


@dataclass(frozen=True)
class AdaGrad:
    """Divide g by the root of the sum of all g² so far: steps get shorter and never longer again, as if ρ were 1.

    s is that sum, rms = √s + ε, u = g / rms. As torch.optim.Adagrad; Keras, optax and D2L have ε inside the root, and
    Keras, optax and TensorFlow 1 start s at 0.1.
    """

    lr: Hyper = 0.01
    eps: Hyper = 1e-10
    _: KW_ONLY
    eps_inside_sqrt: bool = False
    initial_s: Hyper = 0.0

    def __post_init__(self) -> None:
        settle(self)

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0; see RMSprop.start."""
        theta = checked_theta(theta, self.lr, self.eps, self.initial_s)
        zero = np.zeros_like(theta)
        s = zero + self.initial_s
        return Step(0, theta, zero, s, zero, s, self._root(s), zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`; see RMSprop.step."""
        t, g = before.t + 1, checked_gradient(g, before.theta, self.lr, self.eps)
        s = before.s + g * g  # sₜ = sₜ₋₁ + gₜ²
        rms = self._root(s)  # rmsₜ = √sₜ + ε
        u = g / rms  # uₜ = gₜ / rmsₜ
        delta = self.lr * u  # Δₜ = η uₜ
        return Step(t, before.theta - delta, g, s, before.m, s, rms, u, delta, delta)

    def _root(self, s: Array) -> Array:
        return np.sqrt(s + self.eps) if self.eps_inside_sqrt else np.sqrt(s) + self.eps


@dataclass(frozen=True)
class Adam:
    """RMSprop with bias correction whose g, too, is a running mean; with β₁ = 0 it is RMSprop(bias_correction=True).

    m and s are the means as they are kept; m̂ = m / (1 − β₁ᵗ), rms = √(s / (1 − β₂ᵗ)) + ε, u = m̂ / rms. As
    torch.optim.Adam and optax.adam; Keras adds ε to √s before its correction, which makes it ε / √(1 − β₂ᵗ) here.
    """

    lr: Hyper = 0.001
    beta1: Hyper = 0.9  # β₁ in [0, 1), the share of the past in m
    beta2: Hyper = 0.999  # β₂ in [0, 1), the share of the past in s: RMSprop's ρ
    eps: Hyper = 1e-8

    def __post_init__(self) -> None:
        settle(self)

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0; see RMSprop.start."""
        theta = checked_theta(theta, self.lr, self.beta1, self.beta2, self.eps)
        zero = np.zeros_like(theta)
        return Step(0, theta, zero, zero, zero, zero, zero + self.eps, zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`; see RMSprop.step."""
        beta1, beta2 = self.beta1, self.beta2
        t, g = before.t + 1, checked_gradient(g, before.theta, self.lr, beta1, beta2, self.eps)
        m = beta1 * before.m + (1 - beta1) * g  # mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ
        s = beta2 * before.s + (1 - beta2) * g * g  # sₜ = β₂ sₜ₋₁ + (1 − β₂) gₜ²
        m_hat = m / (1 - np.power(beta1, t))  # m̂ₜ = mₜ / (1 − β₁ᵗ)
        s_hat = s / (1 - np.power(beta2, t))  # ŝₜ = sₜ / (1 − β₂ᵗ)
        rms = np.sqrt(s_hat) + self.eps  # rmsₜ = √ŝₜ + ε
        u = m_hat / rms  # uₜ = m̂ₜ / rmsₜ
        delta = self.lr * u  # Δₜ = η uₜ
        return Step(t, before.theta - delta, g, s, m, s, rms, u, delta, delta)


@dataclass(frozen=True)
class SignDescent:
    """Take steps of η in each coordinate, against the sign of g (signSGD: Bernstein et al. 2018, arXiv:1802.04434).

    It remembers nothing: s = m = w = 0. rms = |g|, so u = g / rms = sign(g), and where g = 0 u is 0.
    """

    lr: Hyper = 0.001

    def __post_init__(self) -> None:
        settle(self)

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0; see RMSprop.start."""
        theta = checked_theta(theta, self.lr)
        zero = np.zeros_like(theta)
        return Step(0, theta, zero, zero, zero, zero, zero, zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`; see RMSprop.step."""
        t, g = before.t + 1, checked_gradient(g, before.theta, self.lr)
        u = np.sign(g)  # uₜ = sign(gₜ)
        delta = self.lr * u  # Δₜ = η uₜ
        return Step(t, before.theta - delta, g, before.s, before.m, before.w, np.abs(g), u, delta, delta)


@dataclass(frozen=True)
class Rprop:
    """Give each coordinate a step of its own: longer while g keeps its sign, shorter when it turns.

    s = w is the step, from `least` to `most`; m is the g that is remembered: gₜ, or 0 where it has just turned, so that
    the coordinate rests for a step and s for the next one. rms = |g| and u = sign(m). As torch.optim.Rprop. lr is the
    first step alone: a schedule does not reach the others.
    """

    lr: Hyper = 0.01  # η, the first step
    shrink: Hyper = 0.5  # η⁻ in [0, 1)
    grow: Hyper = 1.2  # η⁺ >= 1
    least: Hyper = 1e-6  # the shortest step
    most: Hyper = 50.0  # the longest step

    def __post_init__(self) -> None:
        settle(self)
        if np.any(self.least > self.most):
            raise ValueError(f"least must be at most most = {self.most!r}, not {self.least!r}")

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0; see RMSprop.start."""
        theta = checked_theta(theta, self.lr, self.shrink, self.grow, self.least, self.most)
        zero = np.zeros_like(theta)
        s = zero + self.lr
        return Step(0, theta, zero, s, zero, s, zero, zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`; see RMSprop.step."""
        hypers = self.lr, self.shrink, self.grow, self.least, self.most
        t, g = before.t + 1, checked_gradient(g, before.theta, *hypers)
        turn = np.sign(g * before.m)  # 1 where g keeps its sign, −1 where it turns, 0 where there is none to compare
        factor = np.where(turn > 0, self.grow, np.where(turn < 0, self.shrink, 1.0))
        s = before.s * factor if before.t else before.s * 0 + self.lr  # sₜ = η⁺ sₜ₋₁ or η⁻ sₜ₋₁
        s = np.clip(s, self.least, self.most)  # the method's own bounds
        m = np.where(turn < 0, 0.0, g)  # mₜ = gₜ, or 0 where it turned
        u = np.sign(m)  # uₜ = sign(mₜ)
        delta = s * u  # Δₜ = sₜ uₜ
        return Step(t, before.theta - delta, g, s, m, s, np.abs(g), u, delta, delta)
