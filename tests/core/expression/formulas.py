"""Formulas made by chance, as text and as a function of dual numbers that shares no code with the product."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CALLS = (
    "sin",
    "cos",
    "tan",
    "exp",
    "log",
    "sqrt",
    "abs",
    "sinh",
    "cosh",
    "tanh",
    "atan",
    "asin",
    "acos",
    "log10",
    "log2",
)
NUMBERS = ("2", "3", "0.5", "10", "1/3", "0.1", "20", "pi", "e")
POWERS = ("2", "3", "0.5", "-1", "1.5", "20", "-20", "(1/3)", "99", "(3/4)", "x")
WILD_NUMBERS, WILD_POWERS = (*NUMBERS, "1e12", "1e-12", "1e200"), (*POWERS, "1e6", "-1e6")


class Dual(NamedTuple):
    """A value and its slopes along x and y, carried through each operation: forward automatic differentiation."""

    value: Array
    along_x: Array
    along_y: Array

    def by(self, value: Array, slope: Array) -> Dual:
        return Dual(value, slope * self.along_x, slope * self.along_y)


def chance(rng: random.Random, depth: int, *, wild: bool = False) -> tuple[str, object]:
    """Return a formula of at most this depth: its text, and its tree as tuples. Wild ones overflow more often."""
    kind = rng.random()
    if depth <= 0 or kind < 0.15:
        leaf = rng.choice(("x", "y", "x", "y", "x", "y", *(WILD_NUMBERS if wild else NUMBERS)))
        return (f"({leaf})", ("/", ("1",), ("3",))) if "/" in leaf else (leaf, (leaf,))
    first, a = chance(rng, depth - 1, wild=wild)
    if kind < 0.5:
        sign, (second, b) = rng.choice("+-*/"), chance(rng, depth - 1, wild=wild)
        return f"({first} {sign} {second})", (sign, a, b)
    if kind < 0.7:
        n = rng.choice(WILD_POWERS if wild else POWERS)
        exponent: object = {"(1/3)": ("/", ("1",), ("3",)), "(3/4)": ("/", ("3",), ("4",))}.get(n, (n,))
        return f"({first})^{n}", ("^", a, exponent)
    if kind < 0.8:
        second, b = chance(rng, depth - 2, wild=wild)
        return f"({first})^({second})", ("^", a, b)
    if kind < 0.95:
        name = rng.choice(CALLS)
        return f"{name}({first})", (name, a)
    name, (second, b) = rng.choice(("min", "max")), chance(rng, depth - 1, wild=wild)
    return f"{name}({first}, {second})", (name, a, b)


def dual(tree: object, x: Array, y: Array) -> Dual:
    """Return the value and slopes of a formula from `chance` at (x, y)."""
    head, *parts = tree  # type: ignore[misc]
    zero = np.zeros_like(x)
    if not parts:
        if head in ("x", "y"):
            return Dual(*((x, zero + 1, zero) if head == "x" else (y, zero, zero + 1)))
        return Dual(
            zero + {"pi": np.pi, "e": np.e}.get(head) if head in ("pi", "e") else zero + float(head), zero, zero
        )
    a, b = ([dual(part, x, y) for part in parts] * 2)[:2]
    u, v = a.value, b.value
    if head in ("min", "max"):
        first = u < v if head == "min" else u > v
        return Dual(*(np.where(np.isnan(u + v), np.nan, np.where(first, p, q)) for p, q in zip(a, b, strict=True)))
    if head in "+-*/^":
        ways = {
            "+": (u + v, zero + 1, zero + 1),
            "-": (u - v, zero + 1, zero - 1),
            "*": (u * v, v, u),
            "/": (u / v, 1 / v, -u / v / v),
            "^": (np.power(u, v), v * np.power(u, v - 1), np.power(u, v) * np.log(u)),
        }
        value, by_a, by_b = ways[head]
        slopes = []
        for da, db in zip(a[1:], b[1:], strict=True):
            slopes.append(by_a * da + (np.where(db == 0, 0, by_b * db) if head == "^" else by_b * db))
        return Dual(value, *slopes)
    root = np.sqrt(1 - u * u)
    rules = {
        "sin": (np.sin, np.cos(u)),
        "cos": (np.cos, -np.sin(u)),
        "tan": (np.tan, 1 / np.cos(u) ** 2),
        "exp": (np.exp, np.exp(u)),
        "log": (np.log, 1 / u),
        "log10": (np.log10, 1 / (u * np.log(10))),
        "log2": (np.log2, 1 / (u * np.log(2))),
        "sqrt": (np.sqrt, 0.5 * np.power(u, -0.5)),
        "abs": (np.abs, np.sign(u)),
        "sinh": (np.sinh, np.cosh(u)),
        "cosh": (np.cosh, np.sinh(u)),
        "tanh": (np.tanh, 1 / np.cosh(u) ** 2),
        "atan": (np.arctan, 1 / (1 + u * u)),
        "asin": (np.arcsin, 1 / root),
        "acos": (np.arccos, -1 / root),
    }
    function, slope = rules[head]
    return a.by(function(u), slope)
