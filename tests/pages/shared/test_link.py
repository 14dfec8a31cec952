"""Links are short and keep their meaning: what they leave out is the default of the version that they name."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import streamlit as st

from pages.shared.model.link import MOST_TOLD, TOO_LONG, VERSION, from_query, to_link
from pages.shared.model.look import CHARTS
from pages.shared.model.settings import BEATS, QUESTIONS, Settings
from pages.shared.model.words import title
from pages.shared.widgets.share import own_address
from pages.shared.wire.experiment import exhibit
from pages.step_by_step.words import beat_title
from pages.train import settings as train
from rmsprop_core import DIALECTS
from rmsprop_core.explain.mathml import SIGNS
from tests.support.pages import dialled, link_of, opened, said, sent, told_of

# Every version's, as they were when it was the latest: a change of a default adds a version, and never changes one.
DEFAULTS: dict[str, Any] = json.loads(Path(__file__).with_name("defaults.json").read_text())
PAGES = ("explore", "step_by_step", "train")


@pytest.mark.parametrize("version", DEFAULTS)
def test_a_version_keeps_its_defaults_of_every_surface_and_dialect(version: str) -> None:
    known = DEFAULTS[version]
    for surface, dialect in product(known["surfaces"], known["dialects"]):
        choice = {"surface": surface, "dialect": dialect}
        brought = {**known["first"], **known["surfaces"][surface], **_brings(known["dialects"], dialect)}
        settings, complaints = from_query({**choice, "v": version})
        assert {name: getattr(settings, name) for name in brought} == brought, choice
        assert not complaints
    for raw, expected in known["train"].items():
        fresh = replace(train.Training(), raw=raw == "true", **train.first_rates(raw == "true"))
        settings, _ = train.from_query({"raw": raw, "v": version}, train.DIABETES, fresh)
        assert {name: getattr(settings, name) for name in expected} == expected


def _brings(dialects: dict[str, Any], dialect: str) -> dict[str, Any]:
    """What a dialect sets on any surface: with what is recorded, what it sets to the first picture's own value."""
    first = Settings()
    named = {*DIALECTS[dialect].settings, "sgd_lr_in_velocity"} - {"lr"}  # which is fair
    return {**{name: getattr(first, name) for name in named}, **dialects[dialect]}


def test_each_version_is_recorded_and_a_link_without_one_has_the_first() -> None:
    assert max(DEFAULTS, key=int) == VERSION
    first, _ = from_query({"surface": "booth", "v": "1"})
    assert from_query({"surface": "booth"})[0] == replace(first, fair=False)


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("", ""),
        ("surface=stretched&dialect=keras", "dialect=keras&fair=false&lr=0.001"),
        ("surface=booth&lr=0.19&rho=0.5", "surface=booth&fair=false&rho=0.5"),
        ("lr=0.2&rho=0.9&t=50&steps=50&fair=true", ""),
        ("v=1&steps=200&t=12&view=3d", "steps=200&view=3d&t=12"),
        ("v=1&kappa=30&chart=s&speed=5&equal=true", "kappa=30&chart=s&speed=5&equal=true"),
        (
            "beat=divide&panel=quiz&ask=u.y&hide=lr,steps&lock=rho",
            "beat=divide&panel=quiz&ask=u.y&hide=lr,steps&lock=rho",
        ),
        ("utm_source=lms&fbclid=x&gclid=y&view=sgd&mc_eid=1&_ga=2", "view=sgd"),
        ("utm_campaign=autumn", ""),
    ],
)
def test_a_link_says_what_differs_and_nothing_else(query: str, link: str) -> None:
    settings, complaints = from_query(dict(parse_qsl(query)))
    short = to_link(settings)

    assert short == (dict(parse_qsl(link)) | {"v": VERSION} if link else {})
    assert from_query(short) == (settings, [])
    assert not complaints


def test_a_typed_surfaces_link_names_what_was_guessed_for_it() -> None:
    short = to_link(from_query({"surface": "own", "f": "x^2+3*y^2"})[0])
    assert {"f", "x", "y", "steps", "lr", "sgd_lr"} <= set(short)


def test_where_the_clock_begins_needs_no_word_and_the_end_does() -> None:
    assert to_link(Settings(t=1), begins=1) == {}
    assert to_link(Settings(), begins=1) == {"t": "50", "v": VERSION}
    assert from_query({}, begins=1)[0].t == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("v=99&lr=0.3", "v cannot be “99”"),
        ("hide=lr,warp", "hide cannot be “warp”"),
        ("lock=warp", "lock cannot be “warp”"),
        ("pin=lr%3Dfast", "pin cannot be"),
        ("chart=pie", "chart cannot be “pie”"),
        ("speed=-1", "speed cannot be “-1”"),
        ("beat=last", "beat cannot be “last”"),
    ],
)
def test_what_is_wrong_in_the_newer_names_is_said(query: str, words: str) -> None:
    assert any(words in each for each in said(opened(**dict(parse_qsl(query))), "warning"))


def test_the_names_in_links_are_those_of_charts_beats_and_quantities() -> None:
    assert [chart["key"] for chart in sent(opened("frameworks"))[0]["charts"][1:]] == list(CHARTS)
    assert all(beat_title(kind) for kind in BEATS)
    assert {question.split(".")[0] for question in QUESTIONS} <= set(SIGNS)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_nobody_has_touched_keeps_its_plain_address(page: str) -> None:
    assert link_of(opened(page)) == {}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_tracking_without_a_word_and_leaves_it_out(page: str) -> None:
    app = opened(page, utm_source="lms", fbclid="x", lr="0.3", v="1")
    assert link_of(app) == {"lr": "0.3", "v": "1"}
    assert not said(app, "warning")


@pytest.mark.parametrize("page", PAGES)
def test_the_player_is_told_what_the_link_says_of_its_look(page: str) -> None:
    app = opened(page, chart="length", speed="10", equal="true", t="3")
    assert told_of(app)["look"].items() >= {"chart": "length", "speed": 10, "equal": True, "t": 3}.items()
    assert link_of(app) == {"chart": "length", "speed": "10", "equal": "true", "t": "3", "v": "1"}


def test_a_pin_in_a_link_is_beside_the_run() -> None:
    app = opened(pin="lr=0.05&v=1", rho="0.5", v="1")
    head, columns = sent(app)

    assert [row["key"] for row in head["runs"] if row["pinned"]] == ["pinned_rmsprop"], "SGD is as before"
    assert np.allclose(columns["pinned_rmsprop.x"], exhibit(Settings(lr=0.05)).runs[0].traj.theta[:, 0], rtol=1e-6)
    assert "η 0.05 → 0.2" in head["note"]
    assert link_of(app)["pin"] == "lr=0.05&v=1"
    app.button(key="w_pin").click().run()
    assert "pin" not in link_of(app)


def test_a_link_that_is_too_long_is_not_read_and_few_of_many_faults_are_told() -> None:
    for own, begins in ((from_query, []), (train.from_query, [[], train.Training()])):
        settings, complaints = own({"hide": "a," * 31_000, "lr": "0.5"}, *begins)
        assert [(found.name, found.wanted) for found in complaints] == [("link", TOO_LONG)]
        assert settings == own({}, *begins)[0]
        many = own({"hide": "a," * 5000, **{f"z{k}": "" for k in range(500)}}, *begins)[1]
        assert len(many) == MOST_TOLD
        assert len({id(found.wanted) for found in many}) == 1, "one text, not one for each"
    assert any("too long to be read" in each for each in said(opened(hide="a," * 31_000)))


def test_the_pin_is_of_the_run_and_not_of_its_look() -> None:
    app = opened(fair="false", lr="0.3", t="7", view="3d", chart="s")
    app.button(key="w_pin").click().run()
    assert link_of(app)["pin"] == "lr=0.3&v=1"


def test_a_click_from_under_the_link_before_is_not_taken_for_the_back_button() -> None:
    app = opened(fair="false", v="1")
    app.checkbox(key="w_nesterov").check().run()
    assert link_of(app) == {"fair": "false", "nesterov": "true", "v": "1"}
    app.query_params.clear()
    app.query_params.update(fair="false", v="1")
    app.checkbox(key="w_initial_s").check().run()
    assert app.session_state["settings"].nesterov
    app.query_params.clear()
    app.query_params.update(fair="false", v="1")
    assert link_of(app.run()) == {"fair": "false", "v": "1"}


def test_a_locked_lr_is_not_made_fair() -> None:
    app = dialled(opened(lock="sgd_lr", v="1"), kappa="1")
    assert app.session_state["settings"].sgd_lr == 0.0194
    assert all(switch["disabled"] for group in told_of(app, "rmsprop_dials")["groups"] for switch in group["switches"]
               if switch["name"] == "fair")  # fmt: skip


def test_the_tab_is_called_after_the_moment() -> None:
    assert title(Settings(t=12)) == "Stretched bowl · RMSprop lr 0.2 · step 12"
    assert title(Settings(surface="booth", view="sgd", sgd_lr=1e-7)) == "Booth · SGD lr 1e-07 · step 50"


def test_reset_returns_to_the_link_that_was_opened_then_to_the_surface() -> None:
    link = {"surface": "booth", "fair": "false", "lr": "0.3", "t": "7", "hide": "noise", "v": "1"}
    app = dialled(opened(**link), centered="true")
    app.button(key="w_reset").click().run()
    assert link_of(app) == link
    app.button(key="w_reset").click().run()
    assert link_of(app) == {"surface": "booth", "hide": "noise", "v": "1"}


def test_reset_never_moves_what_a_link_has_locked() -> None:
    app = opened(rho="0.99", lock="rho")
    for _ in range(2):
        app.button(key="w_reset").click().run()
        assert app.session_state["settings"].rho == 0.99


def test_reset_of_a_training_returns_to_its_link_then_to_its_data() -> None:
    app = opened("train", lr="0.3", epochs="5")
    app.checkbox(key="train_centered").check().run()
    app.button(key="w_reset").click().run()
    assert link_of(app) == {"lr": "0.3", "epochs": "5", "v": "1"}
    app.button(key="w_reset").click().run()
    assert link_of(app) == {}


@pytest.mark.parametrize("query", [{}, {"surface": "booth"}, {"t": "9"}])
def test_step_by_step_begins_at_step_1_after_reset(query: dict[str, str]) -> None:
    app = opened("step_by_step", **query)
    app.button(key="w_reset").click().run()
    assert sent(app)[0]["t"] == 1


def test_what_a_link_hides_is_not_there_and_what_it_locks_cannot_be_turned() -> None:
    app = opened(
        hide="rho,eps,variant,pin,share,sgd_lr,sgd_momentum,kappa,angle,y,steps,fair",
        lock="lr,x,surface,dialect,methods,reset,centered",
    )
    groups = told_of(app, "rmsprop_dials")["groups"]
    rows = {row["name"]: row.get("locked", False) for group in groups for row in group["rows"]}

    assert rows.keys() == {"lr", "momentum", "x"}
    assert {name for name, locked in rows.items() if locked} == {"lr", "x"}
    assert told_of(app)["fixed"]
    assert app.selectbox(key="w_surface").disabled
    assert app.selectbox(key="w_dialect").disabled
    assert [switch["disabled"] for switch in (groups[0]["shown"], *groups[0]["switches"])] == [True, True]
    assert app.button(key="w_reset").disabled
    assert "w_pin" not in [button.key for button in app.button]
    assert "w_nesterov" not in [box.key for box in app.checkbox]


def test_a_training_hides_and_locks_too() -> None:
    app = opened("train", hide="epochs,across", lock="lr,raw")
    rows = {
        row["name"]: row.get("locked", False)
        for group in told_of(app, "rmsprop_dials")["groups"]
        for row in group["rows"]
    }
    assert rows["lr"]
    assert not rows["rho"]
    assert "epochs" not in rows
    assert "train_across" not in [box.key for box in app.selectbox]
    assert [group.proto.disabled for group in app.get("button_group")] == [True, False]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_builds_links_and_has_a_name_for_each_control(page: str) -> None:
    limits = {"lr": "0.3", "hide": "eps,reset", "lock": "rho", "v": "1"}
    app = opened(page, **limits)
    app.button(key="share_build").click().run()
    shown, locked = app.get("button_group")[-2:]

    assert all(shown.options)
    assert len(shown.options) == len(shown.value) + 2
    assert locked.value == ["rho"]
    link, frame = (code.value for code in app.code[-2:])
    assert dict(parse_qsl(link.partition("?")[2])) == limits
    assert "embed=true" in frame
    assert 'width="830" height="600"' in frame


@pytest.mark.parametrize(("query", "by_link"), [({}, False), ({"lr": "0.3", "v": "1"}, True)])
def test_reset_says_where_it_leads(query: dict[str, str], by_link: bool) -> None:
    assert opened(**query).button(key="w_reset").help == (
        "Back to the link that was opened. Once more: to the first numbers of this surface."
        if by_link
        else "Back to the first numbers of this surface."
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_share_menu_says_what_is_to_be_had_elsewhere(page: str) -> None:
    app = opened(page)
    elsewhere = "on Step by step" if page != "step_by_step" else "on Explore"
    assert any(elsewhere in text for text in said(app, "caption"))


def test_the_address_in_the_network_is_named_only_where_this_server_answers_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = {"server.port": 0, "server.address": None}
    monkeypatch.setattr(st, "get_option", options.__getitem__)
    with socket.create_server(("0.0.0.0", 0)) as everywhere:
        port = everywhere.getsockname()[1]
        assert own_address(port) is None, "a tunnel to another port"
        options["server.port"] = port
        found = own_address(port)
        options["server.address"] = "127.0.0.1"
        assert own_address(port) is None, "a server of this computer only"
    options["server.address"] = None
    assert own_address(port) is None, "nobody answers"
    assert found is None or not found.startswith("127.")
