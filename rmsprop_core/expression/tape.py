"""A SymPy expression as a list of NumPy operations: no code is generated, and nothing is evaluated as text.

Each instruction writes one register; equal subexpressions share theirs. Registers 0 and 1 hold x and y.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import add, mul, neg, sub, truediv
from typing import Any

import numpy as np

from rmsprop_core.expression.functions import symbols
from rmsprop_core.optimizers import Array

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "exp", "log", "sinh", "cosh", "tanh", "sign")},
    **{"atan": np.arctan, "Abs": np.abs, "step": np.heaviside, "Min": np.minimum, "Max": np.maximum},
}


class Tape:
    """Computes several expressions of the symbols x and y at once, in float64, on numbers or arrays of equal shape."""

    def __init__(self, *expressions: Any) -> None:
        self.code: list[tuple[Callable[..., Any], int, int, int]] = []  # (operation, a, b or −1, target)
        self._blank: list[Any] = [None, None]
        self._known: dict[Any, int] = {symbols().x: 0, symbols().y: 1}
        self._made: dict[tuple[Any, ...], int] = {}
        self._results = [self._register(expression) for expression in expressions]
        for k, register in enumerate(self._results):
            if register < 2:  # never hand out what was passed in
                self._results[k] = self._op(np.positive, register)
        self._constant = [not expression.free_symbols for expression in expressions]

    def __len__(self) -> int:
        return len(self.code)

    def __call__(self, x: Array | np.float64, y: Array | np.float64) -> tuple[Array, ...]:
        """Return the value of each expression at (x, y), of their shape; NaN or ∞ where there is none."""
        if not isinstance(x, np.float64):
            x, y = np.asarray(x, dtype=np.float64)[()], np.asarray(y, dtype=np.float64)[()]
        r = self._blank.copy()
        r[0], r[1] = x, y
        with np.errstate(all="ignore"):
            for operation, a, b, target in self.code:
                r[target] = operation(r[a]) if b < 0 else operation(r[a], r[b])
        values = [r[i] for i in self._results]
        if any(self._constant):
            values = [v + np.zeros(np.shape(x)) if c else v for v, c in zip(values, self._constant, strict=True)]
        return tuple(values)

    def _register(self, e: Any) -> int:
        """Return the register that holds expression `e`, written first if need be."""
        if e not in self._known:
            self._known[e] = self._write(e)
        return self._known[e]

    def _write(self, e: Any) -> int:
        if e.is_number:
            try:
                return self._number(float(e))
            except TypeError:  # complex, or a function of ours
                if not e.args:
                    return self._number(np.nan)
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(self._register(e.base), e.exp)
        name = type(e).__name__
        if name == "step":  # the gradient of min and max: half of each at a tie
            return self._op(FUNCTIONS[name], self._register(e.args[0]), self._number(0.5))
        registers = [self._register(arg) for arg in e.args]
        return self._op(FUNCTIONS[name], *registers)

    def _sum(self, e: Any) -> int:
        """Sum up the terms; one with a negative coefficient is subtracted."""
        plus = [a for a in e.args if not a.could_extract_minus_sign()]
        total = None
        for term in plus:
            total = self._register(term) if total is None else self._op(add, total, self._register(term))
        for term in [a for a in e.args if a.could_extract_minus_sign()]:
            total = self._register(term) if total is None else self._op(sub, total, self._register(-term))
        assert total is not None
        return total

    def _product(self, e: Any) -> int:
        """Multiply the factors, then divide by those with a negative power."""
        over = [f for f in e.args if f.is_Pow and f.exp.is_number and f.exp.is_negative and not f.is_number]
        total = None
        for factor in [f for f in e.args if f not in over]:
            if factor == -1 and len(e.args) > 1:
                continue
            total = self._register(factor) if total is None else self._op(mul, total, self._register(factor))
        for factor in over:
            below = self._power(self._register(factor.base), -factor.exp)
            total = self._op(truediv, self._number(1.0) if total is None else total, below)
        assert total is not None
        return self._op(neg, total) if -1 in e.args else total

    def _power(self, base: int, exponent: Any) -> int:
        power = self._register(exponent)
        n = self._blank[power]
        if n is None:
            return self._op(np.power, base, power)
        if n < 0:
            return self._op(truediv, self._number(1.0), self._power(base, -exponent))
        if n == 0.5:
            return self._op(np.sqrt, base)
        if n != int(n):
            return self._op(np.power, base, power)
        whole, square, result = int(n), base, None
        while True:  # by squaring, so that a number and an array round alike
            if whole & 1:
                result = square if result is None else self._op(mul, result, square)
            whole >>= 1
            if not whole:
                break
            square = self._op(mul, square, square)
        return self._number(1.0) if result is None else result

    def _number(self, value: float) -> int:
        key = ("number", value)
        if key not in self._made:
            self._made[key] = len(self._blank)
            self._blank.append(np.float64(value))
        return self._made[key]

    def _op(self, operation: Callable[..., Any], a: int, b: int = -1) -> int:
        x, y = self._blank[a], self._blank[b] if b >= 0 else 0.0
        if x is not None and y is not None:  # all constant
            with np.errstate(all="ignore"):
                return self._number(float(operation(x) if b < 0 else operation(x, y)))
        key = (operation, a, b)
        if key not in self._made:
            self._made[key] = len(self._blank)
            self._blank.append(None)
            self.code.append((operation, a, b, self._made[key]))
        return self._made[key]
