"""What the optimizers take: hyperparameters in their ranges; θ and g made of real numbers and of one shape.

What passes is float64 and the optimizer's own: nothing of it changes when the caller's arrays do.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from rmsprop_core.optimizers import Array, Hyper

# The numbers: what each is at least, and less than.
RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("lr", "eps", "initial_s", "least", "most", "weight_decay"), (0, np.inf)),
    **dict.fromkeys(("rho", "beta1", "beta2", "momentum", "shrink"), (0, 1)),
    "grow": (1, np.inf),
}
FLOAT64 = np.dtype(np.float64)


def settle(optimizer: DataclassInstance) -> None:
    """Make each number of a new optimizer a float, each array a float64 copy that nobody can write to.

    What is no number and no switch is the optimizer's own to check.

    Raises:
        ValueError: one is out of its range, or not of its kind; names the argument, its value and the range.
    """
    numbers, switches = _named(type(optimizer))
    for name, least, below in numbers:
        value = getattr(optimizer, name)  # vars() would make each attribute slower from then on
        if not (type(value) is float and least <= value < below):
            object.__setattr__(optimizer, name, _number(name, value, least, below))
    for name in switches:
        if not isinstance(value := getattr(optimizer, name), bool):
            raise ValueError(f"{name} must be True or False, not {value!r}")
    if getattr(optimizer, "centered", False) and getattr(optimizer, "bias_correction", False):
        raise ValueError("bias_correction must be False when centered is True: s − m² would be 0 at t = 1")


@lru_cache
def _named(kind: type[DataclassInstance]) -> tuple[list[tuple[str, float, float]], list[str]]:
    """Return the numbers of a kind of optimizer, with their ranges, and its switches."""
    numbers = [(field.name, *RANGES[field.name]) for field in fields(kind) if field.name in RANGES]
    return numbers, [field.name for field in fields(kind) if field.type == "bool"]


def checked_theta(theta: ArrayLike, *hypers: Hyper) -> Array:
    """Return θ as float64; a ValueError says what is wrong with it, or with hyperparameters for other runs."""
    theta = _real("theta", theta)
    _check_runs(theta, *hypers)
    return theta


def checked_gradient(g: ArrayLike, theta: Array, *hypers: Hyper) -> Array:
    """Return g as float64, of θ's shape; a ValueError says what is wrong with it, or with the hyperparameters."""
    if type(g) is not np.ndarray or g.dtype is not FLOAT64:
        g = _real("g", g)
    elif g.flags.writeable or g.base is not None:  # what nobody can write to stays as it is
        g = g.copy()
    if g.shape != theta.shape:
        raise ValueError(f"g has shape {g.shape}, theta has {theta.shape}: they must be equal")
    for hyper in hypers:
        if type(hyper) is not float:  # most are, and this is asked at every step
            _check_runs(theta, hyper)
    return g


def _check_runs(theta: Array, *hypers: Hyper) -> None:
    """Refuse what NumPy would broadcast: arrays of hyperparameters need a run for each of their numbers."""
    for hyper in hypers:
        if isinstance(hyper, np.ndarray) and hyper.shape != theta.shape[1:]:
            raise ValueError(f"theta has shape {theta.shape}; a hyperparameter of shape {hyper.shape} needs (d, runs)")


def _real(name: str, values: ArrayLike) -> Array:
    """Return a float64 copy: a Step stays as it is when the caller's arrays change."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} must be made of real numbers, not {array.dtype}")
    return array.astype(np.float64)


def _number(name: str, value: object, least: float, below: float) -> Hyper:
    array = np.asarray(value)
    numbers = array.dtype.kind in "fiu" and np.can_cast(array.dtype, np.float64) and not isinstance(value, list | tuple)
    if not (numbers and array.ndim <= 1 and np.all((array >= least) & (array < below))):
        interval = f"in [{least}, {below})" if below < np.inf else f"finite and >= {least}"
        raise ValueError(f"{name} must be {interval}, not {value!r}")
    if not array.ndim:
        return float(array)
    if array.flags.writeable or array.dtype != np.float64:
        array = array.astype(np.float64)
        array.flags.writeable = False
    return array


def is_real(value: object) -> bool:
    """Return whether it is a real number, and no switch."""
    return isinstance(value, Real) and not isinstance(value, bool)


def check_whole(name: str, value: object, least: int, most: int | None = None) -> None:
    """Raise ValueError where a number is not whole, or not from `least` to `most`."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not (whole and value >= least and (most is None or value <= most)):  # type: ignore[operator]
        interval = f">= {least}" if most is None else f"in [{least}, {most}]"
        raise ValueError(f"{name} must be a whole number {interval}, not {value!r}")
