"""The still pictures hold the numbers of the core, and every claim that stands beside them is run here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pages.train import figures, findings, words
from pages.train.settings import Training, first_rates, suitable
from pages.train.training import Job, Problem, prepare, slice_of
from rmsprop_core.learn.original import PIECES
from rmsprop_core.learn.tables import Data, load_diabetes
from tests.support.pages import by_key

DIABETES = load_diabetes()


def trained(settings: Training, data: Data = DIABETES) -> Job:
    job = Job(prepare(data, settings.raw, settings.test, settings.seed), settings)
    job.advance(30)
    assert job.done()
    return job


@pytest.fixture(scope="module")
def standardised() -> Job:
    return trained(Training())


@pytest.fixture(scope="module")
def raw() -> Job:
    return trained(Training(raw=True, **first_rates(True)))


def test_the_loss_curves_are_the_losses_and_stand_above_the_floor(standardised: Job) -> None:
    seen, floor = standardised.histories(), standardised.problem.optimum.loss
    left, right = figures.losses(standardised, seen, figures.LIGHT)
    for k, (key, colour, dash, mark) in enumerate(
        [("rmsprop", "#0b5fb0", "solid", "circle"), ("sgd", "#c2410c", "dash", "square")]
    ):
        curve = left.data[k]
        assert np.array_equal(curve.y, seen[key].loss)
        assert np.array_equal(right.data[k].y, seen[key].loss - floor)
        assert (curve.line.color, curve.line.dash, curve.marker.symbol) == (colour, dash, mark)
        assert (seen[key].loss > floor).all()
    assert left.data[2].y == (floor, floor)


@pytest.mark.parametrize("test", [0.1, 0.2, 0.5])
def test_least_squares_on_the_held_back_rows_has_a_line_of_its_own(test: float) -> None:
    job = trained(Training(test=test))
    assert job.problem.test
    X, y = job.problem.test
    theta = job.problem.optimum.theta
    held = np.mean((X @ theta[:-1] + theta[-1] - y) ** 2)
    assert job.problem.held_floor == pytest.approx(held)
    floor = job.problem.optimum.loss
    left, right = figures.losses(job, job.histories(), figures.LIGHT)
    curves = {trace.name: trace for trace in left.data}
    for name, loss, dash in (("", floor, "solid"), (", held-back rows", held, "dot")):
        line = curves[f"least squares{name}: {loss:.5g}"]
        assert line.y == pytest.approx((loss, loss))
        assert line.line.dash == dash
    assert right.layout.title.text == "Loss above least squares, training rows"
    for who, key in (("RMSprop", "rmsprop"), ("SGD", "sgd")):
        assert np.array_equal(curves[f"{who}, held-back rows"].y, job.histories()[key].test_loss)


def test_the_multipliers_mirror_the_sizes_of_the_features(raw: Job, standardised: Job) -> None:
    rates = findings.multipliers(raw.methods["rmsprop"], raw.histories()["rmsprop"])
    sizes = raw.problem.size
    assert sizes.max() / sizes.min() > 100
    assert rates[np.argmax(sizes)] == rates.min()
    product = rates * sizes  # what the mirror leaves: the same for all, within a factor of 2.5
    assert product.max() / product.min() < 2.5
    alike = findings.multipliers(standardised.methods["rmsprop"], standardised.histories()["rmsprop"])
    assert np.allclose(standardised.problem.size, 1)
    assert alike.max() / alike.min() < 2.5
    left, right = figures.step_lengths(raw, raw.histories(), figures.DARK)
    assert np.array_equal(left.data[0].x, sizes)
    assert np.array_equal(right.data[0].x, rates)


def test_the_weights_are_told_in_one_unit_whatever_the_features_are(raw: Job, standardised: Job) -> None:
    exact = [job.problem.effects(job.problem.optimum.theta) for job in (raw, standardised)]
    assert np.allclose(*exact, rtol=1e-8)
    left, right = figures.weights(standardised, standardised.histories(), figures.LIGHT)
    assert np.array_equal(left.data[0].x, exact[1][:-1])
    assert np.array_equal(left.data[1].x, standardised.histories()["rmsprop"].theta[-1, :-1])
    assert right.data[0].y[-1] < right.data[0].y[0] / 3


def test_predictions_are_those_of_the_last_weights_and_r2_nears_that_of_least_squares(standardised: Job) -> None:
    job = trained(Training(test=0.2))
    left, _right = figures.predictions(job, job.histories(), figures.LIGHT)
    theta = job.histories()["rmsprop"].theta[-1]
    assert np.allclose(left.data[1].y, job.problem.X @ theta[:-1] + theta[-1])
    assert len(left.data[2].x) == 88
    assert job.problem.test
    shares = [
        1 - np.mean((X @ theta[:-1] + theta[-1] - y) ** 2) / y.var()
        for X, y in ((job.problem.X, job.problem.y), job.problem.test)
    ]
    said = f"RMSprop: R² {shares[0]:.3f} training, {shares[1]:.3f} held-back rows"
    assert left.layout.title.text == said
    X, y = standardised.problem.X, standardised.problem.y
    best = figures.explained(X, y, standardised.problem.optimum.theta)
    assert best == pytest.approx(0.5177, abs=1e-4)  # Efron et al.'s own
    assert figures.explained(X, y, standardised.histories()["rmsprop"].theta[-1]) > best - 0.01


def test_the_slice_is_exact_and_goes_through_the_least_squares_answer(standardised: Job) -> None:
    part = slice_of(standardised, "tc", "ldl")
    assert part.single
    best = standardised.problem.optimum
    assert part.surface.minima[0] == pytest.approx((best.theta[4], best.theta[5]))
    assert part.surface.floor == pytest.approx(best.loss)
    theta = best.theta.copy()
    theta[[4, 5]] = 3.0, -8.0
    error = standardised.problem.X @ theta[:-1] + theta[-1] - standardised.problem.y
    assert part.surface.f(np.float64(3), np.float64(-8)) == pytest.approx(np.mean(error * error))
    (low, high), _ = part.surface.domain
    assert low < by_key(part.runs)["sgd"].theta[:, 0].min()
    assert by_key(part.runs)["sgd"].theta[:, 0].max() < high


def test_a_method_that_dies_at_step_1_leaves_the_other_its_single_steps() -> None:
    job = trained(Training(lr=1e308, epochs=5))
    died = job.histories()["rmsprop"].ended
    assert died is not None
    assert died.step == 1
    part = slice_of(job, "bmi", "bp")
    assert part.single
    assert (by_key(part.runs)["rmsprop"].steps, by_key(part.runs)["sgd"].steps) == (0, 70)
    assert len(by_key(part.runs)["rmsprop"].f) == 1


def test_a_turned_dial_rarely_moves_the_view(standardised: Job) -> None:
    views = {
        slice_of(trained(Training(lr=lr)), "bmi", "bp").surface.domain for lr in (0.2, 0.22, 0.24, 0.26, 0.28, 0.3)
    }
    assert len(views) <= 2


def test_a_path_may_climb_in_the_slice(standardised: Job) -> None:
    part = slice_of(standardised, "bmi", "bp")
    seen = part.surface.f(*by_key(part.runs)["rmsprop"].theta.T)
    assert (np.diff(seen) > 0).any()


def test_with_raw_features_the_way_down_leads_away_from_the_exact_weights(raw: Job) -> None:
    _left, right = figures.weights(raw, raw.histories(), figures.LIGHT)
    for k, key in enumerate(("rmsprop", "sgd")):
        distance, loss = right.data[k].y, raw.histories()[key].loss
        assert distance[-1] > distance[30]
        assert loss[-1] < loss[30]


@pytest.mark.parametrize("raw_features", [False, True])
def test_both_methods_train_from_one_start_on_the_same_batches(raw_features: bool) -> None:
    job = Job(prepare(DIABETES, raw_features, 0.0, 0), Training(epochs=1, lr=0.0, sgd_lr=0.0))
    job.advance(9)
    seen = job.histories()
    assert np.array_equal(seen["rmsprop"].steps["theta"], seen["sgd"].steps["theta"])
    assert np.array_equal(seen["rmsprop"].steps["g"], seen["sgd"].steps["g"])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
@pytest.mark.parametrize("raw_features", [False, True])
def test_suggested_rates_learn_on_other_scales(scale: float, raw_features: bool) -> None:
    rng = np.random.default_rng(2)
    X = rng.standard_normal((300, 4)) * [1, 2, 5, 10]
    data = Data(X, scale * (X @ [3, -1, 2, 0.5] + 10 + rng.standard_normal(300)), tuple("abcd"), "y")
    problem = prepare(data, raw_features, 0.0, 0)
    job = trained(Training(raw=raw_features, **suitable(raw_features, problem.X, problem.y)), data)
    for seen in job.histories().values():
        assert not seen.ended
        assert seen.loss[-1] < max(0.2 * float(data.y.var()), 0.01 * seen.loss[0])


def test_a_huge_table_gets_larger_batches_so_that_an_epoch_stays_short() -> None:
    suited = suitable(False, np.ones((1_000_000, 1)) * np.arange(1_000_000)[:, None], np.arange(1_000_000.0))
    assert suited["batch"] == 512


def test_every_weight_has_a_row_of_its_own_whatever_it_is_called() -> None:
    rng = np.random.default_rng(0)
    names = ("b", "a name that is much too long, in kg", "a name that is by far too long, in kg", "<i>&amp;</i>")
    job = trained(Training(epochs=3), Data(rng.standard_normal((20, 4)), rng.standard_normal(20), names, "y"))
    seen = job.histories()
    for figure in (
        *figures.step_lengths(job, seen, figures.LIGHT),
        figures.weights(job, seen, figures.LIGHT)[0],
    ):
        rows = list(figure.layout.yaxis.ticktext)
        assert rows[:4] == ["b ", "a name th…in kg ", "a name th…in kg ", "&lt;i>&amp;amp;&lt;/i> "]
        assert list(figure.data[0].y) == list(figure.layout.yaxis.tickvals) == list(range(len(rows)))
    assert slice_of(job, names[1], "b₀").surface.variables == ("w a na…kg", "intercept b₀")


@pytest.mark.parametrize("key", PIECES)
def test_each_fault_has_a_sentence_made_of_what_happened(key: str) -> None:
    for fault in PIECES[key].faults:
        (heading, original), (again, working) = (
            words.fault(key, run()) for key, run in ((fault.key, fault.original), (fault.key, fault.working))
        )
        assert heading == again
        assert "{" not in original + working
        assert ("Error" in original) == (fault.kind == "stops")


def test_extremes_still_draw() -> None:
    one = Data(np.array([[1.0], [1.0], [1.0]]), np.array([2.0, 2.0, 2.0]), ("k",), "y")
    for settings, data in (
        (Training(epochs=0), DIABETES), (Training(lr=1e300), DIABETES), (Training(sgd_lr=1e300, eps=0.0), one),
        (Training(lr=0.0, sgd_lr=0.0), DIABETES), (Training(test=0.9), DIABETES), (Training(), one),
    ):  # fmt: skip
        job = trained(replace(settings, epochs=min(settings.epochs, 5)), data)
        seen, problem = job.histories(), job.problem
        for pair in (
            figures.losses(job, seen, figures.LIGHT),
            figures.weights(job, seen, figures.LIGHT),
            figures.step_lengths(job, seen, figures.LIGHT),
            figures.predictions(job, seen, figures.LIGHT),
        ):
            assert all(figure.to_json() for figure in pair)
        assert slice_of(job, problem.names[0], "b").runs
        assert words.verdict(job, seen)


@pytest.mark.parametrize(("n", "held"), [(2, 0), (3, 1), (4, 2), (5, 3), (20, 18), (40, 36)])
def test_enough_rows_are_left_to_train_on_and_the_page_says_so(n: int, held: int) -> None:
    rows = np.arange(n) * [[1.0], [-1.0]]
    job = trained(Training(test=0.9, epochs=3), Data(rows[:1].T, rows[1] ** 2, ("a",), "y"))
    assert len(job.problem.test[1] if job.problem.test else ()) == held
    said = f"Held back: {held} of {n} rows, so that 2 are left to train on."
    assert (said in words.verdict(job, job.histories())) == (n < 20)


def test_a_problem_knows_its_names() -> None:
    problem: Problem = prepare(DIABETES, False, 0.25, 1)
    assert problem.names[-1] == "b"
    assert len(problem.y) + len(problem.test[1] if problem.test else ()) == 442
    assert np.allclose(problem.X.mean(axis=0), 0)
