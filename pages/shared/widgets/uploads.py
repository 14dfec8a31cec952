"""What is uploaded has a bound: Streamlit takes any number of files, and keeps each until its session is over.

It stays in memory: the parser of requests would write what is larger than a megabyte into a temporary file.
"""

from __future__ import annotations

from collections import Counter

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

PATH = "/_stcore/upload_file/"
MEGABYTE = 2**20
MOST_OF_ONE = 410 * MEGABYTE  # a table, and the one that takes its place
MOST_OF_ALL = 1000 * MEGABYTE


def kept() -> dict[str, int]:
    """Return how many bytes of files Streamlit keeps for each session."""
    manager = get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    there = [(session, [*files.values()]) for session, files in [*manager.file_storage.items()]]
    return {session: sum(len(file.data) for file in files) for session, files in there}


def settle(session: str) -> None:
    """Let go of what came for a session that was over by then: Streamlit would keep it for good."""
    runtime = get_instance()
    if runtime._session_mgr.get_session_info(session) is None:
        runtime.uploaded_file_mgr.remove_session_files(session)


class Uploads:
    """Refuses a file for which there is no room: in its session, or in the server."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.path = app, base + PATH
        self.coming: Counter[str] = Counter()  # bytes on their way, by session
        MultiPartParser.spool_max_size = MOST_OF_ONE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http" or scope["method"] != "PUT" or not scope["path"].startswith(self.path):
            return await self.app(scope, receive, send)
        headers, session = Headers(scope=scope), scope["path"].removeprefix(self.path).split("/")[0]
        size = headers.get("content-length", "")
        if not size.isdecimal() or "transfer-encoding" in headers:
            return await Response(status_code=411)(scope, receive, send)
        there = Counter(kept()) + self.coming
        if there[session] + int(size) > MOST_OF_ONE or there.total() + int(size) > MOST_OF_ALL:
            return await Response(status_code=413)(scope, receive, send)
        self.coming[session] += int(size)
        try:
            await self.app(scope, receive, send)
        finally:
            self.coming[session] -= int(size)
            self.coming += Counter()  # who has nothing on its way leaves
            settle(session)
