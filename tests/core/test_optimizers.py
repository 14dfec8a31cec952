"""RMSprop and SGD by hand arithmetic, and what they refuse."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from math import sqrt

import numpy as np
import pytest

from rmsprop_core import SGD, AdaGrad, Adam, Clipped, Decayed, RMSprop, Rprop, SignDescent, Step

MANY = [
    RMSprop(),
    RMSprop(0.1, momentum=0.9, nesterov=True),
    RMSprop(0.1, centered=True, eps_inside_sqrt=False),
    RMSprop(0.1, momentum=0.5, lr_in_velocity=False),
    RMSprop(0.1, bias_correction=True),
    SGD(0.1),
    SGD(0.1, 0.9, nesterov=True),
    AdaGrad(0.1),
    Adam(0.1),
    SignDescent(0.1),
    Rprop(0.1),
    Decayed(RMSprop(0.1), 0.5, decoupled=True),
    Decayed(SGD(0.1), 0.5, decoupled=False),
    Clipped(Adam(0.1), "value", 0.5),
    Clipped(Decayed(SGD(0.1, 0.9), 0.5, decoupled=True), "norm", 0.5),
]
every_optimizer = pytest.mark.parametrize("opt", MANY, ids=repr)


def _walk(opt, theta, *gradients) -> list[Step]:
    walk = [opt.start(theta)]
    for g in gradients:
        walk.append(opt.step(walk[-1], g))
    return walk


# By hand


def test_the_example_of_keras_docs_gives_9_683772():
    (_, one) = _walk(RMSprop(0.1, eps=1e-7), [10.0], [10.0])
    assert one.theta[0] == pytest.approx(9.683772, abs=5e-7)
    assert one.theta[0] == pytest.approx(10 - 0.1 / sqrt(0.1), abs=1e-8)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("g", [1e-100, -3.0, 1e100])
def test_the_first_step_is_lr_over_root_one_minus_rho_whatever_g_is(rho, g):
    (_, one) = _walk(RMSprop(0.01, rho, eps=0), [5.0], [g])
    assert one.delta[0] == pytest.approx(np.sign(g) * 0.01 / sqrt(1 - rho), rel=1e-15)


def test_a_centered_first_step_is_lr_over_root_rho_one_minus_rho():
    (_, one) = _walk(RMSprop(0.01, 0.9, eps=0, centered=True), [5.0], [7.0])
    assert one.delta[0] == pytest.approx(0.01 / sqrt(0.9 * 0.1), rel=1e-14)


def test_with_initial_s_1_the_first_step_is_about_lr_times_g():
    (_, one) = _walk(RMSprop(0.01, 0.9, eps=0, initial_s=1.0), [5.0], [0.001])
    assert one.delta[0] == pytest.approx(0.01 * 0.001 / sqrt(0.9 + 0.1 * 0.001**2), rel=1e-14)


def test_with_bias_correction_the_first_step_is_lr():
    (_, one) = _walk(RMSprop(0.01, 0.9, eps=0, bias_correction=True), [5.0], [0.001])
    assert one.delta[0] == pytest.approx(0.01, rel=1e-14)
    assert one.s[0] == pytest.approx(0.1 * 0.001**2), "s itself is stored uncorrected"


def test_two_steps_of_every_quantity_by_hand():
    """ρ = ½, ε = 1, η = 1, μ = ½, centered: g = 2, then 4. All numbers are exact in binary but the two roots."""
    zero, one, two = _walk(RMSprop(1.0, 0.5, 1.0, 0.5, True), [10.0], [2.0], [4.0])
    assert (zero.t, one.t, two.t) == (0, 1, 2)
    assert (zero.s[0], zero.m[0], zero.w[0], zero.rms[0], zero.v[0]) == (0, 0, 0, 1, 0)
    assert (one.g[0], one.s[0], one.m[0], one.w[0]) == (2, 2, 1, 1)  # w = s − m² = 2 − 1
    assert one.rms[0] == sqrt(2)
    assert one.u[0] == one.v[0] == one.delta[0] == 2 / sqrt(2)
    assert one.theta[0] == 10 - 2 / sqrt(2)
    assert (two.g[0], two.s[0], two.m[0], two.w[0]) == (4, 9, 2.5, 2.75)  # 9 − 6.25
    assert two.rms[0] == sqrt(3.75)
    assert two.u[0] == 4 / sqrt(3.75)
    assert two.v[0] == 0.5 * one.v[0] + two.u[0]
    assert two.theta[0] == one.theta[0] - two.v[0]


def test_eps_stands_inside_or_outside_the_root():
    (_, inside) = _walk(RMSprop(1.0, 0.5, 0.25), [0.0], [1.0])
    (_, outside) = _walk(RMSprop(1.0, 0.5, 0.25, eps_inside_sqrt=False), [0.0], [1.0])
    assert inside.rms[0] == sqrt(0.5 + 0.25)
    assert outside.rms[0] == sqrt(0.5) + 0.25


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("method", [RMSprop, SGD])
def test_lr_in_or_outside_the_velocity_gives_the_same_path_while_lr_is_constant(method, nesterov):
    gradients = np.random.default_rng(0).standard_normal((50, 3))
    inside = _walk(method(0.1, momentum=0.9, nesterov=nesterov), np.ones(3), *gradients)[-1]
    outside = _walk(method(0.1, momentum=0.9, nesterov=nesterov, lr_in_velocity=False), np.ones(3), *gradients)[-1]
    np.testing.assert_allclose(outside.theta, inside.theta, rtol=1e-12)
    np.testing.assert_allclose(0.1 * outside.v, inside.v, rtol=1e-12)


@pytest.mark.parametrize("lr_in_velocity", [True, False])
@pytest.mark.parametrize("method", [RMSprop, SGD])
def test_when_lr_drops_to_0_only_the_velocity_that_holds_lr_coasts_on(method, lr_in_velocity):
    opt = method(0.1, momentum=0.9, lr_in_velocity=lr_in_velocity)
    before = _walk(opt, [5.0], [1.0], [1.0])[-1]
    after = replace(opt, lr=0.0).step(before, [1.0])
    assert (after.delta[0] != 0) == lr_in_velocity
    assert after.delta[0] == pytest.approx(0.9 * before.delta[0] if lr_in_velocity else 0.0)


def test_nesterov_looks_one_step_further_along_the_velocity():
    _, one, two = _walk(RMSprop(1.0, 0.5, eps=0, momentum=0.5, nesterov=True), [0.0], [1.0], [1.0])
    push = sqrt(2)  # u = 1 / √½
    assert one.v[0] == pytest.approx(push)
    assert one.delta[0] == pytest.approx(1.5 * push)
    assert two.v[0] == 0.5 * one.v[0] + two.u[0]
    assert two.delta[0] == 0.5 * two.v[0] + two.u[0]


def test_sgd_follows_the_gradient_itself():
    _, one, two = _walk(SGD(0.25), [1.0, -1.0], [2.0, 4.0], [8.0, 0.0])
    assert one.theta.tolist() == [0.5, -2.0]
    assert two.theta.tolist() == [-1.5, -2.0]
    assert one.u.tolist() == one.g.tolist() == [2.0, 4.0]
    assert one.rms.tolist() == [1.0, 1.0]


def test_sgd_with_momentum_sums_up_pushes_and_the_first_is_the_whole_gradient():
    _, one, two = _walk(SGD(0.25, 0.5), [0.0], [4.0], [8.0])
    assert (one.v[0], two.v[0]) == (1.0, 0.5 * 1.0 + 2.0)
    assert two.theta[0] == -3.5


def test_sgd_with_nesterov_looks_ahead():
    (_, one) = _walk(SGD(0.25, 0.5, nesterov=True), [0.0], [4.0])
    assert (one.v[0], one.delta[0]) == (1.0, 1.5)


@pytest.mark.parametrize("opt", [RMSprop(0.1, nesterov=True), SGD(0.1, nesterov=True)], ids=repr)
def test_nesterov_without_momentum_changes_nothing(opt):
    with_it, without = (_walk(o, [1.0], [3.0], [-1.0])[-1] for o in (opt, replace(opt, nesterov=False)))
    assert with_it.theta[0] == without.theta[0]


def test_rho_0_is_sign_descent():
    walk = _walk(RMSprop(0.5, rho=0.0, eps=0.0), [0.0], [1e-9], [-3.0], [1e9])
    assert [step.delta[0] for step in walk[1:]] == [0.5, -0.5, 0.5]


def test_a_zero_gradient_lets_s_decay_and_moves_nothing():
    _, one, two = _walk(RMSprop(0.1), [1.0], [2.0], [0.0])
    assert two.s[0] == 0.9 * one.s[0]
    assert two.theta[0] == one.theta[0]


def test_centered_stays_finite_where_s_minus_m_squared_rounds_below_zero():
    """Constant g = 7 gives NaN at step 331 when s − m² is computed as written and ε is outside the root."""
    opt = RMSprop(1e-3, 0.9, 1e-8, centered=True, eps_inside_sqrt=False)
    walk = _walk(opt, [1.0], *[[7.0]] * 1000)
    naive = np.array([step.s[0] - step.m[0] ** 2 for step in walk])
    assert (naive < 0).any(), "the trap is really there"
    assert all(step.w[0] >= 0 and np.isfinite(step.theta[0]) for step in walk)


# Shapes and types


@pytest.mark.parametrize("theta", [3, 3.0, [3], [1, 2], np.array([1, 2, 3], dtype=np.int8), [[1, 2], [3, 4]]], ids=str)
@every_optimizer
def test_integers_become_float64_in_every_quantity(opt, theta):
    g = np.ones(np.shape(theta), dtype=int)
    for step in _walk(opt, theta, g, g):
        for name, values in step._asdict().items():
            if name != "t":
                assert values.dtype == np.float64, name
                assert values.shape == np.shape(theta), name


@every_optimizer
def test_float32_gradients_are_computed_in_float64(opt):
    g = np.array([0.1, -2.5], dtype=np.float32)
    got, expected = (_walk(opt, [1.0, 2.0], x, x)[-1][1:] for x in (g, g.astype(np.float64)))
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("g", [[1.0], [[1.0, 2.0]], [[1.0], [2.0]], 1.0, [1.0, 2.0, 3.0], []], ids=str)
@every_optimizer
def test_a_gradient_of_another_shape_is_refused_with_both_shapes(opt, g):
    with pytest.raises(ValueError, match=r"g has shape \(.*\), theta has \(2,\)"):
        opt.step(opt.start([1.0, 2.0]), g)


@pytest.mark.parametrize("bad", [["a", "b"], [1j, 2], [None, 1], None], ids=str)
@every_optimizer
def test_what_is_not_made_of_real_numbers_is_refused_by_name(opt, bad):
    with pytest.raises(ValueError, match="theta must be made of real numbers"):
        opt.start(bad)
    with pytest.raises(ValueError, match="g must be made of real numbers"):
        opt.step(opt.start([1.0, 2.0]), bad)


@every_optimizer
def test_a_step_does_not_change_when_the_callers_arrays_do(opt):
    theta, g = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    zero = opt.start(theta)
    one = opt.step(zero, g)
    expected = [np.copy(x) for x in (*zero, *one)]
    theta[:] = g[:] = 99.0
    for x, y in zip((*zero, *one), expected, strict=True):
        np.testing.assert_array_equal(x, y)


@every_optimizer
def test_an_optimizer_is_frozen_and_replace_makes_a_schedule(opt):
    with pytest.raises(FrozenInstanceError):
        opt.lr = 1.0
    half = replace(opt, lr=opt.lr / 2)
    assert half.lr == opt.lr / 2
    assert replace(half, lr=opt.lr) == opt
    zero = opt.start([1.0])
    np.testing.assert_allclose(half.step(zero, [3.0]).delta, opt.step(zero, [3.0]).delta / 2, rtol=1e-15)


def test_a_step_cannot_be_assigned_to():
    with pytest.raises(AttributeError):
        RMSprop().start([1.0]).theta = np.zeros(1)


def test_defaults_are_the_tutorials():
    assert RMSprop() == RMSprop(
        *(0.001, 0.9, 1e-8, 0.0, False),
        eps_inside_sqrt=True,
        lr_in_velocity=True,
        nesterov=False,
        bias_correction=False,
        initial_s=0.0,
    )
    assert SGD(0.5) == SGD(0.5, 0.0, False)


def test_the_switches_are_keyword_only():
    with pytest.raises(TypeError):
        RMSprop(0.1, 0.9, 1e-8, 0.0, False, True)
    with pytest.raises(TypeError):
        SGD(0.1, 0.9, False, True)


# What is refused

NEVER = [
    -1e-300,
    -1,
    float("nan"),
    float("inf"),
    -float("inf"),
    None,
    "0.1",
    True,
    1j,
    [0.1],
    (0.1,),
    np.longdouble(0.1),
]
FINITE, BELOW_1 = "must be finite and >= 0", r"must be in \[0, 1\)"
RANGES = {"lr": FINITE, "rho": BELOW_1, "eps": FINITE, "momentum": BELOW_1, "initial_s": FINITE}


def _refused(make, name: str, expected: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{name} {expected}") as caught:
        make(**{name: value})
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", NEVER, ids=repr)
@pytest.mark.parametrize("name", RANGES)
def test_rmsprop_refuses_a_bad_number_naming_argument_value_and_range(name, value):
    _refused(RMSprop, name, RANGES[name], value)


@pytest.mark.parametrize("value", NEVER, ids=repr)
@pytest.mark.parametrize("name", ["lr", "momentum"])
def test_sgd_refuses_a_bad_number_naming_argument_value_and_range(name, value):
    _refused(lambda **bad: SGD(**{"lr": 0.1, **bad}), name, RANGES[name], value)


@pytest.mark.parametrize("value", [1, 1.0, 1.5], ids=repr)
@pytest.mark.parametrize("name", ["rho", "momentum"])
def test_rho_and_momentum_end_below_1(name, value):
    _refused(RMSprop, name, BELOW_1, value)
    _refused(
        lambda **bad: SGD(0.1, **{"momentum": bad[name]}), "momentum", BELOW_1, value
    ) if name == "momentum" else None
    assert getattr(RMSprop(**{name: np.nextafter(1, 0)}), name) < 1


@pytest.mark.parametrize("name", RANGES)
def test_zero_is_accepted_everywhere(name):
    assert getattr(RMSprop(**{name: 0}), name) == 0


@pytest.mark.parametrize("value", [1, 0, "no", None, np.array([True])], ids=repr)
@pytest.mark.parametrize("name", ["centered", "eps_inside_sqrt", "lr_in_velocity", "nesterov", "bias_correction"])
def test_a_switch_must_be_true_or_false(name, value):
    _refused(RMSprop, name, "must be True or False", value)
    if name in ("nesterov", "lr_in_velocity"):
        _refused(lambda **bad: SGD(0.1, **bad), name, "must be True or False", value)


def test_centered_with_bias_correction_is_refused():
    with pytest.raises(ValueError, match="bias_correction must be False when centered is True"):
        RMSprop(centered=True, bias_correction=True)


def test_replace_checks_again():
    with pytest.raises(ValueError, match=r"lr must be finite and >= 0, not -1"):
        replace(RMSprop(), lr=-1)


# Hyperparameters of many runs


def test_an_optimizer_stays_as_it_is_when_the_caller_s_array_changes():
    lr = np.array([0.1, 0.2])
    opt = RMSprop(lr)
    lr[0] = -5.0
    assert opt.lr.tolist() == [0.1, 0.2]
    with pytest.raises(ValueError, match="read-only"):
        opt.lr[0] = -5.0
    assert replace(opt, rho=0.5).lr is opt.lr


@pytest.mark.parametrize("kind", [np.float32, np.float16, int, np.uint8, np.float64])
def test_every_hyperparameter_counts_as_float64_whatever_it_came_as(kind):
    """1 − ρ in float32 would be wrong by 1e-8."""
    for name, value in {"lr": kind(3), "rho": kind(0.1), "eps": kind(1), "momentum": kind(0.1)}.items():
        as_is, as_float = RMSprop(**{name: value}), RMSprop(**{name: float(value)})
        row = RMSprop(**{name: np.array([value, value])})
        ends = [_walk(opt, [1.0, 2.0], [3.0, -4.0], [0.1, 7.0])[-1].theta for opt in (as_is, as_float)]
        many = _walk(row, np.ones((2, 2)) * [[1.0], [2.0]], [[3.0, 3.0], [-4.0, -4.0]], [[0.1, 0.1], [7.0, 7.0]])[-1]
        assert as_is == as_float
        assert ends[0].tolist() == ends[1].tolist() == many.theta[:, 0].tolist()


def test_one_bad_value_in_an_array_of_hyperparameters_is_refused():
    with pytest.raises(ValueError, match="rho must be in"):
        RMSprop(rho=np.array([0.5, 1.0]))
    with pytest.raises(ValueError, match="lr must be finite"):
        SGD(np.array([[0.1]]))


@pytest.mark.parametrize("name", RANGES)
def test_an_array_of_hyperparameters_needs_as_many_runs(name):
    opt = RMSprop(**{name: np.array([0.1, 0.2, 0.3])})
    assert opt.start(np.ones((2, 3))).theta.shape == (2, 3)
    for shape in [(2,), (3,), (2, 2), (2, 1)]:
        with pytest.raises(ValueError, match=r"theta has shape .* needs \(d, runs\)"):
            opt.start(np.ones(shape))


@pytest.mark.parametrize("opt", [RMSprop(np.array([0.1, 0.2])), RMSprop(rho=np.array([0.1, 0.2]))], ids=["lr", "rho"])
@pytest.mark.parametrize("theta", [np.ones(2), np.ones((2, 1)), np.ones((2, 3))], ids=np.shape)
def test_a_step_from_a_state_of_other_runs_is_refused(opt, theta):
    """(2,) would be taken a rate per coordinate, (2, 1) grow to two runs, (2, 3) fail in NumPy's words."""
    with pytest.raises(ValueError, match=r"theta has shape .*; a hyperparameter of shape \(2,\) needs \(d, runs\)"):
        opt.step(RMSprop().start(theta), theta)
    with pytest.raises(ValueError, match=r"theta has shape .*; a hyperparameter of shape \(2,\) needs \(d, runs\)"):
        SGD(np.array([0.1, 0.2])).step(SGD(0.1).start(theta), theta)


@pytest.mark.parametrize("name", RANGES)
def test_no_runs_at_all_are_runs_too(name):
    """An empty row of hyperparameters is of shape (runs,), and takes a step of θ (d, 0): a page needs no exception."""
    opt = RMSprop(**{name: np.array([])})
    assert opt.step(opt.start(np.ones((2, 0))), np.ones((2, 0))).theta.shape == (2, 0)
    with pytest.raises(ValueError, match=r"needs \(d, runs\)"):
        opt.start(np.ones(2))


def test_a_view_that_is_only_read_does_not_let_a_step_change():
    g = np.array([1.0, 2.0])
    view = g.view()
    view.flags.writeable = False
    step = RMSprop(0.1).step(RMSprop(0.1).start([0.0, 0.0]), view)
    g[:] = 9.0
    assert step.g.tolist() == [1.0, 2.0]
