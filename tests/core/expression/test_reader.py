"""What is read as a formula, what is refused, where, and that nothing else happens."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rmsprop_core.expression import Refused, with_plus
from rmsprop_core.expression.reader import DEEPEST, LONGEST, read
from rmsprop_core.expression.tape import Tape
from rmsprop_core.expression.writing import LATEX, MATHML, written
from tests.core.expression.formulas import chance, dual

many = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
X, Y = np.random.default_rng(0).uniform(0.1, 3, (2, 50))


def value(text):
    return Tape(read(text))(X, Y)


def refusal(text):
    with pytest.raises(Refused) as caught:
        read(text)
    return caught.value.kind, caught.value.column, caught.value.piece


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x**2", X * X),
        ("-x^2", -(X * X)),
        ("x^-1", 1 / X),
        ("2^x^2", 2 ** (X * X)),
        ("x^-y*x", X**-Y * X),
        ("2*-x", -2 * X),
        ("x/2/y", X / 2 / Y),
        ("x - y - 1", X - Y - 1),
        ("\n x\n+ y ", X + Y),
        ("49\n*9*x", 441 * X),
        ("ln(x) + arctan(y)", np.log(X) + np.arctan(Y)),
        ("2x + 3xy", 2 * X + 3 * X * Y),
        ("2x^2y²", None),
        ("x(x+3)", X * (X + 3)),
        ("(x+1)(y-1)", (X + 1) * (Y - 1)),
        ("xsin(x)", X * np.sin(X)),
        ("sin(x)cos(y)", np.sin(X) * np.cos(Y)),
        ("2exp(-x)", 2 * np.exp(-X)),
        ("2e^x", 2 * np.e**X),
        ("1e1x", 10 * X),
        ("2πx", 2 * np.pi * X),
        ("|x - 1| + |y|", abs(X - 1) + abs(Y)),
        ("||x|-1|", abs(X - 1)),
        ("2|x-1||y|y", 2 * abs(X - 1) * Y * Y),
        ("x⁴ + y²x", X**4 + Y * Y * X),
        ("x⁻¹²", X**-12.0),
        ("√(x²+y²)", np.hypot(X, Y)),
        ("2√x + √2*y", 2 * np.sqrt(X) + np.sqrt(2) * Y),
        ("x⋅y∗2·3×1", X * Y * 6),
        ("3·x − y ÷ 2", 3 * X - Y / 2),
        ("x^{2} + [y+1]^2", X * X + (Y + 1) ** 2),
        ("f(x,y) = x^2", X * X),
        ("f(x, y) := x^2", X * X),
        ("z = x^2", X * X),
        ("sin^2(x)", np.sin(X) ** 2),
        ("sin²(x)cos²(y)", np.sin(X) ** 2 * np.cos(Y) ** 2),
        ("sin(x)²", np.sin(X) ** 2),
        ("log10(x) + log2(y)", np.log10(X) + np.log2(Y)),
        ("asin(x/10) + acos(y/10)", np.arcsin(X / 10) + np.arccos(Y / 10)),
        ("np.sin(x) + math.sqrt(y)**2", np.sin(X) + Y),
        ("X^2 + Sin(Y)*PI", X * X + np.sin(Y) * np.pi),
        ("0,5*x^2 + 1,25", 0.5 * X * X + 1.25),
        ("max(0,x) + min(x,2)", np.maximum(0, X) + np.minimum(X, 2)),
        ("0,125x", 0.125 * X),
        ("x＋（y）", X + Y),
        ("𝑥²\u200b + \u2062y".replace("\u2062", ""), X * X + Y),
        ("x\u2062y", X * Y),
        ("9^99*1e-90*x", 9.0**99 * 1e-90 * X),
    ],
)
def test_what_leaves_no_doubt_is_read(text, same):
    if same is None:
        assert refusal(text)[0] == "power"
    else:
        np.testing.assert_allclose(value(text), same, rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("empty", 0, "")),
        (" \t\n", ("empty", 0, "")),
        ("x" * (LONGEST + 1), ("long", LONGEST, "x")),
        ("(" * (DEEPEST + 1) + "x", ("deep", DEEPEST, "(")),
        ("x % 2", ("character", 2, "%")),
        ("x + 日", ("character", 4, "日")),
        ("x\x00", ("character", 1, "\x00")),
        ("x < y", ("character", 2, "<")),
        ("x + 'y'", ("character", 4, "'")),
        (r"\sin(x)", ("character", 0, "\\")),
        ("x,y", ("comma", 1, ",")),
        ("1,000*x", ("comma", 0, "1,000")),
        ("1.5,5*x", ("comma", 3, ",")),
        ("x^2 + y^2 = 1", ("equation", 10, "=")),
        ("y = x^2", ("equation", 2, "=")),
        ("x2 + y", ("times", 0, "x2")),
        ("(x+1)2", ("times", 0, "(x+1)2")),
        ("x₁", ("times", 0, "x₁")),
        ("y + 1/2x", ("fraction", 4, "1/2x")),
        ("x/2(y+1)", ("fraction", 0, "x/2(")),
        ("x^2y", ("power", 0, "x^2y")),
        ("e^xy", ("power", 0, "e^xy")),
        ("√x²", ("root", 0, "√x²")),
        ("√xy", ("root", 0, "√xy")),
        ("sin^-1(x)", ("inverse", 0, "sin^-1")),
        ("sin⁻¹(x)", ("inverse", 0, "sin⁻¹")),
        ("x y", ("gap", 2, "y")),
        ("x^2 2*y", ("gap", 4, "2")),
        ("1 000*x", ("gap", 2, "000")),
        ("  x + foo*y", ("name", 6, "foo")),
        ("sinc(x)", ("name", 0, "sinc")),
        ("x[0]^2", ("name", 0, "x[0]")),
        ("x.real", ("name", 2, "real")),
        ("__import__('os')", ("name", 0, "__import__")),
        ("lambda x: x", ("name", 0, "lambda")),
        ("x + sin", ("call", 4, "sin")),
        ("sin x", ("call", 0, "sin")),
        ("y*sinx", ("call", 2, "sinx")),
        ("sin^2 x", ("call", 0, "sin")),
        ("log(x,10)", ("arguments", 0, "log(x,10)")),
        ("max(x)", ("arguments", 0, "max(x)")),
        ("max(x,y,0)", ("arguments", 0, "max(x,y,0)")),
        ("sin(0,5*x)", ("arguments", 0, "sin(0,5*x)")),
        ("(x", ("open", 0, "(")),
        ("x)", ("open", 1, ")")),
        ("(x]", ("open", 0, "(")),
        ("|x + 1", ("open", 0, "|")),
        ("x +", ("syntax", 2, "+")),
        ("x //2", ("syntax", 3, "/")),
        ("f(x, y) =", ("syntax", 8, "=")),
        ("1/0", ("value", 0, "1/0")),
        ("sqrt(-1)*x", ("value", 0, "sqrt(-1)")),
        ("x + log(0)", ("value", 4, "log(0)")),
        ("(-8)^(1/3)", ("value", 0, "(-8)^(1/3)")),
        ("9**9**9**9", ("value", 3, "9**9**9")),
        ("1e999*x", ("value", 0, "1e999")),
        ("exp(1000)*x", ("value", 0, "exp(1000)")),
    ],
)
def test_what_is_refused_and_where(text, expected):
    assert refusal(text) == expected


def test_the_limit_that_was_broken_is_told():
    with pytest.raises(Refused) as caught:
        read("log(x, 10)")
    assert caught.value.limit == 1


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("0.1*x^2 2*y^2", "0.1*x^2+2*y^2"),
        ("x (x 3)  y", "x+(x+3)+y"),
        ("1e 5*x", "1e+5*x"),
        ("x^2 - y", "x^2 - y"),
        ("x 2*z", "x 2*z"),
        ("", ""),
    ],
)
def test_in_a_link_a_blank_between_two_parts_is_a_plus(link, meant):
    assert with_plus(link) == meant


def points_at_it(text):
    """Read the text; where it is refused, the piece must stand at the column. Nothing else may be raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read(text)
            return
        except Refused as error:
            refused = error
    assert 0 <= refused.column <= len(text)
    assert refused.piece == text[refused.column : refused.column + len(refused.piece)]


@many
@given(st.text(max_size=60))
@example("(" * 300)
@example("√" * 300)
@example("-" * 299 + "x")
@example("|" * 300)
@example("\ud800")
@example("1or 2")
@example("\\\n")
def test_any_text_is_refused_or_read(text):
    points_at_it(text)


@many
@given(st.text(alphabet="xyei0123456789.+-*/^()[]{}|, <=_'\"sincosqrtlogabmax\\#²⁻π√", max_size=40))
def test_text_that_looks_like_a_formula_is_refused_or_read(text):
    points_at_it(text)


def test_generated_formulas_are_what_they_say_and_written_as_they_are():
    """Against dual numbers; and what is written in MathML, read again, is the same formula."""
    rng = random.Random(3)
    compared = 0
    for _ in range(1000):
        text, tree = chance(rng, rng.choice((2, 3, 4, 5)))
        try:
            node = read(text)
        except Refused:
            continue
        with np.errstate(all="ignore"):
            truth, near = (np.broadcast_to(dual(tree, X * k, Y * k).value, X.shape) for k in (1, 1 + 1e-13))
            found = Tape(node)(X, Y)
            sure = np.isfinite(truth) & (np.abs(near - truth) <= 1e-9 * np.abs(truth))
        np.testing.assert_allclose(found[sure], truth[sure], rtol=1e-7, err_msg=text)
        compared += int(sure.sum())
        assert written(node, LATEX).count("{") == written(node, LATEX).count("}")
        assert written(node, MATHML).count("<") == written(node, MATHML).count(">")
    assert compared > 20_000


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("e^x*|y| + max(x,y)^2/2", r"{e}^{x} \left|y\right| + \frac{{\operatorname{max}\left(x, y\right)}^{2}}{2}"),
        ("x - (y - 1)", r"x-\left(y-1\right)"),
        ("(x + 1)^2*2", r"{\left(x + 1\right)}^{2} \cdot 2"),
        ("(-x)^2 - -y", r"{\left(-x\right)}^{2}-\left(-y\right)"),
        ("2*3*x*2^y", r"2 \cdot 3 x \cdot {2}^{y}"),
        ("sqrt(x)/(x*y)", r"\frac{\sqrt{x}}{x y}"),
        ("1e-100*x + 2.5e20", r"{10}^{-100} x + 2.5 \cdot {10}^{20}"),
        ("exp(x)^2 + 2*pi", r"{\left({e}^{x}\right)}^{2} + 2 \pi"),
        ("(x^y)^2 + (x/y)^2", r"{\left({x}^{y}\right)}^{2} + {\left(\frac{x}{y}\right)}^{2}"),
    ],
)
def test_a_formula_is_written_as_it_was_typed_with_the_brackets_it_needs(text, latex):
    assert written(read(text), LATEX) == latex
