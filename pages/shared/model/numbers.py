"""A number in a sentence: the rule of the core's digits, with three figures."""

from __future__ import annotations

from math import isclose, log10

from rmsprop_core.explain.digits import SUPERSCRIPT, digits


def number(value: float, figures: int = 3) -> str:
    """Return the value to read in a sentence."""
    return digits(float(value), figures=figures)


def tick(value: float) -> str:
    """Return the value to read on an axis: as in a sentence, but every long power of ten as such."""
    exponent = round(log10(value)) if value > 0 else 0
    if isclose(value, 10.0**exponent, rel_tol=1e-9) and not -3 < exponent < 4:
        return "10" + str(exponent).translate(SUPERSCRIPT)
    return number(value)
