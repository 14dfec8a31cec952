"""Each dialect is what its framework does: the table of the frameworks' own defaults and conventions."""

from __future__ import annotations

import numpy as np
import pytest

from rmsprop_core import DIALECTS, SGD, SURFACES, RMSprop, run

NONE = object()  # the framework has no default

#             lr     rho   eps    mu   centered ε inside lr in v  s₀
TABLE = {
    "tutorial": (0.001, 0.9, 1e-8, 0.0, False, True, True, 0.0),
    "pytorch": (0.01, 0.99, 1e-8, 0.0, False, False, False, 0.0),
    "keras": (0.001, 0.9, 1e-7, 0.0, False, True, True, 0.0),
    "tf1": (NONE, 0.9, 1e-10, 0.0, False, True, True, 1.0),
    "optax": (NONE, 0.9, 1e-8, 0.0, False, True, True, 0.0),
    "d2l": (0.4, 0.9, 1e-6, 0.0, False, True, True, 0.0),
    "graves": (1e-4, 0.95, 1e-4, 0.9, True, True, True, 0.0),
    "hinton": (NONE, 0.9, 0.0, 0.0, False, True, True, 0.0),
}
COLUMNS = ("lr", "rho", "eps", "momentum", "centered", "eps_inside_sqrt", "lr_in_velocity", "initial_s")


def test_there_are_eight_dialects_in_the_order_of_the_design():
    assert list(DIALECTS) == list(TABLE)
    assert [d.title for d in DIALECTS.values()] == [
        *("Tutorial", "PyTorch", "Keras", "TensorFlow 1", "optax", "D2L", "Graves", "Hinton")
    ]


@pytest.mark.parametrize("name", TABLE)
def test_a_dialect_equals_the_frameworks_table(name):
    expected = {key: value for key, value in zip(COLUMNS, TABLE[name], strict=True) if value is not NONE}
    assert dict(DIALECTS[name].settings) == {**expected, "nesterov": False, "bias_correction": False}


def test_sgd_sums_up_lr_g_in_keras_and_g_in_torch_tensorflow_1_optax_and_d2l():
    outside = [key for key, dialect in DIALECTS.items() if not dialect.sgd_lr_in_velocity]
    assert outside == ["pytorch", "tf1", "optax", "d2l"]


@pytest.mark.parametrize("name", TABLE)
def test_a_dialect_makes_its_optimizer_and_the_caller_may_change_it(name):
    dialect = DIALECTS[name]
    assert dialect.optimizer(lr=0.5) == RMSprop(**{**dialect.settings, "lr": 0.5})
    assert dialect.optimizer(lr=0.5, nesterov=True).nesterov


def test_the_tutorials_dialect_is_the_default():
    assert DIALECTS["tutorial"].optimizer() == RMSprop()


def test_dialects_cannot_be_changed():
    with pytest.raises(TypeError):
        DIALECTS["new"] = DIALECTS["keras"]
    with pytest.raises(TypeError):
        DIALECTS["keras"].settings["lr"] = 1.0


def test_pytorch_and_keras_differ_300_fold_on_a_tiny_gradient():
    """g = 1e-6, lr 0.01: the first step is 3.07e-2 with ε outside (ρ 0.9) and 1.0e-4 with the same ε inside."""
    outside = RMSprop(0.01, 0.9, 1e-8, eps_inside_sqrt=False)
    inside = DIALECTS["tutorial"].optimizer(lr=0.01)
    steps = [float(opt.step(opt.start([0.0]), [1e-6]).delta[0]) for opt in (outside, inside)]
    assert steps == pytest.approx([3.07e-2, 1.0e-4], rel=5e-3)


def test_tensorflow_1_starts_slowly_because_its_s_starts_at_1():
    tf1, keras = (DIALECTS[name].optimizer(lr=0.01) for name in ("tf1", "keras"))
    first = [abs(float(opt.step(opt.start([0.0]), [1e-3]).delta[0])) for opt in (tf1, keras)]
    assert first[0] == pytest.approx(0.01 * 1e-3 / 0.9**0.5, rel=1e-3)
    assert first[1] > 2000 * first[0]


def test_hinton_has_no_eps_so_a_flat_spot_ends_the_run():
    traj = run(DIALECTS["hinton"].optimizer(lr=0.1), SURFACES["ravine"], (0, 0), 5)
    assert traj.ended.cause == "zero_over_zero"


def test_graves_equals_the_papers_equations():
    """n = .95 n + .05 e²; g = .95 g + .05 e; Δ = .9 Δ − 1e-4 e / √(n − g² + 1e-4); w += Δ (eq. 38-45)."""
    opt = DIALECTS["graves"].optimizer()
    step, n, mean, change, w = opt.start([0.5]), 0.0, 0.0, 0.0, 0.5
    for e in np.random.default_rng(0).standard_normal(200):
        step = opt.step(step, [e])
        n, mean = 0.95 * n + 0.05 * e * e, 0.95 * mean + 0.05 * e
        change = 0.9 * change - 1e-4 * e / np.sqrt(n - mean * mean + 1e-4)
        w += change
    assert step.theta[0] == pytest.approx(w, rel=1e-12)
    assert -step.v[0] == pytest.approx(change, rel=1e-10)


def test_the_tutorials_own_lines_are_reproduced_to_rounding():
    """s[:] = rho*s + (1-rho)*g**2; p[:] -= lr*g/np.sqrt(s+eps): the same numbers, multiplied in another order."""
    opt = DIALECTS["tutorial"].optimizer(lr=0.1)
    step, s, p = opt.start([1.0, -2.0]), np.zeros(2), np.array([1.0, -2.0])
    for g in np.random.default_rng(0).standard_normal((100, 2)):
        step = opt.step(step, g)
        s[:] = 0.9 * s + (1 - 0.9) * g**2
        p[:] -= 0.1 * g / np.sqrt(s + 1e-8)
    np.testing.assert_allclose(step.s, s, rtol=1e-13)
    np.testing.assert_allclose(step.theta, p, rtol=1e-12)


def test_sgd_is_no_dialect():
    assert not any(isinstance(d.optimizer(lr=0.1), SGD) for d in DIALECTS.values())
