"""What the verdict says of a run is true: told again from the run itself, for known cases and for random settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from urllib.parse import parse_qsl

import numpy as np
import pytest

from pages.shared.model.link import from_query
from pages.shared.model.methods import Run
from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from pages.shared.model.verdicts import verdict
from pages.shared.wire.experiment import outcomes
from rmsprop_core import DIALECTS, SURFACES, Trajectory, run
from rmsprop_core.schedules import factor

BEYOND = "the numbers grew beyond what a computer can hold."


def _said(settings: Settings, runs: list[Run]) -> str:
    return verdict(runs, settings)


@cache
def _of(query: str) -> str:
    settings, complaints = from_query(dict(parse_qsl(query)))
    assert not complaints
    return _said(settings, outcomes(settings))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        # the formula is the one that was computed
        ("momentum=0.9&lr=3&steps=20&view=rmsprop", "its longest possible is lr/((1−μ)√(1−ρ)) = 94.9."),
        ("lr=3&steps=20&view=rmsprop", "its longest possible is lr/√(1−ρ) = 9.49."),
        ("lr=30&steps=100&schedule=warmup&view=rmsprop", "with lr at most 3 so far its longest possible is lr/√(1−ρ)"),
        # the lr is that of the step
        (
            "schedule=warmup&steps=100&sgd_lr=0.3&view=sgd",
            "at step 1: lr × curvature = 3, above its limit of 2.",
        ),
        (
            "surface=cliff&schedule=inverse_sqrt&sgd_lr=0.9562&sgd_momentum=.99&steps=50&view=sgd",
            "SGD left the view at step 14, carried by its velocity: a step of 3.52.",
        ),
        # where the run is furthest off across the valley, no position along it is told
        (
            "x=-1.18&y=1.25&view=rmsprop",
            "RMSprop has stood at the minimum since step 15, but not stably: "
            "once s is forgotten, lr/√ε × curvature = 2×10⁵ is above 2.",
        ),
        ("x=1e-9&y=0&sgd_lr=0.03&steps=10&view=sgd", "not stably: lr × curvature = 3 is above 2."),
        # a cycle is told of where theory has it, of the lr that it comes from; and none in the last bits
        ("momentum=0.1&steps=400&view=rmsprop", "has swung by ±0.091 = ±lr/(2(1+μ)) in y and x since step 226"),
        ("momentum=0.3&nesterov=true&steps=1000&view=rmsprop", "has swung by ±0.12 = ±lr(1+2μ)/(2(1+μ)) in y and x"),
        ("centered=true&rho=0.5&steps=1000&view=rmsprop", "has swung by ±0.11 in y and x since"),
        ("surface=booth&sgd_lr=0.05&steps=1000&view=sgd", "SGD has settled at the minimum since step 118."),
        ("x=-1.18&y=1.25&view=rmsprop&eps=9&lr=0.02&steps=4000", "RMSprop has settled at the minimum since step"),
        ("view=sgd&sgd_lr=0.0168", "SGD is at f = 2.3 after 50 steps."),  # its last crossings are too small to be seen
        ("view=sgd", "SGD has crossed the valley 50 times and stands at x = −1.9 with f = 2.17."),
        ("x=0&view=sgd", "50 times and is at f = 0.411."),
        # where f is not defined nothing grew
        ("surface=own&f=sqrt(x)&x=1&lr=0.3&view=rmsprop", "RMSprop stopped at step 2: f has no value at x = −0.876"),
        (
            "surface=own&f=log(x)%2By^2&x=0.5&y=1&sgd_lr=0.02&view=sgd",
            "SGD stopped at step 8: f has no value at x = −0.319",
        ),
        ("surface=own&f=sqrt(x)&x=-1&view=sgd", "SGD makes no step: f has no value at x = −1, y = "),
        ("surface=own&f=sqrt(x)&x=0&view=sgd", "SGD stopped at step 1: f has no slope at x = 0, y = "),
        ("surface=own&f=exp(x)-exp(y)&x=800&y=800&view=sgd", "SGD makes no step: f is larger at the start than what"),
        # a start outside hides no end
        (
            "x=-6.5&sgd_lr=0.025&steps=1000&view=sgd",
            f"at step 868: lr × curvature = 2.5 is above its limit of 2, and {BEYOND}",
        ),
        ("x=1e308&view=sgd", "SGD starts outside the view. SGD makes no step: f is larger at the start than what"),
        ("surface=camel&x=1e308&view=sgd", "SGD makes no step: f is larger at the start than what a computer can hold"),
        ("x=5&steps=400&view=rmsprop", "RMSprop starts outside the view. RMSprop has swung by ±0.1 = ±lr/2"),
        # downhill, but not all the way
        (
            "surface=beale&x=-2.008&y=-3.0541&lr=1.6677&eps=0&steps=1000&schedule=warmup&view=rmsprop",
            "with a last step downhill to f = ",
        ),
        # not at the minimum yet
        ("kappa=1e6&sgd_lr=1e-7&x=-1&y=-2&steps=300&view=sgd", "SGD has hardly moved since step 117"),
        # each coordinate has its own swing
        (
            "surface=ackley&lr=0.042552260892792154&rho=0.99&steps=200&view=rmsprop",
            "RMSprop has swung by ±0.021 = ±lr/2 in y and x since step 133, at f = 9.02.",
        ),
        # s − m² has not vanished where it never was there
        (
            "surface=ravine&lr=1.06&rho=0&eps_inside_sqrt=false&centered=true&steps=10&view=rmsprop",
            "at step 1 with a step of 8.48×10⁸: s − m² = 0 is small beside s = 64.",
        ),
        ("steps=0&view=sgd", "No steps yet: SGD stands at the start."),
        ("steps=1", "RMSprop is at f = 103 after 1 step. SGD is at f = 189 after 1 step."),
        ("steps=1&lr=30&view=rmsprop", "It is at f = 4.35×10⁵ after 1 step."),
    ],
)
def test_the_sentence_is_the_true_one(query: str, words: str) -> None:
    assert words in _of(query)


def test_where_a_minimum_is_is_said_once() -> None:
    assert _of("surface=bounded_saddle&x=0&y=0&steps=200").count("A minimum is at (0, 1).") == 1


def test_noise_is_not_said_to_cross_a_valley() -> None:
    assert " times " not in _of("surface=cliff&noise=1&view=sgd&sgd_lr=0.05&steps=100")


@pytest.mark.parametrize(
    ("value", "figures", "shown"),
    [
        *((0, 3, "0"), (-0.0, 3, "0"), (0.5, 3, "0.5"), (-1.25, 3, "−1.25"), (0.001, 3, "0.001"), (49.96, 3, "50")),
        *((150, 2, "150"), (149.6, 2, "150"), (999.6, 3, "1000"), (-999.6, 3, "−1000"), (12, 1, "12")),
        *((1000, 3, "1000"), (1234.5, 3, "1235"), (99999, 2, "99999"), (99999.7, 3, "10⁵"), (1e5, 2, "10⁵")),
        *((9.99e-4, 2, "0.001"), (-1.5e-20, 3, "−1.5×10⁻²⁰"), (8.48e8, 3, "8.48×10⁸")),
        *((np.inf, 3, "∞"), (-np.inf, 3, "−∞"), (np.nan, 3, "NaN")),
    ],
)
def test_numbers_are_written_as_people_do(value: float, figures: int, shown: str) -> None:
    assert number(value, figures) == shown


@pytest.mark.parametrize("figures", [1, 2, 3, 4])
def test_no_number_is_in_computer_notation(figures: int) -> None:
    for value in np.random.default_rng(0).standard_normal(2000) * 10 ** np.linspace(-12, 12, 2000):
        shown = number(value, figures)
        assert re.fullmatch(r"−?(\d+(\.\d+)?|(\d(\.\d+)?×)?10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", shown)
        assert _read(shown) == pytest.approx(value, rel=0.5 * 10 ** (1 - figures) * 1.001)


# Random settings


def _read(shown: str) -> float:
    if shown.rstrip(".,;") in ("∞", "−∞"):
        return np.inf if shown[0] == "∞" else -np.inf
    plain = (
        re.sub("(?<![×\\d])10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])", "1e", shown)
        .replace("−", "-")
        .replace("×10", "e")
        .translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    )
    return float(plain.rstrip(".,;"))


FORMULAS = (
    "x^2/2 + 10*y^2 + 6*cos(2*x + 1)",
    "abs(x) + y^2",
    "log(1 + x^2) + y^4",
    "exp(x) + exp(-x) - y",
    "sqrt(x) + y^2",
    "-exp(-x^2 - y^2)",
    "(x - 30)^2 + (x*y - 1)^2",
)


def _random(rng: np.random.Generator) -> Settings:
    query = {"surface": str(rng.choice(list(SURFACES))), "dialect": str(rng.choice(list(DIALECTS)))}
    if rng.random() < 0.2:
        query |= {"surface": "own", "f": str(rng.choice(FORMULAS))}
    if query["surface"] == "stretched" and rng.random() < 0.5:
        query |= {"kappa": str(10 ** rng.uniform(-2, 4)), "angle": str(rng.choice([0, 30, 45]))}
    settings, complaints = from_query(query)
    assert not complaints
    surface = settings.landscape()
    low, high = np.array(surface.domain).T
    x, y = settings.x, settings.y
    if rng.random() < 0.4:
        x, y = (low + (high - low) * rng.random(2)).tolist()
    elif surface.minima and rng.random() < 0.5:
        x, y = (
            np.array(surface.minima[0]) + (high - low) * rng.standard_normal(2) * 10 ** rng.uniform(-9, -1)
        ).tolist()
    centered = settings.centered or bool(rng.random() < 0.2)
    return replace(
        settings,
        x=x,
        y=y,
        lr=settings.lr * 10 ** rng.uniform(-2, 2),
        sgd_lr=settings.sgd_lr * 10 ** rng.uniform(-2, 1.5),
        rho=float(rng.choice([0, 0.5, 0.9, 0.99, 0.999, 0.9999])),
        momentum=float(rng.choice([0, 0, 0, 0.1, 0.3, 0.5, 0.9, 0.99])),
        sgd_momentum=float(rng.choice([0, 0, 0.1, 0.5, 0.9, 0.99])),
        centered=centered,
        bias_correction=not centered and bool(rng.random() < 0.2),
        initial_s=float(rng.choice([0, 0, 1, 100])),
        nesterov=bool(rng.random() < 0.3),
        sgd_nesterov=bool(rng.random() < 0.3),
        eps=float(rng.choice([0, 1e-8, 1e-3, 1])),
        eps_inside_sqrt=bool(rng.random() < 0.7),
        lr_in_velocity=bool(rng.random() < 0.5),
        sgd_lr_in_velocity=bool(rng.random() < 0.5),
        steps=int(rng.choice([10, 50, 200, 200, 1000])),
        schedule=str(rng.choice(["constant", "constant", "step", "inverse_sqrt", "cosine", "warmup"])),
        noise=float(rng.choice([0, 0, 0, 0.1, 3])),
    )


def _false(text: str, method: str, traj: Trajectory, settings: Settings) -> Iterator[str]:
    """Yield what is false in a sentence about a run, told from the run and the settings alone."""
    surface, theta, f = traj.surface, traj.theta, traj.f
    low, high = np.array(surface.domain).T
    inside = ((theta >= low) & (theta <= high)).all(axis=1)
    factors = factor(settings.schedule, np.arange(1, settings.steps + 1), settings.steps)
    rms = method == "rmsprop"
    lrs = (settings.lr if rms else settings.sgd_lr) * factors[: traj.steps]
    mu = settings.momentum if rms else settings.sgd_momentum
    with np.errstate(all="ignore"):
        curvature = surface.curvature(*theta[:-1].T)[1]
        slopes = np.transpose(surface.grad(*theta.T))
    if re.search(r"e[+-]\d", text):
        yield "computer notation"
    if found := re.search(r"left the view at step (\d+)", text):
        t = int(found[1])
        if not inside[:t].all() or inside[t]:
            yield "the step at which it left"
        if found := re.search(r"view at step \d+: lr × curvature = (\S+), above its limit of (\S+)\.", text):
            stiffness, limit = _read(found[1]), _read(found[2])
            if np.nanmax(curvature[:t] * lrs[:t]) != pytest.approx(stiffness, rel=0.006) or stiffness <= limit:
                yield "lr × curvature"
            if (np.diff(f[: t + 1]) <= 0).all():
                yield "unstable, but f fell at every step"
        if "downhill all the way" in text and not (np.diff(f[: t + 1]) <= 0).all():
            yield "downhill all the way"
        if "last step downhill" in text and f[t] > f[t - 1]:
            yield "downhill"
        if found := re.search(r"longest possible is (\S+) = (\S+)\.(?: |$)", text):
            bound = lrs[:t].max() / np.sqrt(1 - settings.rho) / (1 - mu)
            if _read(found[2]) != pytest.approx(bound, rel=0.006) or ("μ" in found[1]) != (mu > 0):
                yield "the bound of a step"
            if not (np.abs(traj.delta[:t]) <= bound * (1 + 1e-9)).all():
                yield "a bound that was broken"
        if "carried by its velocity" in text and mu == 0:
            yield "velocity without momentum"
        if "almost vanished" in text:
            longest = np.abs(traj.delta[:t]).max(axis=0)
            if t == 1 or not (np.abs(traj.delta[t - 1]) == longest).any():
                yield "the step did not grow"
        if "is small beside s" in text and not (traj.w[t - 1] < 0.01 * traj.s[t - 1]).any():
            yield "s − m² is not small"
    if "swung" in text:
        for amplitude, of_lr, axes, since in re.findall(r"by ±([^ ]+)(?: = ±(\S+))? in (.+?) since step (\d+)", text):
            for i in (surface.variables.index(axis) for axis in axes.split(" and ")):
                delta = np.abs(traj.delta[int(since) - 1 :, i]) / 2
                if delta[-1] != pytest.approx(_read(amplitude), rel=0.06) or delta.max() > 1.25 * delta.min():
                    yield "the swing since that step"
                part = {"": 0, "lr/2": 0.5, "lr/(2(1+μ))": 0.5 / (1 + mu), "lr(1+2μ)/(2(1+μ))": (0.5 + mu) / (1 + mu)}
                if of_lr and (not rms or delta[-1] != pytest.approx(settings.lr * part[of_lr], rel=0.03)):
                    yield "what the swing is of lr"
                if ("μ" in of_lr) != bool(of_lr and mu) or ("2μ" in of_lr) != bool(of_lr and mu and settings.nesterov):
                    yield "the momentum in the swing"
                if delta[-1] < 1e-15 * np.abs(theta[-1]).max():
                    yield "a swing of the last bits"
    if "|u| ≈ 1" in text and not settings.noise:
        cycling = [i for i, axis in enumerate(surface.variables) if re.search(rf"in [^.]*\b{axis}\b[^.]* since", text)]
        u, share = np.abs(traj.u[-8:, cycling]), traj.s[-8:, cycling] / traj.g[-8:, cycling] ** 2
        if not cycling or (np.abs(u - 1) > 0.1).any() or (np.abs(share - 1) > 0.1).any():
            yield "that g² ≈ s, or |u| ≈ 1"
        step = re.search(r"each step is (\S+), however", text)[1]
        part = {"lr": 1.0, "lr/(1+μ)": 1 / (1 + mu), "lr(1+2μ)/(1+μ)": (1 + 2 * mu) / (1 + mu)}[step]
        if not np.allclose(np.abs(traj.delta[-8:, cycling]), lrs[-1] * part, rtol=0.1):
            yield "the length of each step"
    if found := re.search(
        r"down to f(?: − f\*)? = (\S+) at step (\d+); then s forgot, lr/rms × curvature in (\w+)", text
    ):
        low, axis = int(found[2]), surface.variables.index(found[3])
        if _read(found[1]) != pytest.approx(f[low] - (surface.floor or 0), rel=0.006, abs=1e-300):
            yield "how low it was"
        if traj.s[low:, axis].min() > 0.1 * traj.s[:low, axis].max():
            yield "that s forgot"
        if _highest_without_forgetting(traj, low) > 1e-4 * (f[0] - surface.lowest):
            yield "because: it jumps where s forgets nothing, too"
    if found := re.search(
        r"in (\w+) a step overshoots, keeping (\S+) % of the slope; in (\w+) it goes (\S+) % of", text
    ):
        steep, flat = (surface.variables.index(found[k]) for k in (1, 3))
        if -slopes[-2, steep] / slopes[-3, steep] != pytest.approx(_read(found[2]) / 100, rel=0.006) or mu or rms:
            yield "what is left of the slope"
        if not lrs[-1] * curvature[-1] > 1.3:
            yield "that it overshoots because of lr"
        goals = np.array(surface.minima)[:, flat]
        parts = np.abs(traj.delta[-1, flat] / (theta[-2, flat] - goals))
        if not np.isclose(100 * parts, _read(found[4]), rtol=0.06).any() or steep == flat:
            yield "the part of the way"
    if "at the minimum" in text:
        if np.hypot(*((np.array(surface.minima) - theta[-1]) / (high - low)).T).min() > 2e-3:
            yield "far from a minimum"
        if "settled" in text and settings.schedule == "constant" and not settings.noise and settings.steps <= 200:
            further = run(traj.optimizer, surface, theta[0], 5 * settings.steps).theta
            if (np.abs(further[settings.steps :] - theta[-1]) / (high - low)).max() > 1e-3:
                yield "it moves on"
    if found := re.search(r"not stably: .*?lr(/√ε|/ε)? × curvature = (\S+) is above (\S+)\.", text):
        least = {None: 1.0, "/√ε": np.sqrt(settings.eps), "/ε": settings.eps}[found[1]]
        with np.errstate(all="ignore"):
            rate = surface.curvature(*theta[-1])[1] * lrs[-1] / least
        if _read(found[2]) != pytest.approx(rate, rel=0.006) or not rate > _read(found[3]) * 0.994:
            yield "that it is not stable"
        if rms != (found[1] is not None) or (rms and settings.eps_inside_sqrt != ("√" in found[1])):
            yield "what is left of rms"
    if found := re.search(r"its longest step since then is (\S+)\.(?: |$)", text):
        since = int(re.search(r"moved since step (\d+)", text)[1])
        if np.hypot(*traj.delta[since - 1 :].T).max() != pytest.approx(_read(found[1]), rel=0.006):
            yield "the longest step"
    if "does not move" in text and np.ptp(theta, axis=0).any():
        yield "it does move"
    if found := re.search(
        r"(?:rested|stood|hardly moved|settled at the minimum|stood at the minimum) since step (\d+)", text
    ):
        if np.ptp(theta[int(found[1]) - 1 :], axis=0).max() > 1e-3 * (high - low).max():
            yield "rests, but moves"
        if "where the gradient is" in text and np.abs(slopes[-1]).max() > 1e-5:
            yield "rests on a slope"
    if found := re.search(r"has [a-z ]+ (\d+) times and ", text):
        turns = (slopes[1:] * slopes[:-1] < 0).sum(axis=0)
        if int(found[1]) > turns.max():
            yield "crossings that only noise made"
        if (found := re.search(r"stands at (\w+) = ", text)) and not settings.noise:
            i = surface.variables.index(found[1])
            back = np.abs(traj.delta[1:, i]) * (traj.delta[1:, i] * traj.delta[:-1, i] < 0)  # going to and fro along it
            if (back > 0.005 * (high - low)[i]).sum() > 0.2 * turns.max():
                yield "a position across the valley"
    if (found := re.search(r"is at f(?: − f\*)? = (\S+)( above| after)", text)) and _read(found[1]) != pytest.approx(
        f[-1] - (surface.floor or 0), rel=0.006
    ):
        yield "the final f"
    if ("stopped" in text or "no step" in text) != (traj.ended is not None):
        yield "an end that was none, or none told"


def _highest_without_forgetting(traj: Trajectory, since: int) -> float:
    """How high a run comes from step `since` on where s forgets nothing: every rms is its largest by then."""
    theta, v, rms, highest = traj.theta[since], traj.delta[since - 1], traj.rms[:since].max(axis=0), 0.0
    for lr in traj.lr[since:]:
        push = lr * np.array(traj.surface.grad(*theta)) / rms
        v = float(traj.optimizer.momentum) * v + push
        theta = theta - v
        highest = max(highest, float(traj.surface.f(*theta)) - traj.surface.lowest)
    return highest


@pytest.mark.parametrize("seed", range(5))
def test_no_sentence_on_a_random_run_is_false(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        settings = _random(rng)
        for method in ("rmsprop", "sgd"):
            only = replace(settings, view=method)
            runs = outcomes(only)
            said = _said(only, runs)
            assert list(_false(said, method, runs[0].traj, only)) == [], (said, only)
