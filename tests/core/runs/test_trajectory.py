"""What run() promises: every quantity of every step, nothing rescaled, and an honest end."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, Event, RMSprop, Surface, ensemble, fair_lr, run, sweep
from rmsprop_core.expression import parse
from rmsprop_core.runs.loop import LOOK
from rmsprop_core.runs.trajectory import QUANTITIES, run_each
from rmsprop_core.schedules import SCHEDULES

BOWL = SURFACES["stretched"]
OF_A_STEP = ("g", "s", "m", "w", "rms", "u", "v", "delta")
OPTIMIZERS = [RMSprop(0.1), RMSprop(0.1, momentum=0.9, centered=True), SGD(0.01), SGD(0.005, 0.9, True)]
every_optimizer = pytest.mark.parametrize("opt", OPTIMIZERS, ids=repr)


@every_optimizer
@pytest.mark.parametrize("steps", [0, 1, 7, 100])
def test_shapes_are_t_plus_1_for_theta_and_f_and_t_for_the_rest(opt, steps):
    traj = run(opt, BOWL, (-5, -2), steps)
    assert traj.steps == steps
    assert traj.theta.shape == (steps + 1, 2)
    assert traj.f.shape == (steps + 1,)
    assert {getattr(traj, name).shape for name in OF_A_STEP} == {(steps, 2)}
    assert traj.ended is None


@every_optimizer
def test_rows_are_the_steps_of_the_optimizer_along_the_surfaces_gradient(opt):
    traj = run(opt, BOWL, (-5, -2), 40)
    step = opt.start((-5, -2))
    for t in range(1, 41):
        step = opt.step(step, BOWL.grad(*step.theta))
        np.testing.assert_array_equal(traj.theta[t], step.theta)
        assert traj.f[t] == BOWL.f(*step.theta)
        for name in OF_A_STEP:
            np.testing.assert_array_equal(getattr(traj, name)[t - 1], getattr(step, name), err_msg=name)


@every_optimizer
def test_a_longer_run_begins_with_the_shorter_one(opt):
    short, long = (run(opt, BOWL, (-5, -2), steps, noise=0.3, seed=1) for steps in (30, 90))
    np.testing.assert_array_equal(long.theta[:31], short.theta)
    np.testing.assert_array_equal(long.delta[:30], short.delta)


def test_steps_0_keeps_the_start_alone():
    traj = run(RMSprop(), BOWL, (-5, -2), 0)
    assert traj.theta.tolist() == [[-5, -2]]
    assert traj.f.tolist() == [212.5]


@pytest.mark.parametrize("opt", [RMSprop(0.0), RMSprop(0.0, momentum=0.9), SGD(0.0, 0.5)], ids=repr)
def test_lr_0_stays_at_the_start_for_all_steps(opt):
    traj = run(opt, BOWL, (-5, -2), 50)
    assert traj.steps == 50
    assert (traj.theta == (-5, -2)).all()


def test_lr_1e9_is_shown_as_it_is():
    rmsprop, sgd = (run(opt, BOWL, (-5, -2), 100) for opt in (RMSprop(1e9), SGD(1e9)))
    assert rmsprop.ended is None, "RMSprop's kick is bounded"
    assert np.abs(rmsprop.theta).max() == pytest.approx(1e9 / np.sqrt(0.1), rel=1e-6)
    assert (sgd.ended.kind, sgd.ended.cause) == ("nonfinite", "overflow")
    assert np.isfinite(sgd.f).all()
    assert sgd.f[-1] > 1e280, "kept up to the last finite value"


def test_the_callers_start_is_left_alone():
    start = np.array([-5.0, -2.0])
    run(RMSprop(0.5), BOWL, start, 10)
    assert start.tolist() == [-5, -2]


# The end


def _finite(traj) -> bool:
    return all(np.isfinite(getattr(traj, name)).all() for name in (*QUANTITIES, "f"))


def test_eps_0_on_a_flat_spot_is_zero_over_zero_at_step_1():
    traj = run(RMSprop(eps=0.0), SURFACES["bounded_saddle"], (0, 0), 100)
    assert (traj.ended.kind, traj.ended.step, traj.ended.cause) == ("nonfinite", 1, "zero_over_zero")
    assert (traj.ended.numbers["g"], traj.ended.numbers["rms"]) == (0, 0)
    assert traj.steps == 0
    assert _finite(traj)


def test_eps_0_with_a_gradient_that_underflows_is_over_zero():
    traj = run(RMSprop(eps=0.0), BOWL, (1e-170, 1.0), 100)
    assert (traj.ended.step, traj.ended.cause, traj.ended.coordinate) == (1, "over_zero", 0)
    assert traj.ended.numbers["g"] == 1e-170


def test_eps_0_is_fine_where_only_later_gradients_are_0():
    half_flat = replace(BOWL, grad=lambda x, y: (np.maximum(np.sign(x), 0), np.maximum(np.sign(y), 0)))
    traj = run(RMSprop(0.5, eps=0.0), half_flat, (0.1, 0.2), 50)
    assert (traj.g[1:] == 0).all()
    assert traj.ended is None


def test_an_infinite_s_that_freezes_a_coordinate_is_reported():
    """g² overflows while g, f and θ are finite: the coordinate would rest for ever without any NaN."""
    traj = run(RMSprop(0.1), BOWL, (1.0, 1e153), 100)
    assert (traj.ended.kind, traj.ended.step, traj.ended.cause) == ("nonfinite", 1, "overflow")
    assert traj.ended.numbers["s"] == np.inf
    assert traj.ended.numbers["g"] == 1e155
    assert traj.ended.coordinate == 1
    assert traj.steps == 0
    assert np.isfinite(traj.f).all()


def test_a_start_where_f_is_infinite_ends_at_step_0_and_is_kept():
    traj = run(SGD(0.1), BOWL, (1e200, 1.0), 100)
    assert traj.ended == Event("nonfinite", 0, "overflow", {"f": np.inf})
    assert traj.steps == 0
    assert traj.theta.tolist() == [[1e200, 1.0]]
    assert traj.f.tolist() == [np.inf]


def _of(f, grad):
    return replace(BOWL, f=f, grad=grad, start=(1.0, 1.0))


ROOT = _of(lambda x, y: np.sqrt(x) + 0 * y, lambda x, y: (0.5 / np.sqrt(x), 0 * y))
LOG = _of(lambda x, y: np.log(x) + y * y, lambda x, y: (1 / x, 2 * y))
GROWS = _of(lambda x, y: np.exp(x) - np.exp(y), lambda x, y: (np.exp(x), -np.exp(y)))
TIP = _of(lambda x, y: np.sqrt(x * x + y * y), lambda x, y: (x / np.sqrt(x * x + y * y), y / np.sqrt(x * x + y * y)))


@pytest.mark.parametrize(
    ("surface", "start", "step", "cause"),
    [
        (ROOT, (1.0, 0.0), 4, "undefined"),
        (ROOT, (-1.0, 0.0), 0, "undefined"),
        (ROOT, (0.0, 0.0), 1, "undefined"),  # its slope
        (LOG, (0.5, 0.0), 1, "undefined"),
        (LOG, (0.0, 0.0), 0, "undefined"),  # −∞
        (TIP, (0.0, 0.0), 1, "undefined"),  # 0/0
        (TIP, (1e200, 0.0), 0, "overflow"),
        (GROWS, (800.0, 800.0), 0, "overflow"),  # ∞ − ∞
        (GROWS, (1.0, 800.0), 0, "overflow"),
        (GROWS, (400.0, 1.0), 4, "overflow"),
        (SURFACES["camel"], (1e60, 1.0), 0, "overflow"),
        (SURFACES["camel"], (1e308, 1.0), 0, "overflow"),
    ],
)
def test_where_f_has_no_value_nothing_grew(surface, start, step, cause):
    traj = run(SGD(0.4), surface, start, 50)
    assert (traj.ended.kind, traj.ended.step, traj.ended.cause) == ("nonfinite", step, cause)
    if cause == "undefined":
        x, y = np.array([traj.ended.numbers["x"], traj.ended.numbers["y"]])
        with np.errstate(all="ignore"):
            assert not np.isfinite([surface.f(x, y), *surface.grad(x, y)]).all()


@pytest.mark.parametrize("opt", [SGD(0.1), SGD(0.05, 0.9), SGD(3.0), RMSprop(1e300)], ids=repr)
@pytest.mark.parametrize("name", ["stretched", "rosenbrock", "saddle", "ackley"])
def test_a_run_stops_before_its_first_value_that_is_not_finite_and_keeps_all_before(name, opt):
    surface, start = SURFACES[name], (-1.2, 1.1)
    traj = run(opt, surface, start, 2000)
    assert _finite(traj)
    if traj.ended is None:
        assert traj.steps == 2000
        return
    assert traj.ended.step == traj.steps + 1
    step = opt.start(start)
    with np.errstate(all="ignore"):
        for t in range(traj.steps + 1):
            assert (step.theta == traj.theta[t]).all()
            step = opt.step(step, surface.grad(*step.theta))
        assert not (np.isfinite(step[1:]).all() and np.isfinite(surface.f(*step.theta)))


def test_some_of_these_runs_really_end_and_some_do_not():
    ends = [run(SGD(lr), BOWL, (-5, -2), 2000).ended for lr in (0.01, 0.1)]
    assert ends[0] is None
    assert ends[1] is not None


@pytest.mark.parametrize("steps", [LOOK - 1, LOOK, LOOK + 1, LOOK + 2, 3 * LOOK])
def test_where_the_end_lies_does_not_depend_on_when_run_looks(steps):
    traj = run(SGD(1e9), BOWL, (-5, -2), steps)
    assert traj.ended.step == 14
    assert len(traj.f) == 14


# What is refused


@pytest.mark.parametrize(
    "start",
    [
        (np.nan, 0),
        (np.inf, 0),
        (1, -np.inf),
        (1,),
        (1, 2, 3),
        1,
        (),
        np.ones((3, 2)),
        np.ones((2, 2, 2)),
        np.ones((2, 0)),
        "ab",
        ("a", "b"),
        (1j, 1),
        (None, 1),
        (10**400, 1),
        ((1, 2), (1,)),
    ],
    ids=str,
)
def test_a_start_that_is_not_two_finite_numbers_is_refused(start):
    for call in (
        lambda: run(RMSprop(), BOWL, start, 3),
        lambda: ensemble(RMSprop(), BOWL, start, 3),
        lambda: sweep(RMSprop, BOWL, start=start, steps=3),
        lambda: fair_lr(RMSprop, BOWL, 3, start),
    ):
        with pytest.raises(ValueError, match=f"^start must be two finite numbers.*, not {re.escape(repr(start))}$"):
            call()


def test_one_bad_run_among_many_is_refused():
    with pytest.raises(ValueError, match="start must be two finite numbers"):
        run(RMSprop(), BOWL, [[0, np.nan], [1, 1]], 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("steps", bad) for bad in (-1, 3.0, "3", None, True)),
        *(("seed", bad) for bad in (-1, 0.5, "x", None)),
        *(("noise", bad) for bad in (-0.1, np.inf, np.nan, "a", None, True, 1j)),
    ],
)
def test_steps_seed_and_noise_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be .*>= 0, not {value!r}$"):
        run(RMSprop(), BOWL, (-5, -2), **{name: value})


def test_numpy_integers_are_whole_numbers():
    assert run(RMSprop(), BOWL, (-5, -2), np.int64(3), seed=np.int64(1)).steps == 3


@pytest.mark.parametrize(
    ("name", "ours", "numpys"),
    [
        ("stretched", {"seed": 3}, {"seed": np.int64(3)}),
        ("stretched", {"noise": 0.5}, {"noise": np.float32(0.5)}),
        ("stretched", {"noise": 2.0}, {"noise": np.int64(2)}),
        ("bmi", {"batch": 5}, {"batch": np.int64(5)}),
    ],
)
def test_numpys_numbers_are_numbers(name, ours, numpys):
    surface = SURFACES[name]
    one, other = (run(SGD(0.001), surface, surface.start, 5, **{"noise": 1.0, **s}) for s in (ours, numpys))
    np.testing.assert_array_equal(one.theta, other.theta)


@pytest.mark.parametrize("schedule", ["bogus", None, []])
@pytest.mark.parametrize("steps", [0, 5])
def test_a_schedule_that_there_is_not_is_refused_whatever_the_steps(schedule, steps):
    for call in (
        lambda: run(SGD(0.1), BOWL, (1, 1), steps, schedule=schedule),
        lambda: ensemble(SGD(0.1), BOWL, (1, 1), steps, schedule=schedule),
        lambda: sweep(SGD, BOWL, steps=steps, lr=0.1, schedule=schedule),
        lambda: fair_lr(SGD, BOWL, steps, schedule=schedule),
    ):
        with pytest.raises(ValueError, match=r"^schedule must be one of constant, step, "):
            call()


# Noise


def test_noise_is_seeded_and_the_same_for_every_method():
    def disturbance(opt, seed):
        traj = run(opt, BOWL, (-5, -2), 50, noise=0.5, seed=seed)
        return traj.g - np.transpose(BOWL.grad(*traj.theta[:-1].T))

    rmsprop, sgd, other = disturbance(RMSprop(0.1), 3), disturbance(SGD(0.01), 3), disturbance(SGD(0.01), 4)
    np.testing.assert_allclose(rmsprop, sgd, atol=1e-12)
    assert np.abs(sgd - other).min() > 0
    np.testing.assert_allclose(rmsprop, 0.5 * np.random.default_rng(3).standard_normal((50, 2)), atol=1e-12)


def test_noise_has_the_standard_deviation_asked_for_and_no_bias():
    traj = run(SGD(0.0), BOWL, (0, 0), 4000, noise=2.0, seed=0)
    assert traj.g.std(axis=0) == pytest.approx(2.0, rel=0.05)
    assert traj.g.mean(axis=0) == pytest.approx(0.0, abs=4 * 2.0 / 4000**0.5)


def test_noise_0_does_not_depend_on_the_seed():
    a, b = (run(RMSprop(0.1), BOWL, (-5, -2), 20, seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(a.theta, b.theta)


# Runs side by side


def test_runs_side_by_side_have_one_more_axis_and_their_own_ends():
    starts = np.array([[-5.0, 1e200, 0.0, 1.0], [-2.0, 1.0, 0.0, 1e153]])
    traj = run(RMSprop(0.1, eps=0.0), BOWL, starts, 40)
    assert traj.theta.shape == (41, 2, 4)
    assert traj.f.shape == (41, 4)
    assert traj.delta.shape == (40, 2, 4)
    assert [end and (end.step, end.cause) for end in traj.ended] == [
        *(None, (0, "overflow"), (1, "zero_over_zero"), (1, "overflow"))
    ]
    assert np.isfinite(traj.f[:, 0]).all()
    assert np.isnan(traj.f[1:, 1:]).all()
    assert np.isnan(traj.delta[:, :, 1:]).all()
    assert traj.theta[0].tolist() == starts.tolist(), "every start is kept"


def test_when_all_runs_have_ended_the_longest_sets_the_length():
    lrs = np.array([0.05, 0.5, 5.0])
    traj = run(SGD(lrs), BOWL, np.tile([[-5.0], [-2.0]], 3), 5000)
    alone = [run(SGD(float(lr)), BOWL, (-5, -2), 5000) for lr in lrs]
    assert [end.step for end in traj.ended] == [a.ended.step for a in alone]
    assert traj.steps == max(a.steps for a in alone) < 5000
    for k, a in enumerate(alone):
        np.testing.assert_array_equal(traj.theta[: a.steps + 1, :, k], a.theta)
        assert np.isnan(traj.theta[a.steps + 1 :, :, k]).all()


VARIANTS = [
    {}, {"centered": True}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True, "lr_in_velocity": False},
    {"eps_inside_sqrt": False, "initial_s": 1.0},
]  # fmt: skip
TYPED = [parse(f) for f in ("x^2.5 + 3*y^4 + sin(x*y)", "exp(-x)*log(1+y^2) + x^2 + |y|")]


@pytest.mark.parametrize("surface", [*SURFACES.values(), *TYPED], ids=lambda surface: surface.latex)
def test_each_of_many_runs_side_by_side_is_the_run_alone_to_the_last_bit(surface):
    rng = np.random.default_rng(3)
    lrs, rhos, epss = (0.0, 1e-3, 0.3, 40.0, 1e200), (0.0, 0.9, 0.999), (0.0, 1e-8, 2.0)
    tried = [RMSprop(lr, rho, eps) for lr in lrs for rho in rhos for eps in epss]
    groups = [[replace(each, **variant) for each in tried] for variant in VARIANTS]
    groups.append([RMSprop(lr, eps=eps, bias_correction=True) for lr in lrs for eps in epss])
    groups += [[SGD(lr, mu, nesterov) for lr in lrs] for mu, nesterov in ((0.0, False), (0.9, True))]
    for optimizers in groups:
        starts = np.array(surface.start)[:, None] + rng.normal(size=(2, len(optimizers)))
        schedule = str(rng.choice(SCHEDULES))
        for k, many in enumerate(run_each(optimizers, surface, starts, 70, schedule=schedule)):
            alone = run(optimizers[k], surface, starts[:, k], 70, schedule=schedule)
            assert repr(many.ended) == repr(alone.ended)
            for name in (*QUANTITIES, "f", "lr"):
                one, other = getattr(many, name), getattr(alone, name)
                assert one.tobytes() == other.tobytes(), (optimizers[k], name)
                assert one.base is None or name == "lr", "nothing of the others is kept"


def test_runs_side_by_side_have_all_but_lr_rho_and_eps_in_common():
    for others in ([RMSprop(), RMSprop(momentum=0.9)], [RMSprop(), SGD(0.1)], [],
                   [RMSprop(rho=rho, bias_correction=True) for rho in (0.5, 0.9)]):  # fmt: skip
        with pytest.raises(ValueError, match="must differ in lr, rho and eps alone"):
            run_each(others, BOWL, np.ones((2, 2)))


def test_the_order_in_which_starts_lie_in_memory_is_of_no_matter():
    starts = np.array([[-5.0, 1.0, 2.0], [-2.0, 0.5, 3.0]])
    one, other = (run(SGD(0.01), BOWL, order(starts), 20) for order in (np.ascontiguousarray, np.asfortranarray))
    np.testing.assert_array_equal(one.theta, other.theta)


def test_a_run_is_on_any_surface_object():
    here = Surface("", "", lambda x, y: x + y, lambda x, y: (1.0, 1.0), ((0, 1), (0, 1)), (0, 0), {}, (), None)
    traj = run(SGD(0.5), here, (0.0, 0.0), 3)
    assert traj.theta.tolist() == [[0, 0], [-0.5, -0.5], [-1, -1], [-1.5, -1.5]]
