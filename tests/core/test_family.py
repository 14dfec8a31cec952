"""The family by hand, in 50 digits, and beside RMSprop; weight decay and clipping; runs, sweeps and events of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext
from functools import partial
from math import sqrt

import numpy as np
import pytest

from rmsprop_core import (
    SGD,
    AdaGrad,
    Adam,
    Clipped,
    Decayed,
    RMSprop,
    Rprop,
    SignDescent,
    ensemble,
    events,
    fair_lr,
    run,
    stretched,
    sweep,
)
from rmsprop_core.explain.walkthrough import walk_at
from rmsprop_core.runs.stability import cycle_amplitude, least_rms, longest_step, stability_limit
from tests.core.test_oracles import CASES, _optimizer, _scale

MEMBERS = [AdaGrad(0.5), Adam(0.2), SignDescent(0.1), Rprop(0.1)]
AROUND = [
    Decayed(Adam(0.2), 0.1, decoupled=True),
    Decayed(RMSprop(0.1), 0.1, decoupled=False),
    Clipped(SGD(0.02), "norm", 1.0),
    Clipped(Decayed(SGD(0.02), 0.1, decoupled=True), "value", 0.5),
]
FOUND = [(case, arrays) for case, arrays, file in CASES if file == "oracle_family"]


def steps(opt, theta, *gradients):
    walk = [opt.start(theta)]
    for g in gradients:
        walk.append(opt.step(walk[-1], g))
    return walk


# By hand


def test_adagrad_divides_by_the_root_of_the_sum():
    zero, one, two = steps(AdaGrad(1.0, 0.5), [10.0], [3.0], [4.0])
    assert (zero.s[0], zero.rms[0]) == (0, 0.5)
    assert (one.s[0], one.rms[0], one.u[0], one.delta[0]) == (9, 3.5, 3 / 3.5, 3 / 3.5)
    assert (two.s[0], two.w[0], two.m[0], two.rms[0]) == (25, 25, 0, 5.5)
    assert two.u[0] == two.v[0] == two.delta[0] == 4 / 5.5
    (_, inside) = steps(AdaGrad(1.0, 7.0, eps_inside_sqrt=True, initial_s=9.0), [10.0], [3.0])
    assert (inside.s[0], inside.rms[0]) == (18, 5)


@pytest.mark.parametrize("g", [1e-100, -3.0, 1e100])
def test_adagrads_first_step_is_lr_whatever_g_is(g):
    (_, one) = steps(AdaGrad(0.25, 0.0), [5.0], [g])
    assert one.delta[0] == pytest.approx(np.copysign(0.25, g), rel=1e-15)


def test_adagrads_steps_under_a_constant_gradient_are_lr_over_root_t():
    walk = steps(AdaGrad(1.0, 0.0), [0.0], *[[7.0]] * 100)
    np.testing.assert_allclose([step.delta[0] for step in walk[1:]], 1 / np.sqrt(np.arange(1, 101)), rtol=1e-14)


def test_adam_by_hand():
    """β₁ = ½, β₂ = ¾, ε = 1, η = 1: g = 2, then 4."""
    zero, one, two = steps(Adam(1.0, 0.5, 0.75, 1.0), [10.0], [2.0], [4.0])
    assert (zero.s[0], zero.m[0], zero.rms[0]) == (0, 0, 1)
    assert (one.m[0], one.s[0], one.rms[0]) == (1, 1, 3)  # m̂ = 2, ŝ = 4
    assert one.u[0] == one.v[0] == one.delta[0] == 2 / 3
    assert (two.m[0], two.s[0], two.w[0]) == (2.5, 4.75, 4.75)
    rms = sqrt(4.75 / 0.4375) + 1
    assert two.rms[0] == pytest.approx(rms, rel=1e-15)
    assert two.delta[0] == pytest.approx(2.5 / 0.75 / rms, rel=1e-15)


def test_sign_descent_takes_lr_in_each_coordinate_and_0_where_g_is_0():
    zero, one = steps(SignDescent(0.5), [1.0, 1.0, 1.0], [1e-300, -3.0, 0.0])
    assert one.theta.tolist() == [0.5, 1.5, 1.0]
    assert (one.rms.tolist(), one.u.tolist()) == ([1e-300, 3.0, 0.0], [1.0, -1.0, 0.0])
    assert not np.concatenate([one.s, one.m, one.w, zero.rms]).any()


def test_rprop_lengthens_shortens_and_rests_after_a_turn():
    _, *walk = steps(Rprop(1.0), [0.0], [2.0], [5.0], [-1.0], [-1.0], [-9.0], [0.0], [-1.0])
    assert [step.s[0] for step in walk] == pytest.approx([1, 1.2, 0.6, 0.6, 0.72, 0.72, 0.72], rel=1e-15)
    assert [step.m[0] for step in walk] == [2, 5, 0, -1, -9, 0, -1], "where g turned it is forgotten"
    assert [step.u[0] for step in walk] == [1, 1, 0, -1, -1, 0, -1]
    for step in walk:
        assert step.delta[0] == step.v[0] == step.s[0] * step.u[0]
        assert step.rms[0] == abs(step.g[0])


def test_rprops_steps_stay_between_their_bounds():
    wide = [step.s[0] for step in steps(Rprop(1.0, most=2.0), [0.0], *[[1.0]] * 9)[1:]]
    assert wide[:4] == pytest.approx([1, 1.2, 1.44, 1.728])
    assert wide[4:] == [2.0] * 5
    narrow = [step.s[0] for step in steps(Rprop(1.0, least=0.3), [0.0], *([[1.0], [-1.0], [-1.0], [1.0]] * 3))[1:]]
    assert min(narrow) == 0.3
    assert steps(Rprop(1e-9), [0.0], [1.0])[1].s[0] == 1e-6


def test_rprops_lr_is_its_first_step_alone():
    zero, one = steps(Rprop(0.5), [0.0], [1.0])
    assert zero.s[0] == one.s[0] == 0.5
    assert replace(Rprop(0.5), lr=0.1).step(one, [1.0]) == replace(Rprop(0.5), lr=0.9).step(one, [1.0])
    assert replace(Rprop(0.5), lr=0.1).step(zero, [1.0]).s[0] == 0.1, "as of torch's first step, not of its start"


@pytest.mark.parametrize("opt", [AdaGrad(0.1, 0.0), Adam(0.1, eps=0.0)], ids=repr)
def test_0_over_0_is_nan_as_in_the_frameworks(opt):
    with np.errstate(invalid="ignore"):
        assert np.isnan(steps(opt, [1.0], [0.0])[1].theta[0])
    ended = run(opt, stretched(1.0), (1.0, 0.0), 5).ended
    assert (ended.kind, ended.cause, ended.step, ended.coordinate) == ("nonfinite", "zero_over_zero", 1, 1)


@pytest.mark.parametrize("opt", [*MEMBERS, *AROUND], ids=repr)
def test_a_gradient_of_0_at_the_start_moves_nothing_but_what_decays(opt):
    (_, one) = steps(opt, [1.0, 0.0], [0.0, 0.0])
    assert np.isfinite(np.concatenate(one[1:])).all()
    assert one.delta[1] == 0
    assert (one.delta[0] == 0) == ("Decayed" not in repr(opt))


# In 50 digits

exact = Decimal.from_float  # hyperparameters and gradients are what float64 has


def _digits(rule, lr: float, gradients: np.ndarray) -> list[float]:
    """Return θ after each step of a rule in 50-digit arithmetic, from 1."""
    with localcontext() as context:
        context.prec = 50
        theta, path, state = Decimal(1), [], None
        for t, g in enumerate(gradients, 1):
            delta, state = rule(t, exact(float(g)), state, exact(lr))
            theta -= delta
            path.append(float(theta))
        return path


def _adagrad(t, g, s, lr):
    s = (s or 0) + g * g
    return lr * g / (s.sqrt() + exact(1e-10)), s


def _adam(t, g, state, lr):
    (m, s), beta1, beta2 = state or (0, 0), exact(0.9), exact(0.999)
    m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g * g
    return lr * (m / (1 - beta1**t)) / ((s / (1 - beta2**t)).sqrt() + exact(1e-8)), (m, s)


def _rprop(t, g, state, lr):
    size, last = state or (lr, Decimal(0))
    product = g * last
    size = min(max(size * exact(1.2 if product > 0 else 0.5 if product < 0 else 1.0), exact(1e-6)), 50)
    last = g if product >= 0 else Decimal(0)
    return size * ((last > 0) - (last < 0)), (size, last)


@pytest.mark.parametrize(
    ("opt", "rule"),
    [(AdaGrad(0.1), _adagrad), (Adam(0.1), _adam), (Rprop(0.1), _rprop)],
    ids=["adagrad", "adam", "rprop"],
)
def test_200_steps_equal_50_digit_arithmetic(opt, rule):
    """θ is a sum of 200 steps of at most 1; each adds some units of its own and of θ's last bit."""
    gradients = np.random.default_rng(1).standard_normal(200) * np.logspace(-3, 3, 200)
    gradients[[5, 50]] = 0
    got = [step.theta[0] for step in steps(opt, [1.0], *gradients[:, None])[1:]]
    np.testing.assert_allclose(got, _digits(rule, 0.1, gradients), rtol=0, atol=1e-13)


# Beside RMSprop


def _gradients(d: int = 3) -> np.ndarray:
    gradients = np.random.default_rng(3).standard_normal((60, d))
    gradients[10:15, 0] = 0
    return gradients


def test_adam_with_beta1_0_is_rmsprop_with_bias_correction_and_eps_outside_bit_for_bit():
    twin = RMSprop(0.1, 0.9, 1e-8, bias_correction=True, eps_inside_sqrt=False)
    for a, b in zip(steps(Adam(0.1, 0.0, 0.9), np.ones(3), *_gradients()),
                    steps(twin, np.ones(3), *_gradients()), strict=True):  # fmt: skip
        for name in ("theta", "g", "s", "w", "rms", "u", "v", "delta"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
        np.testing.assert_array_equal(a.m, a.g)


def test_sign_descent_is_rmsprop_with_rho_and_eps_0_but_for_0_over_0():
    gradients = np.random.default_rng(4).standard_normal((40, 3)) * [1e-9, 1.0, 1e9]
    ours, twin = steps(SignDescent(0.1), np.ones(3), *gradients), steps(RMSprop(0.1, 0.0, 0.0), np.ones(3), *gradients)
    np.testing.assert_allclose(ours[-1].theta, twin[-1].theta, rtol=1e-13)
    np.testing.assert_allclose([step.rms for step in ours], [step.rms for step in twin], rtol=1e-15)


def test_adams_first_step_is_lr_like_sign_descents():
    g = [1e-3, -5.0]
    np.testing.assert_allclose(
        steps(Adam(0.1, eps=0.0), [0, 0], g)[1].delta, steps(SignDescent(0.1), [0, 0], g)[1].delta
    )


@pytest.mark.parametrize("power", [-100, 7, 300])
@pytest.mark.parametrize("opt", [AdaGrad(0.1, 0.0), Adam(0.1, eps=0.0), SignDescent(0.1), Rprop(0.1)], ids=repr)
def test_a_loss_scaled_by_a_power_of_two_leaves_the_path_alone(opt, power):
    gradients = np.random.default_rng(5).standard_normal((30, 2))
    plain, scaled = (steps(opt, np.ones(2), *(k * gradients))[-1].theta for k in (1.0, 2.0**power))
    np.testing.assert_array_equal(plain, scaled)


# Weight decay


def test_decoupled_decay_by_hand():
    (_, one) = steps(Decayed(SGD(0.5), 0.25, decoupled=True), [8.0], [2.0])
    assert (one.g[0], one.u[0], one.v[0]) == (2, 2, 1)
    assert one.delta[0] == 0.5 * 0.25 * 8 + 1
    assert one.theta[0] == 6


def test_coupled_decay_is_in_the_gradient():
    (_, one) = steps(Decayed(RMSprop(0.5, 0.75, 0.0), 0.25, decoupled=False), [8.0], [2.0])
    assert (one.g[0], one.s[0]) == (2 + 0.25 * 8, 4)
    assert one.delta[0] == 0.5 * 4 / 2


@pytest.mark.parametrize("opt", [SGD(0.02), RMSprop(0.1)], ids=repr)
def test_coupled_decay_goes_down_f_plus_half_lambda_theta_squared(opt):
    """On ½(x² + 100y²) with λ = 1 that is the bowl ½(2x² + 101y²)."""
    decayed = run(Decayed(opt, 1.0, decoupled=False), stretched(100.0), (-5, -2), 30)
    walk = steps(opt, [-5.0, -2.0])
    for _ in range(30):
        walk.append(opt.step(walk[-1], walk[-1].theta * [2, 101]))
    np.testing.assert_allclose(decayed.theta, [step.theta for step in walk], rtol=1e-12, atol=1e-14)


def test_for_plain_sgd_both_forms_of_decay_are_one_and_for_rmsprop_they_are_not():
    ends = {
        (name, decoupled): run(Decayed(opt, 0.5, decoupled), stretched(100.0), (-5, -2), 30).theta
        for name, opt in {"sgd": SGD(0.01), "rmsprop": RMSprop(0.05)}.items()
        for decoupled in (True, False)
    }
    np.testing.assert_allclose(ends["sgd", True], ends["sgd", False], rtol=1e-12, atol=1e-15)
    assert np.abs(ends["rmsprop", True] - ends["rmsprop", False]).max() > 0.1


@pytest.mark.parametrize("opt", [RMSprop(0.1), Adam(0.1), SGD(0.1, 0.9), AdaGrad(0.1), SignDescent(0.1)], ids=repr)
def test_decay_of_0_is_none_and_without_a_gradient_decoupled_decay_is_geometric(opt):
    for decoupled in (True, False):
        plain, same = (steps(each, np.ones(3), *_gradients())[-1] for each in (opt, Decayed(opt, 0.0, decoupled)))
        np.testing.assert_array_equal(plain.theta, same.theta)
    walk = steps(Decayed(opt, 0.5, True), [4.0], *[[0.0]] * 20)
    np.testing.assert_allclose([step.theta[0] for step in walk], 4 * 0.95 ** np.arange(21), rtol=1e-14)


# Clipping


def test_by_value_each_coordinate_is_clipped_for_itself():
    (_, one) = steps(Clipped(SGD(1.0), "value", 1.5), [0.0, 0.0, 0.0], [3.0, -2.0, 1.0])
    assert one.g.tolist() == one.delta.tolist() == [1.5, -1.5, 1.0]


def test_by_norm_the_direction_stays():
    _, one, two = steps(Clipped(SGD(1.0), "norm", 1.0), [0.0, 0.0], [3.0, 4.0], [0.3, 0.4])
    np.testing.assert_allclose(one.g, [0.6, 0.8], rtol=1e-15)
    assert two.g.tolist() == [0.3, 0.4], "within the limit nothing changes, to the last bit"


def test_by_norm_each_part_is_clipped_for_itself():
    g = [3.0, 4.0, 0.1, 12.0]
    (_, one) = steps(Clipped(SGD(1.0), "norm", 1.0, parts=(2, 1, 1)), np.zeros(4), g)
    np.testing.assert_allclose(one.g, [0.6, 0.8, 0.1, 1.0], rtol=1e-15)
    (_, two) = steps(Clipped(SGD(1.0), "norm", 1.0, parts=(4,)), np.zeros(4), g)
    (_, whole) = steps(Clipped(SGD(1.0), "norm", 1.0), np.zeros(4), g)
    np.testing.assert_allclose(two.g, whole.g, rtol=1e-15)


def test_each_run_has_its_own_norm():
    (_, one) = steps(Clipped(SGD(1.0), "norm", np.array([1.0, 10.0])), np.zeros((2, 2)), [[3.0, 3.0], [4.0, 4.0]])
    np.testing.assert_allclose(one.g, [[0.6, 3.0], [0.8, 4.0]], rtol=1e-15)


def test_what_is_outside_comes_first():
    clip_first = Clipped(Decayed(SGD(1.0), 1.0, decoupled=False), "value", 1.0)
    decay_first = Decayed(Clipped(SGD(1.0), "value", 1.0), 1.0, decoupled=False)
    assert steps(clip_first, [5.0], [3.0])[1].delta.tolist() == [6.0]
    assert steps(decay_first, [5.0], [3.0])[1].delta.tolist() == [1.0]


@pytest.mark.parametrize("by", ["value", "norm"])
def test_a_nan_is_not_clipped_away(by):
    with np.errstate(invalid="ignore"):
        assert np.isnan(steps(Clipped(SGD(1.0), by, 1.0), [0.0, 0.0], [np.nan, 1.0])[1].theta[0])


def test_clipping_by_value_a_gradient_of_any_size_is_one_of_the_limit():
    (_, one) = steps(Clipped(SGD(1.0), "value", 1.0), [0.0, 0.0], [np.inf, -1e300])
    assert one.g.tolist() == [1.0, -1.0]


# What is around an optimizer


def test_lr_of_what_is_around_is_the_optimizers():
    inner = Adam(0.1)
    adamw = Decayed(inner, 0.01, decoupled=True)
    assert adamw.lr == 0.1
    assert replace(adamw, lr=0.2) == Decayed(Adam(0.2), 0.01, decoupled=True) == Decayed(inner, 0.01, True, lr=0.2)
    twice = replace(Clipped(adamw, "norm", 1.0), lr=0.3)
    assert twice.optimizer.optimizer.lr == twice.optimizer.lr == twice.lr == 0.3
    assert inner.lr == 0.1
    assert len({adamw, replace(adamw, lr=0.1), Decayed(Adam(0.1), 0.01, True)}) == 1


def test_what_is_around_checks_what_it_is_given():
    bad = {
        r"optimizer must be one, not 3": lambda: Decayed(3, 0.1, True),
        r"weight_decay must be finite and >= 0, not -1": lambda: Decayed(SGD(0.1), -1, True),
        r"decoupled must be True or False, not 1": lambda: Decayed(SGD(0.1), 0.1, 1),
        r"lr must be finite and >= 0, not -2": lambda: Decayed(SGD(0.1), 0.1, True, lr=-2),
        r"by must be 'value' or 'norm', not 'l1'": lambda: Clipped(SGD(0.1), "l1", 1.0),
        r"most must be finite and > 0, not 0": lambda: Clipped(SGD(0.1), "norm", 0),
        r"most must be finite and >= 0, not -1": lambda: Clipped(SGD(0.1), "norm", -1),
        r"eps must be finite and >= 0": lambda: Clipped(SGD(0.1), "norm", 1, eps=-1.0),
        r"parts must be a whole number >= 1, not 0": lambda: Clipped(SGD(0.1), "norm", 1.0, parts=(2, 0)),
        r"parts must sum up to the length of theta, of shape \(2,\), not \(2, 1\)": (
            lambda: Clipped(SGD(0.1), "norm", 1.0, parts=(2, 1)).start([1.0, 2.0])
        ),
        r"theta has shape \(2,\); a hyperparameter of shape \(3,\)": (
            lambda: Decayed(SGD(0.1), np.ones(3), True).start([1.0, 2.0])
        ),
    }
    for message, make in bad.items():
        with pytest.raises(ValueError, match=message):
            make()


FINITE, BELOW_1 = "must be finite and >= 0", r"must be in \[0, 1\)"
NUMBERS = [
    *((AdaGrad, name, FINITE) for name in ("lr", "eps", "initial_s")),
    *((Adam, name, FINITE) for name in ("lr", "eps")),
    *((Adam, name, BELOW_1) for name in ("beta1", "beta2")),
    (SignDescent, "lr", FINITE),
    *((Rprop, name, FINITE) for name in ("lr", "least", "most")),
    (Rprop, "shrink", BELOW_1),
    (Rprop, "grow", "must be finite and >= 1"),
]  # fmt: skip


@pytest.mark.parametrize("value", [-1e-300, np.nan, np.inf, None, "0.1", True, [0.5]], ids=repr)
@pytest.mark.parametrize(("member", "name", "expected"), NUMBERS)
def test_a_bad_number_is_refused_naming_argument_value_and_range(member, name, expected, value):
    with pytest.raises(ValueError, match=rf"^{name} {expected}, not ") as caught:
        member(**{name: value})
    assert repr(value) in str(caught.value)


def test_numbers_at_the_ends_of_their_ranges():
    assert Adam(beta1=0).beta1 == 0.0
    assert Rprop(grow=1, shrink=0).grow == 1.0
    for make in (lambda: Adam(beta2=1.0), lambda: Adam(beta1=1), lambda: Rprop(shrink=1.0), lambda: Rprop(grow=0.99)):
        with pytest.raises(ValueError, match="must be"):
            make()
    with pytest.raises(ValueError, match=r"least must be at most most = 0\.5, not 1\.0"):
        Rprop(least=1.0, most=0.5)
    with pytest.raises(ValueError, match="eps_inside_sqrt must be True or False"):
        AdaGrad(eps_inside_sqrt=1)


# Runs, schedules, sweeps


@pytest.mark.parametrize("opt", [*MEMBERS, *AROUND], ids=repr)
def test_run_under_a_schedule_is_replace_of_lr(opt):
    surface = stretched(100.0)
    traj = run(opt, surface, (-5, -2), 30, schedule="step")
    step = opt.start([-5.0, -2.0])
    for t in range(30):
        step = replace(opt, lr=opt.lr * [1.0, 0.1, 0.01][t // 10]).step(step, surface.grad(*step.theta))
    np.testing.assert_array_equal(traj.theta[-1], step.theta)
    np.testing.assert_allclose(traj.lr, opt.lr * np.repeat([1.0, 0.1, 0.01], 10), rtol=1e-15)


@pytest.mark.parametrize("opt", [*MEMBERS, *AROUND], ids=repr)
def test_an_ensemble_of_any_is_its_runs(opt):
    surface = stretched(20.0)
    many = ensemble(opt, surface, (-5, -2), 25, noise=1.0, seeds=(3, 5))
    for k, seed in enumerate((3, 5)):
        np.testing.assert_array_equal(many.theta[..., k], run(opt, surface, (-5, -2), 25, 1.0, seed).theta)


@pytest.mark.parametrize("method", [AdaGrad, Adam, SignDescent, Rprop, partial(Decayed, Adam(), 0.1, True)], ids=str)
def test_a_sweep_of_any_is_its_runs(method):
    lrs = np.array([0.01, 0.1, 1.0])
    found = sweep(method, stretched(20.0), steps=40, start=(-5, -2), lr=lrs)
    alone = [run(method(lr=lr), stretched(20.0), (-5, -2), 40) for lr in lrs]
    np.testing.assert_array_equal(found.f, [traj.f[-1] for traj in alone])


def test_the_fair_lr_of_adam_has_the_lowest_worst_f_within_15_percent():
    surface = stretched(100.0)
    fair = fair_lr(Adam, surface, 50, (-5, -2))

    def worst(lr):
        return sweep(Adam, surface, steps=50, start=(-5, -2), lr=np.linspace(0.85, 1.15, 101) * lr).f.max()

    assert worst(fair.lr) <= fair.worst < min(worst(fair.lr / 3), worst(3 * fair.lr))


# Events


@pytest.mark.parametrize(
    ("opt", "half"),
    [(SignDescent(0.3), 0.15), (Adam(0.3, 0.0, 0.9), 0.15), (Adam(0.3, 0.0, 0.9, 0.01), 0.14)],
    ids=repr,
)
def test_sign_descent_and_adam_without_momentum_swing_by_half_of_lr(opt, half):
    """ε takes ε/λ of it: λ = 1 along x."""
    traj = run(opt, stretched(1.0), (-1.01, -1.01), 400)
    cycles = [event for event in events(traj) if event.kind == "cycle"]
    assert [event.coordinate for event in cycles] == [0, 1]
    for event in cycles:
        assert event.cause == "adapted"
        assert event.numbers["predicted"] == pytest.approx(half, rel=1e-6)
        assert event.numbers["amplitude"] == pytest.approx(half, rel=1e-2)


@pytest.mark.parametrize("beta1", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("near", [0.99, 1.01])
def test_adam_comes_to_rest_just_below_its_limit_and_not_just_above(beta1, near):
    """With an ε that outweighs √s, Adam is a heavy ball of lr/ε on a quadratic."""
    limit = float(stability_limit(Adam(beta1=beta1)))
    assert limit == pytest.approx({0.0: 2, 0.5: 6, 0.9: 38}[beta1])
    opt = Adam(near * limit * 1e6, beta1, 0.9, eps=1e6)
    step = opt.start([1e-3])
    for _ in range(4000):
        step = opt.step(step, step.theta)
    assert (abs(step.theta[0]) < 1e-6) == (near < 1)


@pytest.mark.parametrize("beta1", [0.0, 0.3, 0.9])
def test_the_cycle_of_adam_is_one(beta1):
    """Started in it, with m and s as they are in it for long, the next steps keep its width."""
    opt = Adam(0.2, beta1, 0.99, 0.001)
    a = float(cycle_amplitude(opt, 4.0))
    t = 10**6  # so late no mean is biased any more
    g = 4 * a
    step = opt.start([-a])._replace(t=t, m=np.array([g * (1 - beta1) / (1 + beta1)]), s=np.array([g * g]))
    for sign in (1, -1, 1, -1):
        step = opt.step(step, 4 * step.theta)
        assert step.theta[0] == pytest.approx(sign * a, rel=1e-9)


def test_sign_descent_and_adam_walk_out_of_the_view_with_their_causes():
    surface = stretched(1.0)
    low, high = surface.domain[0]
    thrown = next(e for e in events(run(SignDescent(2.0 * (high - low)), surface, (1.0, 1.0), 5)) if e.kind == "left")
    assert (thrown.cause, thrown.step) == ("kick", 1)
    assert thrown.numbers["bound"] == 2.0 * (high - low) == abs(thrown.numbers["delta"])
    carried = next(e for e in events(run(Adam(1.0), surface, (-5.9, 0.1), 100)) if e.kind == "left")
    assert (carried.cause, carried.step) == ("momentum", 11)
    assert "bound" not in carried.numbers


@pytest.mark.parametrize("opt", [Decayed(SGD(0.5), 0.5, decoupled=True), Clipped(SGD(0.5), "value", 1e9)], ids=repr)
def test_of_what_is_around_no_theory_is_claimed(opt):
    for known in (stability_limit, least_rms, longest_step):
        assert np.isnan(known(opt))
    assert [event.kind for event in events(run(opt, stretched(1.0), (-1.0, -1.0), 200))] == ["stalled"]


def test_a_clipped_run_that_swings_is_told_by_its_equal_steps():
    cycles = [
        e for e in events(run(Clipped(SGD(4.0), "value", 0.25), stretched(1.0), (-1.3, 0.0), 100)) if e.kind == "cycle"
    ]
    assert [(e.cause, e.coordinate) for e in cycles] == [("other", 0)]
    assert cycles[0].numbers["amplitude"] == pytest.approx(0.5)
    assert "predicted" not in cycles[0].numbers


@pytest.mark.parametrize("opt", [AdaGrad(0.3), SignDescent(0.3)], ids=repr)
def test_no_step_is_longer_than_lr(opt):
    gradients = np.random.default_rng(6).standard_normal((100, 2)) * np.logspace(-6, 6, 100)[:, None]
    longest = max(np.abs(step.delta).max() for step in steps(opt, [0.0, 0.0], *gradients))
    assert longest <= longest_step(opt) * (1 + 1e-15)


def test_formulas_stand_for_the_two_alone():
    with pytest.raises(ValueError, match="optimizer must be an RMSprop or SGD, not Adam"):
        walk_at(run(Adam(0.1), stretched(1.0), (1.0, 1.0), 3), 1)


# The comparison with the frameworks has teeth

WRONG = [
    *((AdaGrad, name) for name in ("lr", "eps", "initial_s", "eps_inside_sqrt")),
    *((Adam, name) for name in ("lr", "beta1", "beta2")),
    (SignDescent, "lr"),
    *((Rprop, name) for name in ("lr", "shrink", "grow", "least", "most")),
    *((Decayed, name) for name in ("weight_decay", "decoupled")),
    *((Clipped, name) for name in ("most", "eps", "parts")),
]


def _spoilt(opt, kind, name: str):
    """Return an optimizer of which one number is wrong by a millionth (ε: doubled) or one switch turned."""
    if not isinstance(opt, kind):
        return replace(opt, optimizer=_spoilt(opt.optimizer, kind, name)) if hasattr(opt, "optimizer") else opt
    value = getattr(opt, name)
    off = 2.0 if name == "eps" else 1 + 1e-6
    wrong = not value if isinstance(value, bool) else None if name == "parts" else value * off
    return replace(opt, **{name: wrong})


@pytest.mark.parametrize(("kind", "name"), WRONG)
def test_what_is_slightly_wrong_is_caught_by_the_frameworks(kind, name):
    caught = set()
    for case, arrays in FOUND:
        opt, lrs = _spoilt(_optimizer(case), kind, name), dict(case["lr_schedule"])
        step, start = opt.start(arrays["x"][0]), opt.lr
        for t, g in enumerate(arrays["g"]):
            opt = replace(opt, lr=lrs[t] * (start / lrs[0])) if t in lrs else opt
            step = opt.step(step, g)
        if (np.abs(step.theta - arrays["x"][-1]) > case["rtol_open"] * _scale(arrays["x"])).any():
            caught.add(case["optimizer"])
    assert caught


def test_every_form_is_compared_with_the_framework_that_has_it():
    found = {(case["framework"], case["conventions"]["algo"], *case["conventions"].get("decay", [None])[1:],
              case["conventions"].get("clip", {}).get("by")) for case, _ in FOUND}  # fmt: skip
    assert found >= {
        *(("torch", algo, None) for algo in ("adagrad", "adam", "rprop")),
        *(("torch", algo, False, None) for algo in ("adam", "rmsprop", "sgd")),
        *(("torch", "adam", True, None), ("torch", "rmsprop", "norm"), ("torch", "rmsprop", False, "value")),
        *(("keras", algo, True, None) for algo in ("adam", "rmsprop", "sgd")),
        *(("keras", "adagrad", None), ("keras", "rmsprop", "norm"), ("keras", "rmsprop", True, "value")),
        *(("optax", algo, None) for algo in ("adagrad", "adam", "sign")),
        *(("optax", "adam", True, None), ("optax", "rmsprop", "value"), ("optax", "rmsprop", False, "norm")),
    }
    assert {case["problem"]["name"] for case, _ in FOUND} == {"quad_d2l", "booth"}
