import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop
from rmsprop_core.runs.ensemble import ensemble
from rmsprop_core.runs.trajectory import run

METHODS = [RMSprop(lr=0.05, momentum=0.5), SGD(lr=0.001)]


@pytest.mark.parametrize("optimizer", METHODS)
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("stretched", {"noise": 1.0}),
        ("rosenbrock", {"noise": 0.3, "schedule": "cosine"}),
        ("bmi", {"batch": 10}),
        ("bmi", {"batch": 32, "noise": 1.0, "schedule": "warmup"}),
    ],
)
def test_each_run_is_the_single_run_with_its_seed_bit_for_bit(optimizer, name, settings):
    surface, seeds = SURFACES[name], [0, 1, 5, 77]
    many = ensemble(optimizer, surface, surface.start, 60, seeds=seeds, **settings)
    for k, seed in enumerate(seeds):
        one = run(optimizer, surface, surface.start, 60, seed=seed, **settings)
        np.testing.assert_array_equal(many.theta[..., k], one.theta)
        np.testing.assert_array_equal(many.f[:, k], one.f)
    assert many.length.tolist() == [60] * 4


def test_the_band_holds_the_middle_eighty_percent():
    bowl = SURFACES["stretched"]
    many = ensemble(RMSprop(0.1), bowl, bowl.start, 50, noise=5.0)
    assert many.f.shape == (51, 200)
    np.testing.assert_allclose(many.median, np.median(many.f, axis=1), rtol=1e-13)
    np.testing.assert_allclose(many.low, np.quantile(many.f, 0.1, axis=1), rtol=1e-13)
    np.testing.assert_allclose(many.high, np.quantile(many.f, 0.9, axis=1), rtol=1e-13)
    assert many.low[0] == many.high[0] == bowl.f(*bowl.start)
    assert (many.high - many.low)[-1] > 0


def test_without_noise_all_runs_are_one():
    bowl = SURFACES["ravine"]
    many = ensemble(RMSprop(0.1), bowl, bowl.start, 20, seeds=range(3))
    np.testing.assert_array_equal(many.low, many.high)
    np.testing.assert_array_equal(many.median, many.f[:, 0])


def test_a_run_that_blows_up_ends_where_it_ends_alone_and_counts_as_infinite():
    surface = SURFACES["himmelblau"]
    many = ensemble(SGD(0.022), surface, (-0.5, -1.0), 60, noise=40.0, seeds=range(40))
    alone = [run(SGD(0.022), surface, (-0.5, -1.0), 60, 40.0, seed) for seed in range(40)]
    assert many.length.tolist() == [traj.steps for traj in alone]
    blown = [k for k, traj in enumerate(alone) if traj.ended]
    assert 8 < len(blown) < 20
    assert np.isnan(many.f[-1, blown]).all()
    assert np.isnan(many.theta[-1, :, blown]).all()
    assert np.isfinite(many.median[-1])
    assert many.high[-1] == np.inf
    assert not np.isnan([many.low, many.median, many.high]).any()


def test_a_run_that_falls_without_bound_counts_as_minus_infinity():
    saddle = SURFACES["saddle"]
    many = ensemble(SGD(2.0), saddle, (0.0, 0.5), 400, noise=0.1, seeds=range(5))
    assert (many.length < 400).all()
    assert many.median[-1] == -np.inf


@pytest.mark.parametrize("seeds", [[], range(201)])
def test_one_to_two_hundred_seeds(seeds):
    with pytest.raises(ValueError, match="seeds must be 1 to 200 whole numbers, not"):
        ensemble(SGD(0.1), SURFACES["ravine"], (1, 1), seeds=seeds)


@pytest.mark.parametrize(
    ("seeds", "start", "message"), [([-1], (1, 1), "seed must be"), ([1], (1, np.inf), "start must be two finite")]
)
def test_bad_seeds_and_starts_are_refused(seeds, start, message):
    with pytest.raises(ValueError, match=message):
        ensemble(SGD(0.1), SURFACES["ravine"], start, seeds=seeds)
