"""Linear regression: the exact answer, training that can be stopped and ends honestly, the slice through two of θ."""

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rmsprop_core.optimizers import SGD, RMSprop, Step
from rmsprop_core.regression import (
    batches,
    condition,
    history,
    least_squares,
    load_diabetes,
    loss_slice,
    losses,
    on_slice,
    predict,
    random_start,
    scaling,
    split,
    train,
)

DATA = load_diabetes()
X, y = DATA.X, DATA.y
SCALING = scaling(X)
Z = SCALING.apply(X)
BEST = least_squares(Z, y)
QUANTITIES = Step._fields[1:]


def mse(X, y, theta):
    return np.mean([(row @ theta[:-1] + theta[-1] - target) ** 2 for row, target in zip(X, y, strict=True)])


# Data


def test_the_diabetes_data_are_442_patients_in_their_own_units():
    assert (X.shape, y.shape) == ((442, 10), (442,))
    assert DATA.names == ("age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu")
    assert DATA.target == "progression"
    assert_array_equal(X[0], [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87])
    assert y[0] == 151


def test_standardised_features_have_mean_0_and_deviation_1():
    assert_allclose(Z.mean(axis=0), 0, atol=1e-13)
    assert_allclose((Z * Z).mean(axis=0), 1)
    assert_allclose(Z * SCALING.sd + SCALING.mean, X)
    assert SCALING.constant == ()


def test_constant_columns_are_reported_and_become_zero():
    constant = np.column_stack([X[:, 0], np.full(442, 0.1), X[:, 1], np.full(442, 7e9)])
    found = scaling(constant)

    assert found.constant == (1, 3)
    assert not found.apply(constant)[:, [1, 3]].any()
    assert_allclose(found.apply(constant)[:, [0, 2]], Z[:, :2])


def test_the_scaling_is_the_training_rows_and_serves_new_rows():
    found = scaling(X[:100])

    assert_allclose(found.apply(X)[200], (X[200] - X[:100].mean(axis=0)) / X[:100].std(axis=0))


def test_unscaled_weights_predict_the_same_one_theta_or_many():
    thetas = np.random.default_rng(0).standard_normal((3, 11))

    for theta, raw in zip(thetas, SCALING.unscale(thetas), strict=True):
        assert_allclose(predict(X, raw), predict(Z, theta), atol=1e-11)
        assert_allclose(SCALING.unscale(theta), raw)


@given(n=st.integers(2, 300), test=st.floats(0, 0.99), seed=st.integers(0, 2**32))
def test_split_deals_out_every_row_once(n, test, seed):
    if round(n * test) == n:
        return
    kept, held = split(n, test, seed)

    assert len(held) == round(n * test)
    assert_array_equal(np.sort(np.append(kept, held)), np.arange(n))
    assert_array_equal(split(n, test, seed)[1], held)


def test_another_seed_splits_otherwise():
    assert set(split(442, 0.2, 0)[1]) != set(split(442, 0.2, 1)[1])


@pytest.mark.parametrize(("n", "test"), [(10, 1.0), (10, -0.1), (1, 0.9), (10, np.nan)])
def test_a_split_that_leaves_nothing_raises(n, test):
    with pytest.raises(ValueError, match=r"test must be in \[0, 1\)"):
        split(n, test, 0)


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
    assert raw.rank == 11


def test_no_theta_lies_below_the_floor():
    thetas = (
        BEST.theta + np.random.default_rng(0).standard_normal((200, 11)) * 10.0 ** np.arange(-6, 4).repeat(20)[:, None]
    )

    assert losses(Z, y, thetas).min() >= BEST.loss


def test_collinear_and_constant_columns_leave_the_floor_as_it_is():
    wide = np.column_stack([X, X[:, 0] + X[:, 2], 3 * X[:, 4] - 5, np.full(442, 8.0)])
    found = least_squares(wide, y)

    assert found.loss == pytest.approx(BEST.loss, rel=1e-10)
    assert found.rank == 11
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
    for epoch in train(RMSprop(0.25), Z, y, epochs=3):
        theta, h = epoch.step.theta, 1e-4
        slopes = [(mse(Z, y, theta + h * e) - mse(Z, y, theta - h * e)) / (2 * h) for e in np.eye(11)]
        assert_allclose(epoch.gradient, slopes, rtol=1e-6, atol=1e-5)


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
    assert part.theta.shape == part.rms.shape == part.gradient.shape == (4, 11)
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
def test_divergence_is_recorded_and_what_came_before_is_kept_unclipped(keep):
    epochs = list(train(SGD(10.0), Z, y, epochs=50, keep_steps=keep))
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


def test_another_start_and_another_seed_train_otherwise():
    assert_array_equal(next(train(SGD(0.01), Z, y, start=np.arange(11))).step.theta, np.arange(11))
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
        ({"start": np.zeros(10)}, "start must be 11 finite numbers"),
        ({"start": np.full(11, np.inf)}, "start must be 11 finite numbers"),
        ({"test": (Z, y[1:])}, "y must be 442 numbers"),
    ],
)
def test_bad_input_raises_at_once(change, message):
    with pytest.raises(ValueError, match=message):
        train(RMSprop(0.25), **{"X": Z, "y": y, **change})


# The slice through two weights


@pytest.mark.parametrize("table", [X, Z])
@pytest.mark.parametrize(("i", "j"), [(2, 8), (4, 5), (0, 10), (10, 3)])
def test_the_slice_equals_the_full_loss_exactly(table, i, j):
    random = np.random.default_rng(i)
    at = least_squares(table, y).theta + random.standard_normal(11)
    surface = loss_slice(table, y, i, j, at)
    points = at[[i, j]] + random.standard_normal((50, 2)) * 10.0 ** random.uniform(-3, 3, (50, 1))
    thetas = np.repeat(at[None], 50, axis=0)
    thetas[:, [i, j]] = points

    assert_allclose(surface.f(*points.T), losses(table, y, thetas), rtol=1e-11)


@pytest.mark.parametrize(("i", "j"), [(2, 8), (4, 5), (3, 10)])
def test_the_slices_gradient_and_minimum_are_right(i, j):
    at = random_start(10, 3)
    surface = loss_slice(Z, y, i, j, at)
    points, h = np.random.default_rng(4).uniform(-50, 150, (20, 2)).T, 1e-3
    p, q = points
    slope = (surface.f(p + h, q) - surface.f(p - h, q)) / (2 * h), (surface.f(p, q + h) - surface.f(p, q - h)) / (2 * h)

    assert_allclose(surface.grad(p, q), slope, rtol=1e-6, atol=1e-4)
    (best,) = surface.minima
    assert surface.f(*best) == surface.floor
    assert_allclose(surface.grad(*best), 0, atol=1e-12)
    theta = at.copy()
    theta[[i, j]] = best
    assert mse(Z, y, theta) == pytest.approx(surface.floor, rel=1e-12)


def test_through_the_optimum_the_slices_minimum_is_the_optimum():
    surface = loss_slice(Z, y, 2, 8, BEST.theta)

    assert_allclose(surface.minima[0], BEST.theta[[2, 8]])
    assert surface.floor == pytest.approx(BEST.loss, rel=1e-13)


@pytest.mark.parametrize("make", [lambda x: np.column_stack([x, x / 3]), lambda x: np.column_stack([x, 0 * x])])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_flat_valley_is_drawn_too(make, order):
    table, at = make(Z[:, 2]), np.array([3.0, 4.0, 150.0])
    surface = loss_slice(table, y, *order, at)
    theta = at.copy()
    theta[list(order)] = (-7.0, 11.0)

    assert surface.f(-7.0, 11.0) == pytest.approx(mse(table, y, theta), rel=1e-12)
    assert surface.minima[0][1 if table[:, 1].any() else order.index(1)] == at[order[1] if table[:, 1].any() else 1]
    assert np.abs(surface.domain).max() < 200
    slope = np.mean(Z[:, 2] * (y - 150))  # all that the two columns can explain, b being 150
    assert surface.floor == pytest.approx(np.mean((y - 150 - slope * Z[:, 2]) ** 2), rel=1e-12)
    assert_allclose(surface.grad(*surface.minima[0]), 0, atol=1e-9)


def test_the_domain_holds_the_minimum_and_both_paths():
    optimizers = RMSprop(0.25), SGD(0.01)
    runs = [history(list(train(optimizer, Z, y))) for optimizer in optimizers]
    paths = [run.theta[:, [2, 8]] for run in runs]
    surface = loss_slice(Z, y, 2, 8, BEST.theta, names=DATA.names, paths=paths)
    low, high = np.array(surface.domain).T

    for points in (*paths, np.array(surface.minima)):
        assert ((points > low) & (points < high)).all()
    extent = np.ptp(np.concatenate([*paths, surface.minima]), axis=0)
    assert_allclose(high - low, 1.16 * extent)
    assert surface.variables == ("bmi", "ltg")


def test_a_diverging_path_does_not_blow_the_domain_up():
    wild = history(list(train(SGD(10.0), Z, y))).steps["theta"][:, [2, 8]]
    surface = loss_slice(Z, y, 2, 8, BEST.theta, paths=[wild])
    low, high = np.array(surface.domain).T

    assert np.abs(wild).max() > 1e100
    assert ((wild[0] > low) & (wild[0] < high)).all()
    assert np.abs(surface.domain).max() < 1e4


def test_the_weights_are_named_and_the_last_is_b():
    assert loss_slice(Z, y, 10, 3, BEST.theta, names=DATA.names).variables == ("b", "bp")
    assert loss_slice(Z, y, 1, 10, BEST.theta).variables == ("w1", "b")


@pytest.mark.parametrize(("i", "j", "size"), [(2, 2, 11), (-1, 2, 11), (2, 11, 11), (0, 1, 10)])
def test_a_slice_needs_two_weights_of_theta(i, j, size):
    with pytest.raises(ValueError, match="i and j must be two different indices"):
        loss_slice(Z, y, i, j, np.zeros(size))


def test_a_slices_sgd_lr_is_stable_on_it():
    surface = loss_slice(Z, y, 4, 5, BEST.theta)
    largest = surface.curvature(*(np.float64(v) for v in surface.start))[1]

    assert surface.settings["sgd_lr"] == pytest.approx(1 / largest, rel=1e-4)
    assert surface.settings["lr"] > 0


@pytest.mark.parametrize("optimizer", [RMSprop(0.25, momentum=0.5, centered=True), SGD(0.01)])
def test_a_run_on_the_slice_is_a_trajectory_of_its_two_coordinates(optimizer):
    run = history(list(train(optimizer, Z, y, epochs=2)))
    surface = loss_slice(Z, y, 2, 8, BEST.theta, paths=[run.theta[:, [2, 8]]])
    traj = on_slice(optimizer, run, surface, 2, 8)

    assert traj.steps == 28
    assert_array_equal(traj.theta, run.steps["theta"][:, [2, 8]])
    assert_array_equal(traj.theta[1:], traj.theta[:-1] - traj.delta)
    assert_array_equal(traj.f, surface.f(*traj.theta.T))
    for name in QUANTITIES[1:]:
        assert_array_equal(getattr(traj, name), run.steps[name][:, [2, 8]])
    assert traj.ended is None


def test_without_kept_steps_a_row_of_the_trajectory_is_an_epoch():
    run = history(list(train(SGD(0.01), Z, y, epochs=3, keep_steps=False)))
    traj = on_slice(SGD(0.01), run, loss_slice(Z, y, 2, 8, BEST.theta), 2, 8)
    alone = on_slice(SGD(0.01), replace(run, last=run.last[:1]), traj.surface, 2, 8)

    assert_array_equal(traj.theta, run.theta[:, [2, 8]])
    assert (traj.steps, alone.steps) == (3, 0)


def test_the_end_on_the_slice_is_about_one_of_its_two_coordinates_or_none():
    table = np.column_stack([Z[:, :2], np.zeros(442)])
    run = history(list(train(RMSprop(0.1, eps=0.0), table, y)))
    surface = loss_slice(table, y, 2, 0, np.zeros(4))

    assert run.ended.coordinate == 2
    assert on_slice(RMSprop(0.1, eps=0.0), run, surface, 2, 0).ended.coordinate == 0
    assert on_slice(RMSprop(0.1, eps=0.0), run, surface, 0, 2).ended.coordinate == 1
    assert on_slice(RMSprop(0.1, eps=0.0), run, surface, 0, 1).ended.coordinate is None


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), d=st.integers(2, 6), n=st.integers(2, 40), scale=st.integers(-4, 4))
def test_slice_floor_and_optimum_hold_for_any_table(seed, d, n, scale):
    random = np.random.default_rng(seed)
    table, target = random.standard_normal((n, d)) * 10.0**scale, random.standard_normal(n)
    theta = random.standard_normal(d + 1)
    surface = loss_slice(table, target, 0, d, theta)

    assert surface.f(theta[0], theta[d]) == pytest.approx(mse(table, target, theta), rel=1e-9, abs=1e-20)
    assert surface.floor <= mse(table, target, theta) * (1 + 1e-9)
    assert least_squares(table, target).loss <= surface.floor * (1 + 1e-9) + 1e-20
