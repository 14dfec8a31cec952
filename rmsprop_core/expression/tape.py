"""Trees as a list of NumPy operations: no code is generated, and nothing is evaluated as text."""

from __future__ import annotations

from functools import partial
from operator import add, mul, neg, sub, truediv
from typing import Any

import numpy as np

from rmsprop_core.expression.tree import Function, Node, ordered
from rmsprop_core.optimizers import Array

# Python's operators do the same, sooner, for numbers.
FASTER: dict[Any, Function] = {np.add: add, np.subtract: sub, np.multiply: mul, np.divide: truediv, np.negative: neg}
MOST_PRODUCTS = 64  # the highest power that is written as products


class Tape:
    """Computes trees of the symbols x and y at once, in float64; each of their nodes once."""

    def __init__(self, *trees: Node) -> None:
        nodes = ordered(trees)
        place = {node: k for k, node in enumerate(nodes)}
        self.blank: list[Any] = [None if node.value is None else np.float64(node.value) for node in nodes]
        self.variables = [(k, "xy".index(node.parts[0])) for node, k in place.items() if isinstance(node.parts[0], str)]
        self.code: list[tuple[Function, int, int, int]] = []  # (operation, a, b or −1, target)
        for k, node in enumerate(nodes):
            if node.apply is not None and node.value is None:
                a, b = (place[node.parts[0]], place[node.parts[1]] if len(node.parts) > 1 else -1)
                operation, n = FASTER.get(node.apply, node.apply), node.parts[-1].value
                if node.apply is np.power and node.parts[0].value == np.e:
                    operation, a, b = np.exp, b, -1
                elif node.apply is np.power and n is not None and n.is_integer() and abs(n) <= MOST_PRODUCTS:
                    operation, b = partial(product_of, int(n)), -1
                self.code.append((operation, a, b, k))
        self.results = [(place[tree], tree.apply is None or tree.value is not None) for tree in trees]

    def __len__(self) -> int:
        return len(self.code)

    def __call__(self, x: Array | np.float64, y: Array | np.float64) -> Any:
        """Return the value of the tree at (x, y), of their shape, or of each tree; NaN or ∞ where there is none."""
        if not isinstance(x, np.float64):
            x, y = np.asarray(x, dtype=np.float64)[()], np.asarray(y, dtype=np.float64)[()]
        r = self.blank.copy()
        for k, i in self.variables:
            r[k] = (x, y)[i]
        with np.errstate(all="ignore"):
            for operation, a, b, target in self.code:
                r[target] = operation(r[a]) if b < 0 else operation(r[a], r[b])
        values = [r[k] + np.zeros(np.shape(x)) if bare else r[k] for k, bare in self.results]
        return values[0] if len(values) == 1 else tuple(values)


def product_of(n: int, base: Any) -> Any:
    """Return base to the power n, by squaring: a number and an array round alike, as they do not in `**`."""
    if n < 0:
        return 1 / product_of(-n, base)
    if n < 2:
        return base if n else base * 0 + 1.0
    half = product_of(n // 2, base)
    return half * half * base if n % 2 else half * half
