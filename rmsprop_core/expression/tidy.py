"""A tree made shorter to be read: like terms and equal factors become one, numbers are multiplied.

It is for a reader alone. What is computed is the formula as it was written.
"""

from __future__ import annotations

import numpy as np

from rmsprop_core.expression.slopes import unless_zero
from rmsprop_core.expression.tree import ONE, ZERO, Node, number, ordered


def tidied(tree: Node) -> Node:
    """Return a tree of the same value, as one would write it."""
    made: dict[Node, Node] = {}
    rules = {np.add: _plus, np.multiply: _times, unless_zero: _times, np.divide: _over, np.power: _power}
    for node in ordered([tree]):
        parts = [made[part] for part in node.parts] if node.apply else []
        if node.apply is np.subtract:
            made[node] = _plus(parts[0], _scaled(-1, parts[1]))
        elif node.apply is np.negative:
            made[node] = _times(number(-1), parts[0])
        elif node.apply in rules:
            made[node] = rules[node.apply](*parts)
        else:
            made[node] = Node(node.apply, *parts) if node.apply else node
    return made[tree]


def _split(node: Node) -> tuple[float, Node]:
    """Return a node as a number times the rest."""
    if node.apply is None and node.value is not None:
        return node.value, ONE
    if node.apply is np.negative:
        factor, rest = _split(node.parts[0])
        return -factor, rest
    if node.apply is np.multiply and node.parts[0].apply is None and node.parts[0].value is not None:
        return node.parts[0].value, node.parts[1]
    if node.apply is np.divide:
        factor, rest = _split(node.parts[0])
        return factor, Node(np.divide, rest, node.parts[1])
    return 1.0, node


def _scaled(factor: float, rest: Node) -> Node:
    if rest is ONE or factor == 0:
        return number(factor)
    if factor < 0:
        return Node(np.negative, _scaled(-factor, rest))
    if factor == 1:
        return rest
    if rest.apply is np.divide:
        return Node(np.divide, _scaled(factor, rest.parts[0]), rest.parts[1])
    return Node(np.multiply, number(factor), rest)


def _terms(node: Node) -> list[tuple[float, Node]]:
    if node.apply is np.add or node.apply is np.subtract:
        sign = 1 if node.apply is np.add else -1
        return _terms(node.parts[0]) + [(sign * factor, rest) for factor, rest in _terms(node.parts[1])]
    return [_split(node)]


def _plus(a: Node, b: Node) -> Node:
    """Add; like terms become one."""
    factors: dict[Node, float] = {}
    for factor, rest in _terms(a) + _terms(b):
        factors[rest] = factors.get(rest, 0.0) + factor
    total: Node | None = None
    for rest, factor in factors.items():
        if factor == 0:
            continue
        if total is None:
            total = _scaled(factor, rest)
        else:
            total = Node(np.subtract if factor < 0 else np.add, total, _scaled(abs(factor), rest))
    return total or ZERO


def _factors(node: Node) -> list[tuple[Node, float]]:
    """Return the factors of a product, each with its whole exponent."""
    if node.apply is np.multiply:
        return _factors(node.parts[0]) + _factors(node.parts[1])
    if node.apply is np.power and _is_whole(node.parts[1]):
        return [(node.parts[0], node.parts[1].value)]
    return [(node, 1.0)]


def _times(a: Node, b: Node) -> Node:
    """Multiply; numbers become one, and so do powers of the same; names come first and sums last."""
    (i, a), (j, b) = _split(a), _split(b)
    if np.divide in (a.apply, b.apply):
        (up, down), (over, under) = (n.parts if n.apply is np.divide else (n, ONE) for n in (a, b))
        return _over(_scaled(i * j, _times(up, over)), _times(down, under))
    exponents: dict[Node, float] = {}
    for base, exponent in _factors(a) + _factors(b):
        if base is not ONE:
            exponents[base] = exponents.get(base, 0.0) + exponent
    total = None
    for base in sorted(exponents, key=_place):
        power = _power(base, number(exponents[base]))
        total = power if total is None else Node(np.multiply, total, power)
    return _scaled(i * j, total or ONE)


def _place(factor: Node) -> int:
    return 0 if factor.apply is None else 2 if factor.apply in (np.add, np.subtract) else 1


def _over(a: Node, b: Node) -> Node:
    (i, a), (j, b) = _split(a), _split(b)
    if a.apply is np.divide:
        return _over(_scaled(i, a.parts[0]), _scaled(j, _times(a.parts[1], b)))
    if b.apply is np.divide:
        return _over(_scaled(i, _times(a, b.parts[1])), _scaled(j, b.parts[0]))
    if j and i % j == 0:
        i, j = i / j, 1.0
    top = _scaled(i, a)
    return top if top is ZERO or (b is ONE and j == 1) else Node(np.divide, top, _scaled(j, b))


def _power(base: Node, exponent: Node) -> Node:
    if exponent is ONE:
        return base
    if exponent is ZERO:
        return ONE
    if base.apply is np.power and _is_whole(exponent) and _is_whole(base.parts[1]):
        return Node(np.power, base.parts[0], number(base.parts[1].value * exponent.value))
    return Node(np.power, base, exponent)


def _is_whole(node: Node) -> bool:
    """Return whether a node is one of the numbers 1, 2, 3 and so on."""
    return node.apply is None and node.value is not None and node.value >= 1 and node.value.is_integer()
