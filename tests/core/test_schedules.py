import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, run, stretched
from rmsprop_core.runs.gradients import gradient, rows_seen
from rmsprop_core.runs.trajectory import QUANTITIES
from rmsprop_core.schedules import SCHEDULES, factor, scheduled
from rmsprop_core.surfaces import patients

BOWL, BMI = SURFACES["stretched"], SURFACES["bmi"]
METHODS = [RMSprop(lr=0.2), SGD(lr=0.0168), RMSprop(lr=0.1, momentum=0.9, centered=True), SGD(lr=0.01, momentum=0.5)]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("constant", [1, 1, 1, 1, 1, 1]),
        ("step", [1, 1, 0.1, 0.1, 0.01, 0.01]),
        ("inverse_sqrt", [1, 2**-0.5, 3**-0.5, 0.5, 5**-0.5, 6**-0.5]),
        ("cosine", [1, 0.5 + 3**0.5 / 4, 0.75, 0.5, 0.25, 0.5 - 3**0.5 / 4]),
        ("warmup", [1, 1, 1, 1, 1, 1]),
    ],
)
def test_factor_by_hand(kind, expected):
    assert factor(kind, np.arange(1, 7), 6) == pytest.approx(expected, rel=1e-15)


def test_warmup_rises_in_equal_steps_over_a_tenth_of_the_run():
    assert factor("warmup", np.arange(1, 51), 50).tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8] + [1] * 46)


@pytest.mark.parametrize("kind", SCHEDULES)
def test_one_step_at_a_time_equals_all_at_once(kind):
    assert [float(factor(kind, t, 37)) for t in range(1, 38)] == factor(kind, np.arange(1, 38), 37).tolist()


@pytest.mark.parametrize(("kind", "t"), [("linear", 1), ("cosine", 0), ("cosine", 11), ("step", np.nan)])
def test_factor_refuses_what_it_does_not_know(kind, t):
    with pytest.raises(ValueError, match=r"schedule must be one of|t must be in \[1, 10\]"):
        factor(kind, t, 10)


@pytest.mark.parametrize("optimizer", METHODS)
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_a_constant_schedule_is_trajectory_run_bit_for_bit(optimizer, noise):
    plain = run(optimizer, BMI, BMI.start, 40, noise, seed=3)
    g = gradient(BMI, 40, noise, 3)
    step = optimizer.start(BMI.start)
    for t in range(1, 41):
        step = optimizer.step(step, g(t, step.theta))
        np.testing.assert_array_equal(step.theta, plain.theta[t])
    np.testing.assert_array_equal(run(optimizer, BMI, BMI.start, 40, noise, 3).theta, plain.theta)


@pytest.mark.parametrize("optimizer", METHODS)
@pytest.mark.parametrize("kind", SCHEDULES[1:])
def test_each_step_is_made_with_its_own_lr(optimizer, kind):
    traj = run(optimizer, BOWL, BOWL.start, 30, schedule=kind)
    assert traj.optimizer == optimizer
    assert traj.theta.shape == (31, 2)
    assert traj.ended is None
    lr = optimizer.lr * factor(kind, np.arange(1, 31), 30)[:, None]
    v = lr * traj.u + optimizer.momentum * np.vstack([[0, 0], traj.v[:-1]])
    np.testing.assert_allclose(traj.v, v, rtol=1e-12)
    np.testing.assert_array_equal(traj.theta[1:], traj.theta[:-1] - traj.delta)
    np.testing.assert_array_equal(traj.f, BOWL.f(*traj.theta.T))
    np.testing.assert_array_equal(traj.g, np.transpose(BOWL.grad(*traj.theta[:-1].T)))


def test_array_hyperparameters_can_be_scheduled():
    lrs = scheduled(RMSprop(lr=0.1, rho=np.array([0.5, 0.9])), "step", 3)
    assert [float(opt.lr) for opt in lrs] == pytest.approx([0.1, 0.01, 0.001])


@pytest.mark.parametrize("kind", ["step", "inverse_sqrt", "cosine"])
def test_the_jitter_floor_of_half_an_lr_goes_away(kind):
    """With a constant lr RMSprop ends in a cycle of ± lr/2 on each axis; a schedule that decays lets it settle."""
    optimizer, bowl = RMSprop(lr=0.2), stretched(1.0)
    plain = np.abs(run(optimizer, bowl, (-5, -2), 300).theta[-50:]).max()
    decayed = np.abs(run(optimizer, bowl, (-5, -2), 300, schedule=kind).theta[-1]).max()
    assert plain == pytest.approx(0.1, rel=0.01)
    assert decayed < 0.1 * plain


def test_warmup_does_not_remove_the_jitter_floor():
    warm = run(RMSprop(lr=0.2), stretched(1.0), (-5, -2), 300, schedule="warmup")
    assert np.abs(warm.theta[-50:]).max() == pytest.approx(0.1, rel=0.01)


def test_both_methods_meet_the_same_noise_and_the_same_batches():
    for settings in ({"noise": 2.0, "schedule": "cosine"}, {"batch": 5}):
        first = [run(m, BMI, (1, 2), 1, seed=7, **settings).g for m in (RMSprop(), SGD(0.1))]
        np.testing.assert_array_equal(*first)
        other = run(SGD(0.1), BMI, (1, 2), 1, seed=8, **settings).g
        assert not np.array_equal(first[0], other)


def test_noise_has_the_standard_deviation_asked_for():
    g = gradient(BOWL, 20_000, noise=3.0, seeds=1)
    at_minimum = np.array([g(t, np.zeros(2)) for t in range(1, 20_001)])
    assert at_minimum.std(axis=0) == pytest.approx([3, 3], rel=0.02)
    assert at_minimum.mean(axis=0) == pytest.approx([0, 0], abs=0.1)


def test_a_run_ends_at_its_first_value_that_is_not_finite():
    scheduled_run = run(SGD(lr=1e200), BOWL, BOWL.start, 30, schedule="warmup")
    plain = run(SGD(lr=1e200 / 3), BOWL, BOWL.start, 30)
    assert (scheduled_run.ended.kind, scheduled_run.ended.cause) == (plain.ended.kind, plain.ended.cause)
    assert scheduled_run.ended.step == scheduled_run.steps + 1
    assert all(np.isfinite(getattr(scheduled_run, name)).all() for name in (*QUANTITIES, "f"))
    still = run(RMSprop(eps=0.0), BOWL, (0, 0), 5, schedule="cosine")
    assert (still.ended.step, still.ended.cause, still.steps) == (1, "zero_over_zero", 0)
    assert still.g.shape == (0, 2)


@pytest.mark.parametrize("kind", SCHEDULES)
def test_a_trajectory_knows_the_lr_of_each_step(kind):
    traj = run(SGD(0.3), BOWL, BOWL.start, 400, schedule=kind)
    made_by = scheduled(SGD(0.3), kind, 400)
    assert traj.lr.tolist() == [each.lr for each in made_by][: traj.steps]
    many = run(SGD(np.array([0.1, 0.3])), BOWL, np.ones((2, 2)), 7, schedule=kind)
    assert many.lr.shape == (7, 2)
    assert many.lr[:, 1].tolist() == [each.lr for each in scheduled(SGD(0.3), kind, 7)]
    assert run(SGD(0.3), BOWL, BOWL.start, 0, schedule=kind).lr.shape == (0,)


# Mini-batches


@pytest.mark.parametrize("batch", [1, 7, 64, 221, 300, 442])
def test_a_batch_gives_the_gradient_of_the_mse_over_its_patients(batch):
    bmi, y = patients()
    rows = rows_seen(9, 5, batch)
    g = gradient(BMI, 9, seeds=5, batch=batch)
    for t in range(1, 10):
        x, target = bmi[rows[t - 1]], y[rows[t - 1]]
        error = 2.0 * x - 30.0 - target
        expected = [np.mean(2 * error * x), np.mean(2 * error)]
        np.testing.assert_allclose(g(t, np.array([2.0, -30.0])), expected, rtol=1e-10, atol=1e-9)


def test_the_batch_of_everyone_is_the_exact_gradient():
    full = run(SGD(0.001), BMI, BMI.start, 50, batch=442)
    np.testing.assert_allclose(full.theta, run(SGD(0.001), BMI, BMI.start, 50).theta, rtol=1e-8)


@pytest.mark.parametrize("batch", [1, 50, 221, 441])
def test_no_patient_is_seen_twice_in_an_epoch(batch):
    each = 442 // batch
    rows = rows_seen(2 * each, 0, batch)
    assert rows.shape == (2 * each, batch)
    for epoch in (rows[:each], rows[each:]):
        assert np.unique(epoch).size == each * batch
    assert not np.array_equal(rows[:each], rows[each:])


@pytest.mark.parametrize("batch", [0, -1, 443, 2.5, 442.0, True, "5"])
def test_a_batch_out_of_range_is_refused(batch):
    with pytest.raises(ValueError, match=r"batch must be a whole number in \[1, 442\], not"):
        run(SGD(0.1), BMI, BMI.start, 5, batch=batch)


def test_a_surface_without_data_has_no_rows_seen():
    with pytest.raises(ValueError, match="batch must be None on a surface without data, not 10"):
        run(SGD(0.1), BOWL, BOWL.start, 5, batch=10)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": -1}, "steps must be a whole number >= 0"),
        ({"noise": np.inf}, "noise must be finite and >= 0"),
        ({"seed": -1}, "seed must be a whole number >= 0"),
        ({"start": (np.nan, 0)}, "start must be two finite numbers"),
        ({"start": (1, 2, 3)}, "start must be two finite numbers"),
        ({"schedule": "wild"}, "schedule must be one of"),
    ],
)
def test_run_refuses_bad_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        run(SGD(0.1), BOWL, **{"start": (1, 1), "steps": 5, "schedule": "cosine", **settings})
