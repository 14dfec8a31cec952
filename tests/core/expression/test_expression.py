import subprocess
import sys
import time
import warnings
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rmsprop_core import SGD, SURFACES, RMSprop, Surface, run
from rmsprop_core.expression import MOST_OPERATIONS, Refused, parse
from rmsprop_core.expression.functions import symbols
from rmsprop_core.expression.grammar import DEEPEST, LONGEST
from rmsprop_core.expression.reader import HIGHEST_POWER, read
from rmsprop_core.expression.tape import Tape
from rmsprop_core.runs.events import inside_view

few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def refusal(text):
    with pytest.raises(Refused) as caught:
        parse(text)
    return caught.value.kind, caught.value.column, caught.value.piece


# Refusals: the kind, the column, the piece


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("empty", 0, "")),
        (" \t\n", ("empty", 0, "")),
        ("x + z", ("name", 4, "z")),
        ("  x + foo*y", ("name", 6, "foo")),
        ("x + sin", ("name", 4, "sin")),
        ("f(x)", ("call", 0, "f(x)")),
        ("x(y)", ("call", 0, "x(y)")),
        ("(lambda: 1)()", ("call", 0, "(lambda: 1)()")),
        ("sin(x, y)", ("arguments", 0, "sin(x, y)")),
        ("max(x)", ("arguments", 0, "max(x)")),
        ("sin(*x)", ("other", 4, "*x")),
        ("sin(x=y)", ("arguments", 0, "sin(x=y)")),
        ("x.real", ("attribute", 0, "x.real")),
        ("y + x.__class__", ("attribute", 4, "x.__class__")),
        ("__import__('os')", ("string", 11, "'os')")),
        ("x + 'a'", ("string", 4, "'a'")),
        ("x[0]", ("subscript", 0, "x[0]")),
        ("x*[y]", ("other", 2, "[y]")),
        ("(x, y)", ("other", 0, "(x, y)")),
        ("x < y", ("comparison", 0, "x < y")),
        ("x != y", ("comparison", 0, "x != y")),
        ("lambda x: x", ("lambda", 0, "lambda x: x")),
        ("x if y else 1", ("other", 0, "x if y else 1")),
        ("x and y", ("operator", 0, "x and y")),
        ("not x", ("operator", 0, "not x")),
        ("x//2", ("operator", 0, "x//2")),
        ("x % 2", ("character", 2, "%")),
        ("x; y", ("character", 1, ";")),
        ("x + 日", ("character", 4, "日")),
        ("ｘ + 1", ("character", 0, "ｘ")),
        ("x\x00", ("character", 1, "\x00")),
        ("True", ("other", 0, "True")),
        ("...", ("other", 0, "...")),
        ("2x + y", ("times", 0, "2x")),
        ("x^2 + 2(x+1)", ("times", 6, "2(")),
        ("1j*x", ("times", 0, "1j")),
        ("0x1F", ("times", 0, "0x")),
        ("x +", ("syntax", 2, "+")),
        ("x y", ("syntax", 2, "y")),
        ("(x", ("syntax", 0, "(")),
        ("x²y", ("times", 1, "²y")),
        ("x²2", ("times", 1, "²2")),
        ("x²³", ("times", 1, "²³")),
        ("1e13 + x", ("number", 0, "1e13")),
        ("1e-13*x", ("number", 0, "1e-13")),
        ("1e999", ("number", 0, "1e999")),
        ("x + 10^12*10", ("number", 4, "10^12*10")),
        ("exp(50)*x", ("number", 0, "exp(50)")),
        ("exp(1000)", ("number", 0, "exp(1000)")),
        ("9**9**9**9", ("exponent", 6, "9**9")),
        ("x**99", ("exponent", 3, "99")),
        ("x**(x-x+99999)", ("exponent", 4, "x-x+99999")),
        ("2**(x-x+99999)", ("exponent", 4, "x-x+99999")),
        ("((x^9)^9)^9", ("exponent", 1, "(x^9)^9")),
        ("x**y**x", ("tower", 3, "y**x")),
        ("1/0", ("undefined", 0, "1/0")),
        ("x + 1/(y-y)", ("undefined", 4, "1/(y-y)")),
        ("sqrt(-1)*x", ("undefined", 0, "sqrt(-1)")),
        ("log(0)", ("undefined", 0, "log(0)")),
        ("(-8)^(1/3)", ("undefined", 0, "(-8)^(1/3)")),
        ("x + sqrt(-1 - x^2)", ("nowhere", 0, "x + sqrt(-1 - x^2)")),
        ("log(-x^2 - y^2)", ("nowhere", 0, "log(-x^2 - y^2)")),
        ("(" * (DEEPEST + 1) + "x" + ")" * (DEEPEST + 1), ("deep", DEEPEST, "(")),
        ("x" * (LONGEST + 1), ("long", LONGEST, "x")),
    ],
)
def test_what_is_refused_and_where(text, expected):
    assert refusal(text) == expected


def test_too_big_too_deep():
    assert refusal("+".join("xy" * 60))[0] == "big"
    assert refusal("-" * 40 + "x")[0] == "deep"
    assert refusal("sin(cos(" * 8 + "sin(x)" + "))" * 8)[0] == "deep"


def test_what_stays_below_the_limits_is_accepted():
    assert parse("+".join(["x*y"] * 24)).uses == ("x", "y")
    assert parse(f"x^{HIGHEST_POWER} + y^2").minima == ((0, 0),)
    assert parse("(" * DEEPEST + "x^2" + ")" * DEEPEST).uses == ("x",)
    assert parse("1e12*x^2 + 1e-12*y^2").uses == ("x", "y")


def points_at_it(reader, text):
    """Read the text; where it is refused, the piece must stand at the column. Nothing else may be raised."""
    try:
        reader(text)
    except Refused as error:
        refused = error
    else:
        return
    assert 0 <= refused.column <= len(text)
    assert refused.piece == text[refused.column : refused.column + len(refused.piece)]


@few
@given(st.text(max_size=60))
@example("(" * 300)
@example("\ud800")
@example("1or 2")
@example("\\\n")
def test_any_text_is_refused_or_read(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        points_at_it(parse, text)


@many
@given(st.text(alphabet="xyei0123456789.+-*/^()[], <=_'\"sincosqrtlogabmax\\#²π", max_size=40))
def test_text_that_looks_like_a_formula_is_refused_or_read(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        points_at_it(read, text)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "2**2**2**2**2**2",
        "x**x**x**x**x",
        "(" * 150 + "x" + ")" * 150,
        "((((x**20)**20)**20)**20)**20",
        "sin(cos(tan(exp(log(sqrt(abs(sinh(cosh(tanh(atan(x*y)))))))))))",
        "*".join(f"(x+{k})" for k in range(40)),
        "/".join(f"(x+{k}*y)" for k in range(35)),
        "*".join(f"sin(x+{k}*y)" for k in range(22)),
        "(x+y+1)**20/(x-y+1)**20",
        "max(x," * 15 + "y" + ")" * 15,
        "abs(" * 15 + "x-y" + ")" * 15,
        "sqrt(x^2+" * 14 + "y" + ")" * 14,
        "(x^y)*(y^x)*(x^(x+y))*(y^(x-y))*(x*y)^(x*y)",
        "cosh(atan(cos(2+min(tanh(cosh(min(1,log(sinh(min(e,x))))^3)),cos(sqrt(min(0.1,y)))))))",
        "1" * 300,
        "1/" * 149 + "x",
        "-" * 299 + "x",
        "1000003*1000033/999983*x^(1/999)",
        "123456789^(1/7)*x + 987654321^(3/11)*y^2",
    ],
)
def test_hostile_texts_end_within_a_second(text):
    parse("x")  # SymPy is there
    begin = time.process_time()
    with suppress(Refused):
        parse(text)
    assert time.process_time() - begin < 1


# The formula as it is read


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x^2", "x**2"),
        ("2*x^2*y", "2*(x**2)*y"),
        ("-x^2", "-(x**2)"),
        ("x^-1", "1/x"),
        ("2^x^2", "2**(x**2)"),
        ("x² + y³", "x*x + y*y*y"),
        ("3·x − y ÷ 2 × π", "3*x - y/2*pi"),
        ("ln(x)", "log(x)"),
        ("arctan(y)", "atan(y)"),
        ("\n x\n+ y ", "x+y"),
        ("x/2/y", "x/(2*y)"),
        ("2^3*x", "8*x"),
    ],
)
def test_other_ways_to_write_it(text, same):
    x, y = np.random.default_rng(0).uniform(0.1, 3, (2, 50))
    np.testing.assert_allclose(Tape(read(text)[0])(x, y)[0], Tape(read(same)[0])(x, y)[0], rtol=1e-14)


OPERATIONS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
CALLS = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "sinh", "cosh", "tanh")},
    **{"abs": np.abs, "atan": np.arctan},
}
NUDGE = [1.0]  # turns pi a little, to see which values hang on its last digits
leaves = st.sampled_from(
    [("x", lambda x, y: x), ("y", lambda x, y: y), ("pi", lambda x, y: np.pi * NUDGE[0]), ("e", lambda x, y: np.e)]
) | st.sampled_from(["2", "3", "0.5", "10", "0.1"]).map(lambda n: (n, lambda x, y: float(n)))


def grown(children):
    def operation(sign, a, b):
        return f"({a[0]} {sign} {b[0]})", lambda x, y: OPERATIONS[sign](a[1](x, y), b[1](x, y))

    def call(name, a):
        return f"{name}({a[0]})", lambda x, y: CALLS[name](a[1](x, y))

    def power(a, n):
        return f"({a[0]})^{n}", lambda x, y: np.power(a[1](x, y), float(n))

    def pick(name, a, b):
        return f"{name}({a[0]}, {b[0]})", lambda x, y: getattr(np, f"{name}imum")(a[1](x, y), b[1](x, y))

    return st.one_of(
        st.builds(operation, st.sampled_from(list(OPERATIONS)), children, children),
        st.builds(call, st.sampled_from(list(CALLS)), children),
        st.builds(power, children, st.sampled_from(["2", "3", "0.5", "-1", "-2"])),
        st.builds(pick, st.sampled_from(["min", "max"]), children, children),
    )


formulas = st.recursive(leaves, grown, max_leaves=8)


@many
@example(("(x / sin(pi))", lambda x, y: x / np.sin(np.pi * NUDGE[0])), 0)  # what rounding has left of a 0
@given(formulas, st.integers(0, 999))
def test_f_is_what_the_formula_says(formula, seed):
    """Against NumPy on the formula as it was generated, without SymPy; where both are finite and well conditioned."""
    text, plain = formula
    try:
        expr, _ = read(text)
    except Refused:
        return
    x, y = np.random.default_rng(seed).uniform(0.2, 2, (2, 20))
    with np.errstate(all="ignore"):
        expected = np.broadcast_to(plain(x, y), x.shape)
        NUDGE[0] = k = 1 + 1e-13
        nearby = np.broadcast_to(plain(x * k, y * k), x.shape)
        NUDGE[0] = 1.0
        (found,) = Tape(expr)(x, y)
        sure = np.isfinite(expected) & np.isfinite(found) & (np.abs(nearby - expected) <= 1e-9 * np.abs(expected))
    np.testing.assert_allclose(found[sure], expected[sure], rtol=1e-7, atol=1e-10)


@many
@given(formulas, st.integers(0, 999))
def test_the_gradient_is_exact(formula, seed):
    """Against central differences of two widths, where these agree (f smooth there, and not too steep)."""
    try:
        expr, _ = read(formula[0])
    except Refused:
        return
    f = Tape(expr)
    slopes = Tape(*(expr.diff(symbol) for symbol in (symbols().x, symbols().y)))
    x, y = np.random.default_rng(seed).uniform(0.2, 2, (2, 20))
    with np.errstate(all="ignore"):
        for slope, dx, dy in zip(slopes(x, y), (1, 0), (0, 1), strict=True):
            wide, narrow = (
                (f(x + h * dx, y + h * dy)[0] - f(x - h * dx, y - h * dy)[0]) / (2 * h) for h in (2e-5, 1e-5)
            )
            scale = 1 + np.abs(narrow)
            sure = np.isfinite(wide) & np.isfinite(narrow) & np.isfinite(slope)
            sure &= (np.abs(wide - narrow) < 1e-6 * scale) & (np.abs(f(x, y)[0]) < 1e3)
            assert (np.abs(slope - narrow)[sure] <= 1e-4 * scale[sure]).all()


@pytest.mark.parametrize(
    "text",
    ["sin(x)*exp(-y^2) + 0.1*x^3", "log(x^2+1)*atan(y) - tanh(x*y)", "(1.5-x+x*y)^2 + sqrt(x^2+y^2+1)", "2^x/(1+e^y)"],
)
def test_f_and_gradient_against_fifty_digits(text):
    """SymPy's own functions, evaluated to 50 digits, are the judge."""
    sympy = symbols().sympy
    x, y = sympy.symbols("x y")
    truth = sympy.sympify(text.replace("^", "**"), locals={"x": x, "y": y, "e": sympy.E})
    surface = parse(text)
    for point in [(0.3, -1.7), (-2.1, 0.4), (1.9, 2.3)]:
        at = {x: sympy.Float(point[0], 50), y: sympy.Float(point[1], 50)}
        exact = [float(e.evalf(50, subs=at)) for e in (truth, truth.diff(x), truth.diff(y))]
        assert [float(surface.f(*point)), *map(float, surface.grad(*point))] == pytest.approx(exact, rel=1e-13)


def test_a_wrong_slope_would_be_noticed(monkeypatch):
    """The gradients above come from our own table of slopes: break one entry, and its check must fail."""
    from rmsprop_core.expression.functions import SLOPES

    monkeypatch.setitem(SLOPES, "atan", lambda f, a: 1 / (1 + a))
    surface = parse("atan(x) + y^2")
    h = 1e-5
    assert surface.grad(1.5, 0)[0] != pytest.approx((surface.f(1.5 + h, 0) - surface.f(1.5 - h, 0)) / (2 * h), rel=1e-3)


def test_numbers_and_arrays_round_alike_on_polynomials():
    surface = parse("(1-x)^2 + 100*(y-x^2)^2 + x^7*y^3/9")
    x, y = np.random.default_rng(0).uniform(-3, 3, (2, 200))
    assert surface.f(x, y).tolist() == [float(surface.f(a, b)) for a, b in zip(x, y, strict=True)]
    one_by_one = [surface.grad(a, b) for a, b in zip(x, y, strict=True)]
    np.testing.assert_array_equal(np.array(surface.grad(x, y)).T, one_by_one)


@pytest.mark.parametrize("text", ["3", "x", "y^2", "x-x+1", "x*y"])
def test_values_have_the_shape_of_the_points_and_are_new(text):
    surface = parse(text)
    for shape in [(), (4,), (3, 5)]:
        x, y = np.ones(shape), np.full(shape, 2.0)
        values = surface.f(x, y), *surface.grad(x, y)
        assert [np.shape(v) for v in values] == [shape] * 3
        assert not any(np.may_share_memory(v, p) for v in values for p in (x, y))


def test_no_value_is_nan_or_infinite_and_says_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse("1/x + y^2").f(0.0, 0.0) == np.inf
        assert np.isnan(parse("sqrt(x) + y^2").f(-1.0, 0.0))
        assert np.isinf(parse("sqrt(x) + y^2").grad(0.0, 0.0)[0])
        assert parse("log(x) + y^2").f(np.zeros(2), np.zeros(2)).tolist() == [-np.inf, -np.inf]
        assert parse("exp(exp(x^2)) + y^2").f(9, 9) == np.inf


@pytest.mark.parametrize(("text", "slopes"), [("abs(x)", (0, 0)), ("max(x, y)", (0.5, 0.5)), ("min(x, y)", (0.5, 0.5))])
def test_at_a_kink_the_slope_is_between_both_sides(text, slopes):
    assert parse(text).grad(0, 0) == slopes


# What is chosen for it

SAME_AS = {
    "stretched": "(x^2 + 100*y^2)/2",
    "rosenbrock": "(1-x)^2 + 100*(y-x^2)^2",
    "himmelblau": "(x^2+y-11)^2 + (x+y^2-7)^2",
    "beale": "(1.5-x+x*y)^2 + (2.25-x+x*y^2)^2 + (2.625-x+x*y^3)^2",
    "booth": "(x+2*y-7)^2 + (2*x+y-5)^2",
    "camel": "(4-2.1*x^2+x^4/3)*x^2 + x*y + (4*y^2-4)*y^2",
    "rastrigin": "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
    "ackley": "20*(1-e^(-0.2*sqrt((x^2+y^2)/2))) + e - e^((cos(2*pi*x)+cos(2*pi*y))/2)",
    "saddle": "x^2 - y^2",
    "bounded_saddle": "x^2/2 + (y^2-1)^2/4",
    "monkey_saddle": "x^3 - 3*x*y^2",
    "cliff": "0.01*(x-4)^2 + y^2/2 + 5*(1-tanh(2*(x-2)))",
}


@pytest.mark.parametrize("name", SAME_AS)
def test_a_known_surface_typed_in_is_found_again(name):
    known, typed = SURFACES[name], parse(SAME_AS[name])
    x, y = np.random.default_rng(0).uniform(-2, 2, (2, 100))
    np.testing.assert_allclose(typed.f(x, y), known.f(x, y), rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(typed.grad(x, y), known.grad(x, y), rtol=1e-10, atol=1e-10)
    if known.floor is None:
        assert typed.floor is None
    else:
        assert typed.floor == pytest.approx(known.floor, abs=1e-9)
    assert np.array(sorted(typed.minima)) == pytest.approx(np.array(sorted(known.minima)), abs=1e-5)
    assert inside_view(typed, np.reshape(typed.minima, (-1, 2))).all()


@pytest.mark.parametrize(
    ("text", "minimum"),
    [
        ("(x-7)^2 + (y+8)^2", (7, -8)),
        ("(x-100)^2 + y^2", (100, 0)),
        ("abs(x) + 100*abs(y)", (0, 0)),
        ("sqrt(x^2+y^2)", (0, 0)),
        ("x^20 + y^20", (0, 0)),
        ("-e^(-x^2-y^2)", (0, 0)),
        ("x^2", (0, 0)),
        ("sqrt(x) + y^2", (0, 0)),
        ("max(x, -x) + (y-1)^2", (0, 1)),
        ("x*log(x) + y^2", (1 / np.e, 0)),
    ],
)
def test_the_minimum_is_found_and_in_view(text, minimum):
    surface = parse(text)
    assert surface.minima == (pytest.approx(minimum, abs=1e-6),)
    assert surface.floor == pytest.approx(surface.f(*surface.minima[0]), abs=1e-12)
    assert inside_view(surface, np.array(surface.minima)).all()


@pytest.mark.parametrize(
    "text", ["x", "x^3 + y^2", "x*sin(x) + y^2", "-log(x)", "1/x", "tan(x)", "log(x^2+y^2)", "-x*y"]
)
def test_what_falls_without_end_has_no_floor(text):
    assert parse(text).floor is None


@pytest.mark.parametrize(
    ("text", "floor"),
    [("e^(-x^2-y^2)", 0), ("atan(x) + y^2", -np.pi / 2), ("exp(-x) + y^2", 0), ("sin(x*y)", -1), ("3", 3)],
)
def test_what_has_a_floor_keeps_it(text, floor):
    assert parse(text).floor == pytest.approx(floor, abs=1e-5)


def test_a_floor_that_is_not_reached_is_no_minimum():
    assert parse("exp(-x) + y^2").minima == ()
    assert parse("3").minima == ()


TYPICAL = [*SAME_AS.values(), "1/x", "sqrt(x) + y^2", "log(1-x^2-y^2)", "x", "3", "x^y", "abs(x)+max(x,y)", "tan(x)"]


@pytest.mark.parametrize("text", TYPICAL)
def test_a_run_can_begin(text):
    surface = parse(text)
    assert isinstance(surface, Surface)
    assert inside_view(surface, np.array([surface.start])).all()
    x, y = np.meshgrid(*(np.linspace(low, high, 31) for low, high in surface.domain))
    assert np.isfinite(surface.f(x, y)).mean() > 0.5
    slopes = surface.grad(*surface.start)
    assert [slope != 0 for slope in slopes] == [name in surface.uses for name in "xy"]
    for method, key in ((RMSprop, "lr"), (SGD, "sgd_lr")):
        lr = surface.settings[key]
        assert 0 < lr < np.inf
        traj = run(method(lr=lr), surface, surface.start, 100)
        best = np.min(traj.f[inside_view(surface, traj.theta)])
        assert best < traj.f[0] or not surface.uses


def test_a_domain_and_a_start_of_ones_own():
    text = "(x-7)^2 + (y+8)^2"
    surface = parse(text, domain=((6, 9), (-9, -7)), start=(6.5, -7.5))
    assert (surface.domain, surface.start) == (((6, 9), (-9, -7)), (6.5, -7.5))
    assert surface.minima == ((7, -8),)
    assert parse(text, domain=((0, 1), (0, 1))).minima == ()
    moved = replace(surface, start=(8, -8))
    assert (moved.start, moved.text_of_kinks if hasattr(moved, "text_of_kinks") else moved.uses) == (
        (8, -8),
        ("x", "y"),
    )


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"domain": ((1, 1), (0, 1))}, "domain must be"),
        ({"domain": ((0, np.inf), (0, 1))}, "domain must be"),
        ({"start": (0, np.nan)}, "start must be"),
    ],
)
def test_bad_places_are_refused(place, message):
    with pytest.raises(ValueError, match=message):
        parse("x", **place)


@pytest.mark.parametrize(
    ("text", "uses"), [("x^2", ("x",)), ("y", ("y",)), ("x+y", ("x", "y")), ("2", ()), ("x-x", ())]
)
def test_the_variables_in_use(text, uses):
    assert parse(text).uses == uses


@pytest.mark.parametrize(
    ("text", "kinks"),
    [
        ("x^2 + abs(y - 1)", [("abs", 6, "abs(y - 1)", "y - 1")]),
        ("max(x, y)^2", [("max", 0, "max(x, y)", "x - y")]),
        ("min(x, 2) + y", [("min", 0, "min(x, 2)", "x - 2")]),
        ("y + sqrt(x^2+y^2)", [("root", 4, "sqrt(x^2+y^2)", "x^{2} + y^{2}")]),
        ("x^0.5 + y", [("root", 0, "x^0.5", "x")]),
        ("1/x + y", [("division", 0, "1/x", "x")]),
        ("x^-2 + y", [("division", 0, "x^-2", "x")]),
        ("tan(x) + y", [("tan", 0, "tan(x)", r"\cos{\left(x \right)}")]),
        ("log(x) + y", [("log", 0, "log(x)", "x")]),
        ("sqrt(x^2+y^2+1) + 1/(2+sin(x)) + log(3+cos(y))", []),
        ("abs(x^2+1) + max(x^2, -1)", []),
        ("abs(x - 50)", []),
    ],
)
def test_kinks_in_view_are_told(text, kinks):
    found = parse(text, domain=((-3, 3), (-3, 3)) if "log(x)" not in text and "0.5" not in text else None).kinks
    assert [(kink.kind, kink.column, kink.piece, kink.latex) for kink in found] == kinks


def test_latex_of_f_and_its_gradient():
    surface = parse("e^x*abs(y) + max(x,y)^2/2")
    assert surface.latex == r"\left|{y}\right| e^{x} + \frac{\max\left(x, y\right)^{2}}{2}"
    assert "e^{x}" in surface.latex_grad[0]
    assert surface.title == "e^x*abs(y) + max(x,y)^2/2"
    assert surface.numeric


# Speed and safety


@pytest.mark.parametrize("text", SAME_AS.values())
def test_the_tapes_are_short(text):
    expr, _ = read(text)
    slopes = Tape(*(expr.diff(symbol) for symbol in (symbols().x, symbols().y)))
    assert len(Tape(expr)) + len(slopes) < MOST_OPERATIONS / 5


def test_equal_parts_are_computed_once():
    assert len(Tape(read("sin(x*y)^2 + sin(x*y)^3 + sin(x*y)")[0])) <= 6


def test_sympy_is_imported_only_when_a_formula_is_read():
    code = "import sys, rmsprop_core.expression as e; print('sympy' in sys.modules); e.parse('x'); "
    code += "print('sympy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.split() == ["False", "True"]


def test_nothing_in_these_modules_evaluates_text():
    from pathlib import Path

    import rmsprop_core.expression

    modules = sorted(Path(rmsprop_core.expression.__file__).parent.glob("*.py"))
    assert len(modules) >= 5
    for path in modules:
        source = path.read_text(encoding="utf-8")
        assert not any(word in source for word in ("eval(", "exec(", "lambdify", "sympify", "compile("))
