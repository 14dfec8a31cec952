"""What every answer says of who may do what with it, what is not answered at all, and a log that names nobody."""

from __future__ import annotations

import hashlib
import logging
import re
from base64 import b64encode
from collections.abc import Iterable
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMES = "RMSPROP_FRAMES"  # of the environment: the sites that may frame the app
CLOSED = ("/_stcore/metrics", "/_stcore/agent")  # what no browser of ours asks for
SOURCE = re.compile(r"'self'|'none'|https?://(\*\.)?[\w.-]+(:\d+)?|\*")
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a link holds the whole experiment
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

log = logging.getLogger("rmsprop.requests")


def write_log() -> None:
    """Write the log to the standard error."""
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)


def policy(frames: str, html: str) -> str:
    """Return the Content-Security-Policy: all from this server, and of scripts in a page those of `html` alone.

    `frames` are the sites that may frame the app, with blanks between them. Styles stand in attributes, Streamlit's and
    Plotly's alike; what a component runs, it runs from a blob.

    Raises:
        ValueError: `frames` is no list of sites.
    """
    if not frames.split() or not all(map(SOURCE.fullmatch, frames.split())):
        raise ValueError(f"the sites that may frame the app must be like https://moodle.example, not {frames!r}")
    hashes = (b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in SCRIPT.findall(html))
    rules = {
        "default-src": "'none'",
        "connect-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *(f"'sha256-{each}'" for each in hashes)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self' blob:",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": frames,
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class Doors:
    """A server's outermost layer: it adds the headers, keeps CLOSED shut and writes the log, where it is on.

    A line of the log is method, the first part of the path, status, time and size: no address, no link, no browser.
    """

    def __init__(self, app: ASGIApp, policy: str, base: str = "", closed: Iterable[str] = CLOSED) -> None:
        self.app, self.headers = app, {"Content-Security-Policy": policy, **HEADERS}
        self.base, self.closed = base, tuple(base + path for path in closed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun, status, size = perf_counter(), 0, 0

        async def sent(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update(self.headers)
            size += len(message.get("body", b""))
            await send(message)

        shut = scope["path"].startswith(self.closed)
        await (Response(status_code=404) if shut else self.app)(scope, receive, sent)
        if log.isEnabledFor(logging.INFO):
            part = "/".join(scope["path"].removeprefix(self.base).split("/")[:3])
            log.info("%s %s %d %.0f ms %d B", scope["method"], part, status, 1e3 * (perf_counter() - begun), size)
