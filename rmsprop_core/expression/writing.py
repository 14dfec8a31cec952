"""A tree written to be read, in LaTeX or in MathML: one walk, two sets of forms."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import numpy as np

from rmsprop_core.expression.reader import FUNCTIONS
from rmsprop_core.expression.slopes import unless_zero
from rmsprop_core.expression.tree import Node, number

LATEX: Final = 0
MATHML: Final = 1
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how tightly a part holds together
# LaTeX, MathML, how tightly it holds together, and how tightly its parts must.
FORMS: dict[Any, tuple[str, str, int, tuple[int, ...]]] = {
    np.add: ("{0} + {1}", "<mrow>{0}<mo>+</mo>{1}</mrow>", SUM, (SUM, PRODUCT)),
    np.subtract: ("{0}-{1}", "<mrow>{0}<mo>−</mo>{1}</mrow>", SUM, (SUM, PRODUCT)),
    np.negative: ("-{0}", "<mrow><mo>−</mo>{0}</mrow>", SUM, (PRODUCT,)),
    np.multiply: ("{0} {1}", "<mrow>{0}<mo>\u2062</mo>{1}</mrow>", PRODUCT, (PRODUCT, PRODUCT)),
    "dot": (r"{0} \cdot {1}", "<mrow>{0}<mo>·</mo>{1}</mrow>", PRODUCT, (PRODUCT, PRODUCT)),
    np.divide: (r"\frac{{{0}}}{{{1}}}", "<mfrac>{0}{1}</mfrac>", POWER, (0, 0)),
    np.power: ("{{{0}}}^{{{1}}}", "<msup>{0}{1}</msup>", POWER, (ATOM, 0)),
    np.exp: ("{{e}}^{{{0}}}", "<msup><mi>e</mi>{0}</msup>", POWER, (0,)),
    np.sqrt: (r"\sqrt{{{0}}}", "<msqrt>{0}</msqrt>", ATOM, (0,)),
    np.absolute: (r"\left|{0}\right|", "<mrow><mo>|</mo>{0}<mo>|</mo></mrow>", ATOM, (0,)),
    "brackets": (r"\left({0}\right)", "<mrow><mo>(</mo>{0}<mo>)</mo></mrow>", ATOM, (0,)),
    "function": (r"\operatorname{{{0}}}{1}", "<mrow><mi>{0}</mi>{1}</mrow>", ATOM, (0,)),
    "comma": (", ", "<mo>,</mo>", 0, ()),
    "name": ("{0}", "<mi>{0}</mi>", ATOM, ()),
    "pi": (r"\pi", "<mi>π</mi>", ATOM, ()),
    "number": ("{0}", "<mn>{0}</mn>", ATOM, ()),
}
FORMS[unless_zero] = FORMS[np.multiply]
NAMES = {function: name for name, function in FUNCTIONS.items()} | {np.sign: "sign", np.heaviside: "step"}
TURNS = [np.pi * k for k in range(1, 100)]  # π, 2π, …: a 6.283185307179586 is written 2π


def written(tree: Node, to: Literal[0, 1], least: int = 0) -> str:
    """Return the tree in LATEX or MATHML, in brackets where its place asks it to hold together more tightly."""
    node = _spelled(tree)
    form = FORMS.get(node.apply)
    if form:
        parts = [written(part, to, each) for part, each in zip(node.parts, form[3], strict=True)]
        if form is FORMS[np.multiply] and re.match(r"(\{|<mrow>|<msup>)*(\d|<mn>)", parts[1]):
            form = FORMS["dot"]
    elif node.apply:
        inside = FORMS["comma"][to].join(written(part, to) for part in node.parts)
        form, parts = FORMS["function"], [NAMES[node.apply], FORMS["brackets"][to].format(inside)]
    elif node.value in (None, np.e):
        form, parts = FORMS["name"], [node.parts[0] if node.value is None else "e"]
    else:
        form, parts = FORMS["pi" if node.value == np.pi else "number"], [f"{node.value:.15g}"]
    text = form[to].format(*parts)
    return FORMS["brackets"][to].format(text) if form[2] < least else text


def _spelled(node: Node) -> Node:
    """Return a number as what is written of it: −2, 2π and 2.5·10²⁰ are made of parts."""
    value = node.value
    if node.apply or value is None or value in (np.e, np.pi):
        return node
    if value < 0:
        return Node(np.negative, number(-value))
    if value in TURNS:
        return Node(np.multiply, number(TURNS.index(value) + 1), number(np.pi))
    digits, _, exponent = f"{value:.15g}".partition("e")
    if not exponent:
        return node
    power = Node(np.power, number(10), number(float(exponent)))
    return power if digits == "1" else Node(np.multiply, number(float(digits)), power)
