"""The slopes of typed formulas: against dual numbers, central differences, and by hand where rules have 0·∞."""

from __future__ import annotations

import random

import numpy as np
import pytest

from rmsprop_core.expression import Refused
from rmsprop_core.expression import slopes as rules
from rmsprop_core.expression.reader import read
from rmsprop_core.expression.surface import functions
from tests.core.expression.formulas import chance, dual


def f_and_grad(text):
    f, grad, _ = functions(read(text))
    return f, grad


def checked(seed: int, count: int) -> tuple[int, int]:
    """Compare so many formulas with dual numbers; return how many were no formulas, and how many points were compared.

    A point counts where a change of x and y by 1e-13 changes value and slopes by less than a part in 10⁹.
    """
    rng, points = random.Random(seed), np.random.default_rng(seed)
    refused = compared = 0
    for _ in range(count):
        text, tree = chance(rng, rng.choice((2, 3, 4, 5, 6)))
        try:
            f, grad = f_and_grad(text)
        except Refused:
            refused += 1
            continue
        x, y = np.concatenate((points.uniform(-2, 2, (2, 10)), points.uniform(0.2, 1, (2, 10))), axis=1)
        with np.errstate(all="ignore"):
            truth, near = (np.broadcast_arrays(*dual(tree, x * k, y * k)) for k in (1, 1 + 1e-13))
            found = np.array((f(x, y), *grad(x, y)))
            sure = np.isfinite(truth).all(axis=0) & (np.abs(np.subtract(near, truth)) <= 1e-9 * np.abs(truth)).all(
                axis=0
            )
        truth, found = np.array(truth)[:, sure], found[:, sure]
        assert (np.abs(found - truth) <= 1e-6 * np.abs(truth) + 1e-9 * (1 + np.abs(truth[0]))).all(), text
        compared += int(sure.sum())
    return refused, compared


def test_slopes_are_those_of_automatic_differentiation():
    refused, compared = checked(seed=8, count=2000)
    assert refused < 300
    assert compared > 25_000


def test_a_wrong_rule_would_be_noticed(monkeypatch):
    monkeypatch.setitem(rules.SLOPES, np.arctan, lambda a: 1 / (1 + a))
    with pytest.raises(AssertionError):
        checked(seed=8, count=500)


@pytest.mark.parametrize(
    ("text", "at", "slopes"),
    [
        ("(x^2)^1.5 + y^2", (0, 1), (0, 2)),
        ("sqrt(x^2)^3 + y", (0, 1), (0, 1)),
        ("(4*x^2)^1.5 + y", (0, 1), (0, 1)),
        ("(4*x^2)^1.5 + y", (-1, 1), (-24, 1)),
        ("(x^4)^(3/4)", (0, 1), (0, 0)),
        ("(x^4)^(3/4)", (2, 1), (12, 0)),
        ("(x^6)^(1/4)*y", (0, 2), (0, 0)),
        ("(x*y)^1.5", (0, 1), (0, 0)),
        ("sqrt(x*y)^3", (0, 1), (0, 0)),
        ("(x^2*y^2)^0.75", (0, 3), (0, 0)),
        ("x*sqrt(x^2)", (0, 1), (0, 0)),
        ("abs(x)^1.5", (0, 1), (0, 0)),
        ("sqrt(x^2 + y^2)", (0, 0), (0, 0)),
        ("abs(x)", (0, 0), (0, 0)),
        ("max(x, y)", (0, 0), (0.5, 0.5)),
        ("min(x, y)", (1, 1), (0.5, 0.5)),
        ("asin(cos(x))", (0, 0), (0, 0)),
        ("sqrt(x)^2", (4, 0), (1, 0)),
        ("x^y", (0, 2), (0, 0)),
        ("x^y", (3, 2), (6, 9 * np.log(3))),
        ("(-x)^3*e^y", (2, 0), (-12, -8)),
        ("x^-2", (2, 0), (-0.25, 0)),
        ("2^x/(1 + e^y)", (1, 0), (np.log(2), -0.5)),
        ("x^0.5", (0, 0), (np.inf, 0)),
    ],
)
def test_slopes_at_the_places_where_rules_have_zero_times_infinity(text, at, slopes):
    _, grad = f_and_grad(text)
    assert grad(*map(float, at)) == pytest.approx(slopes, rel=1e-14)
    assert np.array(grad(*(np.full(2, float(z)) for z in at)))[:, 1] == pytest.approx(slopes, rel=1e-14)


@pytest.mark.parametrize("text", ["sqrt(x)^2", "sqrt(x)*sqrt(x)", "(x^0.5)^2", "e^log(x)", "(x^1.5)^2", "sqrt(x)^3"])
def test_what_has_no_value_is_not_simplified_to_something_that_has(text):
    f, grad = f_and_grad(text)
    assert np.isnan(f(-1.0, 2.0))
    assert np.isnan(grad(-1.0, 2.0)[0])


def test_numbers_and_arrays_round_alike_on_polynomials():
    f, grad = f_and_grad("(1-x)^2 + 100*(y-x^2)^2 + x^7*y^3/9 - x^-3 + x^64")
    x, y = np.random.default_rng(0).uniform(-3, 3, (2, 200))
    assert f(x, y).tolist() == [float(f(a, b)) for a, b in zip(x, y, strict=True)]
    np.testing.assert_array_equal(np.array(grad(x, y)).T, [grad(a, b) for a, b in zip(x, y, strict=True)])


@pytest.mark.parametrize("text", ["3", "x", "y^2", "x-x+1", "x*y", "x^0", "2*x", "-y"])
def test_values_have_the_shape_of_the_points_and_are_new(text):
    f, grad = f_and_grad(text)
    for shape in [(), (4,), (3, 5)]:
        x, y = np.ones(shape), np.full(shape, 2.0)
        values = f(x, y), *grad(x, y)
        assert [np.shape(v) for v in values] == [shape] * 3
        assert not any(np.may_share_memory(v, p) for v in values for p in (x, y))


@pytest.mark.parametrize("kappa", [1e-100, 1e-15, 1e6])
def test_a_surface_of_the_program_s_own_gives_its_formula_however_small_its_numbers(kappa):
    from rmsprop_core import stretched

    surface = stretched(kappa)
    f, grad, _ = functions(surface.formula)
    x, y = np.random.default_rng(1).uniform(-3, 3, (2, 20))
    np.testing.assert_allclose(f(x, y), surface.f(x, y), rtol=1e-15)
    np.testing.assert_allclose(grad(x, y), surface.grad(x, y), rtol=1e-15)
