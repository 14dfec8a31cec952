"""Interval arithmetic: what a formula can give when each of its numbers is only known to lie between two bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import add, mul, sub, truediv

import numpy as np


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`; an operation gives all results that its operands allow."""

    low: float
    high: float

    def __add__(self, other: Interval) -> Interval:
        return _span(add, self, other)

    def __sub__(self, other: Interval) -> Interval:
        return _span(sub, self, other)

    def __mul__(self, other: Interval) -> Interval:
        return _span(mul, self, other)

    def __truediv__(self, other: Interval) -> Interval:
        return Interval(-np.inf, np.inf) if other.holds(0.0) else _span(truediv, self, other)

    def __pow__(self, other: Interval) -> Interval:
        return _span(pow, self, other)  # of a base >= 0

    def sqrt(self) -> Interval:
        """Return the roots of what is not negative, NaN if all is; np.sqrt calls it."""
        if self.high < 0:
            return Interval(np.nan, np.nan)
        return Interval(float(np.sqrt(max(self.low, 0.0))), float(np.sqrt(self.high)))

    def holds(self, x: float) -> bool:
        """Return whether x lies in it."""
        return self.low <= x <= self.high

    def meets(self, other: Interval) -> bool:
        """Return whether they have a number in common."""
        return self.low <= other.high and other.low <= self.high


def _span(operation: Callable[[float, float], float], a: Interval, b: Interval) -> Interval:
    """Return from the least to the greatest of the four results of the bounds."""
    found = [operation(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(min(found), max(found))
