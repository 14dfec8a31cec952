"""A tree written to be read, in LaTeX or in MathML: one walk, two sets of signs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rmsprop_core.expression.reader import FUNCTIONS
from rmsprop_core.expression.tree import Node

Notation = Mapping[str, str]
SIGNS = {  # of LaTeX and of MathML; {0} and {1} stand for the parts
    "number": ("{0}", "<mn>{0}</mn>"),
    "name": ("{0}", "<mi>{0}</mi>"),
    "function": (r"\operatorname{{{0}}}", "<mi>{0}</mi>"),
    "pi": (r"\pi", "<mi>π</mi>"),
    "plus": (" + ", "<mo>+</mo>"),
    "minus": ("-", "<mo>−</mo>"),
    "times": (" ", "<mo>\u2062</mo>"),
    "dot": (r" \cdot ", "<mo>·</mo>"),
    "comma": (", ", "<mo>,</mo>"),
    "row": ("{0}", "<mrow>{0}</mrow>"),
    "power": ("{{{0}}}^{{{1}}}", "<msup>{0}{1}</msup>"),
    "fraction": (r"\frac{{{0}}}{{{1}}}", "<mfrac>{0}{1}</mfrac>"),
    "root": (r"\sqrt{{{0}}}", "<msqrt>{0}</msqrt>"),
    "bars": (r"\left|{0}\right|", "<mrow><mo>|</mo>{0}<mo>|</mo></mrow>"),
    "brackets": (r"\left({0}\right)", "<mrow><mo>(</mo>{0}<mo>)</mo></mrow>"),
}
LATEX: Notation = {name: signs[0] for name, signs in SIGNS.items()}
MATHML: Notation = {name: signs[1] for name, signs in SIGNS.items()}
NAMES = {function: name for name, function in FUNCTIONS.items()} | {np.sign: "sign", np.heaviside: "step"}
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how tightly a part holds together


def written(tree: Node, notation: Notation) -> str:
    """Return the tree, written."""
    return _write(tree, notation)[0]


def _write(node: Node, to: Notation, least: int = 0) -> tuple[str, int]:
    """Return a part and how tightly it holds together, in brackets where its place asks for more."""
    text, strength = _leaf(node.parts[0], to) if node.apply is None else _branch(node, to)
    return (to["brackets"].format(text), ATOM) if strength < least else (text, strength)


def _leaf(part: str | float, to: Notation) -> tuple[str, int]:
    if isinstance(part, str):
        return to["name"].format(part), ATOM
    if part < 0:
        return to["row"].format(to["minus"] + _leaf(-part, to)[0]), SUM
    if part in (np.e, np.pi):
        return to["name"].format("e") if part == np.e else to["pi"], ATOM
    digits, _, exponent = f"{part:.15g}".partition("e")
    if not exponent:
        return to["number"].format(digits), ATOM
    power = to["power"].format(to["number"].format(10), _leaf(float(exponent), to)[0])
    return (
        (power, POWER)
        if digits == "1"
        else (to["row"].format(to["number"].format(digits) + to["dot"] + power), PRODUCT)
    )


def _branch(node: Node, to: Notation) -> tuple[str, int]:
    a, b = (node.parts * 2)[:2]

    def part(node: Node, least: int = 0) -> str:
        return _write(node, to, least)[0]

    if node.apply is np.add:
        return to["row"].format(part(a, SUM) + to["plus"] + part(b, PRODUCT)), SUM
    if node.apply is np.subtract:
        return to["row"].format(part(a, SUM) + to["minus"] + part(b, PRODUCT)), SUM
    if node.apply is np.negative:
        return to["row"].format(to["minus"] + part(a, PRODUCT)), SUM
    if node.apply is np.multiply:
        sign = to["dot"] if _begins_with_digit(b) else to["times"]
        return to["row"].format(part(a, PRODUCT) + sign + part(b, PRODUCT)), PRODUCT
    if node.apply is np.divide:
        return to["fraction"].format(part(a), part(b)), POWER
    if node.apply is np.power:
        return to["power"].format(part(a, ATOM), part(b)), POWER
    if node.apply is np.exp:
        return to["power"].format(to["name"].format("e"), part(a)), POWER
    if node.apply is np.sqrt:
        return to["root"].format(part(a)), ATOM
    if node.apply is np.absolute:
        return to["bars"].format(part(a)), ATOM
    inside = to["comma"].join(part(each) for each in node.parts)
    return to["row"].format(to["function"].format(NAMES[node.apply]) + to["brackets"].format(inside)), ATOM


def _begins_with_digit(node: Node) -> bool:
    """Return whether a factor begins with a digit, so that it needs a dot before it."""
    while node.apply in (np.multiply, np.power):
        node = node.parts[0]
    return node.apply is None and node.value is not None and node.value not in (np.e, np.pi)
