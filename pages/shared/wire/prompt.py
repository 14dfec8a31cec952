"""Answers leave at once.

Streamlit opens its socket without naming TCP, and asyncio then leaves Nagle's algorithm on: the body of each answer,
and each small message after the first, waits for the browser's acknowledgement of what came before, some 40 ms.

Python looks through all objects for rings that nobody holds any more, once in two seconds where a class of a hundred
turns dials, and everybody waits meanwhile, 0.1 to 0.2 s. So what is there when the server starts is left out, and the
rest is looked through more seldom.
"""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

NEW_OBJECTS = 10_000  # more than have gone, between two looks for rings among them; Python's own number is 700


@asynccontextmanager
async def promptly(_app: object) -> AsyncIterator[None]:
    """Let the server that starts now send without delay: a connection takes after the socket it comes in by."""
    loop = asyncio.get_running_loop()
    create_server = loop.create_server

    async def prompt(*given: Any, sock: socket.socket | None = None, **named: Any) -> Any:
        if sock and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await create_server(*given, sock=sock, **named)

    with suppress(AttributeError):  # uvloop, which does so by itself
        loop.create_server = prompt  # type: ignore[method-assign]
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    yield
