"""Noise, schedules, seeds, one's own surface, pin and fair lr on Explore, without a browser."""

from __future__ import annotations

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, ensemble, fair_lr, run
from rmsprop_core.expression import parse
from tests.support.pages import opened, said, sent

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

    assert head["clouds"] == {"rmsprop": 30, "sgd": 30}
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
        ("9**9**9**9", "too large"),
        ("", "Type a formula"),
        ("2x", "Write 2*x, not 2x"),
        ("z + 1", "“z” at character 1 is not known"),
        ("x.real", "not allowed"),
        ("x +", "not a formula"),
        ("(" * 40 + "x" + ")" * 40, "deeper"),
        ("x" + "+x" * 200, "longer"),
        ("1/0", "no real value"),
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


def test_a_link_with_a_hostile_formula_falls_back_with_a_word() -> None:
    app = opened(surface="own", f="__import__('os').system('true')")

    assert len(said(app, "warning")) == 1
    assert app.query_params["surface"] == "stretched"


@pytest.mark.parametrize("text", ["1/x", "sqrt(x)", "log(x*y)", "x^2", "3", "abs(x) + abs(y)", "exp(x^2)"])
def test_formulas_with_holes_edges_and_missing_variables_still_have_a_picture(text: str) -> None:
    head, columns = sent(opened(surface="own", f=text))

    assert head["verdict"]
    assert columns["rmsprop.x"].size >= 1


def test_a_formula_that_is_not_smooth_says_so() -> None:
    assert "abs(x)" in sent(opened(surface="own", f="abs(x) + y^2"))[0]["note"]


def test_the_pin_keeps_the_path_and_names_the_difference() -> None:
    app = opened()
    app.button(key="w_pin").click().run()
    assert "Pinned." in sent(app)[0]["note"]
    app.checkbox(key="w_centered").check().run()
    head, columns = sent(app)

    before = run(RMSprop(0.2), BOWL, (-5, -2), 50)
    assert head["ghosts"] == ["rmsprop", "sgd"]
    assert np.allclose(columns["rmsprop.ghost.x"], before.theta[:, 0], rtol=1e-6)
    assert head["note"].startswith("Since the pin: centered off → on. RMSprop: f 3.3×10⁻⁹ → ")
    app.button(key="w_pin").click().run()
    assert sent(app)[0]["ghosts"] == []


def test_fair_lr_sets_both_and_says_how_wide_each_band_is_until_something_changes() -> None:
    app = opened()
    app.button(key="w_fair").click().run()
    rms, sgd = fair_lr(RMSprop, BOWL, 50, (-5, -2)), fair_lr(SGD, BOWL, 50, (-5, -2))

    assert float(app.query_params["lr"]) == pytest.approx(rms.lr, rel=5e-3)
    assert float(app.query_params["sgd_lr"]) == pytest.approx(sgd.lr, rel=5e-3)
    assert "good from" in sent(app)[0]["note"]
    assert "different units" in sent(app)[0]["note"]
    app.checkbox(key="w_centered").check().run()
    assert sent(app)[0]["note"] == ""


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
    assert app.query_params["domain"] == ""
