"""Train without a browser: what the page sends, cold and warm, for good input and bad."""

from __future__ import annotations

import inspect
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.train.settings import PIECES, VIEWS
from pages.train.views import LISTINGS
from rmsprop_core import SGD, RMSprop
from rmsprop_core.learn.original import PIECES as PROGRAM
from rmsprop_core.learn.regression import history, least_squares, losses, train
from rmsprop_core.learn.tables import load_diabetes, scaling
from tests.support.pages import APP, link_of, said, sent

PAGE = "pages/train/page.py"


def opened(**query: str) -> AppTest:
    """The page, come to from Explore, by a link with these parameters."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.run()
    app.switch_page(PAGE)
    app.query_params.clear()
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    """Everything that stands on the page in words."""
    return "\n".join([*said(app), *(each.value for each in app.code)])


def upload(app: AppTest, content: bytes, name: str = "mine.csv") -> AppTest:
    app.file_uploader(key="train_file").upload(name, content, "text/csv").run()
    assert not app.exception
    return app


@pytest.fixture(scope="module")
def diabetes() -> tuple[np.ndarray, np.ndarray]:
    data = load_diabetes()
    return scaling(data.X).apply(data.X), data.y


def test_the_page_opens_cold_and_alone() -> None:
    app = AppTest.from_file(Path(APP).parent / PAGE, default_timeout=60).run()
    assert not app.exception
    assert sent(app)[0]["steps"] == 1400


def test_the_first_picture_holds_the_numbers_of_the_core(diabetes: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = diabetes
    head, columns = sent(opened())
    floor = least_squares(X, y).loss

    assert head["variables"] == ["w bmi", "w bp"]
    methods: dict[str, RMSprop | SGD] = {"rmsprop": RMSprop(0.25), "sgd": SGD(0.02)}
    for key, optimizer in methods.items():
        seen = history(list(train(optimizer, X, y)))
        assert np.array_equal(columns[f"{key}.x"], seen.steps["theta"][:, 2])
        assert np.array_equal(columns[f"{key}.y"], seen.steps["theta"][:, 3])
        assert np.array_equal(columns[f"{key}.f"], losses(X, y, seen.steps["theta"]))
        assert columns[f"{key}.f"][-1] / floor < 1.01
        assert f"{columns[f'{key}.f'][-1] / floor:.4f} times the least possible" in head["verdict"]
    assert columns["rmsprop.x"][0] == columns["sgd.x"][0]


def test_what_is_set_reaches_both_trainings(diabetes: tuple[np.ndarray, np.ndarray]) -> None:
    X, y = diabetes
    head, columns = sent(
        opened(lr="0.1", rho="0.95", eps="1e-4", momentum="0.5", centered="true", sgd_lr="0.01", sgd_momentum="0.3",
               epochs="20", batch="64", seed="3", across="tc", up="b")
    )  # fmt: skip
    rms = history(list(train(RMSprop(0.1, 0.95, 1e-4, 0.5, True), X, y, 20, 64, 3)))
    sgd = history(list(train(SGD(0.01, 0.3), X, y, 20, 64, 3)))

    assert head["steps"] == 20 * 7
    assert np.array_equal(columns["rmsprop.x"], rms.steps["theta"][:, 4])
    assert np.array_equal(columns["sgd.y"], sgd.steps["theta"][:, 10])


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_link_and_the_link_says_which(view: str) -> None:
    app = opened(view=view)

    assert app.session_state["train_settings"].view == view
    assert link_of(app) == ({} if view == "paths" else {"view": view, "v": "1"})
    assert not said(app, "warning")


def test_the_listings_are_the_code_that_runs() -> None:
    for piece in PROGRAM.values():
        for each in (piece.original, piece.working):
            assert LISTINGS[each] == inspect.getsource(each).rstrip()  # type: ignore[arg-type]


@pytest.mark.parametrize("piece", PIECES)
def test_every_piece_shows_its_code_and_runs_its_faults(piece: str) -> None:
    app = opened(view="program", piece=piece)
    assert app.code
    if piece in ("parameter", "program"):
        assert "TypeError: 'OriginalParameter' object" in told(app)


def test_the_printout_is_the_program_s_own_and_names_the_command() -> None:
    app = opened(view="printout", epochs="12", lr="0.3", centered="true", raw="true")
    lines = app.code[0].value.split("\n")

    from rmsprop_core.tutorial import parser, program

    assert lines[0] == "$ python -m rmsprop_core.tutorial --lr 0.3 --epochs 12 --centered --raw"
    assert lines[1:] == list(program(parser().parse_args(lines[0].split()[4:])))


def test_after_an_upload_the_printout_is_of_the_diabetes_data_with_their_first_settings() -> None:
    rows = "\n".join(f"{i % 7},{i % 5},{i % 7 + i}" for i in range(40))
    app = upload(opened(view="data"), f"a,b,y\n{rows}\n".encode())
    app.segmented_control(key="train_view").set_value("printout").run()
    assert app.session_state["train_settings"].lr != 0.25
    (word,) = said(app, "warning")
    assert "not of mine.csv" in word
    lines = app.code[0].value.split("\n")
    assert lines[0] == "$ python -m rmsprop_core.tutorial"
    assert float(lines[-1].split(", ")[1].split()[0]) < 1.01


def test_without_an_upload_the_printout_needs_no_warning() -> None:
    assert not said(opened(view="printout", epochs="3", lr="0.2"), "warning")


@pytest.mark.parametrize(
    "query",
    ["momentum=0.999999999999999", "rho=0.9999999999999999", "lr=1e300", "lr=5e-324", "eps=0", "batch=1000000",
     "lr=0", "epochs=0", "seed=2147483647", "lr=0.12345678901234567", "rho=1e-17"],
)  # fmt: skip
def test_the_printout_runs_with_every_setting_that_a_link_takes(query: str) -> None:
    from pages.train.printout import arguments
    from rmsprop_core.tutorial import parser

    app = opened(view="printout", **{"epochs": "2", **dict(parse_qsl(query))})
    settings = app.session_state["train_settings"]
    typed = parser().parse_args(arguments(settings))
    for name in ("lr", "rho", "eps", "momentum", "epochs", "batch", "seed"):
        assert getattr(typed, name) == getattr(settings, name)
    assert app.code[0].value.startswith("$ python -m rmsprop_core.tutorial")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("lr=abc", "lr cannot be “abc”"),
        ("rho=1", "rho cannot be “1”: it takes [0, 1)"),
        ("batch=0", "batch cannot be “0”"),
        ("epochs=1.5", "epochs cannot be “1.5”"),
        ("test=1", "test cannot be “1”"),
        ("view=sky", "view cannot be “sky”"),
        ("across=moon", "across cannot be “moon”"),
        ("across=bmi&up=bmi", "up cannot be “bmi”"),
        ("nonsense=1", "nonsense is not a setting of this page"),
    ],
)
def test_a_bad_value_in_a_link_falls_back_with_a_sentence(query: str, sentence: str) -> None:
    app = opened(**dict(parse_qsl(query)))
    assert sentence in told(app)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("eps=0", "times the least possible"),
        ("lr=1e300", "RMSprop stopped at step"),
        ("sgd_lr=10", "SGD stopped at step"),
        ("lr=0&sgd_lr=0", "RMSprop's loss is"),
        ("epochs=0", "No epochs yet"),
        ("batch=1&epochs=3", "RMSprop's loss is"),
        ("batch=1000000&epochs=3", "RMSprop's loss is"),
        ("test=0.9", "RMSprop's loss is"),
        ("lr=0.001", "b had to move by 153: that takes at least 150000 steps. It made 1400."),
        ("raw=true&sgd_lr=2e-5", "SGD stopped at step 525: the numbers grew beyond what a computer can hold."),
    ],
)
def test_extremes_end_in_a_picture_and_a_sentence(query: str, sentence: str) -> None:
    app = opened(view="paths", **dict(parse_qsl(query)))
    for view in ("paths", "loss", "steps", "weights", "predictions"):
        app.segmented_control(key="train_view").set_value(view).run()
        words = sent(app)[0]["verdict"] if view == "paths" else told(app)
        assert sentence in words


def test_features_as_they_are_bring_rates_that_suit_and_back() -> None:
    app = opened(view="steps")
    app.segmented_control(key="train_raw").set_value(True).run()
    assert "right mirrors left" in told(app)
    assert app.session_state["train_settings"].sgd_lr == 5e-6
    app.segmented_control(key="train_raw").set_value(False).run()
    assert app.session_state["train_settings"].lr == 0.25


def test_a_rate_set_by_hand_stays_when_the_features_change() -> None:
    app = opened(view="steps", lr="0.3")
    app.segmented_control(key="train_raw").set_value(True).run()
    settings = app.session_state["train_settings"]
    assert (settings.lr, settings.sgd_lr) == (0.3, 5e-6)


def test_a_link_to_raw_features_brings_the_rates_that_it_does_not_name() -> None:
    settings = opened(raw="true", sgd_lr="3e-6").session_state["train_settings"]
    assert (settings.raw, settings.lr, settings.sgd_lr) == (True, 0.01, 3e-6)


def test_train_and_explore_keep_their_own_settings() -> None:
    app = opened(lr="0.123")
    app.query_params.clear()  # as the browser does
    app.switch_page("pages/explore/page.py").run()
    assert app.session_state["settings"].lr == 0.2
    app.query_params.clear()
    app.switch_page(PAGE).run()
    assert app.session_state["train_settings"].lr == 0.123


def test_a_weight_chosen_twice_swaps_the_axes() -> None:
    app = opened(across="bmi", up="bp")
    app.selectbox(key="train_up").select("bmi").run()
    assert sent(app)[0]["variables"] == ["w bp", "w bmi"]


def test_own_data_are_trained_on_and_left_again() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((60, 2))
    lines = [f"{a},{b},town,{5 + 2 * a - b}" for a, b in rows]
    app = upload(opened(view="data"), "\n".join(["a,b,place,target", *lines]).encode())

    assert "“place” is left out: “town” in row 2 is not a number" in told(app)
    app.segmented_control(key="train_view").set_value("paths").run()
    head = sent(app)[0]
    assert head["variables"] == ["w a", "w b"]
    assert "RMSprop" in head["verdict"]
    app.segmented_control(key="train_view").set_value("data").run()
    app.multiselect(key="train_features").set_value([]).run()
    assert "Choose at least one feature." in told(app)
    app.button[-1].click().run()
    assert "442 patients" in told(app)


@pytest.mark.parametrize(
    ("content", "weights"),
    [
        (b"b,c\n1,2\n2,3\n4,4\n", ["b", "b₀"]),
        (b"c,b\n1,2\n2,3\n4,4\n", ["c", "b₀"]),
        (b"a,b,y\n1,2,3\n2,3,3\n4,4,9\n5,1,7\n", ["a", "b", "b₀"]),
        ("b,b₀,y\n1,2,3\n2,3,3\n4,4,9\n5,1,7\n".encode(), ["b", "b₀", "b₀₀"]),
    ],
)
def test_a_column_may_be_called_as_the_intercept_is(content: bytes, weights: list[str]) -> None:
    app = upload(opened(view="data"), content)
    app.segmented_control(key="train_view").set_value("paths").run()
    assert app.selectbox(key="train_across").options == weights
    app.selectbox(key="train_across").select(weights[-1]).run()
    app.selectbox(key="train_up").select(weights[-2]).run()
    head, columns = sent(app)
    assert head["variables"] == [f"intercept {weights[-1]}", f"w {weights[-2]}"]
    start = np.random.default_rng(0).standard_normal(len(weights))
    assert [columns["rmsprop.x"][0], columns["rmsprop.y"][0]] == [start[-1], start[-2]]
    for name in ("steps", "weights"):
        app.segmented_control(key="train_view").set_value(name).run()
        assert not app.exception


def test_a_bad_weight_of_very_many_is_answered_without_listing_all() -> None:
    from pages.train.settings import Training, from_query

    names = [f"column {k}" for k in range(500)]
    _settings, complaints = from_query({"across": "moon"}, names, Training(across=names[0], up=names[1]))
    assert len(complaints[0].wanted) <= 310
    assert complaints[0].wanted.endswith("…")


@pytest.mark.parametrize(("query", "axes"), [("across=bp", ["w bp", "w bmi"]), ("up=bmi", ["w bp", "w bmi"])])
def test_a_link_that_names_one_axis_gets_another_weight_for_the_other(query: str, axes: list[str]) -> None:
    app = opened(**dict(parse_qsl(query)))
    assert sent(app)[0]["variables"] == axes
    assert not said(app, "warning")


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a:b\n1:2\n", b"a,b\n1,2\n", b"a,b\nx,y\nz,w\n"])
def test_a_file_that_will_not_do_is_answered_and_nothing_is_lost(content: bytes) -> None:
    app = upload(opened(view="data", lr="0.2"), content)
    assert "mine.csv: " in said(app, "error")[0]
    assert app.session_state["train_settings"].lr == 0.2
    assert "442 patients" in told(app)


def test_a_long_training_paints_in_portions_and_stops_where_it_is() -> None:
    from pages.train.settings import Training
    from pages.train.training import Job, prepare

    job = Job(prepare(load_diabetes(), False, 0.0, 0), Training(epochs=10_000, batch=8))
    job.advance(0.05)
    made, of = job.made(), job.of
    assert 0 < made < of == 10_000
    assert abs(len(job.epochs["rmsprop"]) - len(job.epochs["sgd"])) <= 1
    job.stopped = True
    assert job.done()
    assert len(job.histories()["sgd"].loss) >= made


def test_a_long_printout_shows_its_ends_and_a_stopped_one_says_so() -> None:
    from pages.train.printout import HEAD, TAIL, Printout
    from pages.train.settings import Training

    long = Printout(Training(epochs=300, batch=442))
    long.advance(30)
    assert long.done()
    lines = long.text().split("\n")
    assert lines[1 + HEAD] == f"… {301 - HEAD - TAIL} lines …"
    assert lines[-1] == long.lines[-1]
    short = Printout(Training(epochs=10_000, batch=8))
    short.advance(0.01)
    short.stopped = True
    assert short.done()
    assert short.text().endswith("\n^C")
    assert 0 < short.made() < short.of == 10_000
