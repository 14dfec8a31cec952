"""f, ∂f/∂x and ∂f/∂y as formulas in x and y: of a typed surface as it was typed, of the others from FORMULAS.

SymPy differentiates; what it gives is written as presentation MathML, in the few elements that browsers draw.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import NamedTuple

from rmsprop_core import SURFACES, Surface
from rmsprop_core.expression import Expression
from rmsprop_core.expression.functions import symbols
from rmsprop_core.expression.grammar import WRITTEN
from rmsprop_core.expression.reader import read

LONGEST = 44  # characters of a derivative, beyond which a formula explains nothing

FORMULAS = {
    "ravine": "0.1*x^2 + 2*y^2",
    "rosenbrock": "(1 - x)^2 + 100*(y - x^2)^2",
    "himmelblau": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    "beale": "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
    "booth": "(x + 2*y - 7)^2 + (2*x + y - 5)^2",
    "camel": "(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2",
    "rastrigin": "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
    "ackley": "20 - 20*exp(-0.2*sqrt((x^2 + y^2)/2)) + e - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
    "saddle": "x^2 - y^2",
    "bounded_saddle": "x^2/2 + (y^2 - 1)^2/4",
    "monkey_saddle": "x^3 - 3*x*y^2",
    "cliff": "0.01*(x - 4)^2 + y^2/2 + 5*(1 - tanh(2*(x - 2)))",
}


class Formulas(NamedTuple):
    """What f and its two derivatives are, as Python writes a formula; the derivatives are "" where they are long."""

    f: str
    along_x: str
    along_y: str


def formulas(surface: Surface) -> Formulas | None:
    """Return a surface's formulas, or None where it has none in x and y alone (a sum over patients)."""
    text = _text(surface)
    return _derived(text) if text else None


def _text(surface: Surface) -> str:
    """Return f as a text to type, "" where there is none; a turned bowl would need rounded numbers, so it has none."""
    if isinstance(surface, Expression):
        return surface.title
    if "kappa" in surface.params:
        return "" if surface.params["angle"] else f"(x^2 + {surface.params['kappa']:.15g}*y^2)/2"
    return next((text for key, text in FORMULAS.items() if SURFACES[key].title == surface.title), "")


@lru_cache(maxsize=64)
def _derived(text: str) -> Formulas:
    expr, _ = read(text)
    known = symbols()
    found = [str(known.sympy.diff(expr, variable)) for variable in (known.x, known.y)]
    short = all(len(slope) <= LONGEST for slope in found)
    return Formulas("".join(WRITTEN.get(sign, sign) for sign in text), *(found if short else ("", "")))


def slopes(surface: Surface) -> tuple[str, ...]:
    """Return ∂f/∂x = … and ∂f/∂y = … as <math> elements, or nothing where they are long or f has no formula."""
    found = formulas(surface)
    if not found or not found.along_x:
        return ()
    over = "<mrow><mo>∂</mo><mi>{}</mi></mrow>"
    fractions = [f"<mfrac>{over.format('f')}{over.format(variable)}</mfrac>" for variable in "xy"]
    return tuple(_equation(left, right) for left, right in zip(fractions, found[1:], strict=True))


def value(surface: Surface) -> str:
    """Return f = … as a <math> element, "" where f has no formula."""
    found = formulas(surface)
    return _equation("<mi>f</mi>", found.f) if found else ""


def _equation(left: str, formula: str) -> str:
    return f'<math display="block"><mrow>{left}<mo>=</mo>{mathml(formula)}</mrow></math>'


def mathml(formula: str) -> str:
    """Write a formula in MathML."""
    return _write(ast.parse(formula, mode="eval").body)


_SIGNS = {ast.Add: ("+", 1), ast.Sub: ("−", 1), ast.Mult: ("\u2062", 2), ast.Div: ("/", 2), ast.Pow: ("", 4)}


def _strength(node: ast.expr) -> int:
    """Return how tightly a part holds together: sums 1, products and signs 2, powers 4, names and calls 5."""
    if isinstance(node, ast.BinOp):
        return 5 if isinstance(node.op, ast.Div) else _SIGNS[type(node.op)][1]
    return 2 if isinstance(node, ast.UnaryOp) else 5


def _write(node: ast.expr, least: int = 0) -> str:
    """Write a part, in parentheses where its place asks for one that holds together more tightly."""
    match node:
        case ast.Constant(int() | float() as number):
            text = f"<mn>{number:.12g}</mn>"
        case ast.Name("pi"):
            text = "<mi>π</mi>"
        case ast.Name(name):
            text = f"<mi>{name}</mi>"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            text = f"<mrow><mo>−</mo>{_write(operand, 2)}</mrow>"
        case ast.UnaryOp(operand=operand):
            text = _write(operand)
        case ast.Call(ast.Name("sqrt"), [argument]):
            text = f"<msqrt>{_write(argument)}</msqrt>"
        case ast.Call(ast.Name("exp"), [argument]):
            text = f"<msup><mi>e</mi>{_write(argument)}</msup>"
        case ast.Call(ast.Name("abs" | "Abs"), [argument]):
            text = f"<mrow><mo>|</mo>{_write(argument)}<mo>|</mo></mrow>"
        case ast.Call(ast.Name(name), arguments):
            inside = "<mo>,</mo>".join(_write(argument) for argument in arguments)
            text = f"<mrow><mi>{name}</mi><mo>(</mo>{inside}<mo>)</mo></mrow>"
        case ast.BinOp(left, ast.Pow(), right):
            text = f"<msup>{_write(left, 5 if not isinstance(left, ast.BinOp) else 6)}{_write(right)}</msup>"
        case ast.BinOp(left, ast.Div(), right):
            text = f"<mfrac>{_write(left)}{_write(right)}</mfrac>"
        case ast.BinOp(left, op, right):
            sign, strength = _SIGNS[type(op)]
            if sign == "\u2062" and _begins_with_digit(right):
                sign = "·"
            text = f"<mrow>{_write(left, strength)}<mo>{sign}</mo>{_write(right, strength + (sign != '+'))}</mrow>"
        case _:
            raise TypeError(ast.dump(node))
    return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>" if _strength(node) < least else text


def _begins_with_digit(node: ast.expr) -> bool:
    """Return whether a factor begins with a digit, so that it needs a dot before it."""
    while isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Div):
        node = node.left
    return isinstance(node, ast.Constant | ast.BinOp)
