"""f, ∂f/∂x and ∂f/∂y as formulas in MathML, as far as they say exactly what is computed and are short."""

from __future__ import annotations

import re

import numpy as np

from rmsprop_core import Surface
from rmsprop_core.expression.slopes import derivative
from rmsprop_core.expression.tree import Node, ordered, symbol
from rmsprop_core.expression.writing import MATHML, TURNS, written

LARGEST = 100  # nodes of derivatives that are not looked at
LONGEST = 44  # signs of a derivative, beyond which a formula explains nothing


def value(surface: Surface) -> str:
    """Return f = … as a <math> element, "" where its numbers are too long to be written (a turned bowl, a sum)."""
    formula = surface.formula
    return _equation("<mi>f</mi>", formula) if _is_exact(formula) else ""


def slopes(surface: Surface) -> tuple[str, ...]:
    """Return ∂f/∂x = … and ∂f/∂y = … as <math> elements, or nothing where they are long or f has no formula."""
    formula = surface.formula
    if not _is_exact(formula):
        return ()
    found = [derivative(formula, symbol(name)) for name in surface.variables]
    nodes = ordered(found)
    if len(nodes) > LARGEST or any(node.apply is np.heaviside for node in nodes):
        return ()
    if any(len(re.sub("<[^>]*>|\u2062", "", written(slope, MATHML))) > LONGEST for slope in found):
        return ()
    over = "<mrow><mo>∂</mo><mi>{}</mi></mrow>"
    fractions = [f"<mfrac>{over.format('f')}{over.format(name)}</mfrac>" for name in surface.variables]
    return tuple(_equation(left, right) for left, right in zip(fractions, found, strict=True))


def _is_exact(formula: Node) -> bool:
    """Return whether every number of a formula is what is written of it: twelve digits, π or e."""
    numbers = (node.value for node in ordered([formula]) if node.apply is None and node.value is not None)
    return all(float(f"{n:.12g}") == n or n == np.e or n in TURNS for n in numbers)


def _equation(left: str, formula: Node) -> str:
    return f'<math display="block"><mrow>{left}<mo>=</mo>{written(formula, MATHML)}</mrow></math>'
