"""A formula as a tree: each node is a NumPy function and the parts that it is applied to.

Python's operators and NumPy's functions make nodes of nodes, so a function written for numbers gives its own formula
when it is called with symbols: `f(symbol("x"), symbol("y"))`. Equal nodes are one object. Nothing is exact: constants
are floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

Function = Callable[..., Any]


class Node(NDArrayOperatorsMixin):
    """A part of a formula: `apply(*parts)`; a leaf has `apply` None and one part, its name or number.

    `Node(...)` keeps what it is given; operators leave out 0 and 1, and no more. `value` is a constant's.
    """

    __slots__ = ("__weakref__", "apply", "parts", "value")
    __eq__, __hash__ = object.__eq__, object.__hash__
    _known: ClassVar[WeakValueDictionary[tuple[Any, ...], Node]] = WeakValueDictionary()
    apply: Function | None
    parts: tuple[Any, ...]
    value: float | None

    def __new__(cls, apply: Function | None, *parts: Any) -> Node:  # noqa: D102
        found = cls._known.get((apply, *parts))
        if found is None:
            found = super().__new__(cls)
            found.apply, found.parts, found.value = apply, parts, None
            if apply is None:
                found.value = parts[0] if isinstance(parts[0], float) else None
            elif all(part.value is not None for part in parts):
                with np.errstate(all="ignore"):
                    found.value = float(apply(*(np.float64(part.value) for part in parts)))
            cls._known[(apply, *parts)] = found
        return found

    def __array_ufunc__(self, function: Function, method: str, *parts: Any, **_: Any) -> Node:
        return applied(function, *parts)


def applied(function: Function, *parts: Any) -> Node:
    """Return the node of a function of nodes or numbers, as one writes it: no idle 0 or 1, one number in a product.

    Nothing is cancelled but 0·a and 0/a.
    """
    a, b = ([part if isinstance(part, Node) else number(part) for part in parts] * 2)[:2]
    (i, first), (j, second) = _split(a), _split(b)
    if function is np.negative:
        return _product(-i, ONE, first)
    if function is np.subtract:
        return applied(np.add, a, _product(-j, ONE, second))
    if function is np.multiply and (0 in (i, j) or 0 < abs(i * j) < np.inf):
        return _product(i * j, first, second)
    if function is np.add and ZERO in (a, b):
        return b if a is ZERO else a
    if function is np.add and first is second is ONE:
        return number(i + j)
    if function is np.add and j < 0:
        return Node(np.subtract, a, _product(-j, ONE, second))
    if function in (np.divide, np.power) and b is ONE:
        return a
    if (function is np.divide and a is ZERO) or (function is np.power and b is ZERO):
        return ZERO if function is np.divide else ONE
    return Node(function, *(a, b)[: len(parts)])


def _split(node: Node) -> tuple[float, Node]:
    """Return a product's number and the rest."""
    if node.apply is np.negative:
        coefficient, rest = _split(node.parts[0])
        return -coefficient, rest
    if node.apply is np.multiply and _split(node.parts[0])[1] is ONE:
        return _split(node.parts[0])[0], node.parts[1]
    if node.apply is None and isinstance(node.value, float) and node.value not in (np.e, np.pi):
        return node.value, ONE
    return 1.0, node


def _product(coefficient: float, a: Node, b: Node) -> Node:
    """Return the node of a number and two parts: the number first, powers of one base as one."""
    if coefficient == 0 or a is b is ONE:
        return number(coefficient)
    if coefficient < 0:
        return Node(np.negative, _product(-coefficient, a, b))
    if a.apply is np.multiply and _powers(a.parts[1])[0] is _powers(b)[0]:  # x·y·y
        return _product(coefficient, a.parts[0], _product(1.0, a.parts[1], b))
    (base, m), (other, n) = _powers(a), _powers(b)
    if ONE in (a, b):
        rest = b if a is ONE else a
    elif base is other:
        rest = Node(np.power, base, number(m + n))
    else:
        rest = Node(np.multiply, b, a) if a.value is None and b.value is not None else Node(np.multiply, a, b)
    return rest if coefficient == 1 else Node(np.multiply, number(coefficient), rest)


def _powers(node: Node) -> tuple[Node, float]:
    """Return a part as a base and a whole power of it."""
    n = node.parts[1].value if node.apply is np.power else None
    return (node.parts[0], n) if n is not None and n > 0 and n.is_integer() else (node, 1.0)


def number(value: float) -> Node:
    """Return the leaf of a number."""
    return Node(None, float(value) + 0.0)  # −0 is 0


def symbol(name: str) -> Node:
    """Return the leaf of a variable."""
    return Node(None, name)


ZERO, ONE = number(0), number(1)


def ordered(trees: Iterable[Node]) -> list[Node]:
    """Return every node of the trees once, parts before what is made of them."""
    found: dict[Node, None] = {}
    waiting = list(trees)[::-1]
    while waiting:
        node = waiting[-1]
        missing = [p for p in node.parts if p not in found] if node.apply else []
        if missing:
            waiting += missing[::-1]
        else:
            found[waiting.pop()] = None
    return list(found)
