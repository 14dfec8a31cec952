"""Write a Term as presentation MathML.

It is MathML Core (mrow, mi, mo, mn, mfrac, msqrt, msub, msup, msubsup), so browsers draw it natively. Each symbol
carries the class `sym-…` of its colour; each number that a clock can change is one text in one element,

    <mn class="sym-s" data-q="s" data-when="now" data-i="0" data-fence="sign">0.1458</mn>

so a player replaces it in place: text = fenced(digits(value, q), data-fence), both in `digits.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from operator import add, mul, sub, truediv
from typing import Any

import numpy as np

from rmsprop_core.explain.digits import digits, fenced
from rmsprop_core.explain.terms import Made, Number, Relation, Slope, Symbol, Term, kept, resized, symbols_in


@dataclass(frozen=True)
class Sign:
    """How a quantity is written, the `colour` whose class it carries, and whether it has a value at each step."""

    text: str
    colour: str
    indexed: bool = True


SIGNS: Mapping[str, Sign] = {
    "theta": Sign("θ", "theta"),
    "g": Sign("g", "g"),
    "noise": Sign("ξ", "noise"),
    "s": Sign("s", "s"),
    "s_hat": Sign("ŝ", "s"),
    "m": Sign("m", "m"),
    "w": Sign("w", "w"),
    "rms": Sign("rms", "rms"),
    "u": Sign("u", "u"),
    "v": Sign("v", "v"),
    "delta": Sign("Δ", "delta"),
    "lr": Sign("η", "lr", indexed=False),
    "lr_t": Sign("η", "lr"),
    "rho": Sign("ρ", "rho", indexed=False),
    "eps": Sign("ε", "eps", indexed=False),
    "momentum": Sign("μ", "momentum", indexed=False),
    "t": Sign("t", "t", indexed=False),
}
FAMILY: Mapping[str, Sign] = {  # those of the other methods, too
    **SIGNS,
    "beta1": Sign("β₁", "beta1", indexed=False),
    "beta2": Sign("β₂", "beta2", indexed=False),
    "weight_decay": Sign("λ", "weight_decay", indexed=False),
}


CASES = "<mo>{{{{</mo><mtable><mtr><mtd>{}</mtd><mtd>{}</mtd></mtr><mtr><mtd>{}</mtd><mtd>{}</mtd></mtr></mtable>"
# How an operation is written, and the place of each part: what it needs there tells _fence.
FORMS: Mapping[Any, tuple[str, tuple[str, ...]]] = {
    add: ("{}<mo>+</mo>{}", ("", "added")),
    sub: ("{}<mo>−</mo>{}", ("", "tight")),
    truediv: ("<mfrac>{}{}</mfrac>", ("", "")),
    np.power: ("<msup>{}{}</msup>", ("base", "")),
    np.sqrt: ("<msqrt>{}</msqrt>", ("",)),
    np.sign: ("<mi>sign</mi><mo>(</mo>{}<mo>)</mo>", ("",)),
    resized: (CASES.format("{1}", "{0}<mo>&gt;</mo><mn>0</mn>", "{2}", "{0}<mo>&lt;</mo><mn>0</mn>"), ("", "", "")),
    kept: (CASES.format("{1}", "{0}<mo>≥</mo><mn>0</mn>", "<mn>0</mn>", "{0}<mo>&lt;</mo><mn>0</mn>"), ("", "")),
}


def _fence(term: Term, place: str) -> str:
    """Return what a term needs in its place: "" nothing, "both" parentheses; for a number, the fence of its text."""
    if isinstance(term, Number):
        return "base" if place == "base" else "sign" if place else ""
    loose = place == "base" or (place == "tight" and term.apply in (add, sub))
    return "both" if loose and term.parts else ""


def math(term: Term) -> str:
    """Return a displayed <math> element (no alternative text: it would go stale when a player changes the numbers)."""
    return f'<math display="block">{mathml(term)}</math>'


def mathml(term: Term, place: str = "") -> str:
    """Write a term as one MathML element."""
    fence = _fence(term, place)
    match term:
        case Symbol():
            return _letter(term)
        case Number(value, symbol, i):
            if symbol is None:
                return f"<mn>{fenced(digits(value), fence)}</mn>"
            data = {"q": symbol.name, "when": symbol.when, "i": i, "fence": fence or None}
            attributes = "".join(f' data-{key}="{item}"' for key, item in data.items() if item is not None)
            text = fenced(digits(value, symbol.name), fence)
            return f'<mn class="sym-{SIGNS[symbol.name].colour}"{attributes}>{text}</mn>'
        case Slope(point, variable):
            nabla = "<mo>∇</mo><mi>f</mi>"
            if variable:
                over = "<mrow><mo>∂</mo><mi>{}</mi></mrow>"
                nabla = f"<mfrac>{over.format('f')}{over.format(escape(variable))}</mfrac>"
            inside = f"{nabla}<mo>(</mo>{'<mo>,</mo>'.join(map(mathml, point))}<mo>)</mo>"
        case Relation(sign, terms):
            inside = f"<mo>{sign}</mo>".join(map(mathml, terms))
        case Made(apply, factors) if apply is mul:  # 0.9·2.5, but ρs
            dot = "\u2062" if symbols_in(term) else "⋅"
            inside = f"<mo>{dot}</mo>".join(mathml(factor, "tight") for factor in factors)
        case Made(apply, (Symbol(name) as base, exponent)) if apply is np.power and FAMILY[name].indexed:
            inside = _letter(base, mathml(exponent))
        case Made(apply, parts):
            form, places = FORMS[apply]
            inside = form.format(*map(mathml, parts, places))
        case _:
            raise TypeError(term)
    return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>" if fence else f"<mrow>{inside}</mrow>"


def _letter(symbol: Symbol, exponent: str = "") -> str:
    """Write a symbol with its index t or t − 1 where it has one, and there with an exponent."""
    sign = FAMILY[symbol.name]
    attribute, letter = f' class="sym-{sign.colour}"', f"<mi>{sign.text}</mi>"
    if not sign.indexed:
        return f"<mi{attribute}>{sign.text}</mi>"
    index = "<mi>t</mi>" if symbol.when == "now" else "<mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow>"
    tag = "msubsup" if exponent else "msub"
    return f"<{tag}{attribute}>{letter}{index}{exponent}</{tag}>"
