"""How long a step can be; on a parabola of curvature λ, when a method comes to rest, and how far RMSprop swings.

Rest and swing hang on one number, the limit of lr·λ/rms. With rms = 1 it is SGD's; RMSprop's rms is at least √ε (or
ε), so at a minimum, once s is forgotten, it comes to rest below the limit and swings above it: until s has grown so
far that lr·λ/rms stands at the limit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rmsprop_core.family import AdaGrad, Adam, Optimizer, SignDescent
from rmsprop_core.optimizers import SGD, Array, Hyper, RMSprop

Adapted = RMSprop | Adam | SignDescent  # they swing across a minimum at a width of their own, which lr sets


def stability_limit(optimizer: Optimizer) -> Hyper:
    """Return the largest stable lr·λ/rms: 2(1+μ), with Nesterov 2(1+μ)/(1+2μ), Adam's 2(1+β₁)/(1−β₁).

    On a quadratic it is exact. NaN for what has none that is known: Rprop, and an optimizer with decay or clipping.
    """
    if isinstance(optimizer, RMSprop | SGD):
        mu = optimizer.momentum
        return 2 * (1 + mu) / (1 + 2 * mu if optimizer.nesterov else 1)
    if isinstance(optimizer, Adam):
        return 2 * (1 + optimizer.beta1) / (1 - optimizer.beta1)
    return 2.0 if isinstance(optimizer, AdaGrad | SignDescent) else np.nan


def least_rms(optimizer: Optimizer) -> Hyper:
    """Return what is left of rms where g has been 0 for long: √ε, or ε outside the root; SGD's is 1.

    Sign descent's is 0. NaN for what does not forget (AdaGrad), and where stability_limit is.
    """
    if isinstance(optimizer, RMSprop | Adam):
        return np.sqrt(optimizer.eps) if isinstance(optimizer, RMSprop) and optimizer.eps_inside_sqrt else optimizer.eps
    if isinstance(optimizer, SGD):
        return 1.0
    return 0.0 if isinstance(optimizer, SignDescent) else np.nan


def longest_step(optimizer: Optimizer) -> Hyper:
    """Return what no |Δ| of a coordinate exceeds unless centered: lr/√(1−ρ), with momentum over (1−μ).

    s >= (1−ρ)g² whatever s₀ and ε are, and bias correction only makes it larger; Nesterov's last push is in the sum.
    It is lr where |u| <= 1, as for AdaGrad and sign descent; NaN where none is known.
    """
    if isinstance(optimizer, RMSprop):
        return optimizer.lr / np.sqrt(1 - optimizer.rho) / (1 - optimizer.momentum)
    return optimizer.lr if isinstance(optimizer, AdaGrad | SignDescent) else np.nan


def cycle_amplitude(optimizer: Adapted, curvature: ArrayLike) -> Array:
    """Return a of the cycle θ* ± a for curvatures λ (with runs side by side, of shape (…, runs)); NaN where none is.

    In it g is ±λa at every other step, so s is (λa)², and lr·λ/rms is at the stability limit L: with ε inside the
    root (λa)² + ε = (lr·λ/L)², outside λa + ε = lr·λ/L. Centered, m alternates too, as ±λa(1 − ρ)/(1 + ρ), and leaves
    c = 1 − ((1 − ρ)/(1 + ρ))² of s. With ε = 0 and c = 1, a is lr/2 and with momentum lr/(2(1+μ)).
    The cycle need not attract: with much momentum runs do not settle into it.
    Adam's is that of ε outside the root with its own L, sign descent's ±lr/2.
    """
    curvature = np.asarray(curvature, dtype=np.float64)
    eps = 0.0 if isinstance(optimizer, SignDescent) else optimizer.eps
    with np.errstate(all="ignore"):
        rms = optimizer.lr * curvature / stability_limit(optimizer)
        root = rms - eps
        if isinstance(optimizer, RMSprop):
            if optimizer.eps_inside_sqrt:
                root = np.sqrt(rms * rms - eps)
            if optimizer.centered:
                root = root / np.sqrt(1 - ((1 - optimizer.rho) / (1 + optimizer.rho)) ** 2)
        return np.asarray(np.where((rms > 0) & (root > 0) & (root < np.inf), root, np.nan) / curvature)
