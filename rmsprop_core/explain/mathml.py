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

from rmsprop_core.explain.digits import digits, fenced
from rmsprop_core.explain.terms import (
    Difference,
    Fraction,
    Number,
    Power,
    Product,
    Relation,
    Root,
    Slope,
    Sum,
    Symbol,
    Term,
    symbols_in,
)


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
    "rho": Sign("ρ", "rho", indexed=False),
    "eps": Sign("ε", "eps", indexed=False),
    "momentum": Sign("μ", "momentum", indexed=False),
    "t": Sign("t", "t", indexed=False),
}


def _fence(term: Term, place: str) -> str:
    """Return what a term needs in its place: "" nothing, "both" parentheses; for a number, the fence of its text."""
    if isinstance(term, Number):
        return {"right": "sign", "minus": "sign", "factor": "sign", "base": "base"}.get(place, "")
    compound: dict[str, tuple[type[Term], ...]] = {
        "minus": (Sum, Difference),
        "factor": (Sum, Difference),
        "base": (Sum, Difference, Product, Fraction, Power, Root, Slope),
    }
    return "both" if isinstance(term, compound.get(place, ())) else ""


def _dotted(product: Product) -> bool:
    """Return whether a product is written with a dot between its factors: 0.9·2.5, but ρs."""
    return not symbols_in(product)


def math(term: Term) -> str:
    """Return a displayed <math> element (no alternative text: it would go stale when a player changes the numbers)."""
    return f'<math display="block">{mathml(term)}</math>'


def mathml(term: Term, place: str = "") -> str:
    """Write a term as one MathML element."""
    fence = _fence(term, place)
    match term:
        case Symbol(name):
            index = _index(term)
            attribute = f' class="sym-{SIGNS[name].colour}"'
            letter = SIGNS[name].text
            return f"<msub{attribute}><mi>{letter}</mi>{index}</msub>" if index else f"<mi{attribute}>{letter}</mi>"
        case Number(value, symbol, i):
            if symbol is None:
                return f"<mn>{fenced(digits(value), fence)}</mn>"
            data = {"q": symbol.name, "when": symbol.when, "i": i, "fence": fence or None}
            attributes = "".join(f' data-{key}="{item}"' for key, item in data.items() if item is not None)
            text = fenced(digits(value, symbol.name), fence)
            return f'<mn class="sym-{SIGNS[symbol.name].colour}"{attributes}>{text}</mn>'
        case Sum(left, right):
            parts = [mathml(left), "<mo>+</mo>", mathml(right, "right")]
        case Difference(left, right):
            parts = [mathml(left), "<mo>−</mo>", mathml(right, "minus")]
        case Product(factors):
            dot = "<mo>⋅</mo>" if _dotted(term) else "<mo>\u2062</mo>"  # invisible times
            parts = [dot.join(mathml(factor, "factor") for factor in factors)]
        case Fraction(above, below):
            parts = [f"<mfrac>{mathml(above)}{mathml(below)}</mfrac>"]
        case Power(Symbol(name) as base, exponent) if _index(base):
            letter, index = SIGNS[name].text, _index(base)
            attribute = f' class="sym-{SIGNS[name].colour}"'
            parts = [f"<msubsup{attribute}><mi>{letter}</mi>{index}{mathml(exponent)}</msubsup>"]
        case Power(base, exponent):
            parts = [f"<msup>{mathml(base, 'base')}{mathml(exponent)}</msup>"]
        case Root(of):
            parts = [f"<msqrt>{mathml(of)}</msqrt>"]
        case Slope(point, variable):
            nabla = "<mo>∇</mo><mi>f</mi>"
            if variable:
                over = "<mrow><mo>∂</mo><mi>{}</mi></mrow>"
                nabla = f"<mfrac>{over.format('f')}{over.format(escape(variable))}</mfrac>"
            parts = [nabla, "<mo>(</mo>", "<mo>,</mo>".join(mathml(x) for x in point), "<mo>)</mo>"]
        case Relation(sign, terms):
            parts = [f"<mo>{sign}</mo>".join(mathml(part) for part in terms)]
        case _:
            raise TypeError(term)
    inside = "".join(parts)
    return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>" if fence else f"<mrow>{inside}</mrow>"


def _index(symbol: Symbol) -> str:
    if not SIGNS[symbol.name].indexed:
        return ""
    return "<mi>t</mi>" if symbol.when == "now" else "<mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow>"
