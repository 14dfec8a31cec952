"""Write a number for reading: one rule for text, MathML and a player's JavaScript (pages/shared/web/numbers.js)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from math import floor, isfinite, isnan, log10

FIGURES = 4
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def significant(value: float, quantity: str = "", figures: int = FIGURES) -> int:
    """Return how many digits of a finite number are shown.

    `figures`, but for ρ and μ as many as 1 − ρ needs for its own, and below 100000 all that stand before the point.
    """
    if quantity in ("rho", "momentum") and 0 < value < 1:
        return max(figures, figures - 1 - floor(log10(1 - value)))
    whole = Decimal(float(value)).adjusted() + 1
    return max(figures, whole) if whole <= 5 else figures


def rounded(value: float, quantity: str = "", figures: int = FIGURES) -> Decimal:
    """Return a finite number rounded as it is shown; a half goes away from 0."""
    if quantity == "t":
        return Decimal(int(value))
    count = significant(value, quantity, figures)
    if count > 15:
        return Decimal(repr(float(value)))
    return Context(prec=count, rounding=ROUND_HALF_UP).create_decimal_from_float(float(value))


def digits(value: float, quantity: str = "", figures: int = FIGURES) -> str:
    """Write a number for reading: 3.162, 0.001, −2.5, 12346, 1.23×10⁻⁸, 10⁻⁸, 0, ∞, NaN.

    The rules, for a port to JavaScript:

    1. NaN is "NaN", ±infinity "∞" or "−∞", 0 and −0 are "0". `quantity` "t" is the whole number it is.
    2. n = figures; for "rho" and "momentum" with 0 < value < 1, n = max(n, n − 1 − floor(log10(1 − value))); otherwise,
       where |value| has at most 5 digits before its point, no fewer than those. n > 15: all digits that a float has.
    3. Round |value| to n significant digits, a half upwards, as |value|.toExponential(n − 1) does: mantissa and e.
    4. Drop zeros at the end of the mantissa, then a point at its end.
    5. −4 <= e <= 4: write it without exponent. Otherwise mantissa × 10 to the e, as "×10" and e in superscript digits
       (⁻ U+207B for its minus); a mantissa of just 1 and its × are dropped.
    6. value < 0: put − (U+2212) in front.
    """
    if isnan(value):
        return "NaN"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    number = rounded(value, quantity, figures)
    if quantity == "t" or number == 0 or -4 <= number.adjusted() <= 4:
        return _without_zeros(number)
    mantissa, power = number.scaleb(-number.adjusted()), "10" + str(number.adjusted()).translate(SUPERSCRIPT)
    return ("" if mantissa > 0 else "−") + power if abs(mantissa) == 1 else f"{_without_zeros(mantissa)}×{power}"


def fenced(text: str, fence: str) -> str:
    """Put a number's text in parentheses where its place asks for them.

    `fence` "sign" (after an operator): if it begins with −. "base" (under a power): unless it is all digits and point.
    """
    needed = text.startswith("−") if fence == "sign" else fence == "base" and set(text) - set("0123456789.")
    return f"({text})" if needed else text


def _without_zeros(number: Decimal) -> str:
    """Write a number without an exponent and without zeros at the end of its fraction."""
    return format(number.normalize(), "f").replace("-", "−") if number else "0"
