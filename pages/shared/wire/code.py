"""The browser's code over plain HTTP: the pages' ES modules and Plotly, under an address that changes with them.

So a browser may keep what it has for ever, fetches a new version at once, and never mixes two.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from posixpath import dirname, normpath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGES = Path(__file__).parents[2]
PLAYER = "shared/web/player.js"
PLOTLY = "plotly.min.js"
KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Encoding": "gzip"}
_IMPORT = re.compile(r'(?<= from )"(\.[^"]+)"')
_TEXT = re.compile(r'\b_\("([^"]+)"')


@cache
def modules() -> Mapping[str, str]:
    """Return the pages' modules by their path under pages/."""
    return {path.relative_to(PAGES).as_posix(): path.read_text() for path in sorted(PAGES.glob("*/web/*.js"))}


@cache
def texts() -> tuple[str, ...]:
    """Return what the modules say to a reader, each text once: sources for gettext (web/language.js)."""
    return tuple(dict.fromkeys(text for module in modules().values() for text in _TEXT.findall(module)))


@cache
def plotly() -> str:
    """Return the Plotly that the installed package brings."""
    return files("plotly").joinpath("package_data", PLOTLY).read_text()


@cache
def version() -> str:
    """Return the name of the code as it is, to the last character."""
    parts = json.dumps([modules(), plotly()]).encode()
    return hashlib.sha1(parts, usedforsecurity=False).hexdigest()[:12]


def address(module: str) -> str:
    """Return the path under which the server answers with a module."""
    return f"/web/{version()}/{module}"


def route(base: str = "") -> Route:
    """Return the route of all modules and Plotly; `base` stands before every path of this server."""

    def answer(request: Request) -> Response:
        asked, module = request.path_params["version"], request.path_params["module"]
        if asked != version() or module not in (*modules(), PLOTLY):
            return Response(status_code=404)
        return Response(_compressed(module), media_type="text/javascript", headers=KEPT)

    return Route(f"{base}/web/{{version}}/{{module:path}}", answer)


@cache
def _compressed(module: str) -> bytes:
    return gzip.compress((plotly() if module == PLOTLY else modules()[module]).encode(), 6, mtime=0)


@cache
def needed(module: str) -> tuple[str, ...]:
    """Return the paths of a module and of all that it imports."""
    found = [module]
    for path in found:  # it grows meanwhile
        own = (normpath(f"{dirname(path)}/{name}") for name in _IMPORT.findall(modules()[path]))
        found += [name for name in own if name not in found]
    return tuple(found)


def inlined(module: str, others: Mapping[str, str]) -> str:
    """Return an import map that holds a module and what it needs, for a page without a server.

    `others` stand in for some of them. A script there imports a module by its path under pages/.
    """
    imports = {path: _data(path, others.get(path, modules()[path])) for path in needed(module)}
    return f'<script type="importmap">{json.dumps({"imports": imports})}</script>'


def _data(path: str, text: str) -> str:
    """Return a module as an address that holds it; a path in it means nothing there, so imports say the whole one."""
    whole = _IMPORT.sub(lambda found: f'"{normpath(f"{dirname(path)}/{found[1]}")}"', text)
    return f"data:text/javascript;base64,{base64.b64encode(whole.encode()).decode()}"
