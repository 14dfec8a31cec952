"""Explore without a browser: what the page sends, cold and warm, for good input and bad."""

from __future__ import annotations

from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.model.link import from_query
from pages.shared.wire.experiment import outcomes
from rmsprop_core import DIALECTS, SGD, SURFACES, RMSprop, run
from tests.support.pages import APP, by_key, dialled, link_of, opened, said, sent, told_of


def test_the_first_picture_is_the_stretched_bowl_with_the_core_s_own_numbers() -> None:
    head, columns = sent(opened())
    rms = run(RMSprop(lr=0.2), SURFACES["stretched"], (-5, -2), 50)
    sgd = run(SGD(0.0194), SURFACES["stretched"], (-5, -2), 50)

    assert head["steps"] == head["t"] == 50
    for key, traj in {"rmsprop": rms, "sgd": sgd}.items():
        assert np.array_equal(columns[f"{key}.x"], traj.theta[:, 0])
        assert np.array_equal(columns[f"{key}.f"], traj.f)
        assert np.array_equal(columns[f"{key}.delta.y"], traj.delta[:, 1])
    assert np.array_equal(columns["rmsprop.rms.x"], rms.rms[:, 0])
    assert head["verdict"] == (
        "RMSprop is at f = 3.25×10⁻⁹ after 50 steps. "
        "SGD has crossed the valley 50 times and stands at x = −1.9 with f = 2.17. "
        "Because one lr serves both: in y a step overshoots, keeping 94 % of the slope; in x it goes 1.9 % of the way."
    )


def test_the_surface_is_drawn_from_a_grid_of_f() -> None:
    app = opened()
    head, columns = sent(app)
    assert head["surface"]["key"] == "stretched:100:0"
    n = head["surface"]["n"]
    grid = columns["surface.f"].reshape(n, n)
    assert grid[0, 0] == pytest.approx(float(SURFACES["stretched"].f(np.float64(-6), np.float64(-3))), rel=1e-6)

    app.selectbox(key="w_surface").select("booth").run()
    assert sent(app)[0]["surface"]["key"] == "booth"


@pytest.mark.parametrize("key", list(SURFACES))
def test_every_surface_opens_with_its_own_settings_and_the_link_says_which(key: str) -> None:
    app = opened(surface=key, v="1")
    head, columns = sent(app)
    own = SURFACES[key].settings

    assert head["steps"] == own["steps"]
    assert app.session_state["settings"].lr == own["lr"]
    assert link_of(app) == ({} if key == "stretched" else {"surface": key, "v": "1"})
    assert np.isfinite(columns["rmsprop.f"]).all()
    assert not said(app, "warning")


@pytest.mark.parametrize("key", list(DIALECTS))
def test_a_dialect_brings_its_switches_and_defaults_and_leaves_what_it_does_not_name(key: str) -> None:
    app = opened(dialect="graves" if key == "tutorial" else "tutorial", lr="0.2")
    app.selectbox(key="w_dialect").select(key).run()
    optimizer = DIALECTS[key].optimizer(**({} if "lr" in DIALECTS[key].settings else {"lr": 0.2}))

    expected = run(optimizer, SURFACES["stretched"], (-5, -2), 50)
    assert np.array_equal(sent(app)[1]["rmsprop.x"], expected.theta[:, 0])


def test_the_switches_reach_the_run() -> None:
    app = opened(momentum="0.5", centered="true", sgd_momentum="0.9", sgd_nesterov="true", lr="0.01", sgd_lr="0.001",
                 schedule="cosine")  # fmt: skip
    for key in ("w_eps_inside_sqrt", "w_lr_in_velocity", "w_sgd_lr_in_velocity"):
        app.checkbox(key=key).uncheck()
    app.checkbox(key="w_nesterov").check()
    app.checkbox(key="w_initial_s").check().run()
    optimizer = RMSprop(
        0.01, 0.9, 1e-8, 0.5, True, eps_inside_sqrt=False, lr_in_velocity=False, nesterov=True, initial_s=1.0
    )

    _, columns = sent(app)
    for method, each in {"rmsprop": optimizer, "sgd": SGD(0.001, 0.9, True, lr_in_velocity=False)}.items():
        expected = run(each, SURFACES["stretched"], (-5, -2), 50, schedule="cosine")
        assert np.array_equal(columns[f"{method}.y"], expected.theta[:, 1])


@pytest.mark.parametrize(
    ("link", "f"),
    [
        ("dialect=pytorch&schedule=cosine", 0.4522858358326224),
        ("dialect=pytorch&schedule=step&steps=60", 0.6122909849529636),
        ("dialect=pytorch&schedule=cosine&sgd_nesterov=true", 0.2919563191609763),
        ("dialect=keras&schedule=cosine", 17.08005796804912),
        ("dialect=pytorch&schedule=cosine&sgd_lr_in_velocity=true", 17.08005796804912),
        ("schedule=cosine&sgd_lr_in_velocity=false", 0.4522858358326224),
    ],
)
def test_sgd_with_momentum_under_a_schedule_ends_where_the_dialect_s_own_does(link: str, f: float) -> None:
    """f is what torch.optim.SGD and keras.optimizers.SGD end at; a link without the switch has its dialect's."""
    settings, complaints = from_query(dict(parse_qsl(f"{link}&sgd_momentum=0.9&view=sgd")))

    assert not complaints
    assert by_key(outcomes(settings))["sgd"].f[-1] == pytest.approx(f, rel=1e-9)


def test_either_method_can_be_hidden_but_not_both() -> None:
    app = dialled(opened(), view="sgd")

    assert [found["key"] for found in sent(app)[0]["runs"]] == ["sgd"]
    shown = [group["shown"] for group in told_of(app, "rmsprop_dials")["groups"][:2]]
    assert [(switch["value"], switch["on"], switch["disabled"]) for switch in shown] == [
        (False, "both", False),
        (True, "both", True),
    ]


def test_reset_goes_back_to_the_surface_s_own_settings() -> None:
    app = opened(surface="booth", lr="3", rho="0.5", dialect="graves", x="1")
    app.button(key="w_reset").click().run()

    assert np.array_equal(
        sent(app)[1]["rmsprop.x"],
        run(RMSprop(SURFACES["booth"].settings["lr"]), SURFACES["booth"], SURFACES["booth"].start, 100).theta[:, 0],
    )
    assert app.query_params["surface"] == "booth"


GARBAGE = {
    "surface": ("moon", "⚠", ""),
    "kappa": ("0", "-3", "1e99", "x", "nan"),
    "angle": ("900", "north"),
    "x": ("inf", "nan", "left", ""),
    "y": ("1e999",),
    "steps": ("-1", "1e9", "2.5", "many"),
    "t": ("-1", "x"),
    "view": ("all",),
    "dialect": ("latin",),
    "lr": ("-1", "nan", "inf", "fast", "1;drop"),
    "rho": ("1", "-0.1", "nan"),
    "eps": ("-1", "small"),
    "momentum": ("1", "2"),
    "centered": ("maybe",),
    "eps_inside_sqrt": ("2",),
    "lr_in_velocity": ("",),
    "nesterov": ("yes",),
    "bias_correction": ("no",),
    "initial_s": ("-1",),
    "sgd_lr": ("-0.1", "nan"),
    "sgd_momentum": ("1",),
    "sgd_nesterov": ("??",),
    "sgd_lr_in_velocity": ("outside",),
    "lang": ("klingon",),
    "colour": ("red",),
}


def test_garbage_in_a_link_falls_back_with_a_word_about_it() -> None:
    app = opened()
    first, _ = sent(app)
    for name, value in ((name, value) for name, values in GARBAGE.items() for value in values):
        app.query_params.clear()
        app.query_params[name] = value
        head, columns = sent(app.run())

        (word,) = said(app, "warning")
        assert name in word, (name, value)
        assert head["verdict"] == first["verdict"], (name, value)
        assert columns["rmsprop.f"].size == 51, (name, value)


def test_centered_with_bias_correction_in_a_link_is_refused_in_words() -> None:
    app = opened(centered="true", bias_correction="true")

    assert "bias_correction cannot be on together with centered" in said(app, "warning")[0]
    assert sent(app)[0]["runs"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("x=1000&y=1000&steps=5", "RMSprop starts outside the view"),
        ("steps=0", "No steps yet"),
        ("lr=0&sgd_lr=0", "RMSprop does not move: lr is 0."),
        ("sgd_lr=0.024", "SGD left the view at step 2: lr × curvature = 2.4, above its limit of 2."),
        ("sgd_lr=0.0305&sgd_momentum=0.5&steps=200", "lr × curvature = 3.05, above its limit of 3."),
        ("sgd_lr=0.039&sgd_momentum=0.9", "lr × curvature = 3.9, above its limit of 3.8."),
        ("sgd_lr=0.016&sgd_momentum=0.9&sgd_nesterov=true", "lr × curvature = 1.6, above its limit of 1.36."),
        ("sgd_lr=1e9", "SGD stopped at step 14: the numbers grew beyond what a computer can hold."),
        ("eps=0&x=0&y=0", "RMSprop stopped at step 1: g = 0 and rms = 0, and 0/0 is not a number."),
        ("steps=200", "RMSprop has swung by ±0.1 = ±lr/2"),
        ("steps=10000", "after 10000 steps"),
        ("lr=3", "its longest possible is lr/√(1−ρ) = 9.49"),
        ("surface=saddle&steps=100", "going downhill all the way"),
        ("surface=booth&steps=100", "SGD has settled at the minimum"),
    ],
)
def test_each_extreme_ends_in_a_sentence_that_names_its_cause(query: str, words: str) -> None:
    head, _ = sent(opened(**dict(parse_qsl(query))))

    assert words in head["verdict"] or words.replace("after 10000 steps", "since step") in head["verdict"]


def test_many_complaints_about_a_link_leave_the_controls_in_sight() -> None:
    app = opened(lr="x", rho="2", eps="-1", colour="red")

    assert not said(app, "warning")
    (folded,) = app.expander
    assert folded.label == "4 settings of this link cannot be taken"
    assert all(f"{name} " in "".join(said(app)) for name in ("lr", "rho", "eps", "colour"))


def test_what_a_dialect_brings_is_said() -> None:
    app = opened(fair="false")
    app.selectbox(key="w_dialect").select("pytorch").run()

    assert sent(app)[0]["note"].startswith("PyTorch brings its own settings: η 0.2 → 0.01, ρ 0.9 → 0.99")
    app.checkbox(key="w_nesterov").check().run()
    assert "PyTorch" not in sent(app)[0]["note"]


@pytest.mark.parametrize("query", ["f=x^2", "batch=5", "surface=booth&kappa=3", "surface=bmi&angle=30"])
def test_what_means_nothing_on_the_surface_gets_a_word(query: str) -> None:
    app = opened(**dict(parse_qsl(query)))

    name = query.split("&")[-1].split("=")[0]
    assert said(app, "warning") == [f"{name} does nothing on this surface; it is left out."]


def test_minus_zero_is_zero_and_a_range_of_whole_numbers_is_spelled_out() -> None:
    assert from_query({"y": "-0"})[0].y.hex() == "0x0.0p+0"
    (found,) = from_query({"seed": "4294967296"})[1]
    assert found.wanted == "[0, 4294967295]"


def test_a_start_where_f_overflows_still_has_a_picture() -> None:
    head, columns = sent(opened(x="1e200"))

    assert columns["rmsprop.x"].tolist() == [1e200]
    assert "RMSprop starts outside the view. RMSprop makes no step" in head["verdict"]


@pytest.mark.parametrize("page", ["explore", "step_by_step"])
@pytest.mark.parametrize(
    "query",
    [
        "surface=own&f=1/x&x=0",
        "surface=own&f=log(x)&x=-1",
        "surface=own&f=x/y&y=0",
        "surface=own&f=x/y&y=0&steps=0",
        "surface=saddle&x=1e155&y=1e155",
        "surface=monkey_saddle&x=-1e103&y=1e103",
    ],
)
def test_a_start_where_f_is_no_number_has_a_page(page: str, query: str) -> None:
    head, columns = sent(opened(page, **dict(parse_qsl(query))))

    assert len(columns["rmsprop.f"]) == 1
    assert head["verdict"]


def test_the_page_opens_cold_without_app_py_having_run() -> None:
    app = AppTest.from_file(APP.parent / "pages/explore/page.py", default_timeout=30).run()

    assert not app.exception
    assert sent(app)[0]["steps"] == 50


def test_ten_thousand_steps_do_not_travel_as_megabytes() -> None:
    app = opened(steps="10000")
    app.checkbox(key="w_nesterov").check().run()  # the surface has travelled by now

    data = next(c.proto.bytes for c in app.get("bidi_component") if c.proto.component_name.endswith("rmsprop_player"))
    assert len(data) < 1_100_000
