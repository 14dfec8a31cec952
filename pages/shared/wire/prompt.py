"""Answers leave at once.

Streamlit opens its socket without naming TCP, and asyncio then leaves Nagle's algorithm on: the body of each answer,
and each small message after the first, waits for the browser's acknowledgement of what came before, some 40 ms.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any


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
    yield
