"""What a student gets from the numbers on show is right; a slip is known by the number that it leads to."""

from itertools import product

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, run
from rmsprop_core.explain.digits import rounded
from rmsprop_core.explain.interval import Interval
from rmsprop_core.explain.quiz import SLIPS, askable, check, half_unit
from rmsprop_core.explain.terms import Number, Symbol, evaluate, substitute
from rmsprop_core.explain.walkthrough import Walk, walk_at
from tests.support.variants import VARIANTS


def shown(number):
    return Number(float(rounded(number.value, number.symbol.name)), number.symbol, number.i)


def by_hand(walk, line, i):
    """Compute from the numbers on show and round to four digits, as a student does."""
    return float(rounded(evaluate(substitute(line.right, lambda symbol: shown(walk.number(symbol, i))))))


@pytest.mark.parametrize("optimizer", VARIANTS)
def test_the_answer_from_the_numbers_on_show_is_right(optimizer):
    surface = SURFACES["himmelblau"]
    traj = run(optimizer, surface, (1.0, 2.5), 8)
    for t, i in product(range(1, 9), (0, 1)):
        walk = walk_at(traj, t)
        for line in walk.lines[1:]:
            value = float(walk.result(line, i).value)
            for answer in (by_hand(walk, line, i), value, float(f"{value:.3g}")):
                verdict = check(walk, line.quantity, i, answer)
                assert verdict.right, (line.quantity, t, answer, verdict)
                assert verdict.slip is None
                assert verdict.accepted.holds(verdict.value)


@pytest.mark.parametrize("optimizer", VARIANTS[::7])
def test_an_answer_two_per_cent_off_is_wrong_where_the_question_is_fair(optimizer):
    surface = SURFACES["himmelblau"]
    traj = run(optimizer, surface, (1.0, 2.5), 4)
    asked = 0
    for t, i in product((1, 4), (0, 1)):
        walk = walk_at(traj, t)
        for quantity in askable(walk, i):
            asked += 1
            value = walk.value(Symbol(quantity), i)
            verdict = check(walk, quantity, i, value * 1.02)
            assert not verdict.right
            assert not verdict.accepted.holds(value * 0.98)
    assert asked >= 4


def step_6():
    """A step where all slips lead to different numbers: ε is not small, and there is velocity."""
    traj = run(RMSprop(0.2, eps=0.5, momentum=0.5, rho=0.8), SURFACES["ravine"], (-5, -2), 8)
    return walk_at(traj, 6)


def test_each_slip_is_recognised_by_its_number():
    """The wrong numbers are computed here from the Step itself, not by quiz.py."""
    walk, rho, eps = step_6(), 0.8, 0.5
    i = 0
    before, now = walk.before, walk.after
    g, s, s_before = now.g[i], now.s[i], before.s[i]
    theta, delta = before.theta[i], now.delta[i]
    slips = {
        ("s", "previous"): s_before,
        ("s", "adagrad"): s_before + g**2,
        ("s", "share"): rho * s_before + g**2,
        ("s", "bare"): g**2,
        ("s", "old"): (1 - rho) * g**2,
        ("rms", "bare"): np.sqrt(g**2 + eps),
        ("v", "old"): 0.2 * now.u[i],
        ("s", "square"): rho * s_before + (1 - rho) * g,
        ("s", "sign"): rho * s_before - (1 - rho) * g**2,
        ("rms", "root"): s + eps,
        ("rms", "eps_side"): np.sqrt(s) + eps,
        ("rms", "previous"): np.sqrt(s_before + eps),
        ("u", "root"): g / (s + eps),
        ("u", "eps_side"): g / (np.sqrt(s) + eps),
        ("u", "sign"): -g / np.sqrt(s + eps),
        ("v", "previous"): before.v[i],
        ("v", "sign"): 0.5 * before.v[i] - 0.2 * now.u[i],
        ("theta", "sign"): theta + delta,
        ("delta", "root"): 0.5 * before.v[i] + 0.2 * g / (s + eps),
    }
    assert {slip for _, slip in slips} == set(SLIPS)
    for (quantity, slip), answer in slips.items():
        verdict = check(walk, quantity, i, float(rounded(float(answer))))
        assert (verdict.right, verdict.slip) == (False, slip), (quantity, slip, verdict)


@pytest.mark.parametrize("i", [0, 1])
def test_slips_with_eps_outside_centered_and_bias_correction(i):
    outside = walk_at(run(RMSprop(0.2, eps=0.5, eps_inside_sqrt=False), SURFACES["ravine"], (-5, -2), 4), 3)
    assert check(outside, "rms", i, float(np.sqrt(outside.after.s[i] + 0.5))).slip == "eps_side"
    assert check(outside, "rms", i, float(outside.after.s[i] + 0.5)).slip == "root"

    centered = walk_at(run(RMSprop(0.2, centered=True), SURFACES["ravine"], (-5, -2), 4), 3)
    deviation = centered.after.g[i] - centered.before.m[i]
    assert check(centered, "w", i, float(0.9 * (centered.before.w[i] + deviation**2))).slip == "share"
    assert check(centered, "rms", i, float(np.sqrt(centered.before.w[i]))).slip == "previous"

    corrected = walk_at(run(RMSprop(0.2, bias_correction=True), SURFACES["ravine"], (-5, -2), 4), 3)
    assert check(corrected, "s_hat", i, float(corrected.before.s[i] / (1 - 0.9**3))).slip == "previous"


def test_sgd_s_sign():
    walk = walk_at(run(SGD(0.1), SURFACES["ravine"], (-5, -2), 2), 2)
    assert check(walk, "theta", 1, float(walk.before.theta[1] + walk.after.delta[1])).slip == "sign"


def test_bare_squares_are_named_however_they_were_reached():
    """At step 1 from s₀ = 0, AdaGrad's sum and a forgotten 1 − ρ are both g²."""
    walk = walk_at(run(RMSprop(0.1), SURFACES["ravine"], (-5, -2), 1), 1)
    verdict = check(walk, "s", 1, 64.0)
    assert (verdict.right, verdict.slip) == (False, "bare")


def test_the_slips_of_a_first_class():
    """Step 2 of the first picture: ρsₜ₋₁ forgotten is 1.908, bare g² is 19.08."""
    walk = walk_at(run(RMSprop(0.2), SURFACES["stretched"], (-5, -2), 2), 2)
    assert [check(walk, "s", 0, answer).slip for answer in (1.908, 19.08, 21.58, 21.33)] == [
        "old", "bare", "adagrad", "share",
    ]  # fmt: skip


def test_an_answer_that_only_one_of_two_like_slips_reaches_is_not_told_either():
    """sₜ₋₁ + g² = 100.01 and ρsₜ₋₁ + g² = 100.009 give the same four digits: the last bit of a band tells nothing."""
    optimizer = RMSprop(0.1)
    before = optimizer.start([0.0, 0.0])._replace(s=np.array([0.01, 0.01]), w=np.array([0.01, 0.01]))
    walk = Walk(optimizer, before, optimizer.step(before, [10.0, 10.0]), SURFACES["ravine"])
    verdict = check(walk, "s", 0, 100.0595)
    assert (verdict.right, verdict.slip) == (False, None)


def test_a_right_answer_is_right_even_if_a_slip_gives_it_too():
    """With ε = 1e-8 its side cannot be seen in four digits."""
    walk = walk_at(run(RMSprop(0.1), SURFACES["ravine"], (-5, -2), 3), 3)
    verdict = check(walk, "rms", 1, float(np.sqrt(walk.after.s[1]) + 1e-8))
    assert (verdict.right, verdict.slip) == (True, None)
    edge = check(walk, "rms", 1, verdict.accepted.high * (1 + 1e-9))
    assert (edge.right, edge.slip) == (False, None)


@pytest.mark.parametrize("answer", [float("nan"), float("inf"), 1e9, 0.0])
def test_nonsense_is_wrong_for_no_known_reason(answer):
    verdict = check(step_6(), "s", 0, answer)
    assert (verdict.right, verdict.slip) == (False, None)


def test_a_quantity_that_the_variant_does_not_have_is_refused():
    with pytest.raises(ValueError, match="quantity must be one of"):
        check(step_6(), "s_hat", 0, 1.0)


def test_nothing_is_asked_that_the_numbers_on_show_do_not_give():
    """g and m almost equal: g − m has lost its digits, and so has w at ρ = 0, where w₋ is 0."""
    traj = run(RMSprop(1e-6, rho=0.0, centered=True, eps=1.0), SURFACES["ravine"], (-5, -2), 3)
    walk = walk_at(traj, 3)
    assert "w" not in askable(walk, 0)
    assert "g" not in askable(walk, 0)
    assert {"s", "theta"} <= set(askable(walk, 0))


@pytest.mark.parametrize(
    ("value", "quantity", "half"),
    [
        (3.16227, "s", 0.0005),
        (-31.6227, "s", 0.005),
        (1.23456e-8, "s", 0.5e-11),
        (2.5, "s", 0),
        (0.0, "s", 0),
        (9999.6, "s", 5.0),
        (0.9, "rho", 0),
        (12345, "t", 0),
    ],
)
def test_half_a_unit_of_the_last_digit_on_show(value, quantity, half):
    assert half_unit(value, quantity) == pytest.approx(half, rel=1e-12)
    assert abs(float(rounded(value, quantity)) - value) <= half


def test_intervals_hold_every_result():
    a, b = Interval(-2.0, 3.0), Interval(0.5, 4.0)
    for x, y in product(np.linspace(-2, 3, 21), np.linspace(0.5, 4, 21)):
        assert (a + b).holds(x + y)
        assert (a - b).holds(x - y)
        assert (a * b).holds(x * y)
        assert (a / b).holds(x / y)
        assert np.sqrt(b).holds(np.sqrt(y))
        assert np.power(b, Interval(3.0, 3.0)).holds(y**3)
    assert (a + b, a - b, a * b) == (Interval(-1.5, 7.0), Interval(-6.0, 2.5), Interval(-8.0, 12.0))
    assert a / b == Interval(-4.0, 6.0)
    assert b / a == Interval(-np.inf, np.inf)
    assert np.isnan(np.sqrt(Interval(-2.0, -1.0)).low)
    assert a.meets(b)
    assert not Interval(-2.0, -1.0).meets(b)
