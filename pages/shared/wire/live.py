"""The bundles over plain HTTP: the one way of a run to the player.

An experiment is its link, so a run needs no session: the link goes in, the bundle comes out. What no link tells (a run
on a reader's own table) is put up under a token that nobody can guess. Streamlit sends the player no run at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from threading import Lock
from urllib.parse import parse_qsl

from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.shared.model import language
from pages.shared.model.fairness import LIVE, turned
from pages.shared.model.fields import changed, written
from pages.shared.model.language import _
from pages.shared.model.link import from_query, to_query
from pages.shared.model.remarks import remark
from pages.shared.model.settings import SETTINGS, Settings, Wanted
from pages.shared.wire import work
from pages.shared.wire.bundle import Exhibit, pack
from rmsprop_core import Optimizer

# Numbers hardly shrink, and gzip at its highest level would take longer than the run.
HEADERS = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
MEGABYTE = 2**20

Build = Callable[[Settings], Exhibit]  # from the experiment
Runs = Callable[[Settings], Iterable[Optimizer]]


def seen(settings: Settings) -> Iterable[Optimizer]:
    """Return the optimizers of the methods that are to be seen."""
    return [method.optimizer for method in settings.seen()]


_put_up: LRUCache[str, dict[bool, bytes]] = LRUCache(64 * MEGABYTE, lambda bundles: sum(map(len, bundles.values())))
_putting_up = Lock()


def route(page: str, build: Build, base: str = "", runs: Runs = seen) -> Route:
    """Return the route that answers an experiment with the bundle of what `build` shows of it, which `runs` make up.

    Besides the link's parameters it takes `have`, the key of the surface that the browser has already, and `turned`,
    what the hand has turned since: what follows from it is in the head, `brought`. A link with anything wrong is
    answered with nothing: the page itself says what it is.
    """

    def bundle(before: Settings, now: Settings, values: dict[str, str], have: str) -> bytes:
        language.use(now.lang)
        shown = build(now)
        if values:
            plain = changed(before, values)[0]
            extra = {name: written(value) for name, value in vars(now).items() if value != getattr(plain, name)}
            note = shown.extra["note"] or remark(before, now)
            shown = replace(shown, extra={**shown.extra, "brought": extra, "note": note})
        return pack(shown, with_surface=shown.key != have)

    desk = work.Desk(16 * MEGABYTE)

    async def answer(request: Request) -> Response:
        link = request.scope["query_string"].decode("latin-1")
        query = read(link)
        values, have = read(query.pop("turned", "")), query.pop("have", "")
        weight = work.weight(query, values) + work.weight(dict(parse_qsl(query.get("pin") or "steps=0")))
        found = cache(lambda: _understood(query, values))

        def wanted() -> Iterable[Wanted]:
            return ((optimizer, now) for _before, now in found() for optimizer in runs(now))

        def made() -> bytes:
            return b"".join(bundle(*each, values, have) for each in found())

        return await answered(desk.get(request, link, made, weight, wanted), query.get("lang", ""))

    return Route(f"{base}{path(page)}", answer)


def _understood(query: dict[str, str], values: dict[str, str]) -> list[tuple[Settings, Settings]]:
    """Return the experiment before the hand has turned anything and as it is now; nothing where anything is wrong."""
    before, complaints = from_query(query)
    if complaints or not values.keys() <= SETTINGS.keys():
        return []
    now, complaints = turned(before, values, LIVE)
    return [] if complaints else [(before, now)]


def read(query: str) -> dict[str, str]:
    """Return the parameters of a query."""
    return dict(parse_qsl(query, keep_blank_values=True))


async def answered(made: Awaitable[bytes | None], lang: str) -> Response:
    """Return the answer to a request: what is made of its query, nothing, or in one sentence why it is not made."""
    try:
        data = await made
    except work.BusyError as busy:
        language.use(lang if lang in language.LANGUAGES else "en")
        said, status = _("The server has much to do. It is asked again."), 503
        if busy.for_good:
            said, status = _("This takes too long. Fewer steps or a shorter formula will do."), 413
        return Response(said, status, HEADERS, "text/plain")
    return _answered(data or b"")


def asked(settings: Settings, near: int | None = None) -> dict[str, str]:
    """Return the query by which the browser asks for the picture of an experiment: nothing of how it looks is in it.

    `near` is a step that the bundle has to be about, where not all of them fit in.
    """
    return {**to_query(settings), **({"t": str(near)} if near is not None else {})}


def path(page: str) -> str:
    """Return where a page's runs are asked for."""
    return f"/live/{page.replace('_', '-')}"


KEPT = "/live/kept"


def put_up(shown: Exhibit) -> dict[str, str]:
    """Put up what no link tells, and return the query by which this one browser asks for it."""
    token = secrets.token_urlsafe(24)
    bundles = {with_surface: pack(shown, with_surface=with_surface) for with_surface in (True, False)}
    with _putting_up, suppress(ValueError):  # what is larger than all the room is not kept
        _put_up[token] = bundles
    return {"token": token, "surface": shown.key, "lang": language.current()}


def kept(base: str = "") -> Route:
    """Return the route of what was put up."""

    async def answer(request: Request) -> Response:
        query = request.query_params
        with _putting_up:
            bundles = _put_up.get(query.get("token", ""))
        if bundles is None:
            return Response(status_code=404)
        return _answered(bundles[query.get("have") != query.get("surface")])

    return Route(base + KEPT, answer)


def _answered(data: bytes) -> Response:
    return Response(data, 200 if data else 204, HEADERS, "application/octet-stream")
