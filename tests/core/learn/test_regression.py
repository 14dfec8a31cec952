"""Linear regression: the exact answer, training that can be stopped and ends honestly."""

from itertools import islice, pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rmsprop_core.learn import regression
from rmsprop_core.learn.regression import (
    batches,
    condition,
    history,
    least_squares,
    losses,
    predict,
    random_start,
    train,
)
from rmsprop_core.learn.tables import load_diabetes, scaling, split
from rmsprop_core.optimizers import SGD, RMSprop, Step

DATA = load_diabetes()
X, y = DATA.X, DATA.y
SCALING = scaling(X)
Z = SCALING.apply(X)
BEST = least_squares(Z, y)
QUANTITIES = Step._fields[1:]


def mse(X, y, theta):
    return np.mean([(row @ theta[:-1] + theta[-1] - target) ** 2 for row, target in zip(X, y, strict=True)])


# The exact answer


def test_least_squares_is_the_same_from_raw_and_standardised_features_and_has_no_gradient():
    raw = least_squares(X, y)
    error = predict(X, raw.theta) - y

    assert raw.loss == pytest.approx(BEST.loss, rel=1e-12)
    assert raw.loss == pytest.approx(2859.6963475867506, rel=1e-12)  # the fit of Efron et al. (2004): R² = 0.5177
    assert 1 - raw.loss / y.var() == pytest.approx(0.5177, abs=5e-5)
    assert_allclose(SCALING.unscale(BEST.theta), raw.theta)
    assert_allclose(Z.T @ error / 442, 0, atol=1e-10)
    assert error.mean() == pytest.approx(0, abs=1e-11)


def test_no_theta_lies_below_the_floor():
    thetas = (
        BEST.theta + np.random.default_rng(0).standard_normal((200, 11)) * 10.0 ** np.arange(-6, 4).repeat(20)[:, None]
    )

    assert losses(Z, y, thetas).min() >= BEST.loss


def test_collinear_and_constant_columns_leave_the_floor_as_it_is():
    wide = np.column_stack([X, X[:, 0] + X[:, 2], 3 * X[:, 4] - 5, np.full(442, 8.0)])
    found = least_squares(wide, y)

    assert found.loss == pytest.approx(BEST.loss, rel=1e-10)
    assert np.isfinite(found.theta).all()
    assert mse(wide, y, found.theta) == pytest.approx(found.loss, rel=1e-10)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_fewer_rows_than_weights_are_fitted_exactly(n):
    found = least_squares(X[:n], y[:n])

    assert found.loss == pytest.approx(0, abs=1e-18)
    assert_allclose(predict(X[:n], found.theta), y[:n])


def test_the_condition_number_is_that_of_the_hessian():
    def hessian(X):
        A = np.column_stack([X, np.ones(len(X))])
        return 2 * A.T @ A / len(A)

    assert condition(Z) == pytest.approx(np.linalg.cond(hessian(Z)), rel=1e-9)
    assert condition(Z) == pytest.approx(470.078, abs=1e-3)
    assert condition(X) == pytest.approx(np.linalg.cond(hessian(X)), rel=1e-5)
    assert condition(X) == pytest.approx(5.2365e7, rel=1e-4)


def test_a_flat_direction_has_an_infinite_condition_number():
    assert condition(np.column_stack([X, X[:, 0]])) == np.inf
    assert condition(np.column_stack([X, np.full(442, 2.0)])) == np.inf
    assert condition(X[:5]) == np.inf


def test_losses_of_a_path_are_the_losses_one_by_one():
    thetas = np.random.default_rng(1).standard_normal((5000, 11))
    found = losses(Z, y, thetas)

    assert found.shape == (5000,)
    for k in (0, 2261, 2262, 4999):
        assert found[k] == pytest.approx(mse(Z, y, thetas[k]), rel=1e-12)


# Training


def test_batches_hold_every_row_once_and_depend_on_seed_and_epoch():
    found = batches(442, 32, 5, 1)

    assert [len(rows) for rows in found] == [32] * 13 + [26]
    assert_array_equal(np.sort(np.concatenate(found)), np.arange(442))
    assert_array_equal(np.concatenate(batches(442, 32, 5, 1)), np.concatenate(found))
    assert list(np.concatenate(batches(442, 32, 5, 2))) != list(np.concatenate(found))
    assert list(np.concatenate(batches(442, 32, 6, 1))) != list(np.concatenate(found))
    assert [len(rows) for rows in batches(10, 100, 0, 1)] == [10]


class Witness:
    """An optimizer that moves nothing and keeps the gradients that it is given."""

    def __init__(self, inner):
        self.inner, self.seen = inner, []

    def start(self, theta):
        return self.inner.start(theta)

    def step(self, before, g):
        self.seen.append(g)
        return self.inner.step(before, g)


def test_both_methods_get_the_same_start_and_the_same_batches_in_the_same_order():
    witnesses = Witness(RMSprop(lr=0.0)), Witness(SGD(lr=0.0))
    runs = [list(train(witness, Z, y, epochs=3, seed=7)) for witness in witnesses]
    starts = [epochs[0].step.theta for epochs in runs]

    assert_array_equal(starts[0], starts[1])
    assert_array_equal(starts[0], random_start(10, 7))
    assert len(witnesses[0].seen) == 42
    assert_array_equal(witnesses[0].seen, witnesses[1].seen)
    for g, rows in zip(witnesses[0].seen[14:], batches(442, 32, 7, 2), strict=False):
        error = predict(Z[rows], starts[0]) - y[rows]
        assert_allclose(g, np.append(2 * error @ Z[rows], 2 * error.sum()) / len(rows))


def test_the_gradient_equals_central_differences_of_the_loss():
    for before, after in pairwise(train(RMSprop(0.25), Z, y, epochs=3, batch=442)):
        theta, h = before.step.theta, 1e-4
        slopes = [(mse(Z, y, theta + h * e) - mse(Z, y, theta - h * e)) / (2 * h) for e in np.eye(11)]
        assert_allclose(after.step.g, slopes, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize(
    "optimizer", [RMSprop(0.25), RMSprop(0.05, momentum=0.9, centered=True), SGD(0.01), SGD(0.002, momentum=0.9)]
)
def test_every_step_is_the_optimizers_own_and_the_losses_are_those_of_all_rows(optimizer):
    kept, held = split(442, 0.2, 1)
    epochs = list(train(optimizer, Z[kept], y[kept], epochs=2, batch=50, seed=1, test=(Z[held], y[held])))
    walk = [epochs[0].step, *epochs[1].walk, *epochs[2].walk]

    assert [epoch.epoch for epoch in epochs] == [0, 1, 2]
    assert len(walk) == 1 + 2 * 8
    for before, after in pairwise(walk):
        for found, expected in zip(after, optimizer.step(before, after.g), strict=True):
            assert_array_equal(found, expected)
    for epoch in epochs:
        assert epoch.loss == pytest.approx(mse(Z[kept], y[kept], epoch.step.theta))
        assert epoch.test_loss == pytest.approx(mse(Z[held], y[held], epoch.step.theta))
        assert epoch.ended is None


@pytest.mark.parametrize("seed", range(5))
def test_rmsprop_comes_within_one_percent_of_the_floor(seed):
    *_, last = train(RMSprop(0.25), Z, y, seed=seed)

    assert BEST.loss <= last.loss < 1.01 * BEST.loss


def test_the_tutorials_lr_ends_at_three_to_ten_times_the_floor():
    *_, last = train(RMSprop(0.001), Z, y)

    assert 3 * BEST.loss < last.loss < 10 * BEST.loss


@pytest.mark.parametrize("lr", [0.05, 0.09, 0.11, 0.15])
def test_raw_features_never_come_near_the_floor(lr):
    found = [epoch.loss for seed in (0, 1) for epoch in train(RMSprop(lr), X, y, seed=seed)]

    assert min(found) > 1.06 * BEST.loss


def test_sgd_on_raw_features_needs_an_lr_below_its_stability_limit():
    steepest = 2 * np.linalg.norm(np.column_stack([X, np.ones(442)]), 2) ** 2 / 442
    *_, calm = train(SGD(1.9 / steepest), X, y, batch=442)
    *_, wild = train(SGD(2.1 / steepest), X, y, batch=442)

    assert calm.loss < 1e4 < 29074 < wild.loss


def test_rms_mirrors_the_scale_of_the_features():
    found = history(list(train(RMSprop(0.1), X, y, epochs=20)))
    scales = np.sqrt((X * X).mean(axis=0))

    assert np.corrcoef(np.log(found.rms[-1][:-1]), np.log(scales))[0, 1] > 0.99


def test_stopping_keeps_what_there_is_and_it_is_what_the_whole_training_has():
    whole = history(list(train(RMSprop(0.25), Z, y, epochs=10)))
    part = history(list(islice(train(RMSprop(0.25), Z, y, epochs=10), 4)))

    assert part.loss.shape == part.test_loss.shape == (4,)
    assert part.theta.shape == part.rms.shape == (4, 11)
    assert_array_equal(part.loss, whole.loss[:4])
    assert_array_equal(part.theta, whole.theta[:4])
    assert part.steps["theta"].shape == (3 * 14 + 1, 11)
    assert_array_equal(part.steps["theta"], whole.steps["theta"][: 3 * 14 + 1])
    assert part.steps["g"].shape == (3 * 14, 11)
    assert np.isnan(part.test_loss).all()
    assert part.ended is None


def test_steps_are_kept_where_they_are_few_and_not_where_they_are_many():
    small = history(list(train(SGD(0.01), Z, y, epochs=1)))
    large = list(islice(train(SGD(0.01), Z, y, epochs=10_000), 2))

    assert set(small.steps) == set(QUANTITIES)
    assert_array_equal(small.steps["theta"][::14], small.theta)
    assert large[1].walk == ()
    assert history(large).steps == {}
    assert_array_equal(large[1].step.theta, small.theta[1])


@pytest.mark.parametrize("keep", [True, False])
def test_where_no_step_was_made_the_steps_are_the_start_alone(keep, monkeypatch):
    monkeypatch.setattr(regression, "KEPT", 1e6 if keep else -1)
    for optimizer, epochs in ((RMSprop(1e308), 3), (SGD(0.01), 0)):
        found = history(list(train(optimizer, Z, y, epochs=epochs)))
        assert_array_equal(found.steps["theta"], found.theta[:1])
        assert found.steps["g"].shape == (0, 11)


@pytest.mark.parametrize("keep", [True, False])
def test_divergence_is_recorded_and_what_came_before_is_kept_unclipped(keep, monkeypatch):
    monkeypatch.setattr(regression, "KEPT", 1e6 if keep else -1)
    epochs = list(train(SGD(10.0), Z, y, epochs=50))
    found = history(epochs)
    ended = found.ended

    assert (ended.kind, ended.cause) == ("nonfinite", "overflow")
    assert ended.numbers == {"f": np.inf}
    assert [epoch.ended is None for epoch in epochs] == [True] * (len(epochs) - 1) + [False]
    assert len(epochs) < 50
    assert found.last[-1].t == ended.step - 1
    assert np.isfinite(found.loss).all()
    assert found.loss[-1] > 1e290
    assert bool(found.steps) == keep
    if keep:
        assert len(found.steps["g"]) == ended.step - 1
        theta = found.steps["theta"][-1]
        rows = batches(442, 32, 0, epochs[-1].epoch)[(ended.step - 1) % 14]
        error = predict(Z[rows], theta) - y[rows]
        after = theta - 10 * np.append(2 * error @ Z[rows], 2 * error.sum()) / len(rows)
        with np.errstate(over="ignore"):
            assert mse(Z, y, after) == np.inf


@pytest.mark.parametrize(
    ("optimizer", "table", "step", "cause", "coordinate", "quantity"),
    [
        (RMSprop(0.1, eps=0.0), np.column_stack([Z[:, 0], np.zeros(442)]), 1, "zero_over_zero", 1, "u"),
        (RMSprop(1e-3, eps=0.0), 1e-200 * Z[:, :2], 1, "over_zero", 0, "u"),
        (RMSprop(1e300), Z[:, :2], 1, "overflow", None, "f"),
        (SGD(1e306), Z[:, :2], 1, "overflow", 2, "v"),
    ],
)
def test_the_record_names_step_cause_and_coordinate(optimizer, table, step, cause, coordinate, quantity):
    epochs = list(train(optimizer, table, y, epochs=3))
    ended = epochs[-1].ended

    assert len(epochs) == 2
    assert (ended.kind, ended.step, ended.cause, ended.coordinate) == ("nonfinite", step, cause, coordinate)
    assert not np.isfinite(ended.numbers[quantity])
    assert_array_equal(epochs[-1].step.theta, epochs[0].step.theta)
    assert epochs[-1].loss == epochs[0].loss


def test_another_seed_trains_otherwise():
    assert next(train(SGD(0.01), Z, y, seed=1)).loss != next(train(SGD(0.01), Z, y, seed=2)).loss


def test_one_row_one_column_and_integers_train():
    *_, last = train(SGD(0.1), [[1]], [3], epochs=200, batch=1)

    assert predict(np.ones((1, 1)), last.step.theta) == pytest.approx([3])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"X": np.zeros((0, 3)), "y": np.zeros(0)},
            r"X must be numbers in n rows and d columns, not float64 of shape \(0, 3\)",
        ),
        ({"X": Z[:, 0]}, r"X must be numbers in n rows and d columns, not float64 of shape \(442,\)"),
        ({"X": np.full((442, 2), "a")}, "X must be numbers"),
        ({"y": y[:, None]}, r"y must be 442 numbers, one a row of X, not float64 of shape \(442, 1\)"),
        ({"y": y[1:]}, "y must be 442 numbers"),
        ({"X": np.where(np.arange(10) == 3, np.nan, Z)}, r"X must be finite and at most 1e\+150; X\[0, 3\] is nan"),
        ({"y": np.where(np.arange(442) == 9, -np.inf, y)}, r"y\[9\] is -inf"),
        ({"X": 1e151 * Z}, r"at most 1e\+150; X\[0, 0\] is "),
        ({"epochs": -1}, "epochs must be a whole number >= 0, not -1"),
        ({"batch": 0}, "batch must be a whole number >= 1, not 0"),
        ({"batch": True}, "batch must be a whole number >= 1, not True"),
        ({"batch": 2.5}, "batch must be a whole number >= 1, not 2.5"),
        ({"seed": -1}, "seed must be a whole number >= 0"),
        ({"test": (Z, y[1:])}, "y must be 442 numbers"),
    ],
)
def test_bad_input_raises_at_once(change, message):
    with pytest.raises(ValueError, match=message):
        train(RMSprop(0.25), **{"X": Z, "y": y, **change})
