"""How every run is made and how it ends: the one loop over steps, and the one rule of the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.family import Optimizer
from rmsprop_core.optimizers import Array, Step

Gradient = Callable[[int, Array], Array]  # (t, θₜ₋₁) -> gₜ, of θ's shape
LOOK = 32  # so often the loop looks whether all has ended: looking costs a good part of a step
watch: ContextVar[Callable[[], None]] = ContextVar(
    "watch", default=lambda: None
)  # called meanwhile; may raise to end it
ORDER = ("g", "s", "m", "w", "rms", "u", "v", "delta", "theta")  # in which the quantities of a step are computed


@dataclass(frozen=True)
class Event:
    """Something that happened in a run: kind, first step, cause, the numbers behind it. Pages turn it into words.

    | kind        | causes                                                        |
    |-------------|---------------------------------------------------------------|
    | `nonfinite` | zero_over_zero, over_zero, undefined, overflow                |
    | `left`      | start, unstable, downhill, centered, narrow, kick, momentum   |
    | `cycle`     | adapted, limit, other                                         |
    | `stalled`   | minimum, flat, lr, steps                                      |
    | `jump`      | forgot                                                        |

    `coordinate` is 0 for x, 1 for y, None where it is not about one of them.
    """

    kind: str
    step: int
    cause: str
    numbers: Mapping[str, float]
    coordinate: int | None = None


def steps_from(before: Step, made_by: Iterable[Optimizer], gradient: Gradient) -> Iterator[Step]:
    """Yield the steps after `before`, one for each of `made_by`, until no run has a finite θ any more.

    What is not finite is for the caller to find; NumPy's warnings are for the caller to silence.
    """
    watching = watch.get()
    for optimizer in made_by:
        before = optimizer.step(before, gradient(before.t + 1, before.theta))
        yield before
        if before.t % LOOK == 1:
            watching()
            if not np.isfinite(before.theta).all(axis=0).any():
                return


def stacked(walk: Collection[Step]) -> Step:
    """Return steps as one, each quantity with time as its first axis, and their number for t."""
    _, *quantities = zip(*walk, strict=True)
    shape = (len(walk), *quantities[0][0].shape)
    return Step(len(walk), *(np.frombuffer(bytearray().join(q)).reshape(shape) for q in quantities))  # 5 × np.array


def is_finite(step: Step, axis: int = 0) -> NDArray[np.bool_]:
    """Return whether all quantities are finite, for each run; `axis` is that of the coordinates.

    Three of them tell: an infinite g or m makes s infinite, w makes rms, and u, v or Δ make θ.
    """
    finite = np.isfinite(step.s) & np.isfinite(step.rms) & np.isfinite(step.theta)
    return np.asarray(finite.all(axis=axis))


def nonfinite(step: Step) -> Event | None:
    """Return what ended one run at this step, or None: the first quantity that is not finite, in the order computed."""
    for name in ORDER:
        values = getattr(step, name)
        if not np.isfinite(values).all():
            i = int(np.argmin(np.isfinite(values)))
            g, rms = float(step.g[i]), float(step.rms[i])
            cause = "overflow" if rms != 0 else "zero_over_zero" if g == 0 else "over_zero"
            return Event("nonfinite", step.t, cause, {"g": g, "rms": rms, name: float(values[i])}, i)
    return None
