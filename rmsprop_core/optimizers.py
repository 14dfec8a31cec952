"""RMSprop and SGD, one equation a line.

Sources: Tieleman & Hinton, Lecture 6e (2012) for the idea; Graves, arXiv:1308.0850 (2013), eq. 38-45
for `centered`; PyTorch, Keras, TensorFlow 1 and optax for the switches (`dialects.py` names them).

| symbol | code    | what                                                    |
|--------|---------|---------------------------------------------------------|
| θ      | `theta` | parameters                                              |
| g      | `g`     | gradient at θₜ₋₁                                        |
| s      | `s`     | running mean of g²                                      |
| m      | `m`     | running mean of g (centered only, otherwise 0)          |
| w      | `w`     | what the root is taken of: s, or s − m² when centered   |
| rms    | `rms`   | what g is divided by: √(w+ε) or √w+ε                    |
| u      | `u`     | g / rms, the normalised gradient                        |
| v      | `v`     | velocity                                                |
| Δ      | `delta` | the step that is subtracted: θₜ = θₜ₋₁ − Δₜ             |

η, ρ, ε, μ are `lr`, `rho`, `eps`, `momentum`. All operations are element-wise. θ has shape (d,) or, for
several runs side by side, (d, runs); then each hyperparameter is a number or an array of shape (runs,). A run is the
same side by side as alone, to the last bit: hence np.power(ρ, t), since NumPy rounds ρ**t differently for an array.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Hyper = float | Array  # a number, or one number a run: shape (runs,)
FLOAT64 = np.dtype(np.float64)


class Step(NamedTuple):
    """Every quantity of one update, each of θ's shape. It is also all that the next update needs."""

    t: int
    theta: Array
    g: Array
    s: Array
    m: Array
    w: Array
    rms: Array
    u: Array
    v: Array
    delta: Array


@dataclass(frozen=True)
class RMSprop:
    """Divide the gradient by a running root mean square of itself.

    Args:
        lr: η, finite and >= 0.
        rho: ρ in [0, 1), the share of the past in the running means.
        eps: ε, finite and >= 0, keeps the divisor from 0.
        momentum: μ in [0, 1).
        centered: divide by the running standard deviation √(s − m²) instead (Graves 2013).
        eps_inside_sqrt: √(w + ε) as in Keras, otherwise √w + ε as in PyTorch.
        lr_in_velocity: v sums up ηu as in Keras, otherwise u as in PyTorch: the same path while η is constant.
        nesterov: look ahead along the velocity, as optax does.
        bias_correction: divide s by 1 − ρᵗ, as optax can; refused together with centered.
        initial_s: s₀, finite and >= 0; TensorFlow 1 starts at 1.

    Raises:
        ValueError: names the argument, its value and its range.
    """

    lr: Hyper = 0.001
    rho: Hyper = 0.9
    eps: Hyper = 1e-8
    momentum: Hyper = 0.0
    centered: bool = False
    _: KW_ONLY
    eps_inside_sqrt: bool = True
    lr_in_velocity: bool = True
    nesterov: bool = False
    bias_correction: bool = False
    initial_s: Hyper = 0.0

    def __post_init__(self) -> None:
        _check("lr", self.lr)
        _check("rho", self.rho, below=1)
        _check("eps", self.eps)
        _check("momentum", self.momentum, below=1)
        _check("initial_s", self.initial_s)
        for name in ("centered", "eps_inside_sqrt", "lr_in_velocity", "nesterov", "bias_correction"):
            _check_switch(name, getattr(self, name))
        if self.centered and self.bias_correction:
            raise ValueError("bias_correction must be False when centered is True: s − m² would be 0 at t = 1")

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0: θ copied to float64, s = s₀, nothing moved yet.

        Raises:
            ValueError: theta is not made of real numbers, or is not (d, runs) for hyperparameters of shape (runs,).
        """
        theta = _parameters(theta, self.lr, self.rho, self.eps, self.momentum, self.initial_s)
        zero = np.zeros_like(theta)
        s = zero + self.initial_s
        return Step(0, theta, zero, s, zero, s, self._root(s), zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before` along gradient `g` (θ's shape); nothing that is passed in changes.

        Raises:
            ValueError: g is not of theta's shape or not made of real numbers, or theta is not (d, runs) for
                hyperparameters of shape (runs,).
        """
        lr, rho, mu = self.lr, self.rho, self.momentum
        t, g = before.t + 1, _gradient(g, before.theta, lr, mu, rho, self.eps)

        s = rho * before.s + (1 - rho) * g * g  # sₜ = ρ sₜ₋₁ + (1 − ρ) gₜ²
        m, w = before.m, s
        if self.centered:
            deviation = g - before.m
            m = rho * before.m + (1 - rho) * g  # mₜ = ρ mₜ₋₁ + (1 − ρ) gₜ
            w = rho * (before.w + (1 - rho) * deviation * deviation)  # wₜ = sₜ − mₜ², and never below 0 by rounding
        w_hat = w / (1 - np.power(rho, t)) if self.bias_correction else w  # ŵₜ = wₜ / (1 − ρᵗ)
        rms = self._root(w_hat)  # rmsₜ = √(ŵₜ + ε) or √ŵₜ + ε
        u = g / rms  # uₜ = gₜ / rmsₜ
        v, delta = _velocity(before.v, u, lr, mu, self.lr_in_velocity, self.nesterov)
        theta = before.theta - delta  # θₜ = θₜ₋₁ − Δₜ
        return Step(t, theta, g, s, m, w, rms, u, v, delta)

    def _root(self, w: Array) -> Array:
        if self.eps_inside_sqrt:
            return np.sqrt(w + self.eps)  # rms = √(w + ε)
        return np.sqrt(w) + self.eps  # rms = √w + ε


@dataclass(frozen=True)
class SGD:
    """Follow the gradient itself: RMSprop with rms = 1, so u = g.

    Args:
        lr: η, finite and >= 0.
        momentum: μ in [0, 1), heavy ball (Polyak 1964).
        nesterov: look ahead along the velocity (Sutskever et al. 2013, in PyTorch's form).
        lr_in_velocity: v sums up ηg as in Keras, otherwise g as in PyTorch: the same path while η is constant.

    Raises:
        ValueError: names the argument, its value and its range.
    """

    lr: Hyper
    momentum: Hyper = 0.0
    nesterov: bool = False
    _: KW_ONLY
    lr_in_velocity: bool = True

    def __post_init__(self) -> None:
        _check("lr", self.lr)
        _check("momentum", self.momentum, below=1)
        for name in ("nesterov", "lr_in_velocity"):
            _check_switch(name, getattr(self, name))

    def start(self, theta: ArrayLike) -> Step:
        """Return the Step at t = 0; see RMSprop.start."""
        theta = _parameters(theta, self.lr, self.momentum)
        zero = np.zeros_like(theta)
        return Step(0, theta, zero, zero, zero, zero, zero + 1, zero, zero, zero)

    def step(self, before: Step, g: ArrayLike) -> Step:
        """Return the Step after `before` along gradient `g`; see RMSprop.step."""
        t, g = before.t + 1, _gradient(g, before.theta, self.lr, self.momentum)
        v, delta = _velocity(before.v, g, self.lr, self.momentum, self.lr_in_velocity, self.nesterov)
        theta = before.theta - delta  # θₜ = θₜ₋₁ − Δₜ
        return Step(t, theta, g, before.s, before.m, before.w, before.rms, g, v, delta)


def _velocity(v: Array, u: Array, lr: Hyper, mu: Hyper, lr_in_velocity: bool, nesterov: bool) -> tuple[Array, Array]:
    """Return vₜ and Δₜ from vₜ₋₁ and uₜ. Without momentum v is the push itself (and 0·∞ never arises)."""
    push = lr * u if lr_in_velocity else u  # what the velocity sums up: ηu or u
    moving = isinstance(mu, np.ndarray) or mu > 0
    v = mu * v + push if moving else push  # vₜ = μ vₜ₋₁ + η uₜ
    ahead = mu * v + push if moving and nesterov else v  # one step further along the velocity
    return v, ahead if lr_in_velocity else lr * ahead  # Δₜ


def _parameters(theta: ArrayLike, *hypers: Hyper) -> Array:
    theta = _real("theta", theta)
    _check_runs(theta, *hypers)
    return theta


def _gradient(g: ArrayLike, theta: Array, lr: Hyper, mu: Hyper, rho: Hyper = 0.0, eps: Hyper = 0.0) -> Array:
    g = g.copy() if type(g) is np.ndarray and g.dtype is FLOAT64 else _real("g", g)
    if g.shape != theta.shape:
        raise ValueError(f"g has shape {g.shape}, theta has {theta.shape}: they must be equal")
    if not (type(lr) is type(mu) is type(rho) is type(eps) is float):
        _check_runs(theta, lr, mu, rho, eps)
    return g


def _check_runs(theta: Array, *hypers: Hyper) -> None:
    for hyper in hypers:
        if isinstance(hyper, np.ndarray) and hyper.ndim and hyper.shape != theta.shape[1:]:
            raise ValueError(f"theta has shape {theta.shape}; a hyperparameter of shape {hyper.shape} needs (d, runs)")


def _real(name: str, values: ArrayLike) -> Array:
    """Return a float64 copy: a Step stays as it is when the caller's arrays change."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} must be made of real numbers, not {array.dtype}")
    return array.astype(np.float64)


def _check(name: str, value: Hyper, below: float = np.inf) -> None:
    array = np.asarray(value)
    numbers = array.dtype.kind in "fiu" and np.can_cast(array.dtype, np.float64) and not isinstance(value, list | tuple)
    if not (numbers and array.ndim <= 1 and np.all((array >= 0) & (array < below))):
        interval = f"in [0, {below})" if below < np.inf else "finite and >= 0"
        raise ValueError(f"{name} must be {interval}, not {value!r}")


def _check_switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, not {value!r}")
