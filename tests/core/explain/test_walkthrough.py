"""The walk computes what the optimizer computes, for every variant, at every step."""

from dataclasses import replace
from itertools import product
from operator import mul

import numpy as np
import pytest

from rmsprop_core import DIALECTS, SGD, SURFACES, RMSprop, run
from rmsprop_core.explain.terms import Made, Number, Symbol, evaluate, substitute, symbols_in
from rmsprop_core.explain.walkthrough import HYPERS, beats, columns, is_noisy, step_at, update, walk_at
from rmsprop_core.runs.trajectory import QUANTITIES
from tests.support.variants import VARIANTS


def test_the_variants_are_all_there():
    assert len(VARIANTS) == len(DIALECTS) * 12 + 8


@pytest.mark.parametrize("optimizer", VARIANTS)
@pytest.mark.parametrize("surface", ["stretched", "rosenbrock"])
def test_each_line_with_its_numbers_has_the_step_s_value_bit_for_bit(optimizer, surface):
    traj = run(optimizer, SURFACES[surface], SURFACES[surface].start, 12)
    assert traj.steps >= 5
    for t, i in product(range(1, traj.steps + 1), (0, 1)):
        walk = walk_at(traj, t)
        for line in walk.lines:
            terms = walk.numbers(line, i)
            assert not symbols_in(terms)
            expected = walk.result(line, i).value
            assert evaluate(terms) == expected, (line.quantity, t, i)
            assert evaluate(walk.numeric(line, i)) == expected
            if line.quantity != "s_hat":
                column = getattr(traj, line.quantity)
                assert expected == column[t if line.quantity == "theta" else t - 1, i]


@pytest.mark.parametrize("optimizer", VARIANTS)
def test_the_update_in_one_line_makes_the_step(optimizer):
    surface = SURFACES["rosenbrock"]
    walk = walk_at(run(optimizer, surface, surface.start, 4), 4)
    for line in update(optimizer):
        value = evaluate(substitute(line.right, lambda symbol: walk.number(symbol, 1)))
        assert value == pytest.approx(walk.result(line, 1).value, rel=1e-9), line.quantity
    assert line.quantity == "theta"
    own = {symbol.name for line in update(optimizer, schedule=True) for symbol in symbols_in(line.right)}
    assert own <= {"theta", "g", "s", "m", "v", "lr_t", "rho", "eps", "momentum", "t"}


@pytest.mark.parametrize("optimizer", VARIANTS)
def test_the_lines_alone_make_the_step(optimizer):
    """From the step before, g and the hyperparameters only: every quantity is defined before it is used."""
    traj = run(optimizer, SURFACES["himmelblau"], (1.0, 2.5), 6)
    for t, i in product(range(1, 7), (0, 1)):
        walk = walk_at(traj, t)
        known = {}

        def number(symbol, walk=walk, known=known, i=i):
            if symbol.when == "before" or symbol.name in (*HYPERS, "t"):
                return walk.number(symbol, i)
            return Number(known[symbol.name])  # KeyError where it is used too early

        for line in walk.lines:
            right = walk.numbers(line, i) if line.quantity == "g" else substitute(line.right, number)
            assert line.quantity not in known
            known[line.quantity] = float(evaluate(right))

        changing = {
            name
            for name in QUANTITIES
            if not np.array_equal(getattr(walk.before, name)[i], getattr(walk.after, name)[i])
        }
        alias = set() if getattr(optimizer, "centered", False) else {"w"}  # w is s
        if isinstance(optimizer, SGD):
            alias.add("u")  # u is g
        if not optimizer.momentum:
            alias.add("v")  # v is ηu, or u
        assert changing - alias <= set(known)
        for name in set(known) - {"s_hat"}:
            assert known[name] == getattr(walk.after, name)[i]


@pytest.mark.parametrize("optimizer", VARIANTS)
def test_every_symbol_of_the_formulas_matters(optimizer):
    """A changed hyperparameter changes a line's value: the numbers are not copied from the result."""
    traj = run(optimizer, SURFACES["ravine"], (-3, 2), 5)
    walk = walk_at(traj, 5)
    for line in walk.lines[1:]:
        for symbol in symbols_in(line.right):

            def shifted(other, symbol=symbol):
                number = walk.number(other, 0)
                return replace(number, value=number.value + 0.25) if other == symbol else number

            assert evaluate(substitute(line.right, shifted)) != walk.result(line, 0).value


@pytest.mark.parametrize("initial_s", [0.0, 1.0])
def test_the_derivation_of_w_holds_with_numbers(initial_s):
    surface = SURFACES["himmelblau"]
    traj = run(RMSprop(0.1, centered=True, initial_s=initial_s), surface, surface.start, 20)
    for t, i in product(range(1, 21), (0, 1)):
        walk = walk_at(traj, t)
        (center,) = (beat for beat in walk.beats if beat.because)
        assert center.kind == "center"
        for relation in center.because:
            for term in relation.parts:
                value = evaluate(substitute(term, lambda symbol, walk=walk, i=i: walk.number(symbol, i)))
                assert value == pytest.approx(walk.after.w[i], abs=1e-14 * walk.after.s.max())
    assert not any(beat.because for beat in beats(RMSprop()))


def test_the_beats_of_some_variants():
    def kinds(optimizer):
        return [beat.kind for beat in beats(optimizer)]

    assert kinds(RMSprop()) == ["gradient", "square", "root", "divide", "move"]
    assert kinds(RMSprop(centered=True, momentum=0.5)) == [
        "gradient",
        "square",
        "center",
        "root",
        "divide",
        "velocity",
        "move",
    ]
    assert kinds(SGD(0.1)) == ["gradient", "move"]
    assert kinds(SGD(0.1, 0.9)) == ["gradient", "velocity", "move"]


@pytest.mark.parametrize("optimizer", [RMSprop(0.1, bias_correction=True), SGD(0.01, 0.9)])
def test_a_noisy_run_shows_the_noise(optimizer):
    surface = SURFACES["ravine"]
    traj = run(optimizer, surface, surface.start, 10, noise=0.3, seed=1)
    assert is_noisy(traj)
    for t, i in product(range(1, 11), (0, 1)):
        walk = walk_at(traj, t)
        line = walk.lines[0]
        assert Symbol("noise") in symbols_in(line.right)
        assert evaluate(walk.numbers(line, i)) == pytest.approx(traj.g[t - 1, i], rel=1e-14)
        slope = surface.grad(*traj.theta[t - 1])[i]
        assert columns(traj)["noise"][t - 1, i] == traj.g[t - 1, i] - slope != 0
        for other in walk.lines[1:]:
            assert evaluate(walk.numbers(other, i)) == walk.result(other, i).value
    assert not is_noisy(run(optimizer, surface, surface.start, 10))


@pytest.mark.parametrize("optimizer", VARIANTS[::5])
def test_the_columns_hold_every_number_of_every_line(optimizer):
    surface = SURFACES["booth"]
    traj = run(optimizer, surface, surface.start, 8, noise=0.1)
    shown = columns(traj)
    for t, i in product(range(1, 9), (0, 1)):
        walk = walk_at(traj, t)
        for line in walk.lines:
            for symbol in symbols_in(line.right) | {line.left}:
                if symbol.name in (*HYPERS, "t"):
                    continue
                row = t if symbol.when == "now" else t - 1
                if symbol.name in shown:
                    found = shown[symbol.name][row - 1, i]
                elif symbol.name == "theta" or row:
                    found = getattr(traj, symbol.name)[row - (symbol.name != "theta"), i]
                else:
                    found = getattr(step_at(traj, 0), symbol.name)[i]
                assert found == walk.value(symbol, i), (symbol, t)


def test_a_schedule_s_lr_is_the_step_s_own():
    optimizer, surface = RMSprop(0.2, momentum=0.9), SURFACES["stretched"]
    traj = run(optimizer, surface, surface.start, 20, schedule="cosine")
    shown = columns(traj)
    for t in range(1, 21):
        walk = walk_at(traj, t)
        assert walk.value(Symbol("lr"), 0) == shown["lr"][t - 1, 0] == traj.lr[t - 1]
        for line in walk.lines:
            assert evaluate(walk.numbers(line, 1)) == walk.result(line, 1).value


def test_steps_are_found_again_in_a_run():
    optimizer = RMSprop(0.1, centered=True, momentum=0.5, initial_s=1.0)
    surface = SURFACES["beale"]
    step = optimizer.start(surface.start)
    traj = run(optimizer, surface, surface.start, 5)
    for t in range(6):
        found = step_at(traj, t)
        assert found.t == step.t == t
        for name in QUANTITIES:
            np.testing.assert_array_equal(getattr(found, name), getattr(step, name))
        step = optimizer.step(step, surface.grad(*step.theta))


@pytest.mark.parametrize("t", [-1, 6, 100])
def test_a_step_that_was_not_made_is_refused(t):
    traj = run(RMSprop(0.1), SURFACES["beale"], SURFACES["beale"].start, 5)
    with pytest.raises(ValueError, match="t must be in 0 … 5"):
        step_at(traj, t)


def test_step_0_has_no_walk():
    traj = run(RMSprop(0.1), SURFACES["beale"], SURFACES["beale"].start, 5)
    with pytest.raises(ValueError, match="t must be in 1 … 5, not 0"):
        walk_at(traj, 0)


def test_a_formula_is_built_as_it_is_written():
    a, b, c = Symbol("s"), Symbol("g"), Symbol("u")
    assert a * b * c == Made(mul, (a, b, c))
    assert a * (b * c) == Made(mul, (a, Made(mul, (b, c))))
    with pytest.raises(TypeError, match="a formula without numbers"):
        evaluate(a + b)


def test_a_square_in_a_product_is_multiplied_as_the_optimizer_does():
    """(a·g)·g and a·(g·g) differ in the last bit; the optimizer computes the first."""
    a, g = 0.1, 1.3
    assert a * g * g != a * (g * g)
    assert evaluate(Number(a) * Number(g) ** 2) == a * g * g


@pytest.mark.parametrize("number", [float, np.float64])
def test_powers_of_rho_are_the_optimizer_s_own(number):
    """0.99**t and np.power(0.99, t) differ in the last bit for some t."""
    optimizer = RMSprop(0.1, rho=number(0.99), bias_correction=True)
    traj = run(optimizer, SURFACES["ravine"], (-5, -2), 60)
    for t in range(1, 61):
        walk = walk_at(traj, t)
        for line in walk.lines:
            assert evaluate(walk.numbers(line, 0)) == walk.result(line, 0).value
