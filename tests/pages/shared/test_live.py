"""A run comes to the browser over plain HTTP, and in no other way: the link goes in, the bundle comes out."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest
from starlette.responses import Response

from pages.shared.model.link import from_query, to_link
from pages.shared.model.settings import Settings
from pages.shared.wire import live
from pages.shared.wire.bundle import Exhibit
from pages.shared.wire.experiment import exhibit
from pages.step_by_step import walk
from tests.support.pages import fetched, opened, request, sent, unpacked
from tests.support.pages import told_of as told

LINKS: dict[str, dict[str, str]] = {
    "first": {},
    "phone": {"view": "3d-sgd", "steps": "7", "t": "3"},
    "chance": {"noise": "0.5", "seed": "3", "seeds": "20", "schedule": "cosine"},
    "patients": {"surface": "bmi", "batch": "32"},
    "typed": {"surface": "own", "f": "x^2 + 3*y^2 + sin(x*y)", "steps": "30"},
    "diverging": {"sgd_lr": "1e9"},
}


@pytest.mark.parametrize("name", LINKS)
def test_the_bundle_is_the_experiment_of_the_link(name: str) -> None:
    settings = from_query(LINKS[name])[0]
    head, columns = sent(opened(**LINKS[name]))
    shown = exhibit(settings)

    assert (head["verdict"], head["steps"], head["surface_key"]) == (shown.verdict, shown.steps, shown.key)
    assert (head["t"], head["relief"]) == (settings.clock(), settings.in_relief)
    for method, traj in shown.runs:
        assert np.array_equal(columns[f"{method.key}.x"], traj.theta[:, 0])
    for column, values in shown.columns.items():
        assert np.array_equal(columns[column], np.ravel(values), equal_nan=True), column


def test_the_page_sends_no_numbers_of_the_run() -> None:
    app = opened(steps="10000")
    assert len(json.dumps(told(app))) < 2_000
    (player,) = [c.proto for c in app.get("bidi_component") if c.proto.component_name.endswith("rmsprop_player")]
    assert not player.bytes


def test_clock_relief_and_look_change_nothing_that_is_fetched() -> None:
    one = Settings()
    two = replace(one, t=7, view="3d", chart="s", speed=5, equal=True, beat="move", panel="quiz", ask="u.y", hide="lr")
    assert live.asked(one) == live.asked(two) != live.asked(replace(one, view="sgd"))
    assert walk.asked(replace(one, t=3)) == walk.asked(replace(one, t=50))
    long = replace(one, steps=1000)
    assert walk.asked(replace(long, t=3)) == walk.asked(replace(long, t=100)) != walk.asked(replace(long, t=101))


def test_a_surface_that_the_browser_has_is_not_sent_again() -> None:
    key = unpacked(bytes(fetched("/live/explore", {}).body))[0]["surface_key"]

    kept, columns = unpacked(bytes(fetched("/live/explore", {"have": key, "lr": "0.3"}).body))
    assert kept["surface"] is None
    assert "surface.z" not in columns
    turned, columns = unpacked(bytes(fetched("/live/explore", {"have": key, "kappa": "30"}).body))
    assert turned["surface"]["key"] != key
    assert "surface.z" in columns


@pytest.mark.parametrize(
    "bad", [{"lr": "-1"}, {"rho": "1"}, {"lr": "abc"}, {"steps": "1e9"}, {"surface": "own", "f": "x^"}, {"no": "1"}]
)
def test_a_link_with_anything_wrong_is_left_to_the_page(bad: dict[str, str]) -> None:
    answer = fetched("/live/explore", bad)
    assert answer.status_code == 204
    assert not answer.body


def test_what_is_pinned_stays_beside_a_fetched_run() -> None:
    now = Settings(lr=0.05, sgd_lr=0.01, pin="v=1")
    head, columns = unpacked(bytes(fetched("/live/explore", live.asked(now)).body))

    shown = exhibit(now)
    assert head["note"] == shown.extra["note"] != ""
    assert [row["key"] for row in head["runs"]] == ["rmsprop", "sgd", "pinned_rmsprop", "pinned_sgd"]
    assert np.array_equal(columns["pinned_sgd.x"], shown.pinned[1].traj.theta[:, 0])
    for chart in head["charts"]:  # RMSprop's and SGD's, and where it has them x and y
        grey = [line["colour"] for line in chart["lines"]].count("ghost")
        assert grey == {"loss": 2, "rate": 3, "length": 2, "s": 2}[chart["key"]]


def test_what_is_pinned_keeps_its_own_schedule() -> None:
    falling = Settings(schedule="inverse_sqrt")
    found = exhibit(Settings(pin=urlencode(to_link(falling)))).columns
    assert [*found] == ["pinned_rmsprop.lr", "pinned_sgd.lr"]
    assert np.allclose(found["pinned_rmsprop.lr"], exhibit(falling).columns["rmsprop.lr"], rtol=0, atol=0)


def test_what_no_link_tells_is_had_by_its_token_only() -> None:
    app = opened("train")
    query = told(app)["query"]
    assert len(query["token"]) >= 32
    head, columns = unpacked(bytes(fetched(live.KEPT, query).body))
    assert {"surface.z", "rmsprop.x"} <= set(columns)
    again, columns = unpacked(bytes(fetched(live.KEPT, {**query, "have": head["surface_key"]}).body))
    assert again["run"] == head["run"]
    assert "surface.z" not in columns
    assert fetched(live.KEPT, {**query, "token": "x" * 32}).status_code == 404


def test_only_the_dials_of_a_link_show_their_runs_by_themselves() -> None:
    assert told(opened(), "rmsprop_dials")["live"]
    assert not told(opened("train"), "rmsprop_dials")["live"]


def test_what_many_ask_for_at_once_is_made_once_and_a_failure_is_not_kept() -> None:
    made = []

    def build(settings: Settings) -> Exhibit:
        made.append(settings.lr)
        time.sleep(0.05)
        if len(made) == 2:
            raise ZeroDivisionError
        return exhibit(settings)

    route = live.route("once", build)

    async def ask(link: str) -> bytes:
        answer: Response = await route.endpoint(request(link))
        return bytes(answer.body)

    async def all_ask() -> None:
        assert len(set(await asyncio.gather(*(ask("lr=0.1") for _ in range(8))))) == 1
        assert made == [0.1]
        with pytest.raises(ZeroDivisionError):
            await ask("lr=0.3")
        assert len(await ask("lr=0.3")) > 1000
        assert made == [0.1, 0.3, 0.3]

    asyncio.run(all_ask())
