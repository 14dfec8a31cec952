"""RMSprop: divide each gradient by a running root mean square of itself (Tieleman & Hinton, Lecture 6e, 2012).

    s ← ρ s + (1 − ρ) g²            the mean square of the last gradients, about 1/(1 − ρ) of them: older ones fade
    θ ← θ − η g / √(s + ε)          so each coordinate moves by about η a step, on a steep slope as on a flat one

The rest names each quantity (class Step), gives each variant in use a switch (RMSprop), and adds plain SGD beside it.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_core.checks import checked_gradient, checked_theta, settle

Array = NDArray[np.float64]
Hyper = float | Array  # a hyperparameter: one number, or one for each run, of shape (runs,)


class Step(NamedTuple):
    """One update: all its quantities, element by element, of shape (d,), or (d, runs) for several runs side by side."""

    t: int  # number of the step; 0 is the start
    theta: Array  # θₜ, the parameters
    g: Array  # gradient at θₜ₋₁
    s: Array  # running mean of g²
    m: Array  # running mean of g (0 unless centered)
    w: Array  # what the root is taken of: s, or s − m² when centered
    rms: Array  # what g is divided by: √(w + ε) or √w + ε
    u: Array  # g / rms, the normalised gradient
    v: Array  # velocity: v ← μ v + push, the push being ηu (or u)
    delta: Array  # Δ, the step that is subtracted: θₜ = θₜ₋₁ − Δₜ


@dataclass(frozen=True)
class RMSprop:
    """Take steps of ηu, where u = g / rms. A hyperparameter out of its range raises ValueError."""

    lr: Hyper = 0.001  # η >= 0, the learning rate
    rho: Hyper = 0.9  # ρ in [0, 1), the share of the past in the running means
    eps: Hyper = 1e-8  # ε >= 0, keeps the divisor from 0
    momentum: Hyper = 0.0  # μ in [0, 1), the share of the old velocity that is kept
    centered: bool = False  # take the root of s − m², g's running variance (Graves, arXiv:1308.0850, eq. 38-45)
    _: KW_ONLY  # what follows is given by name
    eps_inside_sqrt: bool = True  # √(w + ε) as in Keras, otherwise √w + ε as in PyTorch
    lr_in_velocity: bool = True  # v sums up ηu as in Keras, otherwise u as in PyTorch: the same while η is constant
    nesterov: bool = False  # look one step ahead along the velocity, as optax does
    bias_correction: bool = False  # divide w by 1 − ρᵗ: so much of an s from 0 is filled by then; not with centered
    initial_s: Hyper = 0.0  # s₀ >= 0; TensorFlow 1 starts at 1

    def __post_init__(self) -> None:
        settle(self)

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0: a float64 copy of θ, s = s₀. A θ of wrong shape or type raises ValueError."""
        theta = checked_theta(theta, self.rho, self.eps, self.lr, self.momentum, self.initial_s)
        zero = np.zeros_like(theta)
        s = zero + self.initial_s
        return Step(0, theta, zero, s, zero, s, self._root(s), zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`, which stays as it is. A g of another shape than θ raises ValueError."""
        lr, rho, mu = self.lr, self.rho, self.momentum
        t, g = before.t + 1, checked_gradient(g, before.theta, lr, mu, rho, self.eps)
        s = rho * before.s + (1 - rho) * g * g  # sₜ = ρ sₜ₋₁ + (1 − ρ) gₜ²
        m, w = before.m, s
        if self.centered:
            deviation = g - before.m
            m = rho * before.m + (1 - rho) * g  # mₜ = ρ mₜ₋₁ + (1 − ρ) gₜ
            w = rho * (before.w + (1 - rho) * deviation * deviation)  # = sₜ − mₜ², but rounding can't take it below 0
        w_hat = w / (1 - np.power(rho, t)) if self.bias_correction else w  # ŵₜ = wₜ / (1 − ρᵗ)
        rms = self._root(w_hat)  # rmsₜ = √(ŵₜ + ε) or √ŵₜ + ε
        u = g / rms  # uₜ = gₜ / rmsₜ
        v, delta = _velocity(before.v, u, lr, mu, self.lr_in_velocity, self.nesterov)  # vₜ = μ vₜ₋₁ + η uₜ, Δₜ = vₜ …
        theta = before.theta - delta  # θₜ = θₜ₋₁ − Δₜ
        return Step(t, theta, g, s, m, w, rms, u, v, delta)

    def _root(self, w: Array) -> Array:
        if self.eps_inside_sqrt:
            return np.sqrt(w + self.eps)  # rms = √(w + ε)
        return np.sqrt(w) + self.eps  # rms = √w + ε


@dataclass(frozen=True)
class SGD:
    """Take steps of ηg: RMSprop with rms = 1, so u = g. Its hyperparameters are as RMSprop's."""

    lr: Hyper
    momentum: Hyper = 0.0  # heavy ball (Polyak 1964)
    nesterov: bool = False  # Sutskever et al. 2013, in PyTorch's form
    _: KW_ONLY
    lr_in_velocity: bool = True

    def __post_init__(self) -> None:
        settle(self)

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0; see RMSprop.start."""
        theta = checked_theta(theta, self.lr, self.momentum)
        zero = np.zeros_like(theta)
        return Step(0, theta, zero, zero, zero, zero, zero + 1, zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before`; see RMSprop.step."""
        t, g = before.t + 1, checked_gradient(g, before.theta, self.lr, self.momentum)
        v, delta = _velocity(before.v, g, self.lr, self.momentum, self.lr_in_velocity, self.nesterov)
        theta = before.theta - delta  # θₜ = θₜ₋₁ − Δₜ
        return Step(t, theta, g, before.s, before.m, before.w, before.rms, g, v, delta)


def _velocity(v: Array, u: Array, lr: Hyper, mu: Hyper, lr_in_velocity: bool, nesterov: bool) -> tuple[Array, Array]:
    """Return vₜ and Δₜ from vₜ₋₁ and uₜ."""
    push = lr * u if lr_in_velocity else u  # what the velocity sums up
    moving = isinstance(mu, np.ndarray) or mu > 0  # if not, v is the push itself: 0 times an infinite v would be NaN
    v = mu * v + push if moving else push  # vₜ = μ vₜ₋₁ + push
    ahead = mu * v + push if moving and nesterov else v  # vₜ, or Nesterov's μ vₜ + push
    return v, (ahead if lr_in_velocity else lr * ahead)  # Δₜ
