"""∂f/∂x of a tree by the rules of calculus, of the formula as it is written: nothing is cancelled first.

Where a rule has 0·∞ the slope is 0 if the 0 is that of the inner part: √(x²) has at 0, as |x|, a slope between those on
both sides. It is 0 too for a power of a root, (√x)³, that vanishes faster than x. Elsewhere no slope is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rmsprop_core.expression.tree import ONE, ZERO, Node, number, ordered

LOG_2, LOG_10 = (Node(np.log, number(base)) for base in (2, 10))
SLOPES: dict[Any, Callable[[Any], Any]] = {
    np.sin: np.cos,
    np.cos: lambda a: -np.sin(a),
    np.tan: lambda a: 1 + np.tan(a) ** 2,
    np.arcsin: lambda a: 1 / np.sqrt(1 - a * a),
    np.arccos: lambda a: -1 / np.sqrt(1 - a * a),
    np.arctan: lambda a: 1 / (1 + a * a),
    np.sinh: np.cosh,
    np.cosh: np.sinh,
    np.tanh: lambda a: 1 / np.cosh(a) ** 2,
    np.exp: np.exp,
    np.log: lambda a: 1 / a,
    np.log2: lambda a: 1 / (a * LOG_2),
    np.log10: lambda a: 1 / (a * LOG_10),
    np.sqrt: lambda a: 1 / (2 * np.sqrt(a)),
    np.absolute: np.sign,
    np.negative: lambda a: -ONE,
}
ARITHMETIC: dict[Any, Callable[..., Any]] = {
    np.add: lambda a, b, da, db: da + db,
    np.subtract: lambda a, b, da, db: da - db,
    np.multiply: lambda a, b, da, db: da * b + a * db,
    np.divide: lambda a, b, da, db: da / b - a * db / b**2,
    np.minimum: lambda a, b, da, db: product(da, np.heaviside(b - a, 0.5)) + product(db, np.heaviside(a - b, 0.5)),
    np.maximum: lambda a, b, da, db: product(da, np.heaviside(a - b, 0.5)) + product(db, np.heaviside(b - a, 0.5)),
}
STEEP = (np.arcsin, np.arccos, np.sqrt)  # their slopes are infinite at an end


def unless_zero(slope: Any, inner: Any) -> Any:
    """Return slope · inner, and 0 where inner is 0, however steep the slope."""
    return np.where(inner == 0, 0.0, slope * inner)[()]


def product(slope: Any, inner: Any) -> Any:
    """Return the node of slope · inner, 0 where inner is 0."""
    if slope.value is not None or (inner.apply is None and inner.value is not None):
        return slope * inner
    return Node(unless_zero, slope, inner)


def derivative(tree: Node, variable: Node) -> Node:
    """Return ∂tree/∂variable."""
    by: dict[Node, Node] = {}
    for node in ordered([tree]):
        by[node] = _rule(node, variable, by) if node.value is None else ZERO
    return by[tree]


def _rule(node: Node, variable: Node, by: dict[Node, Any]) -> Any:
    if node.apply is None:
        return ONE if node is variable else ZERO
    a, b = (node.parts * 2)[:2]  # Any: nodes, which NumPy's types do not know
    da, db = by[a], by[b]
    if node.apply in ARITHMETIC:
        return ARITHMETIC[node.apply](a, b, da, db)
    if node.apply is np.power:
        return _power(node, a, b, da, db)
    slope = SLOPES[node.apply](a)
    return product(slope, da) if node.apply in STEEP else slope * da


def _power(node: Node, a: Any, b: Any, da: Any, db: Any) -> Any:
    """Return the slope of a^b: b·a^(b−1)·a′, and where b varies aᵇ·ln a·b′ (which is 0 where aᵇ is)."""
    along_a: Any = ZERO
    if da is not ZERO:
        outer = b * a ** (b - 1)
        if b.value is not None and _root(a) < 1 < _root(a) * b.value:
            along_a = product(da, outer)
        elif b.value is not None and b.value.is_integer():
            along_a = outer * da
        else:
            along_a = product(outer, da)
    if db is ZERO:
        return along_a
    return along_a + (node * db if a.value == np.e else product(product(np.log(a), node), db))


def _root(node: Node) -> float:
    """Return the exponent of a root or power, 1 of all else."""
    if node.apply is np.sqrt:
        return 0.5
    return float(node.parts[1].value or 1) if node.apply is np.power else 1.0
