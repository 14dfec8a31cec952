"""Open the app without a browser, and read what it sends to the player."""

from __future__ import annotations

import asyncio
import json
import runpy
import struct
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive
from streamlit.testing.v1 import AppTest

from pages.shared.model.fairness import turned
from pages.shared.model.methods import Run
from rmsprop_core import Trajectory

APP = Path(__file__).parents[2] / "app.py"
Columns = dict[str, NDArray[np.float64]]


def opened(page: str = "explore", **query: str) -> AppTest:
    """Return the app at a page, opened by a link with these parameters; an exception on the page fails the test."""
    app = AppTest.from_file(APP, default_timeout=60)
    if page != "explore":  # the app is at its first page until it has run
        app.run()
        app.switch_page(f"pages/{page}/page.py")
        app.query_params.clear()
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert app.session_state["page"] == page
    return app


def dialled(app: AppTest, **values: str) -> AppTest:
    """Turn dials, or the switches beside them, as the browser tells the page of it."""
    app.session_state["settings"], complaints = turned(app.session_state["settings"], values)
    assert not complaints
    return app.run()


def link_of(app: AppTest) -> dict[str, str]:
    """Return the parameters in the address bar."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest, *kinds: str) -> list[str]:
    """Return what the page says in sentences, of these kinds (line, caption, warning, error) or of all."""
    found = [Said(html.proto.body) for html in app.get("html")]
    return [each.text for each in found if each.kind and (not kinds or each.kind in kinds)]


class Said(HTMLParser):
    """A sentence of say.py, read as a browser would: its kind, its text, and each tag in it with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.kind, self.text = "", ""
        self.tags: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, [name for name, _ in attrs]))
        self.kind = self.kind or (dict(attrs).get("class") or "").rpartition("said-")[2]

    def handle_data(self, data: str) -> None:
        self.text += data


def by_key(runs: Iterable[Run]) -> dict[str, Trajectory]:
    """Return runs by the keys of their methods."""
    return {method.key: traj for method, traj in runs}


def sent(app: AppTest, component: str = "rmsprop_player") -> tuple[dict[str, Any], Columns]:
    """Return the head and the columns that the page's player, or another component, shows.

    The player's are those that its browser fetches, with what the page tells it beside the link.
    """
    found = _component(app, component)
    if not found.json:
        return unpacked(found.bytes)
    told = json.loads(found.json)
    head, columns = unpacked(bytes(fetched(told["path"], told["query"]).body))
    return {**head, **{name: value for name, value in told.items() if value != "" or name not in head}}, columns


def told_of(app: AppTest, component: str = "rmsprop_player") -> dict[str, Any]:
    """Return what the page tells a component in JSON."""
    told: dict[str, Any] = json.loads(_component(app, component).json)
    return told


def _component(app: AppTest, name: str) -> Any:
    assert not app.exception
    components = {c.proto.component_name.rsplit(".")[-1]: c.proto for c in app.get("bidi_component")}
    return next(proto for own, proto in components.items() if own.startswith(name))


async def _stays() -> dict[str, str]:
    """The browser of a request, which does not leave."""
    await asyncio.sleep(60)
    return {"type": "http.disconnect"}


@cache
def routes() -> dict[str, Route]:
    """Return the routes that the server starts with, by their paths."""
    return {route.path: route for route in runpy.run_path(str(APP))["app"]._user_routes}


def fetched(path: str, query: dict[str, str]) -> Response:
    """Return what the server answers to a request for a path with this query."""
    return asyncio.run(_answer(routes()[path], request(urlencode(query))))


def request(query: str, receive: Receive = _stays) -> Request:
    """Return a browser's request, of one that stays."""
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []}
    return Request(scope, receive)


async def _answer(route: Route, request: Request) -> Response:
    answer: Response = await route.endpoint(request)
    return answer


def unpacked(data: bytes) -> tuple[dict[str, Any], Columns]:
    """Return head and columns of a bundle, read independently of the code that packs it."""
    (size,) = struct.unpack("<I", data[:4])
    head = json.loads(data[4 : 4 + size])
    at = -(-(4 + size) // 8) * 8
    columns = {}
    for name, kind, length in head["columns"]:
        columns[name] = np.frombuffer(data, f"<{kind}", length, at).astype(np.float64)
        at += -(-columns[name].size * int(kind[1]) // 8) * 8
    assert at == len(data)
    return head, columns
