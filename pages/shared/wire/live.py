"""A run over plain HTTP: what a turned dial shows at once, before Streamlit hears of it.

An experiment is its link, so a run needs no session: the link goes in, the player's bundle comes out. Streamlit is told
when the dial is let go; its script and its page's React are then no longer between the hand and the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.shared.model import language
from pages.shared.model.settings import Settings, from_query, to_query
from pages.shared.wire.bundle import Exhibit, pack

# Numbers hardly shrink, and gzip at its highest level would take longer than the run.
HEADERS = {"Cache-Control": "no-store", "Content-Encoding": "identity"}

Build = Callable[[Settings, Settings | None], Exhibit]  # from the experiment, and what is pinned beside it


def route(page: str, build: Build, base: str = "") -> Route:
    """Return the route that answers an experiment with the bundle of what `build` shows of it.

    Besides the link's parameters it takes `have`, the key of the surface that the browser has already, and `pin`, the
    link of what is pinned. A link with anything wrong is answered with nothing: the page itself says what it is.
    """

    def answer(request: Request) -> Response:
        query = dict(request.query_params)
        have, pin = query.pop("have", ""), query.pop("pin", "")
        settings, complaints = from_query(query)
        if complaints:
            return Response(status_code=204)
        language.use(settings.lang)
        shown = build(settings, from_query(dict(parse_qsl(pin)))[0] if pin else None)
        data = pack(shown, with_surface=shown.key != have, relief=settings.in_relief)
        return Response(data, media_type="application/octet-stream", headers=HEADERS)

    return Route(f"{base}{path(page)}", answer)


def asked(settings: Settings, pinned: Settings | None) -> dict[str, Any]:
    """Return the query by which the browser asks for the experiment as it now is."""
    pin = {"pin": urlencode(to_query(pinned))} if pinned else {}
    return {**to_query(settings), **pin}


def path(page: str) -> str:
    """Return where a page's runs are asked for."""
    return f"/live/{page.replace('_', '-')}"
