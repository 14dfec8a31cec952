"""Noise, schedules, seeds, one's own surface, pin and fair lr on Explore, without a browser."""

from __future__ import annotations

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, ensemble, run
from rmsprop_core.expression import FUNCTIONS, parse
from tests.support.pages import dialled, opened, said, sent

BOWL = SURFACES["stretched"]


def test_noise_and_schedule_reach_both_methods_with_one_stream() -> None:
    _, columns = sent(opened(noise="3", seed="7", schedule="cosine"))
    settings = {"noise": 3.0, "seed": 7, "schedule": "cosine"}

    for key, optimizer in {"rmsprop": RMSprop(0.2), "sgd": SGD(0.0194)}.items():
        exact = run(optimizer, BOWL, (-5, -2), 50, **settings)  # type: ignore[arg-type]
        assert np.array_equal(columns[f"{key}.x"], exact.theta[:, 0])
    assert columns["sgd.lr"][0] == 0.0194
    assert columns["sgd.lr"][-1] < 1e-4


def test_mini_batches_are_those_of_the_core() -> None:
    _, columns = sent(opened(surface="bmi", batch="16", seed="2"))
    exact = run(RMSprop(0.23, momentum=0.9), SURFACES["bmi"], (0, 0), 200, seed=2, batch=16)

    assert np.array_equal(columns["rmsprop.y"], exact.theta[:, 1])


def test_many_seeds_send_their_paths_and_the_band_of_their_losses() -> None:
    head, columns = sent(opened(noise="5", seeds="30", seed="4"))
    cloud = ensemble(RMSprop(0.2), BOWL, (-5, -2), 50, noise=5.0, seeds=range(4, 34))

    assert [(row["key"], row["seeds"]) for row in head["runs"]] == [("rmsprop", 30), ("sgd", 30)]
    assert np.allclose(columns["rmsprop.cloud"].reshape(30, 2, 51), cloud.theta.transpose(2, 1, 0), rtol=1e-6)
    assert np.array_equal(columns["rmsprop.median"], cloud.median)
    assert np.array_equal(columns["rmsprop.low"], cloud.low)
    assert head["verdict"].startswith("RMSprop over 30 seeds: median f = ")


def test_a_cloud_of_an_ended_run_says_how_many_fell_short() -> None:
    head, columns = sent(opened(surface="monkey_saddle", noise="1", seeds="20", sgd_lr="0.5", steps="60"))

    assert "did not reach the end" in head["verdict"]
    assert np.isnan(columns["sgd.cloud"]).any()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"surface": "bmi", "batch": "0"}, "batch"),
        ({"surface": "bmi", "batch": "443"}, "batch"),
        ({"seeds": "10000"}, "seeds"),
        ({"seeds": "0"}, "seeds"),
        ({"noise": "-1"}, "noise"),
        ({"seed": "-1"}, "seed"),
        ({"schedule": "random"}, "schedule"),
    ],
)
def test_a_bad_number_of_chance_is_refused_in_words(query: dict[str, str], name: str) -> None:
    app = opened(**query)

    assert f"{name} cannot be “{query[name]}”" in said(app, "warning")[0]
    assert sent(app)[0]["runs"]


def test_a_typed_batch_out_of_range_is_answered_beside_it() -> None:
    app = opened(surface="bmi")
    app.number_input(key="w_batch").set_value(0).run()

    assert "batch cannot be “0”: it takes [1, 442]." in said(app, "error")[0]


def test_a_typed_surface_is_run_with_its_exact_gradient_and_travels_in_the_link() -> None:
    app = opened(surface="own", f="(x^2-1)^2 + y^2")
    surface = parse("(x^2-1)^2 + y^2")
    head, columns = sent(app)

    exact = run(RMSprop(surface.settings["lr"]), surface, surface.start, 100)
    assert np.array_equal(columns["rmsprop.x"], exact.theta[:, 0])
    assert app.query_params["f"] == "(x^2-1)^2 + y^2"
    assert f"$f = {surface.latex}$" in [text.value for text in app.markdown]
    assert len(head["surface"]["minima"]) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__import__('os')", "“"),
        ("9**9**9**9", "“9**9**9” at character 4 has no finite real value"),
        ("", "Type a formula"),
        ("1/2x", "Write 1/2*x or 1/(2*x)"),
        ("z + 1", "“z” at character 1 is not known"),
        ("x.real", ", ".join(FUNCTIONS)),
        ("log(x, 10)", "log takes one argument: log(x)"),
        ("x +", "not a formula"),
        ("(" * 70 + "x" + ")" * 70, "inside one another"),
        ("x" + "+x" * 200, "longer than 300"),
        ("x^2 y", "%2B"),
    ],
)
def test_what_is_no_formula_is_refused_where_it_was_typed_and_the_last_one_stays(text: str, words: str) -> None:
    app = opened(surface="own", f="x^2 + y^2")
    app.text_input(key="w_f").set_value(text).run()

    assert words in said(app, "error")[0]
    assert app.text_input(key="w_f").value == text
    assert not said(app, "warning")
    assert app.query_params["f"] == "x^2 + y^2"
    app.text_input(key="w_f").set_value("x^2 + 2*y^2").run()
    assert not said(app, "error")
    assert app.query_params["f"] == "x^2 + 2*y^2"


@pytest.mark.parametrize("text", ["__import__('os').system('true')", "sin^-1(x)+y^2", "((", "1e999*x"])
def test_a_link_with_a_bad_formula_stays_on_the_typed_surface_with_the_text_to_be_mended(text: str) -> None:
    app = opened(surface="own", f=text, x="1", steps="7")

    assert not said(app, "warning")
    assert len(said(app, "error")) == 1
    assert app.text_input(key="w_f").value == text
    assert app.selectbox(key="w_surface").value == "own"
    assert (app.query_params["x"], app.query_params["steps"]) == ("1", "7")
    app.text_input(key="w_f").set_value("x^2 + y^2").run()
    assert not said(app, "error")
    assert app.query_params["f"] == "x^2 + y^2"


def test_a_bare_plus_in_a_link_is_a_plus() -> None:
    app = opened(surface="own", f="0.1*x^2 2*y^2", dialect="d2l", x="-5", y="-2", steps="20")

    assert not said(app, "warning")
    assert not said(app, "error")
    assert app.query_params["f"] == "0.1*x^2+2*y^2"
    assert np.array_equal(sent(app)[1]["sgd.f"][:1], [10.5])


@pytest.mark.parametrize(
    "query",
    [
        {"f": "0.1*x^2 2*y^2", "x": "-5", "y": "-2"},
        {"f": "sin(x+y)+(x-y)^2-1.5*x+2.5*y+1", "domain": "-1.5, 4, -3, 4"},
        {"f": "(x-100)^2 + y^2", "domain": "90, 110, -5, 5"},
        {"f": "x^2 + y^2", "x": "300"},
    ],
)
def test_a_typed_surface_is_shown_with_its_start(query: dict[str, str]) -> None:
    head, columns = sent(opened(surface="own", **query))

    for axis in "xy":
        low, high = head["surface"][axis]
        assert low <= columns["sgd." + axis][0] <= high
    for axis in query.keys() & {"x", "y"}:
        assert columns["sgd." + axis][0] == float(query[axis])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"f": "(x-y)^2 + x"}, "Lowest f found in this view: −3 at (−3, −3), on its edge"),
        ({"f": "(x+y)^2"}, "Lowest f found in this view: 0"),
        ({"f": "sin(x+y)+(x-y)^2-1.5*x+2.5*y+1", "domain": "-1.5, 4, -3, 4"}, "−1.91 at (−0.547, −1.55)"),
        ({"f": "cos(x)*sin(y)-x/(y^2+1)", "domain": "-1, 2, -1, 1"}, "−2.02 at (2, 0.106), on its edge"),
    ],
)
def test_of_a_typed_surface_f_itself_is_charted_and_how_low_it_is_found_to_come(
    query: dict[str, str], words: str
) -> None:
    app = opened(surface="own", **query)
    head, columns = sent(app)

    assert words in said(app, "caption")[0]
    assert "f*" not in head["charts"][0]["title"]
    assert "sgd.loss" not in columns
    assert "f*" not in head["verdict"]


@pytest.mark.parametrize("f", ["(x+y)^2", "(x^2+y^2-1)^2", "max(0, x) + y^2", "(x^2-1)^2 + y^2"])
def test_no_minimum_is_named_elsewhere_where_a_run_rests_as_low(f: str) -> None:
    verdict = sent(opened(surface="own", f=f, steps="3000", view="sgd", sgd_lr="0.1"))[0]["verdict"]

    assert "(" not in verdict


@pytest.mark.parametrize("text", ["1/x", "sqrt(x)", "log(x*y)", "x^2", "3", "abs(x) + abs(y)", "exp(x^2)"])
def test_formulas_with_holes_edges_and_missing_variables_still_have_a_picture(text: str) -> None:
    head, columns = sent(opened(surface="own", f=text))

    assert head["verdict"]
    assert columns["rmsprop.x"].size >= 1


def test_the_pin_keeps_the_path_and_names_the_difference() -> None:
    app = opened(fair="false")
    app.button(key="w_pin").click().run()
    assert "Pinned." in sent(app)[0]["note"]
    head, columns = sent(dialled(app, centered="true"))

    before = run(RMSprop(0.2), BOWL, (-5, -2), 50)
    assert [row["key"] for row in head["runs"] if row["pinned"]] == ["pinned_rmsprop"], "SGD is as before"
    assert np.allclose(columns["pinned_rmsprop.x"], before.theta[:, 0], rtol=1e-6)
    assert head["note"].startswith("Since the pin: Centered off → on. RMSprop: f 3.3×10⁻⁹ → ")
    app.button(key="w_pin").click().run()
    assert not any(row["pinned"] for row in sent(app)[0]["runs"])


def test_a_decaying_schedule_takes_the_jitter_floor_away() -> None:
    still = sent(opened(steps="300", schedule="cosine"))[1]["rmsprop.f"][-1]
    jitter = sent(opened(steps="300"))[1]["rmsprop.f"][-1]

    assert still < 1e-4 * jitter


def test_the_view_of_a_typed_surface_can_be_set_and_travels_in_the_link() -> None:
    app = opened(surface="own", f="(x-5)^2 + y^2")
    app.text_input(key="w_domain").set_value("-1, 9, -2, 2").run()
    assert sent(app)[0]["surface"]["x"] == [-1.0, 9.0]
    assert app.query_params["domain"] == "-1, 9, -2, 2"
    assert sent(opened(surface="own", f="(x-5)^2 + y^2", domain="-1, 9, -2, 2"))[0]["surface"]["y"] == [-2.0, 2.0]

    app.text_input(key="w_domain").set_value("3, 1, 0, 0").run()
    assert "domain cannot be" in said(app, "error")[0]
    app.text_input(key="w_domain").set_value("").run()
    assert "domain" not in app.query_params
