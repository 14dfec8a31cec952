"""What is uploaded has a bound: Streamlit takes any number of files, and keeps each until its session is over.

It stays in memory: the parser of requests would write what is larger than a megabyte into a temporary file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadFileUrlInfo

PATH = "/_stcore/upload_file/"
MEGABYTE = 2**20
MOST_OF_ONE = 410 * MEGABYTE  # a table, and the one that takes its place
MOST_OF_ALL = 1000 * MEGABYTE
LEAST = 2**16  # bytes that a file counts as: their number has a bound, too
MOST_NAMES = 16  # that one message may ask addresses for; our pages take a file at a time

_addresses = MemoryUploadedFileManager.get_upload_urls


def _few(manager: MemoryUploadedFileManager, session: str, names: Sequence[str]) -> list[UploadFileUrlInfo]:
    """Return the addresses for a few files: half a million names in a message held the server up for 2 s."""
    return _addresses(manager, session, names[:MOST_NAMES])


def kept() -> dict[str, int]:
    """Return how many bytes of files Streamlit keeps for each session; a small one counts as LEAST."""
    manager = get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    there = [(session, [*files.values()]) for session, files in [*manager.file_storage.items()]]
    return {session: sum(max(len(file.data), LEAST) for file in files) for session, files in there}


def settle(session: str) -> None:
    """Let go of what came for a session that was over by then: Streamlit would keep it for good."""
    runtime = get_instance()
    if runtime._session_mgr.get_session_info(session) is None:
        runtime.uploaded_file_mgr.remove_session_files(session)


class Uploads:
    """Refuses a file for which there is no room: in its session, or in the server."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.path = app, base + PATH
        self.come: Counter[str] = Counter()  # bytes of files that are not whole yet, by session
        MultiPartParser.spool_max_size = MOST_OF_ONE
        MemoryUploadedFileManager.get_upload_urls = _few  # type: ignore[assignment, method-assign]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http" or scope["method"] != "PUT" or not scope["path"].startswith(self.path):
            return await self.app(scope, receive, send)
        headers, session, own = Headers(scope=scope), scope["path"].removeprefix(self.path).split("/")[0], 0
        size = headers.get("content-length", "")
        if not size.isdecimal() or "transfer-encoding" in headers:
            return await Response(status_code=411)(scope, receive, send)
        before = kept()

        async def counted() -> Message:
            nonlocal own, before
            message = await receive()
            come = len(message.get("body", b""))
            if own // MEGABYTE != (own + come) // MEGABYTE:
                before = kept()
            own += come
            self.come[session] += come
            return message if self._fits(before, session) else {"type": "http.disconnect"}

        if not self._fits(before, session, int(size)):
            return await Response(status_code=413)(scope, receive, send)
        try:
            await self.app(scope, counted, send)
        except ClientDisconnect:  # it has left, or there is no room for more
            await Response(status_code=413)(scope, receive, send)
        finally:
            self.come[session] -= own
            self.come += Counter()  # who has nothing on its way leaves
            settle(session)

    def _fits(self, kept: dict[str, int], session: str, more: int = 0) -> bool:
        there = kept.get(session, 0) + self.come[session] + more
        return there <= MOST_OF_ONE and sum(kept.values()) + self.come.total() + more <= MOST_OF_ALL
