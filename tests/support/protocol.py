"""A browser's side of the conversation without a browser: page, websocket and live route, as they go over the wire."""

from __future__ import annotations

import asyncio
import json
import re
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

BODIES = "bidi_component"


class Student:
    """One browser at a page. `sent` counts the bytes that the server has sent it; times are in seconds."""

    def __init__(self, url: str) -> None:
        self.url, self.sent, self.query, self.cookie = urlsplit(url), 0, "", ""
        self.components: dict[str, Any] = {}  # by the last part of their name: message, fragment
        self.states: dict[str, str] = {}
        self.page = ""
        self.seq = 0
        self.socket: websockets.ClientConnection | None = None
        self.http: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self, path: str = "/", **query: str) -> None:
        """Load a page and wait until its script has run."""
        assert self.url.hostname == "127.0.0.1"
        status, _body = await self.get(path)
        assert status == 200
        self.query = urlencode(query)
        self.socket = await websockets.connect(
            f"ws://{self.url.netloc}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
            additional_headers={"Cookie": self.cookie},
        )  # fmt: skip
        await self.run(page=path.strip("/"))

    async def close(self) -> None:
        """Leave."""
        if self.socket:
            await self.socket.close()
        if self.http:
            self.http[1].close()

    async def run(self, fragment: str = "", page: str = "") -> float:
        """Ask for a run of the script, or of one fragment, and return how long it took."""
        asked = BackMsg()
        run = asked.rerun_script
        run.query_string, run.fragment_id, run.page_script_hash = self.query, fragment, self.page
        run.page_name = page
        states = [WidgetState(id=name, json_value=value) for name, value in self.states.items()]
        run.widget_states.widgets.extend(states)
        begun = perf_counter()
        assert self.socket
        await self.socket.send(asked.SerializeToString())
        while True:
            data = await self.socket.recv()
            assert isinstance(data, bytes)
            self.sent += len(data)
            told = ForwardMsg.FromString(data)
            kind = told.WhichOneof("type")
            if kind == "new_session":
                self.page = told.new_session.page_script_hash
            elif kind == "page_info_changed":
                self.query = told.page_info_changed.query_string
            elif kind == "delta" and told.delta.new_element.WhichOneof("type") == BODIES:
                component = told.delta.new_element.bidi_component
                self.components[component.component_name.rpartition("rmsprop_")[2]] = component, told.delta.fragment_id
            elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
                raise AssertionError(told.delta.new_element.exception.message)
            elif kind == "script_finished":
                return perf_counter() - begun

    def told(self, component: str = "player") -> dict[str, Any]:
        """Return what a component was told in JSON; the player of a page has that page's name behind its own."""
        name = next(each for each in self.components if each.startswith(component))
        found: dict[str, Any] = json.loads(self.components[name][0].json)
        return found

    async def let_go(self, **values: float) -> float:
        """Let go of dials at these values, and return how long the script took."""
        self.seq += 1
        component, fragment = self.components["dials"]
        turned = {"seq": self.seq, "run": "", "live": False, "values": values}
        self.states[component.id] = json.dumps({"dial": turned})
        return await self.run(fragment)

    async def drag(self, have: str = "", **values: float) -> tuple[float, bytes]:
        """Fetch the picture of dials that are at these values under the hand; return how long that took, and it."""
        told = self.told()
        begun = perf_counter()
        query = {**told["query"], "have": have, "turned": urlencode(values)}
        status, body = await self.get(f"{told['path']}?{urlencode(query)}")
        assert status == 200, (status, body)
        return perf_counter() - begun, body

    async def get(self, path: str) -> tuple[int, bytes]:
        """Ask for a path over one connection that is kept."""
        for last in (False, True):
            if self.http is None:
                self.http = await asyncio.open_connection(self.url.hostname, self.url.port)
            reader, writer = self.http
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.url.netloc}\r\nCookie: {self.cookie}\r\n\r\n".encode())
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                break
            except (asyncio.IncompleteReadError, ConnectionError):  # the server has closed it meanwhile
                self.http = None
                if last:
                    raise
        self.cookie = next(iter(re.findall(r"(?im)^set-cookie: ([^;]+)", head)), self.cookie)
        headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.sent += len(head) + len(body)
        return int(head.split()[1]), body
