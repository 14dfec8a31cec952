"""Write a number for reading, with four digits: the same digits in text, MathML, LaTeX and a player's JavaScript."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from math import floor, isfinite, isnan, log10

SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def significant(value: float, quantity: str = "") -> int:
    """Return how many digits are shown: 4, but for ρ and μ as many as 1 − ρ needs for its own four."""
    if quantity in ("rho", "momentum") and 0 < value < 1:
        return max(4, 3 - floor(log10(1 - value)))
    return 4


def rounded(value: float, quantity: str = "") -> Decimal:
    """Return a finite number rounded as it is shown; a half goes away from 0."""
    if quantity == "t":
        return Decimal(int(value))
    context = Context(prec=significant(value, quantity), rounding=ROUND_HALF_UP)
    return context.create_decimal_from_float(float(value))


def digits(value: float, quantity: str = "") -> str:
    """Write a number for reading: 3.162, 0.001, −2.5, 1.23×10⁻⁸, 10⁻⁸, 0, ∞, NaN.

    The rules, for a port to JavaScript:

    1. NaN is "NaN", ±infinity "∞" or "−∞", 0 and −0 are "0". `quantity` "t" is the whole number it is.
    2. n = 4; for "rho" and "momentum" with 0 < value < 1, n = max(4, 3 − floor(log10(1 − value))).
    3. Round |value| to n significant digits, a half upwards, as |value|.toExponential(n − 1) does: mantissa and e.
    4. Drop zeros at the end of the mantissa, then a point at its end.
    5. −4 <= e <= 3: write it without exponent. Otherwise mantissa × 10 to the e, as "×10" and e in superscript digits
       (⁻ U+207B for its minus); a mantissa of just 1 and its × are dropped.
    6. value < 0: put − (U+2212) in front.
    """
    mantissa, exponent = _parts(value, quantity)
    power = "" if exponent is None else "10" + str(exponent).translate(SUPERSCRIPT)
    return _joined(mantissa, power, "×").replace("-", "−")


def latex_digits(value: float, quantity: str = "") -> str:
    r"""Write the same digits in LaTeX: 1.23 \times 10^{-8}."""
    mantissa, exponent = _parts(value, quantity)
    power = "" if exponent is None else f"10^{{{exponent}}}"
    return _joined(mantissa, power, r" \times ").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")


def fenced(text: str, fence: str) -> str:
    """Put a number's text in parentheses where its place asks for them.

    `fence` "sign" (after an operator): if it begins with −. "base" (under a power): unless it is all digits and point.
    """
    needed = text.startswith("−") if fence == "sign" else fence == "base" and set(text) - set("0123456789.")
    return f"({text})" if needed else text


def _parts(value: float, quantity: str) -> tuple[str, int | None]:
    """Return the mantissa, with its sign, and the exponent, if it is written with one."""
    if isnan(value):
        return "NaN", None
    if not isfinite(value):
        return "∞" if value > 0 else "-∞", None
    number = rounded(value, quantity)
    if number == 0:
        return "0", None
    if quantity == "t" or -4 <= number.adjusted() <= 3:
        text = format(number, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text, None
    mantissa = format(number.scaleb(-number.adjusted()), "f")
    return mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa, number.adjusted()


def _joined(mantissa: str, power: str, times: str) -> str:
    if not power:
        return mantissa
    return mantissa.removesuffix("1") + power if mantissa in ("1", "-1") else mantissa + times + power
