"""The slice of the loss through two of θ is exact, and a run on it is a trajectory of those two."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rmsprop_core.learn import regression
from rmsprop_core.learn.regression import history, least_squares, losses, random_start, train
from rmsprop_core.learn.slices import loss_slice, on_slice
from rmsprop_core.learn.tables import load_diabetes, scaling
from rmsprop_core.optimizers import SGD, RMSprop, Step

DATA = load_diabetes()
X, y = DATA.X, DATA.y
Z = scaling(X).apply(X)
BEST = least_squares(Z, y)
QUANTITIES = Step._fields[1:]


def mse(X, y, theta):
    return np.mean([(row @ theta[:-1] + theta[-1] - target) ** 2 for row, target in zip(X, y, strict=True)])


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
    kept = 0 if table[:, 1].any() else order.index(1)
    assert surface.minima[0][kept] == at[order[kept]]
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
    assert (1.06 * extent < high - low).all()
    assert (high - low < 1.7 * extent).all()
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
    assert loss_slice(Z, y, 10, 3, BEST.theta, names=(*DATA.names, "b₀")).variables == ("b₀", "bp")
    assert loss_slice(Z, y, 1, 10, BEST.theta).variables == ("w1", "b")


@pytest.mark.parametrize(("i", "j", "size"), [(2, 2, 11), (-1, 2, 11), (2, 11, 11), (0, 1, 10)])
def test_a_slice_needs_two_weights_of_theta(i, j, size):
    with pytest.raises(ValueError, match="i and j must be two different indices"):
        loss_slice(Z, y, i, j, np.zeros(size))


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


def test_without_kept_steps_a_row_of_the_trajectory_is_an_epoch(monkeypatch):
    monkeypatch.setattr(regression, "KEPT", 0)
    run = history(list(train(SGD(0.01), Z, y, epochs=3)))
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
