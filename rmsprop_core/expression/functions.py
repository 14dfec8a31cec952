"""SymPy's algebra with functions that ask nothing: no assumption is looked into and no identity tried, so none is slow.

SymPy adds, multiplies, differentiates and writes LaTeX; what is real, and where, NumPy finds out by computing.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

SLOPES: dict[str, Any] = {
    "sin": lambda f, a: f.cos(a),
    "cos": lambda f, a: -f.sin(a),
    "tan": lambda f, a: 1 + f.tan(a) ** 2,
    "exp": lambda f, a: f.exp(a),
    "log": lambda f, a: 1 / a,
    "sinh": lambda f, a: f.cosh(a),
    "cosh": lambda f, a: f.sinh(a),
    "tanh": lambda f, a: 1 - f.tanh(a) ** 2,
    "atan": lambda f, a: 1 / (1 + a**2),
    "Abs": lambda f, a: f.sign(a),
    "sign": lambda f, a: 0 * a,
    "step": lambda f, a: 0 * a,
    "Min": lambda f, a, b: f.step(b - a),
    "Max": lambda f, a, b: f.step(a - b),
}


@cache
def symbols() -> SimpleNamespace:
    """Return SymPy's module as `sympy`, the symbols x and y, and each function of SLOPES, named as SymPy prints it.

    `step` is 0 below 0, ½ at 0 and 1 above: the slope of Min and Max.
    """
    import sympy  # type: ignore[import-untyped]

    known = SimpleNamespace(sympy=sympy, x=sympy.Symbol("x"), y=sympy.Symbol("y"))

    def function(name: str) -> Any:
        def fdiff(self: Any, argindex: int = 1) -> Any:
            first, *second = self.args if argindex == 1 else self.args[::-1]
            return SLOPES[name](known, first, *second)

        def latex(self: Any, printer: Any, exp: str | None = None) -> str:
            power = f"e^{{{printer.doprint(self.args[0])}}}"
            return rf"\left({power}\right)^{{{exp}}}" if exp else power

        methods = {"fdiff": fdiff, "__module__": __name__}
        return type(name, (sympy.Function,), methods | ({"_latex": latex} if name == "exp" else {}))

    for name in SLOPES:
        setattr(known, name, function(name))
    return known
