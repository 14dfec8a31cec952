"""The tutorial's program works under its names and rests on the core."""

import re
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rmsprop_core.learn.original import TUTORIAL
from rmsprop_core.learn.regression import least_squares, random_start, train
from rmsprop_core.learn.tables import load_diabetes, scaling
from rmsprop_core.optimizers import RMSprop
from rmsprop_core.tutorial import (
    Parameter,
    compute_loss_and_grad,
    init_rmsprop_states,
    parser,
    program,
    rmsprop,
)

FULL = {**TUTORIAL, "momentum": 0.9, "centered": True}
DATA = load_diabetes()
Z = scaling(DATA.X).apply(DATA.X)
FLOOR = least_squares(DATA.X, DATA.y).loss


def model(seed=0, d=10):
    random = np.random.default_rng(seed)
    return Parameter(random.standard_normal((d, 1))), Parameter(random.standard_normal(1))


def with_gradients(params, random):
    for p in params:
        p.grad = random.standard_normal(p.data.shape)
    return params


def final_ratio(*options):
    *_, last = program(parser().parse_args(options))
    return float(re.fullmatch(r"final loss [\d.]+, ([\d.]+) times the least-squares loss [\d.]+", last)[1])


def test_states_are_two_mean_squares_of_the_shapes_of_w_and_b():
    s_w, s_b = init_rmsprop_states(10)

    assert (s_w.shape, s_b.shape) == ((10, 1), (1,))
    assert s_w.dtype == s_b.dtype == np.float64
    assert not s_w.any()
    assert not s_b.any()


def test_a_parameter_copies_its_data_and_has_no_gradient_yet():
    mine = np.ones((10, 1))
    p = Parameter(mine)
    p.data[:] = 5

    assert p.grad is None
    assert_array_equal(mine, 1)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("centered", [False, True])
def test_updates_equal_the_cores_bit_for_bit(momentum, centered):
    hyperparams = {"lr": 0.013, "rho": 0.87, "eps": 1e-7, "momentum": momentum, "centered": centered}
    random, params, states = np.random.default_rng(1), model(), init_rmsprop_states(10)
    core = RMSprop(0.013, 0.87, 1e-7, momentum, centered)
    together = core.start(np.append(params[0].data, params[1].data))

    for _ in range(200):
        with_gradients(params, random)
        rmsprop(params, states, hyperparams)
        together = core.step(together, np.append(params[0].grad, params[1].grad))
        assert_array_equal(np.append(params[0].data, params[1].data), together.theta)
        assert_array_equal(np.append(states[0], states[1]), together.s)
        for name in "vmw":
            kept = [getattr(p, name) for p in params]
            assert_array_equal(np.append(kept[0], kept[1]), getattr(together, name))


def test_the_first_step_is_the_formulas():
    p, s = Parameter([1.0]), np.zeros(1)
    p.grad = np.array([3.0])
    rmsprop([p], [s], {"lr": 0.1, "rho": 0.9, "eps": 0.1})

    assert s[0] == pytest.approx(0.9)
    assert p.data[0] == pytest.approx(1 - 0.1 * 3 / 1.0)


def test_parameters_and_states_are_updated_in_place_and_gradients_are_left_alone():
    params, states = with_gradients(model(), np.random.default_rng(2)), init_rmsprop_states(10)
    arrays = [p.data for p in params]
    gradients = [p.grad.copy() for p in params]
    rmsprop(params, states, TUTORIAL)

    for p, array, gradient, s in zip(params, arrays, gradients, states, strict=True):
        assert p.data is array
        assert s.all()
        assert_array_equal(p.grad, gradient)


def test_missing_hyperparameters_are_the_tutorials_defaults():
    a, b = with_gradients(model(), np.random.default_rng(3)), with_gradients(model(), np.random.default_rng(3))
    rmsprop(a, init_rmsprop_states(10), {})
    rmsprop(b, init_rmsprop_states(10), TUTORIAL)

    assert_array_equal(a[0].data, b[0].data)


def set_grad(k, value):
    def change(params, states):
        params[k].grad = value

    return change


def set_data(params, states):
    params[1].data = np.array([1])


def set_state(params, states):
    states[1] = np.zeros(1, dtype=np.int64)


def set_single(params, states):
    states[1] = np.zeros(1, dtype=np.float32)


def set_state_shape(params, states):
    states[1] = np.zeros((1, 1))


def drop_state(params, states):
    del states[1]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (set_grad(1, None), ValueError, r"params\[1\].grad is None: call compute_loss_and_grad"),
        (set_grad(0, np.ones(1)), ValueError, r"params\[0\].grad has shape \(1,\), params\[0\].data has \(10, 1\)"),
        (set_grad(0, np.ones((1, 10))), ValueError, r"params\[0\].grad has shape \(1, 10\)"),
        (set_grad(1, np.array([1])), TypeError, r"params\[1\].grad must be an array of float64, not int"),
        (set_grad(1, [1.0]), TypeError, r"params\[1\].grad must be an array of float64, not list"),
        (set_data, TypeError, r"params\[1\].data must be an array of float64, not int"),
        (set_state, TypeError, r"states\[1\] must be an array of float64, not int64: write 0.0"),
        (set_single, TypeError, r"states\[1\] must be an array of float64, not float32"),
        (set_state_shape, ValueError, r"states\[1\] has shape \(1, 1\), params\[1\].data has \(1,\)"),
        (drop_state, ValueError, r"2 parameters and 1 states"),
    ],
)
def test_what_is_wrong_raises_before_anything_changes(change, error, message):
    params, states = with_gradients(model(), np.random.default_rng(4)), list(init_rmsprop_states(10))
    before = params[0].data.copy()
    change(params, states)

    with pytest.raises(error, match=message):
        rmsprop(params, states, FULL)
    assert_array_equal(params[0].data, before)
    assert not states[0].any()


@pytest.mark.parametrize(
    ("hyperparams", "message"),
    [
        ({"learning_rate": 0.1}, "must be lr, rho, eps, momentum or centered, not learning_rate"),
        ({"lr": -1}, "lr must be finite and >= 0, not -1"),
        ({"rho": 1.0}, r"rho must be in \[0, 1\), not 1.0"),
        ({"centered": 1}, "centered must be True or False, not 1"),
    ],
)
def test_bad_hyperparameters_raise(hyperparams, message):
    params = with_gradients(model(), np.random.default_rng(5))

    with pytest.raises(ValueError, match=message):
        rmsprop(params, init_rmsprop_states(10), hyperparams)


@pytest.mark.parametrize("data", [np.ones((10, 1), dtype=int), [1, 2], np.ones(2, dtype=bool), ["a"]])
def test_a_parameter_of_other_than_floats_raises(data):
    with pytest.raises(TypeError, match="data must be an array of float64"):
        Parameter(data)


def test_gradients_equal_central_differences():
    params = w, b = model(seed=6)
    X, y, h = Z[:40], DATA.y[:40, None], 1e-4
    loss = compute_loss_and_grad(params, X, y)
    gradient = np.append(w.grad, b.grad)

    assert loss == pytest.approx(np.mean([(x @ w.data[:, 0] + b.data[0] - t) ** 2 for x, t in zip(X, y, strict=True)]))
    assert (w.grad.shape, b.grad.shape) == ((10, 1), (1,))
    for k in range(11):
        sides = []
        for sign in (1, -1):
            moved = [Parameter(w.data), Parameter(b.data)]
            moved[k == 10].data.flat[k % 10] += sign * h
            sides.append(compute_loss_and_grad(moved, X, y))
        assert (sides[0] - sides[1]) / (2 * h) == pytest.approx(gradient[k], rel=1e-6, abs=1e-5)


@pytest.mark.parametrize(
    ("X", "y", "d", "message"),
    [
        (Z, DATA.y, 10, r"y must have shape \(442, 1\) to go with X of shape \(442, 10\), not \(442,\)"),
        (Z, DATA.y[:10, None], 10, r"y must have shape \(442, 1\)"),
        (Z, DATA.y[:, None], 9, r"w must have shape \(10, 1\)"),
    ],
)
def test_shapes_that_would_broadcast_raise(X, y, d, message):
    with pytest.raises(ValueError, match=message):
        compute_loss_and_grad(model(d=d), X, y)


@pytest.mark.parametrize("seed", range(6))
def test_by_default_it_comes_within_one_percent_of_least_squares(seed):
    assert 1 <= final_ratio("--seed", str(seed)) < 1.01


@pytest.mark.parametrize("lr", ["0.13", "0.4"])
def test_a_wide_band_of_lr_comes_within_one_percent(lr):
    assert 1 <= final_ratio("--lr", lr) < 1.01


def test_the_tutorials_own_lr_ends_far_away():
    assert 3 < final_ratio("--lr", "0.001") < 10


@pytest.mark.parametrize("lr", ["0.001", "0.03", "0.1", "0.25"])
def test_features_in_their_own_units_never_come_near(lr):
    lines = program(parser().parse_args(["--raw", "--lr", lr]))
    found = [float(match[1]) for line in lines if (match := re.match(r"epoch .*?loss +([\d.]+)", line))]

    assert len(found) == 100
    assert min(found) / FLOOR > 1.06


def test_momentum_and_centered_change_the_program_and_still_learn():
    ratios = [final_ratio(), final_ratio("--momentum", "0.9", "--lr", "0.05"), final_ratio("--centered")]

    assert len(set(ratios)) == 3
    assert max(ratios) < 1.02


def test_the_program_trains_as_the_pages_training_does():
    *_, last = train(RMSprop(0.25), Z, DATA.y, epochs=5, seed=3)
    *_, line, _ = program(parser().parse_args(["--epochs", "5", "--seed", "3"]))
    printed = [float(value) for value in re.findall(r"-?\d+\.\d+", line)]

    assert printed == pytest.approx([last.loss, *last.step.theta], abs=0.00501)
    assert_array_equal(random_start(10, 0)[:10, None], model(seed=0)[0].data)


def test_the_module_run_as_a_program_prints_each_epoch_and_the_final_loss():
    shown = subprocess.run(
        [sys.executable, "-m", "rmsprop_core.tutorial"], capture_output=True, text=True, check=True, timeout=60
    )
    *epochs, last = shown.stdout.splitlines()
    number = r" *-?\d+\.\d\d"

    assert shown.stderr == ""
    assert len(epochs) == 100
    for k, line in enumerate(epochs, start=1):
        assert re.fullmatch(rf"epoch {k:3d}  loss {number}  w \[{number}( {number}){{9}}\]  b {number}", line)
    loss, ratio, floor = (float(value) for value in re.findall(r"\d+\.\d+", last))
    assert loss / floor == pytest.approx(ratio, abs=1e-4)
    assert floor == pytest.approx(2859.70)
    assert ratio < 1.01


@pytest.mark.parametrize(
    ("option", "message"),
    [(["--lr", "-1"], "lr must be finite"), (["--batch", "0"], "batch must be a whole number >= 1")],
)
def test_bad_options_are_told_in_a_sentence(option, message):
    shown = subprocess.run(
        [sys.executable, "-m", "rmsprop_core.tutorial", *option], capture_output=True, text=True, timeout=60
    )

    assert shown.returncode == 2
    assert message in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_program_stops_where_the_loss_is_not_finite():
    lines = list(program(parser().parse_args(["--lr", "1e200"])))

    assert lines[-1] == "stopped after epoch 1: the loss is inf"
    assert len(lines) == 2
