"""What holds for every gradient, every shape and every setting, tried on what hypothesis comes up with."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rmsprop_core import SGD, SURFACES, AdaGrad, Adam, Clipped, Decayed, Optimizer, RMSprop, Rprop, SignDescent, run
from rmsprop_core.runs.loop import is_finite, nonfinite

tried = settings(deadline=None, derandomize=True, max_examples=60)
tried_less = settings(tried, max_examples=25)

LRS = st.floats(1e-6, 10)
RHOS = st.sampled_from([0.0, 0.5, 0.9, 0.99, 0.999])
MUS = st.sampled_from([0.0, 0.5, 0.9])
EPS = st.sampled_from([0.0, 1e-10, 1e-8, 1e-3])
FLAGS = st.booleans()
NOT_POLYNOMIAL = {"rastrigin", "ackley", "cliff"}


def _gradients(low: float = -100.0, high: float = 100.0, least: float = 0.0, d: int = 3):
    """Sequences of gradients, shape (T, d); none nearer to 0 than `least` unless it is 0."""
    numbers = st.floats(low, high).filter(lambda g: g == 0 or abs(g) >= least)
    return hnp.arrays(np.float64, st.tuples(st.integers(1, 25), st.just(d)), elements=numbers)


@st.composite
def optimizers(draw) -> RMSprop | SGD:
    if draw(st.integers(0, 3)) == 0:
        return SGD(draw(LRS), draw(MUS), draw(FLAGS))
    centered = draw(FLAGS)
    return RMSprop(
        *(draw(LRS), draw(RHOS), draw(EPS), draw(MUS), centered),
        eps_inside_sqrt=draw(FLAGS),
        lr_in_velocity=draw(FLAGS),
        nesterov=draw(FLAGS),
        bias_correction=not centered and draw(FLAGS),
        initial_s=draw(st.sampled_from([0.0, 1.0])),
    )


@st.composite
def family(draw, lrs=LRS, shares=MUS, eps=EPS, sizes=EPS) -> Optimizer:
    """One of the family or of the two, with decay and clipping around it or not."""
    made: Optimizer = draw(
        st.one_of(
            optimizers(),
            st.builds(AdaGrad, lrs, eps, eps_inside_sqrt=FLAGS, initial_s=sizes),
            st.builds(Adam, lrs, shares, shares, eps),
            st.builds(SignDescent, lrs),
            st.builds(Rprop, lrs),
        )
    )
    if draw(FLAGS):
        made = Decayed(made, draw(sizes), draw(FLAGS))
    if draw(FLAGS):
        made = Clipped(made, draw(st.sampled_from(["value", "norm"])), draw(lrs.filter(bool)), eps=draw(sizes))
    return made


def _walk(opt, theta, gradients) -> list:
    with np.errstate(all="ignore"):
        walk = [opt.start(theta)]
        for g in gradients:
            walk.append(opt.step(walk[-1], g))
    return walk


@tried
@given(st.one_of(optimizers(), family()), _gradients())
def test_nothing_that_is_passed_in_changes(opt, gradients):
    theta = gradients[0] + 1
    given_values = theta.copy(), gradients.copy()
    zero = opt.start(theta)
    walk = _walk(opt, theta, gradients)
    kept = [[np.copy(x) for x in step] for step in walk]
    _walk(opt, theta, gradients)
    opt.step(walk[-1], gradients[0]) if np.isfinite(walk[-1].theta).all() else None
    np.testing.assert_array_equal(theta, given_values[0])
    np.testing.assert_array_equal(gradients, given_values[1])
    np.testing.assert_array_equal(zero.theta, given_values[0])
    for step, before in zip(walk, kept, strict=True):
        for x, y in zip(step, before, strict=True):
            np.testing.assert_array_equal(x, y)


ANY = st.floats(0, np.finfo(np.float64).max)  # subnormal and huge ones too
SHARES = st.floats(0, 1, exclude_max=True)


@st.composite
def extreme_optimizers(draw) -> RMSprop | SGD:
    inside, nesterov = draw(FLAGS), draw(FLAGS)
    if draw(st.integers(0, 3)) == 0:
        return SGD(draw(ANY), draw(SHARES), nesterov, lr_in_velocity=inside)
    centered = draw(FLAGS)
    return RMSprop(
        *(draw(ANY), draw(SHARES), draw(ANY), draw(SHARES), centered),
        eps_inside_sqrt=draw(FLAGS),
        lr_in_velocity=inside,
        nesterov=nesterov,
        bias_correction=not centered and draw(FLAGS),
        initial_s=draw(ANY),
    )


@settings(tried, max_examples=400)
@given(
    st.one_of(extreme_optimizers(), family(ANY, SHARES, ANY, ANY)),
    hnp.arrays(np.float64, (12, 3), elements=st.floats()),
)
def test_whatever_the_hyperparameters_and_gradients_three_quantities_tell_whether_all_nine_are_finite(opt, gradients):
    """That is the rule of a run's end, up to it; and no number of float64 that is in its range is refused."""
    for step in _walk(opt, np.array([1.0, -1e300, 5e-324]), gradients):
        whole = all(np.isfinite(values).all() for values in step[1:])
        assert is_finite(step) == whole
        assert (nonfinite(step) is None) == whole
        if not whole:
            break


def _single(opt, k: int):
    """Return the optimizer of run k of a batch."""
    names = {name: value for name, value in vars(opt).items() if isinstance(value, np.ndarray)}
    return replace(opt, **{name: float(value[k]) for name, value in names.items()})


RUNS = 4
PER_RUN = hnp.arrays(np.float64, RUNS, elements=st.floats(1e-6, 10))
FRACTIONS = hnp.arrays(np.float64, RUNS, elements=st.floats(0, 0.999))


@pytest.mark.parametrize("name", SURFACES)
@tried_less
@given(st.data())
def test_runs_side_by_side_equal_single_runs(name, data):
    """Bit for bit on polynomial surfaces, ends and all; to 1e-12 of the view, over ten steps, where f is not one."""
    surface = SURFACES[name]
    opt = data.draw(st.one_of(optimizers(), family()))
    if data.draw(FLAGS):
        opt = replace(opt, lr=data.draw(PER_RUN))
    if isinstance(opt, RMSprop | SGD) and data.draw(FLAGS):
        opt = replace(opt, momentum=data.draw(FRACTIONS))
    if isinstance(opt, RMSprop) and data.draw(FLAGS):
        opt = replace(opt, rho=data.draw(FRACTIONS), eps=data.draw(PER_RUN), initial_s=data.draw(PER_RUN))
    low, high = np.array(surface.domain).T[:, :, None]
    where = data.draw(hnp.arrays(np.float64, (2, RUNS), elements=st.floats(0, 1)))
    start = low + where * (high - low)
    noise = data.draw(st.sampled_from([0.0, 0.5]))
    exact = name not in NOT_POLYNOMIAL
    steps = 40 if exact else 1
    together = run(opt, surface, start, steps, noise=noise, seed=7)
    for k in range(RUNS):
        alone = run(_single(opt, k), surface, start[:, k], steps, noise=noise, seed=7)
        for quantity in ("theta", "f", "g", "s", "m", "w", "rms", "u", "v", "delta"):
            one, many = getattr(alone, quantity), getattr(together, quantity)[..., k]
            if exact:
                np.testing.assert_array_equal(many[: len(one)], one, err_msg=quantity)
            else:
                scale = np.max(np.abs(one), initial=1e-300)
                np.testing.assert_allclose(many[: len(one)], one, rtol=1e-12, atol=1e-12 * scale, err_msg=quantity)
            assert np.isnan(many[len(one) :]).all()
        assert repr(together.ended[k]) == repr(alone.ended)


@pytest.mark.parametrize("name", sorted(NOT_POLYNOMIAL))
@pytest.mark.parametrize("opt", [RMSprop(0.01, momentum=0.5), RMSprop(0.02, centered=True), SGD(0.001, 0.5)], ids=repr)
def test_long_runs_side_by_side_equal_single_runs_to_1e_12(name, opt):
    surface = SURFACES[name]
    low, high = np.array(surface.domain).T[:, :, None]
    start = low + np.random.default_rng(0).uniform(size=(2, 8)) * (high - low)
    together = run(opt, surface, start, 60)
    for k in range(8):
        alone = run(opt, surface, start[:, k], 60)
        np.testing.assert_allclose(together.theta[..., k], alone.theta, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(together.f[:, k], alone.f, rtol=1e-12, atol=1e-12)


@tried
@given(LRS, RHOS, EPS, MUS, FLAGS, FLAGS, _gradients(-1e150, 1e150, least=1e-150))
def test_no_step_is_longer_than_lr_over_root_one_minus_rho(lr, rho, eps, mu, inside, lr_in, gradients):
    """With momentum the bound is divided by 1 − μ."""
    opt = RMSprop(lr, rho, eps, mu, eps_inside_sqrt=inside, lr_in_velocity=lr_in)
    bound = lr / sqrt(1 - rho) / (1 - mu)
    for step in _walk(opt, np.zeros(3), gradients)[1:]:
        assert (np.abs(step.delta[np.isfinite(step.delta)]) <= bound * (1 + 8 * np.finfo(float).eps)).all()
        moved = step.g != 0
        assert np.isfinite(step.delta[moved & np.isfinite(step.v)]).all()


@tried
@given(LRS, RHOS, MUS, FLAGS, FLAGS, FLAGS, st.integers(-200, 200), _gradients(least=1e-30))
def test_a_loss_scaled_by_a_power_of_two_leaves_the_path_alone(
    lr, rho, mu, centered, lr_in, nesterov, power, gradients
):
    """Bit for bit, at ε = 0 and s₀ = 0."""
    opt = RMSprop(lr, rho, 0.0, mu, centered, lr_in_velocity=lr_in, nesterov=nesterov)
    theta = np.array([1.0, -2.0, 3.0])
    plain = _walk(opt, theta, gradients)
    scaled = _walk(opt, theta, gradients * 2.0**power)
    for a, b in zip(plain, scaled, strict=True):
        np.testing.assert_array_equal(a.theta, b.theta)
        np.testing.assert_array_equal(a.u, b.u)


def test_with_eps_a_scaled_loss_does_change_the_path():
    gradients = np.full((5, 1), 1e-3)
    plain, scaled = (_walk(RMSprop(), [0.0], k * gradients)[-1].theta[0] for k in (1.0, 2.0))
    assert abs(plain) < 0.99 * abs(scaled)


@tried
@given(LRS, RHOS, hnp.arrays(np.float64, 5, elements=st.floats(-1e150, 1e150).filter(lambda g: abs(g) >= 1e-150)))
def test_the_first_step_is_lr_over_root_one_minus_rho_in_each_coordinate(lr, rho, g):
    first = _walk(RMSprop(lr, rho, eps=0.0), np.zeros(5), [g])[1]
    np.testing.assert_allclose(first.delta, np.sign(g) * lr / sqrt(1 - rho), rtol=1e-15)


def test_with_eps_1e_8_inside_and_g_a_thousandth_the_first_step_is_0_954_of_that():
    first = _walk(RMSprop(0.01, 0.9, 1e-8), [0.0], [[1e-3]])[1]
    assert first.delta[0] / (0.01 / sqrt(0.1)) == pytest.approx(sqrt(10 / 11), rel=1e-12)
    assert sqrt(10 / 11) == pytest.approx(0.954, abs=1e-3)


@tried
@given(RHOS, st.sampled_from([0.0, 1.0]), _gradients(-1e6, 1e6))
def test_centered_w_is_s_minus_m_squared_and_never_negative(rho, initial_s, gradients):
    for step in _walk(RMSprop(0.1, rho, centered=True, initial_s=initial_s), np.zeros(3), gradients):
        assert (step.w >= 0).all()
        np.testing.assert_allclose(
            step.w, step.s - step.m * step.m, rtol=0, atol=1e-13 * np.max(step.s, initial=1e-300)
        )


@tried
@given(RHOS, _gradients(-1e6, 1e6))
def test_uncentered_w_is_s_and_m_stays_0(rho, gradients):
    for step in _walk(RMSprop(0.1, rho), np.zeros(3), gradients):
        np.testing.assert_array_equal(step.w, step.s)
        assert (step.m == 0).all()


@tried
@given(family(), _gradients())
def test_every_step_of_the_family_is_theta_minus_delta(opt, gradients):
    for before, after in pairwise(_walk(opt, np.zeros(3), gradients)):
        assert after.t == before.t + 1
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(after.theta, before.theta - after.delta)


@tried
@given(optimizers(), _gradients())
def test_every_step_is_theta_minus_delta(opt, gradients):
    walk = _walk(opt, np.zeros(3), gradients)
    for before, after in pairwise(walk):
        assert after.t == before.t + 1
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(after.theta, before.theta - after.delta)
            np.testing.assert_array_equal(after.u, after.g / after.rms)
