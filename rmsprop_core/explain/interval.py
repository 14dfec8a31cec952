"""Interval arithmetic: what a formula can give when each of its numbers is only known to lie between two bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`; an operation gives all results that its operands allow."""

    low: float
    high: float

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        return _span(a * b for a, b in _corners(self, other))

    def __truediv__(self, other: Interval) -> Interval:
        if other.holds(0.0):
            return Interval(-np.inf, np.inf)
        return _span(a / b for a, b in _corners(self, other))

    def __pow__(self, other: Interval) -> Interval:
        return _span(a**b for a, b in _corners(self, other))  # of a base >= 0

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


def _corners(a: Interval, b: Interval) -> product[tuple[float, float]]:
    return product((a.low, a.high), (b.low, b.high))


def _span(values: Iterable[float]) -> Interval:
    found = list(values)
    return Interval(min(found), max(found))
