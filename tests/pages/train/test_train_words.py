"""Every sentence of pages/train/words.py is made here by a real run, and what it claims is held against numbers.

`says` finds a sentence in what words.py has made of a run; the last test finds any sentence that no test asks for.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from pages.train import findings, words
from pages.train.settings import Training, first_rates
from pages.train.training import Job, prepare, slice_of
from rmsprop_core import SGD, RMSprop
from rmsprop_core import run as steps_of
from rmsprop_core.learn.original import PIECES, TUTORIAL
from rmsprop_core.learn.regression import condition, losses, predict, random_start
from rmsprop_core.learn.tables import Data, load_diabetes, scaling
from rmsprop_core.tutorial import Parameter, compute_loss_and_grad, init_rmsprop_states, parser, program, rmsprop

DIABETES = load_diabetes()
X30 = np.arange(30.0)[:, None]
LINE = Data(X30, 3 * X30[:, 0] + 2, ("x",), "y")
NEARLY = Data(X30, LINE.y + 1e-3 * np.cos(X30[:, 0]), ("x",), "y")
RANDOM = np.random.default_rng(5).standard_normal((40, 3))
ROUND = Data(RANDOM, RANDOM @ [3.0, -2.0, 1.0] + np.cos(np.arange(40.0)), ("one", "two", "three"), "y")
TABLES = {"diabetes": DIABETES, "line": LINE, "nearly": NEARLY, "round": ROUND}
WALKS = (
    "RMSprop's steps are about lr = {lr} long, and {weight} had to move by {far}: that takes at least {steps} "
    "steps. It made {made}. SGD takes longer steps where the slope is larger."
)
RAW = {"raw": True, "lr": 0.01, "sgd_lr": 5e-6}
COARSE = [{"lr": 10.0}, {"lr": 10.0, "centered": True}, {"lr": 10.0, "rho": 0.99}, {**RAW, "lr": 0.3},
          {"lr": 10.0, "batch": 442, "epochs": 400}, {"lr": 5.0, "momentum": 0.99},
          {"lr": 10.0, "momentum": 0.9}]  # fmt: skip


def trained(data: str = "diabetes", **settings: Any) -> Job:
    return _trained(data, tuple(settings.items()))


@cache
def _trained(data: str, changes: tuple[tuple[str, Any], ...]) -> Job:
    settings = Training(**dict(changes))
    job = Job(prepare(TABLES[data], settings.raw, settings.test, settings.seed), settings)
    job.advance(60)
    assert job.done()
    return job


def says(sentence: str, text: str) -> dict[str, str]:
    """Return what stands at the sentence's {places} in the text; fail where the text does not have it."""
    pattern = re.sub(r"\\\{(\w+)(:\S*?)?\\\}", r"(?P<\1>\\S.*?)", re.escape(sentence))
    found = re.search(f"(^|(?<=[ ]))({pattern})(?= |$)", text)
    assert found, f"{text!r} does not say {sentence!r}"
    return found.groupdict()


def verdict(job: Job) -> str:
    return words.verdict(job, job.histories())


def caption(view: str, job: Job) -> str:
    return words.caption(view, job, job.histories())


# Which method the features suit


def test_standardised_sgd_is_enough_and_as_they_are_rmsprop_leads() -> None:
    job = trained()
    seen = job.histories()
    said = says(
        "Standardised, κ is only {kappa}, so SGD is enough: it is within 5 % in epoch {sgd}, RMSprop in {rmsprop}. "
        "Try Features “{choice}”: there κ is {raw}.",
        words.lesson(job, seen),
    )
    assert float(said["kappa"]) == pytest.approx(condition(scaling(DIABETES.X).apply(DIABETES.X)), abs=0.5)
    for key in ("sgd", "rmsprop"):
        within = seen[key].loss < 1.05 * job.problem.optimum.loss
        assert within[int(said[key])]
        assert not within[: int(said[key])].any()
    assert seen["sgd"].loss[-1] < 1.01 * job.problem.optimum.loss
    assert said["choice"] == words.AS_THEY_ARE == "As they are"

    raw = trained(**{**vars(job.settings), "raw": True, **first_rates(True)})
    kappa = said["raw"]
    said = says("κ is {kappa} with the features as they are, and RMSprop leads.", words.lesson(raw, raw.histories()))
    assert said["kappa"] == kappa == number(condition(DIABETES.X))
    assert raw.histories()["rmsprop"].loss[-1] < raw.histories()["sgd"].loss[-1]


@pytest.mark.parametrize(
    "settings",
    [{"sgd_lr": 1e-4}, {"lr": 1e-3}, {"sgd_lr": 10.0}, {**RAW, "lr": 1e-4}, {**RAW, "sgd_lr": 2e-5}, {"epochs": 0}],
)
def test_no_lesson_where_the_run_does_not_show_it(settings: dict[str, Any]) -> None:
    job = trained(**settings)
    assert words.lesson(job, job.histories()) == ""


def test_why_a_kappa_of_470_is_easy_here_and_one_of_100_is_hard_on_explore() -> None:
    job = trained()
    sgd = job.histories()["sgd"]
    kappa = "κ: the steepest curvature by the flattest."
    easy = (
        "On Explore κ = 100 is hard in 50 steps. Here there are {steps}, and the flattest, slowest direction "
        "matters little: only {part} % of what is to be gained lies along it, there 6 %."
    )
    said = says(f"{kappa} {easy}", words.curvature(job.problem, sgd))
    explore = Settings()
    assert (explore.kappa, explore.steps, int(said["steps"])) == (100, 50, sgd.last[-1].t)
    flat, steep = explore.x**2 / 2, explore.kappa * explore.y**2 / 2
    assert round(100 * flat / (flat + steep)) == 6
    within = np.linalg.eigh(job.problem.gram)[1][:, 0]  # the same share, by taking the other directions out
    off = sgd.theta[0] - job.problem.optimum.theta
    along = within * (within @ off)
    part = along @ job.problem.gram @ along / (off @ job.problem.gram @ off)
    assert float(said["part"]) == pytest.approx(100 * part, rel=0.05)
    bowl = steps_of(SGD(explore.sgd_lr), explore.landscape(), (explore.x, explore.y), sgd.last[-1].t)
    assert bowl.f[50] > 1 > 1e-20 > bowl.f[-1]  # hard in 50 steps, easy in as many as here
    raw = trained(**{**vars(job.settings), "raw": True, **first_rates(True)})
    assert words.curvature(raw.problem, sgd) == kappa


def test_what_is_trained_is_said_with_its_data() -> None:
    average = "Learnt are w, a weight for each feature, and b, the prediction for a row that is average in all of them."
    zero = "Learnt are w, a weight for each feature, and b, the prediction where all of them are 0."
    diabetes = (
        "The model ŷ = w·x + b predicts how far diabetes has progressed in a year, from {d} features of {n} patients."
    )
    own = "The model ŷ = w·x + b predicts {target} from {d} features of {n} rows."
    job = trained()
    assert words.model(job.problem, own=False) == f"{diabetes.format(d=10, n=442)} {average}"
    assert words.model(job.problem, own=True) == f"{own.format(target='progression', d=10, n=442)} {average}"
    assert words.model(trained(raw=True).problem, own=False) == f"{diabetes.format(d=10, n=442)} {zero}"
    theta = job.problem.optimum.theta
    assert predict(np.zeros((1, 10)), theta)[0] == pytest.approx(job.problem.y.mean())


# How the trainings stand


def test_before_the_first_epoch_both_stand_at_one_random_start() -> None:
    job = trained(epochs=0, seed=3)
    says("No epochs yet: both methods stand at the same random start.", verdict(job))
    for seen in job.histories().values():
        assert np.array_equal(seen.theta, [random_start(10, 3)])
    assert "No epochs" not in verdict(trained(epochs=1))


@pytest.mark.parametrize(("n", "held"), [(2, 0), (4, 2)])
def test_a_small_table_keeps_enough_rows_to_train_on(n: int, held: int) -> None:
    job = Job(prepare(Data(X30[:n], LINE.y[:n], ("x",), "y"), False, 0.9, 0), Training(test=0.9, epochs=1))
    job.advance(9)
    said = says("Held back: {held} of {of} rows, so that {left} are left to train on.", verdict(job))
    assert said == {"held": str(held), "of": str(n), "left": "2"}
    assert len(job.problem.test[1] if job.problem.test else ()) == held
    assert len(job.problem.y) == 2
    assert "Held back" not in verdict(trained(test=0.9))


def test_a_stopped_training_says_where() -> None:
    job = Job(prepare(DIABETES, False, 0.0, 0), Training(epochs=10_000))
    job.advance(0.05)
    job.stopped = True
    said = says("Stopped after epoch {made} of {of}.", verdict(job))
    assert min(len(seen.loss) for seen in job.histories().values()) == int(said["made"]) + 1
    assert said["of"] == "10000"
    assert "Stopped" not in verdict(trained())


@pytest.mark.parametrize("settings", [{}, RAW, {"lr": 1e-3}])
def test_losses_are_told_in_times_of_least_squares(settings: dict[str, Any]) -> None:
    job = trained(**settings)
    for who, key in (("RMSprop", "rmsprop"), ("SGD", "sgd")):
        said = says("{who}'s loss is {ratio} times the least possible.", verdict(job)[verdict(job).index(who) :])
        exact = np.linalg.lstsq(np.column_stack([job.problem.X, np.ones(len(job.problem.y))]), job.problem.y)[1][0]
        ratio = job.histories()[key].loss[-1] * len(job.problem.y) / exact
        assert (said["who"], float(said["ratio"])) == (who, pytest.approx(ratio, rel=1e-3))


@pytest.mark.parametrize(
    "settings", [{"test": 0.3}, {"test": 0.9}, {"test": 0.1, "seed": 4}, {"test": 0.3, "raw": True}]
)
def test_with_rows_held_back_it_is_said_on_which_rows(settings: dict[str, Any]) -> None:
    job = trained(**settings)
    assert job.problem.test
    train, held = (job.problem.X, job.problem.y), job.problem.test
    best = np.linalg.lstsq(np.column_stack([train[0], np.ones(len(train[1]))]), train[1])[0]

    def loss(rows: tuple[np.ndarray, np.ndarray], theta: np.ndarray) -> float:
        return float(np.mean((rows[0] @ theta[:-1] + theta[-1] - rows[1]) ** 2))

    for who, key in (("RMSprop", "rmsprop"), ("SGD", "sgd")):
        seen = job.histories()[key]
        theta = seen.theta[-1]
        if seen.ended:
            continue
        sentence = (
            "{who}'s loss is {ratio} times that of least squares on the training rows, {held} times on those held back."
        )
        said = says(sentence, verdict(job)[verdict(job).index(who) :])
        assert float(said["ratio"]) == pytest.approx(loss(train, theta) / loss(train, best), rel=1e-3)
        assert float(said["held"]) == pytest.approx(loss(held, theta) / loss(held, best), rel=1e-3)


def test_an_exact_fit_is_told_where_there_is_one_and_only_there() -> None:
    job = trained("line")
    for who, key in (("RMSprop", "rmsprop"), ("SGD", "sgd")):
        said = says("{who}: loss {loss}; an exact fit exists.", verdict(job)[verdict(job).index(who) :])
        assert said["loss"] == number(job.histories()[key].loss[-1])
    assert np.allclose(predict(job.problem.X, job.problem.optimum.theta), LINE.y, rtol=1e-12)
    for inexact in (trained("nearly"), trained()):
        assert "exact fit" not in verdict(inexact)


@pytest.mark.parametrize(("who", "key", "settings"), [("RMSprop", "rmsprop", {"lr": 0.0, "momentum": 0.9}),
                                                      ("SGD", "sgd", {"sgd_lr": 0.0})])  # fmt: skip
def test_with_lr_0_a_method_does_not_move(who: str, key: str, settings: dict[str, Any]) -> None:
    job = trained(**settings)
    assert says("{who} does not move: lr is 0.", verdict(job)[verdict(job).index(who) :])["who"].startswith(who)
    assert not job.histories()[key].steps["delta"].any()
    assert "lr =" not in verdict(job)
    assert verdict(job).count("does not move") == 1


# Why RMSprop is far from the exact answer


@pytest.mark.parametrize("settings", [{"lr": 0.001}, RAW, {"lr": 0.02, "batch": 64}])
def test_short_steps_have_not_reached_the_answer(settings: dict[str, Any]) -> None:
    job = trained(**settings)
    said = says(WALKS, verdict(job))
    assert "lr =" not in caption("loss", job) + caption("paths", job)
    seen, best, lr = job.histories()["rmsprop"], job.problem.optimum.theta, job.methods["rmsprop"].lr
    k = job.problem.names.index(said["weight"])
    assert int(said["made"]) == len(seen.steps["g"]) < float(said["steps"])
    assert said["far"] == number(abs(best[k] - seen.theta[0, k]))
    assert np.sqrt(np.mean(seen.steps["delta"][:, k] ** 2)) == pytest.approx(lr, rel=0.5)
    assert abs(seen.theta[-1, k] - best[k]) > 0.2 * abs(seen.theta[0, k] - best[k])


def test_steps_that_are_not_about_lr_long_are_not_said_to_be() -> None:
    for settings in (
        {"lr": 0.001, "eps": 1e6},
        {"lr": 0.001, "centered": True},
        {"lr": 1e-4, "rho": 0.9999},
        {"lr": 0.001, "momentum": 0.9},
    ):
        job = trained(**settings)
        deltas = job.histories()["rmsprop"].steps["delta"][:, -1]
        assert not 0.67 < np.sqrt(np.mean(deltas**2)) / job.methods["rmsprop"].lr < 1.5
        assert "lr =" not in verdict(job) + caption("loss", job)


@pytest.mark.parametrize("settings", COARSE)
def test_a_coarse_lr_goes_to_and_fro_and_a_smaller_one_comes_nearer(settings: dict[str, Any]) -> None:
    job = trained(**settings)
    said = says("RMSprop goes to and fro: {weight} swings by ±{swing}. A smaller lr comes nearer.", verdict(job))
    seen, k = job.histories()["rmsprop"], job.problem.names.index(said["weight"])
    late = seen.steps["theta"][-(len(seen.steps["theta"]) // 4) :, k]
    assert said["swing"] == number((late.max() - late.min()) / 2)
    late = seen.steps["delta"][-len(seen.steps["delta"]) // 4 :]
    assert (np.abs(late.sum(axis=0)) < 0.1 * np.abs(late).sum(axis=0)).all()  # to and fro, and not on
    finer = trained(**{**settings, "lr": settings["lr"] / 5}).histories()["rmsprop"]
    assert finer.loss[-25:].mean() < seen.loss[-25:].mean()


# What to look for in a view


def test_with_one_feature_the_slice_is_the_whole_loss() -> None:
    job = trained("line")
    says("There are no other weights: this is the whole loss.", caption("paths", job))
    part = slice_of(job, "x", "b")
    theta = np.array([[1.0, 2.0], [-3.0, 40.0]])
    assert part.surface.f(*theta.T) == pytest.approx(losses(job.problem.X, job.problem.y, theta))


def test_in_a_slice_the_others_stand_still_and_a_path_may_climb() -> None:
    job = trained()
    says(
        "All other weights stand at their least-squares values here. They move too, so a path may climb.",
        caption("paths", job),
    )
    part, best = slice_of(job, "bmi", "bp"), job.problem.optimum.theta.copy()
    best[[2, 3]] = 11.0, -7.0
    assert part.surface.f(np.float64(11), np.float64(-7)) == pytest.approx(
        losses(job.problem.X, job.problem.y, best[None])[0]
    )
    for (_method, run), seen in zip(part.runs, job.histories().values(), strict=True):
        assert (np.ptp(seen.theta, axis=0) > 0.1).all()
        assert (np.diff(part.surface.f(*run.theta.T)) > 0).any()


@pytest.mark.parametrize("settings", [{}, {"batch": 442}, {"lr": 10.0}, RAW, {"sgd_lr": 0.1, "batch": 4}])
def test_no_line_goes_below_least_squares(settings: dict[str, Any]) -> None:
    job = trained(**settings)
    says("No line can go below least squares.", caption("loss", job))
    for seen in job.histories().values():
        assert (seen.loss > job.problem.optimum.loss).all()
        assert np.isnan(seen.test_loss).all()


def test_rows_held_back_may_lie_below_the_floor_or_far_above() -> None:
    below, above = trained(test=0.1, seed=4), trained(test=0.9)
    for job in (below, above):
        said = caption("loss", job)
        says(
            "Least squares is the floor for the training rows: on those held back a method may do better.",
            said,
        )
        assert "No line" not in said
        assert all((seen.loss > job.problem.optimum.loss).all() for seen in job.histories().values())
    assert above.problem.held_floor
    better = above.histories()["sgd"].test_loss / above.problem.held_floor
    assert better.min() < 0.999


def test_lines_tremble_by_mini_batches() -> None:
    sentence = "Each mini-batch has a slope of its own, so a line may tremble."
    job, whole = trained(), trained(batch=442)
    says(sentence, caption("loss", job))
    rises = {key: np.diff(seen.loss[-25:]) > 0 for key, seen in job.histories().items()}
    assert all(0.2 < each.mean() < 0.8 for each in rises.values())
    sgd, problem = job.histories()["sgd"], job.problem
    of_all = 2 * problem.gram @ (sgd.theta[-1] - problem.optimum.theta)
    assert (np.abs(sgd.steps["g"][-14:]) > 5 * np.abs(of_all)).mean() > 0.5
    assert not any((np.diff(seen.loss) > 0).any() for seen in whole.histories().values())
    assert sentence not in caption("loss", whole)


@pytest.mark.parametrize("settings", [{}, {"batch": 8}, {"lr": 0.05}, {"lr": 0.05, "rho": 0.5, "seed": 2}])
def test_rmsprop_needs_as_many_steps_as_are_said(settings: dict[str, Any]) -> None:
    job = trained(**settings)
    said = says(WALKS, f"{verdict(job)} {caption('loss', job)}")
    seen, lr, k = job.histories()["rmsprop"], job.methods["rmsprop"].lr, job.problem.names.index(said["weight"])
    path = np.abs(seen.steps["theta"][:, k] - job.problem.optimum.theta[k])
    assert (said["lr"], said["far"]) == (number(lr), number(path[0]))
    reached = int(np.argmax(path < 0.1 * path[0])) if path.min() < 0.1 * path[0] else len(path) - 1
    assert reached > 0.8 * float(said["steps"]) * (1 - path[reached] / path[0])


def test_sgd_s_steps_grow_with_the_slope() -> None:
    steps = trained().histories()["sgd"].steps
    assert np.array_equal(steps["delta"], 0.02 * steps["g"])


def test_right_mirrors_left_where_features_differ_and_eps_is_small() -> None:
    mirror = "A large feature has large gradients, so its weight a small multiplier: right mirrors left."
    job = trained(**RAW)
    says(mirror, caption("steps", job))
    size, seen = job.problem.size, job.histories()["rmsprop"]
    gradients = np.sqrt(np.mean(seen.steps["g"] ** 2, axis=0))
    rates = findings.multipliers(job.methods["rmsprop"], seen)
    assert np.corrcoef(np.log(size), np.log(gradients))[0, 1] > 0.95
    assert np.corrcoef(np.log(size), np.log(rates))[0, 1] < -0.95
    for other in (trained(**{**RAW, "eps": 1e12}), trained("round", raw=True), trained(**{**RAW, "epochs": 0})):
        says(
            "Left: how large each feature is. Right: what each method multiplies its gradient by.",
            caption("steps", other),
        )
    alike = findings.multipliers(
        trained(**{**RAW, "eps": 1e12}).methods["rmsprop"], trained(**{**RAW, "eps": 1e12}).histories()["rmsprop"]
    )
    assert alike.max() / alike.min() < 1.1


def test_standardised_features_have_size_1_and_so_like_multipliers() -> None:
    job, raw = trained(), trained(**RAW)
    said = says(
        "Standardised, every feature that varies has size 1. As they are, sizes run from {low} to {high}.",
        caption("steps", job),
    )
    assert np.allclose(job.problem.size, 1)
    sizes = np.sqrt(np.mean(DIABETES.X**2, axis=0))
    assert said == {"low": number(sizes.min()), "high": number(sizes.max())}
    like, unlike = (findings.multipliers(each.methods["rmsprop"], each.histories()["rmsprop"]) for each in (job, raw))
    assert like.max() / like.min() < 2.5
    assert unlike.max() / unlike.min() > 100


def test_in_a_narrow_valley_the_way_down_leads_away() -> None:
    sentence = "In a narrow valley the way down need not lead towards the exact weights: watch the distance."
    job = trained(**RAW)
    says(sentence, caption("weights", job))
    assert job.problem.narrowness > 10_000
    for seen in job.histories().values():
        off = job.problem.effects(seen.theta) - job.problem.effects(job.problem.optimum.theta)
        far = np.sqrt((off**2).sum(axis=1))
        assert far[-1] > far[30]
        assert seen.loss[-1] < seen.loss[30]
    for other in (trained("round", raw=True), trained("line", raw=True)):
        assert sentence not in caption("weights", other)


def test_the_weights_of_features_that_say_the_same_are_hardly_told_apart() -> None:
    job = trained()
    said = says(
        "{one} and {other} say nearly the same, so the loss hardly tells their weights apart.",
        caption("weights", job),
    )
    assert said == {"one": "tc", "other": "ldl"}
    common = np.abs(np.corrcoef(DIABETES.X.T) - np.eye(10))
    assert {DIABETES.names[k] for k in np.unravel_index(common.argmax(), common.shape)} == {"tc", "ldl"}
    assert common.max() > 0.85
    curvatures, directions = np.linalg.eigh(2 * job.problem.gram[:-1, :-1])
    assert curvatures[0] < 0.01 * curvatures[-1]
    assert {DIABETES.names[k] for k in np.argsort(np.abs(directions[:, 0]))[-2:]} == {"tc", "ldl"}
    for seen in job.histories().values():
        off = np.abs(seen.theta[-1] - job.problem.optimum.theta)
        assert {job.problem.names[k] for k in np.argsort(off)[-2:]} == {"tc", "ldl"}
    for other in (trained("round"), trained("line")):
        assert "nearly the same" not in caption("weights", other)


def test_a_weight_times_its_deviation_is_the_same_in_every_unit() -> None:
    job = trained("round")
    says(
        "A weight times the standard deviation of its feature: the same quantity in every unit.",
        caption("weights", job),
    )
    cm = prepare(ROUND._replace(X=ROUND.X * [100.0, 1.0, 1e-3] + 7), True, 0.0, 0)
    assert np.allclose(cm.effects(cm.optimum.theta), job.problem.effects(job.problem.optimum.theta))
    assert np.allclose(cm.effects(cm.optimum.theta)[:-1], cm.optimum.theta[:-1] * cm.data.X.std(axis=0))


def test_no_weights_leave_less_spread_than_least_squares() -> None:
    job = trained(test=0.2)
    says(
        "Each point is a row. On the training rows no other weights leave less spread than least squares.",
        caption("predictions", job),
    )
    others = job.problem.optimum.theta + np.random.default_rng(0).standard_normal((200, 11))
    assert (losses(job.problem.X, job.problem.y, others) > job.problem.optimum.loss).all()


# The program, piece by piece


def test_what_each_piece_does() -> None:
    said = {key: words.piece(key) for key in PIECES}
    assert [name for name, _ in said.values()] == [
        "Parameter",
        "init_rmsprop_states",
        "rmsprop",
        "compute_loss_and_grad",
        "program",
    ]

    says("Holds the numbers to be learnt and the gradient of the loss.", said["parameter"][1])
    w, b = Parameter(np.full((10, 1), 2.0)), Parameter(np.zeros(1))
    assert (w.data == 2).all()
    assert w.grad is None

    says("What RMSprop remembers: a mean square for each number, 0 at first.", said["states"][1])
    states = init_rmsprop_states(10)
    assert [s.shape for s in states] == [w.data.shape, b.data.shape]
    assert not any(s.any() for s in states)

    says("How wrong the model is, and which way is up.", said["loss"][1])
    X, y = trained().problem.X, DIABETES.y[:, None]
    loss = compute_loss_and_grad((w, b), X, y)
    assert loss == pytest.approx(np.mean((X @ w.data + b.data - y) ** 2))
    assert w.grad is not None
    assert compute_loss_and_grad((Parameter(w.data + 1e-3 * w.grad), b), X, y) > loss

    says("One update: s ← ρs + (1 − ρ)g², then θ ← θ − η g/√(s + ε).", said["rmsprop"][1])
    for _ in range(2):
        before, s, g = w.data.copy(), states[0].copy(), w.grad
        rmsprop((w, b), states, {"lr": 0.1, "rho": 0.8, "eps": 0.5})
        s = 0.8 * s + 0.2 * g**2
        assert np.allclose(states[0], s, rtol=1e-14)
        assert np.allclose(w.data, before - 0.1 * g / np.sqrt(s + 0.5), rtol=1e-14)

    says("The loop: gradients, update, print, a hundred times.", said["program"][1])
    assert sum(line.startswith("epoch") for line in program(parser().parse_args([]))) == 100


def fault(key: str) -> tuple[str, str, str]:
    (each,) = (each for piece in PIECES.values() for each in piece.faults if each.key == key)
    (heading, original), (_same, working) = words.fault(key, each.original()), words.fault(key, each.working())
    return heading, original, working


FIRST = 0.001 / (1 - 0.9) ** 0.5  # the length of a first step from s = 0: lr/√(1 − ρ)


def test_the_original_stops_at_its_first_update() -> None:
    heading, original, working = fault("item_access")
    says("It stops at its first update", heading)
    said = says("s is {s:g} and θ has moved by {step:.5f}.", original)
    assert original.startswith("“TypeError: ")
    assert (said["s"], said["step"]) == ("0.1", "0.00000")
    said = says("s is {s:g} and θ has moved by {step:.5f}.", working)
    assert (float(said["s"]), float(said["step"])) == (0.1, pytest.approx(FIRST, abs=1e-5))


def test_the_original_changes_the_caller_s_array() -> None:
    heading, original, working = fault("shared_array")
    says("It changes the caller's array without a word", heading)
    said = says("Our array held {before:g} before and {after:.5f} after.", original)
    assert (float(said["before"]), float(said["after"])) == (1, pytest.approx(1 - FIRST, abs=1e-5))
    said = says("Our array held {before:g} before and {after:.5f} after.", working)
    assert said == {"before": "1", "after": "1.00000"}
    mine = np.ones(3)
    assert not np.shares_memory(Parameter(mine).data, mine)


def test_the_original_leaves_momentum_and_centered_out() -> None:
    heading, original, working = fault("unused_hyperparameters")
    says("momentum and centered do nothing", heading)
    assert "differ by 0.0000." in original
    said = says("Three updates with them and without differ by {difference:.4f}.", working)
    p, q = (RMSprop(**TUTORIAL, **more).start(np.ones(1)) for more in ({}, {"momentum": 0.9, "centered": True}))  # type: ignore[arg-type]
    for _ in range(3):
        p = RMSprop(**TUTORIAL).step(p, np.ones(1))
        q = RMSprop(**TUTORIAL, momentum=0.9, centered=True).step(q, np.ones(1))
    assert float(said["difference"]) == pytest.approx(abs(float(p.theta[0] - q.theta[0])), abs=1e-4) != 0


def test_a_state_of_integers_is_cut_off_by_the_original_and_refused_now() -> None:
    heading, original, working = fault("integer_state")
    says("A state of integers is cut off", heading)
    said = says("s should be {s_right:g} and is {s:g}; the step should be {step_right:.5f} and is {step:g}.", original)
    assert (float(said["s_right"]), float(said["s"])) == (pytest.approx(0.1 * 2**2), 0)
    assert float(said["step_right"]) == pytest.approx(FIRST, abs=1e-5)
    assert float(said["step"].rstrip(".")) == pytest.approx(0.001 * 2 / 1e-8**0.5)
    p, s = Parameter(np.ones(1)), np.array([0])
    p.grad = np.array([2.0])
    with pytest.raises(TypeError, match=re.escape(working.split("“")[1].split("”")[0].removeprefix("TypeError: "))):
        rmsprop([p], [s], TUTORIAL)
    assert (p.data[0], s[0]) == (1, 0)


def test_a_gradient_of_the_wrong_shape_passes_the_original_and_is_refused_now() -> None:
    heading, original, working = fault("broadcast")
    says("A gradient of the wrong shape passes", heading)
    assert says("{gradients:g} gradient moved {moved:g} weights.", original) == {"gradients": "1", "moved": "10"}
    p, s = Parameter(np.ones((10, 1))), np.zeros((10, 1))
    p.grad = np.ones(1)
    with pytest.raises(ValueError, match=re.escape(working.split("“")[1].split("”")[0].removeprefix("ValueError: "))):
        rmsprop([p], [s], TUTORIAL)
    assert (p.data == 1).all()
    assert not s.any()


def test_the_first_step_is_as_long_whatever_the_slope() -> None:
    heading, original, working = fault("first_step")
    says("Unsaid: the first step is lr/√(1 − ρ) long, whatever the slope", heading)
    said = says("With g = {g_small:g} it is {step_small:.6f}, with g = {g_large:g} it is {step_large:.6f}.", original)
    assert float(said["g_large"]) == 1e5 * float(said["g_small"])
    for each in ("step_small", "step_large"):
        assert float(said[each]) == pytest.approx(FIRST, rel=1e-3)
    assert working == original
    for g in (0.01, 1000.0):
        optimizer = RMSprop()
        assert optimizer.step(optimizer.start(np.ones(1)), np.array([g])).delta[0] == pytest.approx(FIRST, rel=1e-3)


def test_eps_inside_the_root_bounds_rms() -> None:
    heading, original, working = fault("eps_inside")
    says("Unsaid: ε = 1e-8 under the root is like 1e-4 outside it", heading)
    said = says(
        "rms stays above {rms_least:g}: with g = {g:g} the step is {step:.1e}, far below {bound:.4f}.", original
    )
    inside, outside = RMSprop(eps=1e-8), RMSprop(eps=1e-4, eps_inside_sqrt=False)
    g = np.array([float(said["g"])])
    one = inside.step(inside.start(np.ones(1)), g)
    assert float(said["rms_least"]) == pytest.approx(1e-4)
    assert float(one.rms[0]) >= 1e-4
    assert float(said["step"]) == pytest.approx(float(one.delta[0]), rel=0.05)
    assert float(said["bound"].rstrip(".")) == pytest.approx(FIRST, abs=1e-4)
    assert float(said["step"]) < 0.01 * FIRST
    assert working == original
    assert outside.step(outside.start(np.ones(1)), g).delta[0] == pytest.approx(one.delta[0], rel=0.01)


def test_the_original_learns_nothing() -> None:
    heading, original, working = fault("nothing_learnt")
    says("Nothing is learnt: the gradients are random numbers", heading)
    floor = trained().problem.optimum.loss
    bad = says(
        "1000 updates took the loss from {before:.0f} to {after:.0f}; {floor:.0f} is possible.",
        original,
    )
    good = says("1000 updates took the loss from {before:.0f} to {after:.0f}; {floor:.0f} is possible.", working)
    for said in (bad, good):
        assert float(said["before"]) == pytest.approx(np.mean(DIABETES.y**2), abs=1)
        assert float(said["floor"]) == pytest.approx(floor, abs=1)
    assert float(bad["after"]) > 0.9 * float(bad["before"])
    assert float(good["after"]) < 1.01 * floor


def test_the_original_never_finishes_an_epoch() -> None:
    heading, original, working = fault("no_epoch")
    says("It never finishes an epoch", heading)
    assert says("Epochs finished: {epochs:g}.", original) == {"epochs": "0"}
    assert original.startswith("“TypeError: ")
    said = says("Epochs finished: {epochs:g}.", working)
    assert said == {"epochs": "3"}
    assert sum(line.startswith("epoch") for line in program(parser().parse_args(["--epochs", "3"]))) == 3


def test_the_tab_is_called_after_data_lr_and_view() -> None:
    named = "{data} · RMSprop lr {lr} · {view}"
    assert says(named, words.title(Training(lr=0.3), "")) == {"data": "Diabetes", "lr": "0.3", "view": "Paths"}
    assert says(named, words.title(Training(view="loss"), "mine.csv"))["data"] == "mine.csv"


def test_every_sentence_of_words_is_asked_for_here() -> None:
    here, there = (list(ast.walk(ast.parse(Path(path).read_text()))) for path in (__file__, words.__file__))
    asked = {node.value for node in here if isinstance(node, ast.Constant)}
    calls = [node for node in there if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    made = {each.args[0].value for each in calls if each.func.id == "_" and isinstance(each.args[0], ast.Constant)}  # type: ignore[attr-defined]
    assert len(made) > 40
    assert made - asked == set()
