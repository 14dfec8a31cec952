"""A tree as one would write it: like terms and equal factors become one. For a reader alone, not for computing."""

from __future__ import annotations

import numpy as np

from rmsprop_core.expression.slopes import unless_zero
from rmsprop_core.expression.tree import ONE, ZERO, Node, number, ordered

Factors = tuple[tuple[Node, float], ...]  # each with its whole exponent, negative below a fraction bar
Terms = dict[Factors, float]  # a sum: the coefficient of each product


def tidied(tree: Node) -> Node:
    """Return a tree of the same value, tidied up."""
    made: dict[Node, Terms] = {}
    for node in ordered([tree]):
        made[node] = _terms(node, [made[part] for part in node.parts] if node.apply else [])
    return _sum(made[tree])


def _terms(node: Node, parts: list[Terms]) -> Terms:
    a, b = (parts * 2)[:2] if parts else ({}, {})
    if node.apply is None:
        turns = 0.0 if node.value is None else node.value / np.pi
        if turns and turns.is_integer():
            return {((number(np.pi), 1),): turns}
        return {((node, 1),): 1.0} if node.value in (None, np.e) else {(): node.value} if node.value else {}
    if node.apply in (np.add, np.subtract, np.negative):
        first, second, sign = ({}, a, -1) if node.apply is np.negative else (a, b, 1 if node.apply is np.add else -1)
        total = dict(first)
        for factors, coefficient in second.items():
            total[factors] = total.get(factors, 0.0) + sign * coefficient
        return {factors: coefficient for factors, coefficient in total.items() if coefficient}
    if node.apply in (np.multiply, unless_zero):
        return _times(a, b)
    if node.apply is np.divide:
        return _times(a, _raised(b, -1))
    n = node.parts[1].value if node.apply is np.power else None
    if n is not None and n.is_integer() and n > 0:
        return _raised(a, n)
    return {((Node(node.apply, *map(_sum, parts)), 1),): 1.0}


def _times(a: Terms, b: Terms) -> Terms:
    (factors, i), (more, j) = _product(a), _product(b)
    exponents, coefficient = dict(factors), i * j
    for base, n in more:
        exponents[base] = exponents.get(base, 0) + n
    for base, n in list(exponents.items()):
        if n == -1 and base.value and coefficient % base.value == 0:
            coefficient, exponents[base] = coefficient / base.value, 0
    kept = sorted(((base, n) for base, n in exponents.items() if n), key=lambda factor: _place(factor[0]))
    return {tuple(kept): coefficient} if coefficient else {}


def _raised(terms: Terms, n: float) -> Terms:
    factors, coefficient = _product(terms)
    if abs(coefficient) != 1:
        if n > 0:
            return {((_sum(terms), n),): 1.0}
        factors = (*factors, (number(abs(coefficient)), 1))
    return {tuple((base, n * exponent) for base, exponent in factors): -1.0 if coefficient < 0 and n % 2 else 1.0}


def _product(terms: Terms) -> tuple[Factors, float]:
    """Return a sum as one product: its only term, or itself as a factor."""
    return next(iter(terms.items())) if len(terms) == 1 else (((_sum(terms), 1),), 1.0) if terms else ((), 0.0)


def _place(factor: Node) -> int:
    """Return where a factor stands: numbers, then names, functions, sums."""
    return (
        0
        if factor.value is not None
        else 1
        if factor.apply is None
        else 3
        if factor.apply in (np.add, np.subtract)
        else 2
    )


def _sum(terms: Terms) -> Node:
    total: Node | None = None
    for factors, coefficient in terms.items():
        term = _fraction(factors, abs(coefficient))
        if total is None:
            total = Node(np.negative, term) if coefficient < 0 else term
        else:
            total = Node(np.subtract if coefficient < 0 else np.add, total, term)
    return total or ZERO


def _fraction(factors: Factors, coefficient: float) -> Node:
    top, bottom = (None if coefficient == 1 else number(coefficient)), None
    for base, n in factors:
        power = base if abs(n) == 1 else Node(np.power, base, number(abs(n)))
        if n > 0:
            top = Node(np.multiply, top, power) if top else power
        else:
            bottom = Node(np.multiply, bottom, power) if bottom else power
    return Node(np.divide, top or ONE, bottom) if bottom else top or ONE
