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
    """Return the node of a function of nodes or numbers, without what a 0 or 1 makes idle."""
    a, b = ([part if isinstance(part, Node) else number(part) for part in parts] * 2)[:2]
    if function is np.multiply and ZERO in (a, b):
        return ZERO
    if (function in (np.add, np.subtract) and b is ZERO) or (function in (np.divide, np.power) and b is ONE):
        return a
    if function is np.multiply and ONE in (a, b):
        return b if a is ONE else a
    if function is np.add and a is ZERO:
        return b
    if function is np.subtract and a is ZERO:
        return applied(np.negative, b)
    if function is np.power and b is ZERO:
        return ONE
    made = Node(function, a, b) if len(parts) > 1 else Node(function, a)
    whole = function in ARITHMETIC and all(part.apply is None for part in made.parts)
    return number(made.value) if whole and made.value is not None else made


ARITHMETIC = (np.add, np.subtract, np.multiply, np.negative)


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
