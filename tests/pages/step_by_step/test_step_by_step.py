"""Step by step without a browser: what the page sends, its sentences, its worksheet, its answers."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.model.settings import Settings, in_dialect, on_surface
from pages.shared.wire.bundle import pack
from pages.step_by_step import answers, slopes, words
from pages.step_by_step.exercise import exercises
from pages.step_by_step.moodle import moodle
from pages.step_by_step.walk import exhibit, walked
from pages.step_by_step.worksheet import key, worksheet
from pages.step_by_step.zoom import BLOCK, MARGIN, SIDE, bounds, zoom
from rmsprop_core import DIALECTS, SGD, SURFACES, RMSprop, Surface, Trajectory, run
from rmsprop_core.explain.digits import digits
from rmsprop_core.explain.mathml import math as mathml
from rmsprop_core.explain.quiz import check
from rmsprop_core.explain.terms import Symbol, symbols_in
from rmsprop_core.explain.walkthrough import Walk, beats
from rmsprop_core.expression import parse
from rmsprop_core.surfaces import stretched
from tests.support.pages import Columns, dialled, opened, sent, unpacked

PAGE = "pages/step_by_step/page.py"
START = Settings(steps=12)
VARIANTS = {
    **{key: in_dialect(START, key) for key in DIALECTS},
    "centered": replace(START, centered=True),
    "momentum": replace(START, momentum=0.9),
    "nesterov, lr outside": replace(START, momentum=0.5, nesterov=True, lr_in_velocity=False),
    "bias correction": replace(START, bias_correction=True),
    "everything": replace(START, centered=True, momentum=0.9, nesterov=True, eps_inside_sqrt=False, initial_s=1.0),
    "SGD with momentum": replace(START, sgd_momentum=0.9, sgd_nesterov=True),
    "SGD alone": replace(START, view="sgd", sgd_momentum=0.5),
    "noise": replace(START, noise=0.3),
    "schedule": replace(START, schedule="cosine", momentum=0.5),
}


def bundle(settings: Settings) -> tuple[dict[str, Any], Columns]:
    return unpacked(pack(exhibit(settings)))


def blanked(formula: str) -> str:
    """MathML without the numbers of the run: they are the browser's."""
    return re.sub(r'(<mn class="[^>]*>)[^<]*', r"\1", formula)


def looked_up(head: dict[str, Any], columns: Columns, run: str, symbol: Symbol, i: int, t: int) -> float:
    """The value of a symbol as the browser finds it, written down a second time."""
    walk, axis = head["walk"], "xy"[i]
    row = t if symbol.when == "now" else t - 1
    if symbol.name == "lr":
        return float(columns[f"{run}.lr.x"][t - 1])
    if run == "here" and symbol.name == "v" and symbol.when == "before":
        return 0.0
    if run == "here" and symbol.name in ("v", "delta"):
        return float(columns[f"here.{symbol.name}.{axis}"][t - 1])
    if symbol.name == "theta":
        return float(columns[f"{walk['method']}.{axis}"][row])
    if row == 0:
        return float(walk["start"][symbol.name][i])
    return float(columns[f"{walk['method']}.{symbol.name}.{axis}"][row - 1])


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_browser_finds_the_walk_s_own_values_for_every_number(variant: str) -> None:
    settings = VARIANTS[variant]
    head, columns = bundle(settings)
    run = walked(settings)
    for t in (1, 2, 7, run.traj.steps):
        walk = run.at(t)
        for line in walk.lines:
            for symbol in {line.left, *symbols_in(line.right)}:
                if symbol.name in ("rho", "eps", "momentum", "t") or (
                    symbol.name == "lr" and settings.schedule == "constant"
                ):
                    continue
                for i in (0, 1):
                    assert looked_up(head, columns, run.method.key, symbol, i, t) == walk.value(symbol, i), (t, symbol)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_formulas_sent_are_those_of_the_walkthrough(variant: str) -> None:
    settings = VARIANTS[variant]
    head, _ = bundle(settings)
    walk = walked(settings).at(1)

    assert [b["kind"] for b in head["walk"]["beats"]] == [b.kind for b in walk.beats]
    for told, beat in zip(head["walk"]["beats"], walk.beats, strict=True):
        assert [line["symbols"] for line in told["lines"]] == [mathml(line.formula) for line in beat.lines]
        for i in (0, 1):
            expected = [blanked(mathml(walk.numeric(line, i))) for line in beat.lines]
            assert [line["numbers"][i] for line in told["lines"]] == expected
        assert told["caption"]
        assert told["code"], "every beat marks a line of the code that ran"


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_beside_the_walk_steps_from_rmsprops_own_point(momentum: float) -> None:
    settings = replace(START, sgd_momentum=momentum, sgd_nesterov=momentum > 0)
    head, columns = bundle(settings)
    traj, sgd = walked(settings).traj, settings.methods()[1].optimizer
    for t in (1, 5, 12):
        one = sgd.step(sgd.start(traj.theta[t - 1]), traj.g[t - 1])
        assert (columns["here.delta.x"][t - 1], columns["here.delta.y"][t - 1]) == tuple(one.delta)
        walk = Walk(sgd, sgd.start(traj.theta[t - 1]), one, traj.surface)
        for line in walk.lines:
            for symbol in symbols_in(line.right) - {Symbol("lr"), Symbol("momentum"), Symbol("theta", "before")}:
                assert looked_up(head, columns, "here", symbol, 0, t) == walk.value(symbol, 0)
    assert [line["q"] for line in head["walk"]["beside"]["lines"]] == (["v", "delta"] if momentum else ["delta"])
    assert "beside" not in bundle(replace(settings, view="rmsprop"))[0]["walk"]


def test_an_optimizer_s_lines_do_not_change_with_its_step() -> None:
    """The formulas travel once, made from step 1: they must be those of every step."""
    for settings in VARIANTS.values():
        walk = walked(settings)
        for t in (2, 12):
            assert walk.at(t).beats == walk.at(1).beats


CAPTIONS = {  # what a caption claims, and of which variants it may
    "s began at 0": lambda o: o.bias_correction and o.initial_s == 0,
    "early means come out too large": lambda o: o.bias_correction and o.initial_s > 0,
    ", keeps the divisor from 0": lambda o: o.eps > 0,
    "nothing keeps the divisor": lambda o: o.eps == 0,
    "inside the root": lambda o: o.eps_inside_sqrt and o.eps > 0,
    "count alike": lambda o: not o.centered and o.initial_s == 0,
    "remembers s₀": lambda o: not o.centered and o.initial_s > 0,
    "s − m²": lambda o: o.centered,
    "Nesterov": lambda o: o.nesterov and o.momentum > 0,
}


def test_a_caption_is_that_of_the_variant_in_use() -> None:
    """In one process, so that no caption is kept from another variant."""
    for dialect, centered, momentum, nesterov, corrected in product(
        DIALECTS, (False, True), (0.0, 0.9), (False, True), (False, True)
    ):
        if centered and corrected:
            continue
        settings = replace(
            in_dialect(Settings(), dialect), lr=0.1, centered=centered, momentum=momentum, nesterov=nesterov,
            bias_correction=corrected, steps=3,
        )  # fmt: skip
        said = " ".join(beat["caption"] for beat in bundle(settings)[0]["walk"]["beats"])
        for claim, holds in CAPTIONS.items():
            assert (claim in said) == bool(holds(settings.methods()[0].optimizer)), (claim, settings)


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("surface", ["stretched", "rosenbrock"])
def test_on_average_over_what_s_remembers_steep_and_flat_count_alike(surface: str, corrected: bool) -> None:
    """The mean of g² with the weights of s, over this step's rms², is 1 in each coordinate; one u is not."""
    rho = 0.9
    traj = run(RMSprop(0.02, rho, bias_correction=corrected), SURFACES[surface], SURFACES[surface].start, 40)
    for t in (1, 5, 40):
        weights = rho ** np.arange(t)[::-1, None] * (1 if not corrected else 1 / (1 - rho**t)) * (1 - rho)
        assert (weights * traj.g[:t] ** 2).sum(axis=0) / traj.rms[t - 1] ** 2 == pytest.approx(1, rel=1e-4)
    assert np.ptp(np.abs(traj.u), axis=1).max() > 0.05


def test_no_step_leaves_the_box() -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        flags = dict(
            zip(("nesterov", "bias_correction", "lr_in_velocity", "eps_inside_sqrt"), rng.random(4) < 0.5, strict=True)
        )
        optimizer = RMSprop(
            float(10 ** rng.uniform(-2, 0)), float(rng.choice([0.0, 0.5, 0.9, 0.99])), 1e-8,
            float(rng.choice([0.0, 0.5, 0.9])), initial_s=float(rng.choice([0.0, 1.0])),
            **{k: bool(v) for k, v in flags.items()},
        )  # fmt: skip
        surface = SURFACES[str(rng.choice(["stretched", "ravine", "himmelblau"]))]
        traj = run(
            optimizer, surface, (-3, 1.5), 60, schedule=str(rng.choice(["constant", "cosine", "warmup", "step"]))
        )
        assert np.all(np.abs(traj.delta) <= bounds(traj)[:, None] * (1 + 1e-12)), optimizer
    assert np.isnan(bounds(run(RMSprop(0.1, centered=True), SURFACES["ravine"], (-3, 1), 5))).all()
    assert np.isnan(bounds(run(SGD(0.1), SURFACES["ravine"], (-3, 1), 5))).all()


def test_the_ground_is_f_round_the_step_and_holds_the_step() -> None:
    traj = walked(START).traj
    ground = zoom(traj, 5)
    assert ground.heights.shape == (12, SIDE, SIDE)
    assert np.all(np.abs(traj.delta).max(axis=1) <= ground.reach)
    for t in (1, 6, 12):
        (x, y), reach = traj.theta[t - 1], ground.reach[t - 1]
        axis = np.linspace(-1, 1, SIDE) * reach
        rise = traj.surface.f(*np.meshgrid(x + axis, y + axis)) - traj.f[t - 1]
        np.testing.assert_allclose(ground.heights[t - 1], rise / np.abs(rise).max(), atol=1e-6)


def test_a_long_run_sends_the_ground_of_the_steps_round_the_clock_only() -> None:
    settings = replace(START, steps=1500, t=700)
    ground = zoom(walked(settings).traj, 700)
    assert ground.first <= 699 - MARGIN
    assert ground.first + len(ground.heights) >= 700 + MARGIN
    assert len(ground.heights) == BLOCK + 2 * MARGIN
    assert len(ground.reach) == 1500


def test_a_long_run_keeps_every_digit() -> None:
    settings = replace(START, steps=2500)
    _, columns = bundle(settings)
    assert np.array_equal(columns["rmsprop.s.x"], walked(settings).traj.s[:, 0])


def test_half_life_and_window_are_the_memory_s() -> None:
    told = bundle(START)[0]["walk"]["memory"]
    assert (told["half_life"], told["window"]) == (pytest.approx(6.5788, abs=1e-4), pytest.approx(10))
    assert bundle(replace(START, view="sgd"))[0]["walk"]["memory"] is None


def test_marks_say_what_happened_where() -> None:
    head = bundle(Settings())[0]["walk"]
    kick = next(mark for mark in head["marks"] if mark["kind"] == "kick")
    assert kick["t"] == 1
    assert "|u| is 3.162" in kick["text"]
    traj = walked(Settings()).traj
    signs = np.sign(traj.g[:, 1])
    flips = [t for t in range(2, 51) if signs[t - 1] * signs[t - 2] < 0]
    assert [t for first, last in head["flips"][1] for t in range(first, last + 1)] == flips
    assert all(after[0] > before[1] + 1 for before, after in zip(head["flips"][1], head["flips"][1][1:], strict=False))
    cycling = bundle(Settings(steps=200))[0]["walk"]
    swing = next(m for m in cycling["marks"] if m["kind"] == "cycle")
    assert swing["text"].startswith("From here to the end y swings by ±0.09963 about")
    assert swing["text"].endswith("For this curvature theory says ±0.1.")


def test_a_forgotten_cliff_is_called_a_spike() -> None:
    marks = bundle(on_surface(Settings(), "cliff"))[0]["walk"]["marks"]
    text = next(mark["text"] for mark in marks if mark["kind"] == "forgotten")
    assert re.fullmatch(r"Half of the spike in x is forgotten: s was .* at step \d+, here it is .*\.", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.5", 2.5), ("2,5", 2.5), ("−1e-8", -1e-8), ("2.5×10⁻³", 2.5e-3), ("10^-8", 1e-8), ("-10⁻⁸", -1e-8),
     (" 3 x 10^2 ", 300.0), (".5", 0.5), ("abc", None), ("", None), (".", None), ("1e", None), ("nan", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: float | None) -> None:
    assert answers.number(text) == value


def test_what_is_on_show_reads_back_as_the_right_answer() -> None:
    walk = walked(replace(START, centered=True, momentum=0.5)).at(4)
    for quantity in ("s", "m", "w", "rms", "u", "v", "delta", "theta"):
        told = answers.judged(walk, quantity, 1, digits(walk.value(Symbol(quantity), 1)))
        assert told["right"], quantity


def test_a_typical_error_is_named_in_words() -> None:
    walk = walked(START).at(3)
    s, g, before = (walk.value(x, 0) for x in (Symbol("s"), Symbol("g"), Symbol("s", "before")))
    wrong = {
        ("rms", str(s)): "root",
        ("s", str(before + g * g)): "adagrad",
        ("s", str(0.9 * before + g * g)): "share",
        ("u", str(-walk.value(Symbol("u"), 0))): "sign",
    }
    for (quantity, text), kind in wrong.items():
        assert check(walk, quantity, 0, float(text)).slip == kind
        assert answers.judged(walk, quantity, 0, text) == {"right": False, "slip": kind, "text": words.slip(kind)}
    assert answers.judged(walk, "s", 0, "1e9")["text"] == words.slip(None)
    assert "is not a number" in answers.judged(walk, "s", 0, "<b>")["text"]
    assert not answers.judged(walk, "nonsense", 0, "1")["right"]


def text_of(formula: str) -> str:
    return re.sub("<[^>]*>|\u2062", "", formula)


@pytest.mark.parametrize(("surface", "formulas"), [
    (stretched(2.5), ["f=0.5(x2+2.5y2)", "∂f∂x=x", "∂f∂y=2.5y"]),
    (stretched(1e-100), ["f=0.5(x2+10−100y2)", "∂f∂x=x", "∂f∂y=10−100y"]),
    (SURFACES["rosenbrock"], ["f=(1−x)2+100(y−x2)2", "∂f∂x=−2(1−x)−400(y−x2)x", "∂f∂y=200(y−x2)"]),
    (SURFACES["rastrigin"], ["f=20+x2−10cos(2πx)+y2−10cos(2πy)", "∂f∂x=2x+20πsin(2πx)", "∂f∂y=2y+20πsin(2πy)"]),
    (SURFACES["monkey_saddle"], ["f=x(x2−3y2)", "∂f∂x=x2−3y2+2x2", "∂f∂y=−6xy"]),
    (SURFACES["bounded_saddle"], ["f=0.5x2+0.25(y2−1)2", "∂f∂x=x", "∂f∂y=(y2−1)y"]),
    (SURFACES["ackley"], ["f=20(1−e−0.2x2+y22)+(e−ecos(2πx)+cos(2πy)2)"]),
    (parse("sin(x)*y² − abs(x - 1)/2"), ["f=sin(x)y2−|x−1|2", "∂f∂x=cos(x)y2−sign(x−1)2", "∂f∂y=2sin(x)y"]),
    (parse("2**x + x*y"), ["f=2x+xy", "∂f∂x=log(2)·2x+y", "∂f∂y=x"]),
    (parse("max(x, y)"), ["f=max(x,y)"]),
    (parse("/".join(f"(x+{k}*y)" for k in range(12))), ["f=" + "x+0y" + "".join(f"x+{k}y" for k in range(1, 12))]),
    (stretched(100, 30), []),
    (SURFACES["bmi"], []),
])  # fmt: skip
def test_the_formulas_shown_are_those_of_the_surface_where_they_are_short_and_exact(
    surface: Surface, formulas: list[str]
) -> None:
    found = [slopes.value(surface), *slopes.slopes(surface)]
    assert [text_of(formula) for formula in found if formula] == formulas


@pytest.mark.parametrize("kappa", ["1e-100", "1e-15", "1e-300"])
def test_small_numbers_of_a_surface_harm_no_page(kappa: str) -> None:
    head, _ = sent(opened("step_by_step", kappa=kappa))
    assert len(head["walk"]["slopes"]) == 2
    assert "10" in worksheet(exercises(replace(START, kappa=float(kappa))))


def test_the_gradient_s_beat_has_the_derivatives() -> None:
    told = bundle(START)[0]["walk"]["slopes"]
    assert [re.sub("<[^>]*>|\u2062", "", formula) for formula in told] == ["∂f∂x=x", "∂f∂y=100y"]
    assert bundle(on_surface(START, "bmi"))[0]["walk"]["slopes"] == []


EXTREMES = {
    "no steps": replace(START, steps=0),
    "an absurd lr": replace(START, lr=1e9, sgd_lr=1e9, steps=60),
    "ends at once": replace(START, eps=0.0, x=0.0, y=0.0),
    "lr 0": replace(START, lr=0.0, sgd_lr=0.0),
    "far away": replace(START, x=1e200, y=1e200),
    "real data": on_surface(START, "bmi"),
    "long": replace(START, steps=10_000),
}


@pytest.mark.parametrize("extreme", EXTREMES)
def test_extremes_make_a_bundle_a_worksheet_and_something_to_say(extreme: str) -> None:
    settings = EXTREMES[extreme]
    head, columns = bundle(settings)
    steps = head["walk"]["steps"]
    assert len(columns["zoom.reach"]) == steps
    assert np.isfinite(columns["zoom.reach"]).all()
    assert beats(walked(settings).traj.optimizer)[0].kind == head["walk"]["beats"][0]["kind"]
    answers_told = answers_of(settings)
    assert len(answers_told["askable"]) == 2
    assert "by hand" in worksheet(exercises(settings)) + key(exercises(settings)) + moodle(exercises(settings))


def answers_of(settings: Settings) -> dict[str, Any]:
    quiz: dict[str, Any] = answers.tell(settings)["quiz"]
    return quiz


def test_extremes_that_end_early_say_so() -> None:
    chosen: Trajectory = walked(EXTREMES["ends at once"]).traj
    assert chosen.steps == 0
    assert chosen.ended is not None
    assert not math.isnan(zoom(chosen, 0).reach.sum())


# ---- the page itself ------------------------------------------------------------------------------------------------


def step_page(**query: str) -> AppTest:
    app = opened()
    app.switch_page(PAGE)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_cold_the_clock_begins_at_step_1() -> None:
    head, _ = sent(step_page())
    assert "walk" in head
    assert head["t"] == 1
    assert head["quiz"]["t"] == 1
    assert head["quiz"]["askable"][0]


def test_a_clock_that_nobody_has_set_begins_at_step_1_after_reset_and_on_a_new_surface_too() -> None:
    app = opened("step_by_step", t="7")
    cue = sent(app)[0]["cue"]
    app.button(key="w_reset").click().run()
    assert sent(app)[0]["t"] == 1
    assert sent(app)[0]["cue"] > cue
    app.selectbox(key="w_surface").select("booth").run()
    assert sent(app)[0]["t"] == 1


def test_a_link_sets_the_clock_the_variant_and_the_walk() -> None:
    app = step_page(t="7", steps="20", dialect="pytorch", momentum="0.9", lr="0.02")
    head, _ = sent(app)
    assert (head["t"], head["steps"]) == (7, 20)
    assert [b["kind"] for b in head["walk"]["beats"]] == ["gradient", "square", "root", "divide", "velocity", "move"]
    assert app.query_params["t"] in ("7", ["7"])


def test_warm_another_variant_is_another_walk() -> None:
    app = dialled(step_page(t="3"), centered="true")
    assert "center" in [b["kind"] for b in sent(app)[0]["walk"]["beats"]]
    app.selectbox(key="w_surface").select("bmi").run()
    head, _ = sent(app)
    assert head["variables"] == ["w", "b"]
    assert "∂</mo><mi>w" in head["walk"]["beats"][0]["lines"][0]["numbers"][0]
