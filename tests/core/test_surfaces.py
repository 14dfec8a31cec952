"""Every surface: its gradient, its minima, its shapes, and that what its lesson says is so."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import rmsprop_core
from rmsprop_core import SGD, SURFACES, RMSprop, Surface, run, stretched
from rmsprop_core.runs.events import crossings

MORE = {
    "stretched turned": stretched(30.0, 25.0),
    "stretched flat across": stretched(0.2, -70.0),
    "stretched extreme": stretched(1e6, 180.0),
}
ALL = {**SURFACES, **MORE}
NOT_POLYNOMIAL = {"rastrigin", "ackley", "cliff"}
every_surface = pytest.mark.parametrize("surface", ALL.values(), ids=ALL.keys())


def _points(surface: Surface, n: int = 200, seed: int = 0) -> np.ndarray:
    low, high = np.array(surface.domain).T
    return np.random.default_rng(seed).uniform(low, high, (n, 2)).T


def _gradient_is_right(surface: Surface, grad) -> bool:
    """Compare with fourth-order central differences of f, as exactly as the rounding of f allows."""
    x, y = _points(surface)
    hx, hy = (1e-3 * (b - a) / 8 for a, b in surface.domain)
    f = surface.f

    def slope(far_left, left, right, far_right, h):
        return (far_left - 8 * left + 8 * right - far_right) / (12 * h)

    by_x = slope(f(x - 2 * hx, y), f(x - hx, y), f(x + hx, y), f(x + 2 * hx, y), hx)
    by_y = slope(f(x, y - 2 * hy), f(x, y - hy), f(x, y + hy), f(x, y + 2 * hy), hy)
    for exact, estimate, h in zip(grad(x, y), (by_x, by_y), (hx, hy), strict=True):
        rounding = 1e-15 * np.max(np.abs(f(x, y))) / h
        if not (np.abs(exact - estimate) <= 2e-6 * np.max(np.abs(exact)) + rounding).all():
            return False
    return True


@every_surface
def test_gradient_equals_central_differences(surface):
    assert _gradient_is_right(surface, surface.grad)


WRONG = {
    "x a little": lambda gx, gy: (gx * (1 + 1e-4), gy),
    "y a little": lambda gx, gy: (gx, gy * (1 - 1e-4)),
    "sign of y": lambda gx, gy: (gx, -gy),
    "exchanged": lambda gx, gy: (gy, gx),
}


@every_surface
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_the_checker_catches_a_wrong_gradient(surface, wrong):
    assert not _gradient_is_right(surface, lambda x, y: wrong(*surface.grad(x, y)))


@pytest.mark.parametrize("surface", [s for s in ALL.values() if s.minima], ids=[k for k, s in ALL.items() if s.minima])
def test_known_minima_are_minima(surface):
    steepest = np.max(np.abs(surface.grad(*_points(surface))))
    for x, y in surface.minima:
        assert np.max(np.abs(surface.grad(np.array(x), np.array(y)))) <= 1e-13 * steepest
        assert surface.f(np.array(x), np.array(y)) == pytest.approx(surface.floor, rel=1e-15, abs=1e-28)
        smallest, _ = surface.curvature(np.array(x), np.array(y))
        assert smallest > 0
    assert (surface.f(*_points(surface, 20_000, seed=1)) > surface.floor).all()


def test_himmelblau_has_four_minima_and_the_camel_two_global_ones():
    for name, n in {"himmelblau": 4, "camel": 2, "bounded_saddle": 2}.items():
        assert len(set(SURFACES[name].minima)) == n


@pytest.mark.parametrize("name", ["saddle", "monkey_saddle"])
def test_a_surface_without_floor_is_unbounded_below(name):
    surface = SURFACES[name]
    assert surface.floor is None
    assert surface.minima == ()
    assert surface.f(np.array(1e3), np.array(1e4)) < -1e7


@every_surface
@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 4), (2, 3, 4), (0,)], ids=str)
def test_arrays_of_any_equal_shape_give_arrays_of_that_shape(surface, shape):
    x, y = np.full(shape, 0.3), np.full(shape, -0.7)
    assert np.shape(surface.f(x, y)) == shape
    gx, gy = surface.grad(x, y)
    assert (np.shape(gx), np.shape(gy)) == (shape, shape)
    assert all(np.shape(c) == shape for c in surface.curvature(x, y))


@every_surface
def test_numbers_and_arrays_give_the_same_values(surface):
    """Bit for bit where f is a polynomial; elsewhere NumPy's own functions may differ in the last bit."""
    x, y = _points(surface, 100)
    together = np.array([surface.f(x, y), *surface.grad(x, y)])
    alone = np.array([[surface.f(a, b), *surface.grad(a, b)] for a, b in zip(x.tolist(), y.tolist(), strict=True)]).T
    if any(ALL[name] is surface for name in NOT_POLYNOMIAL):
        np.testing.assert_allclose(together, alone, rtol=1e-13, atol=1e-12)
    else:
        np.testing.assert_array_equal(together, alone)


@every_surface
def test_gradients_do_not_share_memory_with_the_point(surface):
    x, y = _points(surface, 5)
    before = x.copy(), y.copy()
    for g in surface.grad(x, y):
        g[:] = 99
    np.testing.assert_array_equal((x, y), before)


@every_surface
def test_the_start_and_the_minima_lie_inside_the_view(surface):
    (x0, x1), (y0, y1) = surface.domain
    for x, y in (surface.start, *surface.minima):
        assert x0 < x < x1
        assert y0 < y < y1


@pytest.mark.parametrize("angle", [0.0, 30.0, -45.0, 90.0, 180.0])
@pytest.mark.parametrize("kappa", [0.5, 1.0, 100.0])
def test_the_bowl_has_eigenvalues_1_and_kappa_at_every_angle(kappa, angle):
    smallest, largest = stretched(kappa, angle).curvature(np.array([-3.0, 1.0]), np.array([2.0, 0.5]))
    np.testing.assert_allclose(smallest, min(1, kappa), rtol=1e-6)
    np.testing.assert_allclose(largest, max(1, kappa), rtol=1e-6)


def test_the_bowl_turned_by_90_degrees_has_x_and_y_exchanged():
    x, y = _points(SURFACES["stretched"])
    np.testing.assert_allclose(stretched(100, 90).f(x, y), SURFACES["stretched"].f(y, x), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [("kappa", 0), ("kappa", -1), ("kappa", 2e6), ("kappa", np.nan), ("angle", 181), ("angle", np.inf)]
    + [(name, bad) for name in ("kappa", "angle") for bad in ("a", None, True, 1j)],
)
def test_the_bowl_refuses_parameters_out_of_range_by_name(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be in .*, not {value!r}$"):
        stretched(**{name: value})


@pytest.mark.parametrize("name", SURFACES)
def test_with_its_own_settings_both_methods_end_lower_than_they_start(name):
    for traj in _first_picture(name):
        assert traj.ended is None
        assert traj.f[-1] < traj.f[0]


@pytest.mark.parametrize("name", SURFACES)
def test_settings_have_an_lr_for_each_method_and_a_number_of_steps(name):
    assert {"lr", "sgd_lr", "steps"} <= set(SURFACES[name].settings)
    assert isinstance(SURFACES[name].settings["steps"], int)


def _first_picture(name: str, steps: int | None = None):
    surface = SURFACES[name]
    own = surface.settings
    rmsprop = RMSprop(own["lr"], momentum=own.get("momentum", 0.0))
    sgd = SGD(own["sgd_lr"], own.get("sgd_momentum", 0.0))
    return tuple(run(opt, surface, surface.start, steps or own["steps"]) for opt in (rmsprop, sgd))


def test_first_picture_rmsprop_arrives_while_sgd_zigzags():
    rmsprop, sgd = _first_picture("stretched")
    assert rmsprop.f[-1] == pytest.approx(3e-9, rel=0.1)
    assert sgd.theta[-1, 0] == pytest.approx(-1.9, abs=0.05)
    assert sgd.f[-1] == pytest.approx(2.2, abs=0.05)
    assert crossings(sgd) == (0, 50)


def test_first_picture_after_200_steps_sgd_has_overtaken():
    rmsprop, sgd = _first_picture("stretched", 200)
    assert sgd.f[-1] == pytest.approx(0.005, rel=0.05)
    assert rmsprop.f[-1] == pytest.approx(0.50, rel=0.02)
    assert np.abs(rmsprop.theta[-20:, 1]) == pytest.approx(0.1, rel=0.02), "the ±lr/2 cycle"


# bmi


def _patients() -> tuple[np.ndarray, np.ndarray]:
    with (Path(rmsprop_core.__file__).parent / "learn" / "diabetes.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    return np.array([float(row["bmi"]) for row in rows]), np.array([float(row[names[-1]]) for row in rows])


def test_bmi_is_the_mean_squared_error_over_the_442_patients():
    bmi, progression = _patients()
    assert len(bmi) == 442
    for w, b in _points(SURFACES["bmi"], 20).T:
        expected = np.mean((w * bmi + b - progression) ** 2)
        assert SURFACES["bmi"].f(w, b) == pytest.approx(expected, rel=1e-11)


def test_bmi_minimum_is_the_least_squares_solution():
    bmi, progression = _patients()
    solution, residual, *_ = np.linalg.lstsq(np.stack([bmi, np.ones_like(bmi)], axis=1), progression, rcond=None)
    np.testing.assert_allclose(SURFACES["bmi"].minima[0], solution, rtol=1e-11)
    assert SURFACES["bmi"].floor == pytest.approx(residual[0] / len(bmi), rel=1e-11)


def test_bmi_has_condition_number_26333():
    bmi, _ = _patients()
    hessian = 2 / len(bmi) * np.array([[bmi @ bmi, bmi.sum()], [bmi.sum(), len(bmi)]])
    assert np.linalg.cond(hessian) == pytest.approx(26_333, abs=0.5)
    smallest, largest = SURFACES["bmi"].curvature(*np.array(SURFACES["bmi"].minima[0]))
    assert largest / smallest == pytest.approx(26_333, rel=1e-3)


def test_bmi_after_200_steps_rmsprop_is_down_and_sgd_more_than_200_above():
    rmsprop, sgd = _first_picture("bmi", 210)
    above = SURFACES["bmi"].floor
    assert (rmsprop.f[190:211] - above).max() < 12, "not a lucky landing"
    assert sgd.f[200] - above > 200


# What the lessons say


def _fair(make, name: str, steps: int) -> float:
    """Return the smallest worst final f over lr ± 15 %, as DESIGN.md chooses an lr."""
    lrs = np.geomspace(1e-3, 3, 300)
    near = int(np.log(1.15) / np.log(lrs[1] / lrs[0]))
    start = np.tile(np.array(SURFACES[name].start)[:, None], len(lrs))
    traj = run(make(lrs), SURFACES[name], start, steps)
    final = np.array([f if end is None else np.inf for f, end in zip(traj.f[-1], traj.ended, strict=True)])
    return min(final[i - near : i + near + 1].max() for i in range(near, len(lrs) - near))


def test_lesson_stretched_the_steep_direction_caps_sgd_and_starves_the_flat_one():
    surface = SURFACES["stretched"]
    assert np.abs(run(SGD(0.0201), surface, surface.start, 500).theta[-1, 1]) > 2, "above 2/κ it grows"
    assert np.abs(run(SGD(0.0199), surface, surface.start, 50).theta[-1, 0]) > 1.5, "below it x is still far"


def test_lesson_ravine_sgd_is_level_with_rmsprop_after_100_steps():
    ratio = _fair(SGD, "ravine", 100) / _fair(RMSprop, "ravine", 100)
    assert 1 / 3 < ratio < 3


def test_lesson_booth_sgd_is_far_ahead_after_100_steps():
    assert _fair(SGD, "booth", 100) < 1e-6 * _fair(RMSprop, "booth", 100)
    rmsprop, sgd = _first_picture("booth")
    assert sgd.f[-1] < 1e-4 * rmsprop.f[-1]


def test_lesson_booth_is_a_bowl_turned_by_45_degrees():
    gx, gy = SURFACES["booth"].grad(np.array([2.0, 2.0]), np.array([4.0, 2.0]))  # along both diagonals of the minimum
    assert (gx[0], gy[0]) == (18, 18)
    assert (gx[1], gy[1]) == (2, -2)


def test_lesson_rosenbrock_the_steep_direction_turns():
    x = np.array([-1.0, 0.0, 1.0])
    directions = []
    for a in x:
        g = np.array(SURFACES["rosenbrock"].grad(np.full(2, a), a * a + np.array([-0.01, 0.01])))
        directions.append(np.degrees(np.arctan2(*(g[:, 1] - g[:, 0])[::-1])))
    assert all(abs(a - b) > 30 for a, b in pairwise(directions))


def test_lesson_himmelblau_the_minimum_found_depends_on_method_and_start():
    surface = SURFACES["himmelblau"]

    def found(opt, start):
        end = run(opt, surface, start, 200).theta[-1]
        return int(np.argmin([np.hypot(*(end - m)) for m in surface.minima]))

    for factor in (0.85, 1, 1.15):
        rmsprop, sgd = RMSprop(surface.settings["lr"] * factor), SGD(surface.settings["sgd_lr"] * factor)
        assert found(rmsprop, surface.start) == 0
        assert found(sgd, surface.start) == 3
    assert len({found(SGD(0.01), start) for start in [(1, 1), (-1, 1), (-1, -1), (1, -1)]}) == 4


def test_lesson_beale_gradients_shrink_more_than_a_thousandfold_along_the_path():
    for traj in _first_picture("beale"):
        length = np.hypot(*traj.g.T)
        assert length.max() > 1000 * length.min()


def test_lesson_camel_has_six_minima_two_of_them_the_deepest():
    surface = SURFACES["camel"]
    x, y = np.meshgrid(np.linspace(*surface.domain[0], 331), np.linspace(*surface.domain[1], 261), indexing="ij")
    f = surface.f(x, y)
    inner = f[1:-1, 1:-1]
    around = [f[1 + i : f.shape[0] - 1 + i, 1 + j : f.shape[1] - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)]
    depths = inner[inner == np.min(around, axis=0)]
    assert len(depths) == 6
    assert (depths < surface.floor + 0.01).sum() == 2


def test_lesson_rastrigin_neither_method_finds_the_best_minimum():
    for traj in _first_picture("rastrigin", 1000):
        assert traj.f[-1] > 20


def test_lesson_ackley_small_steps_stop_in_a_ripple_and_large_ones_cross_it():
    surface = SURFACES["ackley"]
    small = run(RMSprop(0.05), surface, surface.start, 300)
    assert np.hypot(*(small.theta[-1] - (-3, 3))) < 0.1
    assert (np.abs(small.theta[100:] - (-3, 3)) < 0.2).all()
    assert np.hypot(*_first_picture("ackley")[0].theta.T).min() < 0.5


def test_lesson_saddle_rmsprop_turns_off_the_ridge_at_once():
    rmsprop, sgd = _first_picture("saddle", 5)
    assert rmsprop.theta[5, 1] > 0.5
    assert sgd.theta[5, 1] < 0.005


def test_lesson_bounded_saddle_rmsprop_leaves_the_ridge_earlier():
    rmsprop, sgd = (int(np.argmax(np.abs(traj.theta[:, 1]) > 0.5)) for traj in _first_picture("bounded_saddle"))
    assert 0 < rmsprop < sgd


def test_lesson_monkey_saddle_has_three_ways_down_and_gradients_that_vanish_as_squares():
    surface = SURFACES["monkey_saddle"]
    angle = np.radians(np.arange(0, 360))
    down = surface.f(np.cos(angle), np.sin(angle)) < 0
    assert (down & ~np.roll(down, 1)).sum() == 3
    near = np.hypot(*surface.grad(0.001 * np.cos(angle), 0.001 * np.sin(angle)))
    np.testing.assert_allclose(near, 3e-6, rtol=1e-12)


def test_lesson_cliff_the_kick_there_is_the_full_one_again_and_no_more():
    lr = SURFACES["cliff"].settings["lr"]
    traj, _ = _first_picture("cliff")
    bound = lr / np.sqrt(1 - 0.9)
    edge = (traj.theta[:-1, 0] > 1) & (traj.theta[:-1, 0] < 3)
    before = (traj.theta[:-1, 0] > -2) & (traj.theta[:-1, 0] < 0)
    assert np.abs(traj.delta[before, 0]).max() < 0.5 * bound
    assert 0.95 * bound < np.abs(traj.delta[edge, 0]).max() <= bound
