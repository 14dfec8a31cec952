"""Write a Term as plain text, LaTeX or presentation MathML.

MathML is MathML Core (mrow, mi, mo, mn, mfrac, msqrt, msub, msup, msubsup), so browsers draw it natively. Each symbol
carries the class `sym-…` of its colour; each number that a clock can change is one text in one element,

    <mn class="sym-s" data-q="s" data-when="now" data-i="0" data-fence="sign">0.1458</mn>

so a player replaces it in place: text = fenced(digits(value, q), data-fence), both in `digits.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from rmsprop_core.explain.digits import SUPERSCRIPT, digits, fenced, latex_digits
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
    symbols,
)


@dataclass(frozen=True)
class Sign:
    """How a quantity is written, the `colour` whose class it carries, and whether it has a value at each step."""

    text: str
    latex: str
    colour: str
    indexed: bool = True


SIGNS: Mapping[str, Sign] = {
    "theta": Sign("θ", r"\theta", "theta"),
    "g": Sign("g", "g", "g"),
    "noise": Sign("ξ", r"\xi", "noise"),
    "s": Sign("s", "s", "s"),
    "s_hat": Sign("ŝ", r"\hat{s}", "s"),
    "m": Sign("m", "m", "m"),
    "w": Sign("w", "w", "w"),
    "rms": Sign("rms", r"\mathrm{rms}", "rms"),
    "u": Sign("u", "u", "u"),
    "v": Sign("v", "v", "v"),
    "delta": Sign("Δ", r"\Delta", "delta"),
    "lr": Sign("η", r"\eta", "lr", indexed=False),
    "rho": Sign("ρ", r"\rho", "rho", indexed=False),
    "eps": Sign("ε", r"\varepsilon", "eps", indexed=False),
    "momentum": Sign("μ", r"\mu", "momentum", indexed=False),
    "t": Sign("t", "t", "t", indexed=False),
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
    return not symbols(product)


def plain(term: Term, place: str = "") -> str:
    """Write a term as one line of text: sₜ ≈ 0.9·0.1 + (1 − 0.9)·(−2.5)²."""
    fence = _fence(term, place)
    match term:
        case Symbol(name, when):
            sign = SIGNS[name]
            return sign.text + (("ₜ" if when == "now" else "ₜ₋₁") if sign.indexed else "")
        case Number(value, symbol):
            return fenced(digits(value, symbol.name if symbol else ""), fence)
        case Sum(left, right):
            text = f"{plain(left)} + {plain(right, 'right')}"
        case Difference(left, right):
            text = f"{plain(left)} − {plain(right, 'minus')}"
        case Product(factors):
            text = ("·" if _dotted(term) else " ").join(plain(factor, "factor") for factor in factors)
        case Fraction(above, below):
            text = f"{plain(above, 'factor')} / {plain(below, 'base')}"
        case Power(base, exponent):
            power = plain(exponent)
            text = plain(base, "base") + (power.translate(SUPERSCRIPT) if power.isdigit() else "ᵗ")
        case Root(of):
            text = f"√{plain(of)}" if isinstance(of, Symbol | Number) else f"√({plain(of)})"
        case Slope(point, variable):
            at = ", ".join(plain(x) for x in point)
            text = f"∂f/∂{variable}({at})" if variable else f"∇f({at})"
        case Relation(sign, terms):
            text = f" {sign} ".join(plain(part) for part in terms)
        case _:
            raise TypeError(term)
    return f"({text})" if fence else text


def latex(term: Term, colours: Mapping[str, str] | None = None, place: str = "") -> str:
    r"""Write a term in LaTeX; `colours`, by Sign.colour, wrap its symbols and numbers in \textcolor{…}{…}."""
    fence, colours = _fence(term, place), colours or {}

    def write(child: Term, place: str = "") -> str:
        return latex(child, colours, place)

    def painted(text: str, name: str) -> str:
        colour = colours.get(SIGNS[name].colour) if name else None
        return rf"\textcolor{{{colour}}}{{{text}}}" if colour else text

    match term:
        case Symbol(name, when):
            index = ("_{t}" if when == "now" else "_{t-1}") if SIGNS[name].indexed else ""
            return painted(SIGNS[name].latex + index, name)
        case Number(value, symbol):
            name = symbol.name if symbol else ""
            bare = fenced(digits(value, name), fence) == digits(value, name)
            text = latex_digits(value, name)
            return painted(text if bare else f"({text})", name)
        case Sum(left, right):
            text = f"{write(left)} + {write(right, 'right')}"
        case Difference(left, right):
            text = f"{write(left)} - {write(right, 'minus')}"
        case Product(factors):
            dot = r" \cdot " if _dotted(term) else r" \, "
            text = dot.join(write(factor, "factor") for factor in factors)
        case Fraction(above, below):
            text = rf"\frac{{{write(above)}}}{{{write(below)}}}"
        case Power(base, exponent):
            text = f"{{{write(base, 'base')}}}^{{{write(exponent)}}}"
        case Root(of):
            text = rf"\sqrt{{{write(of)}}}"
        case Slope(point, variable):
            at = ", ".join(write(x) for x in point)
            nabla = rf"\frac{{\partial f}}{{\partial {variable}}}" if variable else r"\nabla f"
            text = rf"{nabla}\left({at}\right)"
        case Relation(sign, terms):
            between = {"≈": r" \approx "}.get(sign, f" {sign} ")
            text = between.join(write(part) for part in terms)
        case _:
            raise TypeError(term)
    return rf"\left({text}\right)" if fence else text


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
