"""Trees as a list of NumPy operations: no code is generated, and nothing is evaluated as text."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rmsprop_core.expression.tree import Node, ordered
from rmsprop_core.optimizers import Array

FASTER: dict[Any, Callable[..., Any]] = {  # Python's operators do the same, sooner, for numbers
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.negative: operator.neg,
}
MOST_PRODUCTS = 64  # the highest power that is written as products


class Tape:
    """Computes trees of the symbols x and y at once, in float64; each of their nodes once."""

    def __init__(self, *trees: Node) -> None:
        nodes = ordered(trees)
        place = {node: k for k, node in enumerate(nodes)}
        self.blank: list[Any] = [None if node.value is None else np.float64(node.value) for node in nodes]
        self.variables = [(k, "xy".index(node.parts[0])) for node, k in place.items() if isinstance(node.parts[0], str)]
        self.code: list[tuple[Callable[..., Any], int, int, int]] = []  # (operation, a, b or −1, target)
        for k, node in enumerate(nodes):
            if node.apply is not None and node.value is None:
                a, b = (place[node.parts[0]], place[node.parts[1]] if len(node.parts) > 1 else -1)
                operation = FASTER.get(node.apply, node.apply)
                if node.apply is np.power:
                    operation, a, b = _power(node, a, b)
                self.code.append((operation, a, b, k))
        self.results = [place[tree] for tree in trees]
        self.bare = [tree.apply is None or tree.value is not None for tree in trees]

    def __len__(self) -> int:
        return len(self.code)

    def __call__(self, x: Array | np.float64, y: Array | np.float64) -> tuple[Array, ...]:
        """Return the value of each tree at (x, y), of their shape; NaN or ∞ where there is none."""
        if not isinstance(x, np.float64):
            x, y = np.asarray(x, dtype=np.float64)[()], np.asarray(y, dtype=np.float64)[()]
        r = self.blank.copy()
        for k, i in self.variables:
            r[k] = (x, y)[i]
        with np.errstate(all="ignore"):
            for operation, a, b, target in self.code:
                r[target] = operation(r[a]) if b < 0 else operation(r[a], r[b])
        values = (
            r[k] + np.zeros(np.shape(x)) if bare else r[k] for k, bare in zip(self.results, self.bare, strict=True)
        )
        return tuple(values)


def _power(node: Node, a: int, b: int) -> tuple[Callable[..., Any], int, int]:
    """Return how a power is computed: whole ones as products, so that a number and an array round alike."""
    base, n = node.parts[0].value, node.parts[1].value
    if base == np.e:
        return np.exp, b, -1
    if n == 0.5:
        return np.sqrt, a, -1
    if n is not None and n.is_integer() and abs(n) <= MOST_PRODUCTS:
        return partial(_product, int(n)), a, -1
    return np.power, a, b


def _product(n: int, base: Any) -> Any:
    """Return base to the power n, by squaring."""
    result = None
    left, square = abs(n), base
    while left:
        if left & 1:
            result = square if result is None else result * square
        left >>= 1
        square = square * square if left else square
    power = base * 0 + 1.0 if result is None else result
    return 1 / power if n < 0 else power
