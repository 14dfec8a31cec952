"""From Python's syntax tree to a SymPy expression: a whitelist, by which nothing is evaluated that was not looked at.

Each part's size, degree and constant value are bounded before SymPy sees it, so that no text takes long.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rmsprop_core.expression.functions import symbols
from rmsprop_core.expression.grammar import DEEPEST, HIGHEST_DEGREE, HIGHEST_POWER, LARGEST, MOST_PARTS, Text
from rmsprop_core.expression.tape import Tape

FUNCTIONS = {
    **dict.fromkeys(("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "sinh", "cosh", "tanh", "atan"), 1),
    **dict.fromkeys(("min", "max"), 2),
}
ALIASES = {"ln": "log", "arctan": "atan"}


@dataclass(frozen=True)
class Kink:
    """Where f may be continuous and yet without a gradient, or have no value: where `argument` is 0.

    Kinds: abs, min, max, root, division, log, tan (whose argument is its cosine). `piece` is the part of the text,
    at `column`; `latex` its argument.
    """

    kind: str
    column: int
    piece: str
    latex: str
    argument: Any


class Part(NamedTuple):
    """A part of the formula: its SymPy expression, its value where it is constant, the degree of its powers."""

    expr: Any
    value: float | None
    degree: float


def read(text: str) -> tuple[Any, list[Kink]]:
    """Return the SymPy expression in the real symbols x and y, and its kinks as written.

    Raises:
        Refused: and nothing else, whatever the text.
    """
    reader = Reader(Text(text))
    return reader.part(reader.text.tree, 1).expr, reader.kinks


class Reader:
    """Reads one text."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.kinks: list[Kink] = []
        self.parts = 0

    def part(self, node: ast.AST, depth: int) -> Part:
        """Return a node's part, checked: its size, its value where it is constant, its degree."""
        self.parts += 1
        if depth > DEEPEST:
            raise self.text.refused("deep", node, DEEPEST)
        if self.parts > MOST_PARTS:
            raise self.text.refused("big", node, MOST_PARTS)
        try:
            part = self._make(node, depth)
        except ZeroDivisionError:
            raise self.text.refused("undefined", node) from None
        except OverflowError:
            raise self.text.refused("number", node, LARGEST) from None
        if part.value is None and not part.expr.free_symbols:  # x − x: SymPy has found it to be constant
            part = part._replace(value=float(Tape(part.expr)(np.float64(0), np.float64(0))[0]))
        if part.value is not None:
            if isinstance(part.value, complex) or math.isnan(part.value):
                raise self.text.refused("undefined", node)
            if abs(part.value) > LARGEST:
                raise self.text.refused("number", node, LARGEST)
        if part.degree > HIGHEST_DEGREE:
            raise self.text.refused("exponent", node, HIGHEST_DEGREE)
        sympy = symbols().sympy
        if part.expr.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I):
            raise self.text.refused("undefined", node)
        return part

    def _make(self, node: ast.AST, depth: int) -> Part:
        match node:
            case ast.Constant(value=value):
                return self._number(node, value)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=operand):
                part = self.part(operand, depth + 1)
                return _times(part, Part(symbols().sympy.Integer(-1), -1.0, 0)) if isinstance(op, ast.USub) else part
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self._power(node, self.part(left, depth), right, depth)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, right=right):
                return self._operation(op, self.part(left, depth), self.part(right, depth + 1), node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                return self._call(node, ALIASES.get(name, name), args, keywords, depth)
        raise self.text.refused(KINDS.get(type(node), "other"), node)

    def _number(self, node: ast.AST, value: object) -> Part:
        if isinstance(value, str | bytes):
            raise self.text.refused("string", node)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.text.refused("other", node)
        if abs(value) > LARGEST or 0 < abs(value) < 1 / LARGEST:
            raise self.text.refused("number", node, LARGEST)
        sympy = symbols().sympy
        return Part(sympy.Integer(int(value)) if value == int(value) else sympy.Float(value), float(value), 0)

    def _name(self, node: ast.AST, name: str) -> Part:
        sympy = symbols().sympy
        if name in ("x", "y"):
            return Part(getattr(symbols(), name), None, 1)
        if name == "pi":
            return Part(sympy.pi, math.pi, 0)
        if name == "e":
            return Part(sympy.E, math.e, 0)
        raise self.text.refused("name", node)

    def _operation(self, op: ast.operator, a: Part, b: Part, node: ast.AST) -> Part:
        if isinstance(op, ast.Mult):
            return _times(a, b)
        if isinstance(op, ast.Div):
            if b.value is None:
                self._kink("division", node, b.expr)
            value = None if a.value is None or b.value is None else a.value / b.value
            if b.value == 0:
                raise self.text.refused("undefined", node)
            return Part(a.expr / b.expr, value, a.degree + b.degree)
        sign = 1 if isinstance(op, ast.Add) else -1
        value = None if a.value is None or b.value is None else a.value + sign * b.value
        return Part(a.expr + sign * b.expr, value, max(a.degree, b.degree))

    def _power(self, node: ast.AST, base: Part, right: ast.AST, depth: int) -> Part:
        exponent = self.part(right, depth + 1)
        n = exponent.value
        if n is None and any(p.exp.free_symbols for p in exponent.expr.atoms(symbols().sympy.Pow)):
            raise self.text.refused("tower", right)
        if n is None:
            if base.value is None:
                self._kink("root", node, base.expr)
            sympy = symbols().sympy
            power = symbols().exp(exponent.expr) if base.expr == sympy.E else base.expr**exponent.expr
            return Part(power, None, base.degree + exponent.degree)
        if abs(n) > HIGHEST_POWER:
            raise self.text.refused("exponent", right, HIGHEST_POWER)
        if base.value is None and n < 0:
            self._kink("division", node, base.expr)
        elif base.value is None and n != int(n):
            self._kink("root", node, base.expr)
        value: Any = None if base.value is None else base.value**n
        return Part(base.expr**exponent.expr, value, base.degree * max(abs(n), 1))

    def _call(self, node: ast.AST, name: str, args: list[ast.expr], keywords: list[ast.keyword], depth: int) -> Part:
        if name not in FUNCTIONS:
            raise self.text.refused("call", node)
        if keywords or len(args) != FUNCTIONS[name]:
            raise self.text.refused("arguments", node, FUNCTIONS[name])
        parts = [self.part(arg, depth + 1) for arg in args]
        values = [part.value for part in parts]
        value, degree = None, max(part.degree for part in parts)
        if None not in values:
            value = _value(name, *values)
        exprs = [part.expr for part in parts]
        if value is None and name in ("abs", "min", "max", "log", "sqrt", "tan"):
            argument = exprs[0] - exprs[1] if name in ("min", "max") else exprs[0]
            self._kink({"sqrt": "root"}.get(name, name), node, symbols().cos(argument) if name == "tan" else argument)
        if name == "sqrt":
            expr = exprs[0] ** symbols().sympy.Rational(1, 2)
        else:
            expr = getattr(symbols(), name.title() if name in ("abs", "min", "max") else name)(*exprs)
        return Part(expr, value, degree)

    def _kink(self, kind: str, node: ast.AST, argument: Any) -> None:
        self.kinks.append(Kink(kind, *self.text.place(node), symbols().sympy.latex(argument), argument))


KINDS: dict[type[ast.AST], str] = {
    ast.Attribute: "attribute",
    ast.Subscript: "subscript",
    ast.Compare: "comparison",
    ast.Lambda: "lambda",
    ast.JoinedStr: "string",
    ast.BinOp: "operator",
    ast.BoolOp: "operator",
    ast.UnaryOp: "operator",
    ast.Call: "call",
}


def _times(a: Part, b: Part) -> Part:
    value = None if a.value is None or b.value is None else a.value * b.value
    return Part(a.expr * b.expr, value, a.degree + b.degree)


def _value(name: str, *values: Any) -> float:
    """Return the value of a function of constants; NaN where it has none."""
    function: Any = {"abs": abs, "min": min, "max": max}.get(name) or getattr(math, name)
    try:
        return float(function(*values))
    except ValueError:
        return math.nan
