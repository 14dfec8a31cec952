"""A run over plain HTTP is the run that the page sends: the same bytes for the same link."""

from __future__ import annotations

import json
import runpy
from urllib.parse import urlencode

import numpy as np
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.shared.model.settings import Settings, from_query
from pages.shared.wire.bundle import pack
from pages.shared.wire.experiment import exhibit
from pages.shared.wire.live import asked
from tests.support.pages import APP, opened, sent, unpacked

LINKS: dict[str, dict[str, str]] = {
    "first": {},
    "phone": {"view": "3d-sgd", "steps": "7", "t": "3"},
    "chance": {"noise": "0.5", "seed": "3", "seeds": "20", "schedule": "cosine"},
    "patients": {"surface": "bmi", "batch": "32"},
    "typed": {"surface": "own", "f": "x^2 + 3*y^2 + sin(x*y)", "steps": "30"},
    "diverging": {"sgd_lr": "1e9"},
}


@pytest.fixture(scope="module")
def routes() -> dict[str, Route]:
    """The routes that the server starts with, by their paths."""
    app = runpy.run_path(str(APP))["app"]
    return {route.path: route for route in app._user_routes}


def answered(route: Route, query: dict[str, str]) -> Response:
    """What the route answers to a request with this query."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": route.path,
        "query_string": urlencode(query).encode(),
        "headers": [],
    }
    answer: Response = route.endpoint(Request(scope))
    return answer


@pytest.mark.parametrize("name", LINKS)
def test_explores_route_answers_what_the_page_sends(name: str, routes: dict[str, Route]) -> None:
    head, columns = sent(opened(**LINKS[name]))
    again, fetched = unpacked(bytes(answered(routes["/live/explore"], LINKS[name]).body))

    assert again["run"] == head["run"]
    assert {key: again[key] for key in ("t", "steps", "verdict", "runs", "relief", "words", "surface")} == {
        key: head[key] for key in ("t", "steps", "verdict", "runs", "relief", "words", "surface")
    }
    assert set(fetched) == set(columns)
    for column, values in columns.items():
        assert np.array_equal(fetched[column], values, equal_nan=True), column


def test_step_by_steps_route_answers_what_its_page_sends(routes: dict[str, Route]) -> None:
    head, columns = sent(opened("step_by_step", steps="20", momentum="0.5", t="4"))
    again, fetched = unpacked(
        bytes(answered(routes["/live/step-by-step"], {"steps": "20", "momentum": "0.5", "t": "4"}).body)
    )

    assert again["run"] == head["run"]
    assert again["walk"] == head["walk"]
    assert set(fetched) == set(columns)


def test_a_surface_that_the_browser_has_is_not_sent_again(routes: dict[str, Route]) -> None:
    route = routes["/live/explore"]
    key = unpacked(bytes(answered(route, {}).body))[0]["surface_key"]

    kept, columns = unpacked(bytes(answered(route, {"have": key, "lr": "0.3"}).body))
    assert kept["surface"] is None
    assert "surface.z" not in columns
    turned, columns = unpacked(bytes(answered(route, {"have": key, "kappa": "30"}).body))
    assert turned["surface"]["key"] != key
    assert "surface.z" in columns


@pytest.mark.parametrize(
    "bad", [{"lr": "-1"}, {"rho": "1"}, {"lr": "abc"}, {"steps": "1e9"}, {"surface": "own", "f": "x^"}, {"no": "1"}]
)
def test_a_link_with_anything_wrong_is_left_to_the_page(bad: dict[str, str], routes: dict[str, Route]) -> None:
    answer = answered(routes["/live/explore"], bad)
    assert answer.status_code == 204
    assert not answer.body


def test_what_is_pinned_stays_beside_a_fetched_run(routes: dict[str, Route]) -> None:
    pinned, now = Settings(), Settings(lr=0.05)
    head, columns = unpacked(bytes(answered(routes["/live/explore"], asked(now, pinned)).body))

    shown = exhibit(now, pinned)
    assert head["note"] == shown.extra["note"] != ""
    assert [row["key"] for row in head["runs"]] == ["rmsprop", "sgd", "pinned_rmsprop", "pinned_sgd"]
    assert np.array_equal(columns["pinned_sgd.x"], shown.pinned[1].traj.theta[:, 0])


def test_a_run_that_the_browser_has_painted_is_not_sent_again() -> None:
    app = opened()
    head, _ = sent(app)
    app.session_state["dial_run"] = head["run"]
    app.run()

    alone, columns = sent(app)
    assert alone["known"]
    assert alone["run"] == head["run"]
    assert columns == {}
    app.session_state["dial_run"] = "another"
    app.run()
    assert not sent(app)[0]["known"]
    assert sent(app)[1]
    app.run()
    assert sent(app)[1], "what was painted is said once"


def test_only_the_head_of_a_known_run_travels() -> None:
    shown = exhibit(from_query({"steps": "300"})[0])
    whole = pack(shown, with_surface=False)
    head, _ = unpacked(whole)

    assert len(pack(shown, known=head["run"])) < len(whole) / 8


def test_the_dials_of_train_ask_the_page_itself() -> None:
    app = opened("train")
    components = {c.proto.component_name.rsplit(".")[-1]: c.proto for c in app.get("bidi_component")}
    assert json.loads(components["rmsprop_dials"].json)["preview"] is None
