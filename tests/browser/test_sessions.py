"""Users side by side on one server, who may frame it, and that it asks nobody outside."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from socket import create_server
from time import perf_counter
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser

from pages.shared.model.settings import Settings, on_surface
from rmsprop_core import RMSprop, run
from tests.support.pages import unpacked
from tests.support.protocol import Student
from tests.support.server import cpu_seconds, running

SURFACES = ("ravine", "booth", "beale", "himmelblau")


def test_sessions_side_by_side_never_mix(app: str) -> None:
    async def student(k: int) -> None:
        own, surface = Student(app), SURFACES[k % 4]
        await own.open("/", surface=surface, lr=f"0.0{k}", steps=str(10 + k), fair="false", v="1")
        start = on_surface(Settings(), surface)
        for turn in range(1, 4):
            rho = round(k / 10 + turn / 100, 2)
            _time, bundle = await own.drag(rho=rho)
            await own.let_go(rho=rho)
            query = own.told()["query"]
            head, columns = unpacked(bundle)
            assert (query["surface"], query["lr"], query["steps"]) == (surface, f"0.0{k}", str(10 + k))
            assert float(query["rho"]) == float(parse_qs(own.query)["rho"][0]) == rho
            own_run = run(RMSprop(k / 100, rho), start.landscape(), (start.x, start.y), 10 + k)
            assert head["surface_key"] == surface
            assert np.array_equal(columns["rmsprop.x"], own_run.theta[:, 0])
        await own.close()

    async def all_of_them() -> None:
        await asyncio.gather(*(student(k) for k in range(1, 9)))

    with ThreadPoolExecutor(1) as pool:  # in this one Playwright's loop runs
        pool.submit(lambda: asyncio.run(all_of_them())).result()


def test_another_site_may_not_frame_the_app_unless_it_is_named(browser: Browser, app: str) -> None:
    page = browser.new_page()
    page.route("http://course.example/", lambda route: route.fulfill(body=f"<iframe src='{app}/?embed=true'></iframe>"))
    page.goto("http://course.example/")
    page.wait_for_timeout(500)
    assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"]
    page.close()


def test_an_answer_leaves_at_once(app: str) -> None:
    server = HTTPConnection(urlsplit(app).netloc)
    waits = []
    for _ in range(8):
        begun = perf_counter()
        server.request("GET", "/_stcore/health")
        assert server.getresponse().read()
        waits.append(perf_counter() - begun)
    server.close()
    assert min(waits[1:]) < 0.02  # with Nagle's algorithm 40 ms, each of them


def test_what_a_script_computes_for_a_browser_that_has_left_is_stopped() -> None:
    async def left(url: str, pid: int) -> None:
        own = Student(url)
        await own.open("/", steps="10000", v="1")
        asking = asyncio.ensure_future(own.let_go(rho=0.8))  # and fair lrs for it: a search of seconds
        begun = cpu_seconds(pid)
        while cpu_seconds(pid) < begun + 0.3:
            await asyncio.sleep(0.02)
        assert not asking.done()
        asking.cancel()
        await own.close()
        await asyncio.sleep(0.5)
        begun = cpu_seconds(pid)
        await asyncio.sleep(1)
        assert cpu_seconds(pid) - begun < 0.3

    with running() as (url, pid), ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(left(url, pid))).result()


def test_nobody_outside_is_asked_and_a_foreign_site_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with create_server(("127.0.0.1", 0)) as outside:  # it takes what is said and is silent, as behind a closed firewall
        outside.settimeout(0.2)
        for name, value in (
            ("http_proxy", "http://127.0.0.1:{}"),
            ("https_proxy", "http://127.0.0.1:{}"),
            ("no_proxy", "127.0.0.1"),
        ):
            monkeypatch.setenv(name, value.format(outside.getsockname()[1]))
        with running(options=("--server.address", "0.0.0.0")) as (url, _pid):
            headers = {"Origin": "http://elsewhere.example", "Connection": "Upgrade", "Upgrade": "websocket",
                       "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
            begun = perf_counter()
            foreign = HTTPConnection(urlsplit(url).netloc)
            foreign.request("GET", "/_stcore/stream", headers=headers)
            assert foreign.getresponse().status == 403
            assert perf_counter() - begun < 1, "Streamlit's own question takes two seconds, of the whole server"
        with pytest.raises(TimeoutError):
            outside.accept()
