"""Uploads: a session and the server keep as much as there is room for, and in memory only."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.shared.widgets import uploads
from pages.shared.widgets.uploads import MEGABYTE, MOST_OF_ALL, MOST_OF_ONE, Uploads
from tests.support.pages import APP


class SizedBody(bytes):
    """Stands for so many bytes, without being as large."""

    def __new__(cls, size: int) -> SizedBody:
        """Return one."""
        made = super().__new__(cls)
        made.size = size
        return made

    def __len__(self) -> int:
        return self.size

    size: int


async def received(scope: Scope, receive: Receive, send: Send) -> None:
    """Take a file, part by part."""
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    await Response(status_code=204)(scope, receive, send)


async def put(door: Uploads, path: str, size: int | None, method: str = "PUT", **headers: str) -> int:
    """Return the status of the answer to a file that is said to have so many bytes; they are sent in three parts."""
    heard: list[Message] = []
    parts = [(size or 0) // 3, (size or 0) // 3, (size or 0) - 2 * ((size or 0) // 3)]

    async def sent() -> Message:
        await asyncio.sleep(0.1 * path.endswith("slow"))
        return {"type": "http.request", "body": SizedBody(parts.pop(0)), "more_body": bool(parts)}

    async def hear(message: Message) -> None:
        heard.append(message)

    own = headers if size is None else {"content-length": str(size), **headers}
    scope = {"type": "http", "method": method, "path": path, "query_string": b"",
             "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in own.items()]}  # fmt: skip
    await door(scope, sent, hear)
    return int(heard[0]["status"])


@pytest.fixture(autouse=True)
def there(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What Streamlit keeps, in bytes, by session; it can be changed; no session is over."""
    found: dict[str, int] = {}
    manager = MemoryUploadedFileManager("/upload")
    sessions = SimpleNamespace(get_session_info=lambda session: session)
    runtime = SimpleNamespace(uploaded_file_mgr=manager, _session_mgr=sessions)
    monkeypatch.setattr(uploads, "get_instance", lambda: runtime)
    monkeypatch.setattr(uploads, "kept", lambda: found)
    return found


def test_a_session_and_the_server_take_as_much_as_there_is_room_for(there: dict[str, int]) -> None:
    there |= {"a": MOST_OF_ONE - 100, "b": 0}
    door, path = Uploads(received, "/lab"), f"/lab{uploads.PATH}"
    assert asyncio.run(put(door, f"{path}a/1", 100)) == 204
    assert asyncio.run(put(door, f"{path}a/1", 101)) == 413
    assert asyncio.run(put(door, f"{path}b/1", 101)) == 204
    assert asyncio.run(put(door, f"{path}a/1", 101, "DELETE")) == 204
    there["c"] = MOST_OF_ALL - MOST_OF_ONE
    assert asyncio.run(put(door, f"{path}b/1", 100)) == 204
    assert asyncio.run(put(door, f"{path}b/1", 101)) == 413
    assert not door.come


def test_what_has_come_counts_and_how_large_it_is_has_to_be_said() -> None:
    door = Uploads(received)

    async def two(first: str, second: str) -> tuple[int, ...]:
        one = put(door, f"{uploads.PATH}{first}", MOST_OF_ONE - 1)
        other = put(door, f"{uploads.PATH}{second}", MOST_OF_ONE // 2)
        return tuple(await asyncio.gather(one, other))

    assert sorted(asyncio.run(two("a/slow", "a/2slow"))) == [204, 413]
    assert asyncio.run(two("a/slow", "b/2slow")) == (204, 204)
    assert asyncio.run(two("a/slow", "a/2"))[1] == 204, "only what has come counts"
    assert not door.come
    path = f"{uploads.PATH}a/1"
    assert asyncio.run(put(door, path, None)) == 411
    assert asyncio.run(put(door, path, 1, transfer_encoding="chunked")) == 411
    assert asyncio.run(put(door, path, None, content_length="-1")) == 411


def test_what_streamlit_keeps_is_counted_and_what_comes_too_late_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = uploads.get_instance().uploaded_file_mgr
    monkeypatch.undo()
    runtime = SimpleNamespace(uploaded_file_mgr=manager, _session_mgr=SimpleNamespace(get_session_info={"a": 1}.get))
    monkeypatch.setattr(uploads, "get_instance", lambda: runtime)

    async def adds(scope: Scope, receive: Receive, send: Send) -> None:
        session, name = scope["path"].split("/")[-2:]
        manager.add_file(session, UploadedFileRec(name, name, "text/csv", bytes(3)))
        await Response(status_code=204)(scope, receive, send)

    assert len(manager.get_upload_urls("a", [""] * 1000)) == uploads.MOST_NAMES
    for session, name in (("a", "1"), ("a", "2"), ("gone", "1")):
        assert asyncio.run(put(Uploads(adds), f"{uploads.PATH}{session}/{name}", 3)) == 204
    assert uploads.kept() == {"a": 2 * uploads.LEAST}, "small ones count as more"


def test_a_file_of_any_size_that_is_taken_stays_in_memory() -> None:
    largest = tomllib.loads((APP.parent / ".streamlit/config.toml").read_text())["server"]["maxUploadSize"]
    assert 2 * largest * MEGABYTE < MOST_OF_ONE < MOST_OF_ALL

    def sent() -> Iterator[bytes]:
        yield b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
        yield bytes(3 * MEGABYTE)
        yield b"\r\n--B--\r\n"

    async def parsed() -> bool:
        parts = iter([*({"type": "http.request", "body": part, "more_body": True} for part in sent()),
                      {"type": "http.request", "body": b"", "more_body": False}])  # fmt: skip

        async def receive() -> Message:
            return next(parts)

        headers = [(b"content-type", b"multipart/form-data; boundary=B")]
        form = await Request({"type": "http", "method": "PUT", "headers": headers}, receive).form()
        file = form["f"]
        assert isinstance(file, UploadFile)
        assert file.size == 3 * MEGABYTE
        return bool(file._in_memory)

    Uploads(Starlette())
    assert asyncio.run(parsed())
