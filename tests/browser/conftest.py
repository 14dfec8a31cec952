"""One server and one Chromium a worker; a page that complains in its console fails its test.

The dearest tests: `python -m pytest --durations=40` (each phase of a test on the clock; a fixture that all share is in
the setup of the first). What a test costs in a quiet process: the same with `-n 0` and the test's name. In a browser a
page that is loaded costs about 2 s of a core, a link followed in it 0.4 s, a surface in 3-D 4.5 s and 1.6 s; the first
page that a Chromium loads from an address costs 7 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.support.player import Open
from tests.support.server import launch, served
from tests.support.tab import Tab

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """The address of a running app."""
    with served() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def tab(browser: Browser, app: str) -> Tab:
    """The tab that all tests share; a fresh server's first page is opened here, so that no test waits for it."""
    tab = Tab(browser, app)
    tab.load("/")
    return tab


@pytest.fixture
def open_page(tab: Tab) -> Iterator[Open]:
    """Open a path of the app in a fresh session and wait for its player; nothing may come from another host."""
    yield tab.load
    assert tab.leave() == []


@pytest.fixture
def visit(tab: Tab) -> Iterator[Open]:
    """Go to a path by a link, quickly, in a session that all share who change nothing but what a link says."""
    yield tab.follow
    assert tab.leave() == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that follow links come before those that open a page anew, which costs the next link a load, too."""
    items.sort(key=_turn)  # stable: else in their order


def _turn(item: pytest.Item) -> int:
    if Path(__file__).parent not in item.path.parents:
        return 2
    return int(isinstance(item, pytest.Function) and "open_page" in item.fixturenames)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A test that fails tells what each open page showed and said."""
    report = yield
    chromium = item.funcargs.get("browser") if isinstance(item, pytest.Function) else None
    if call.when == "call" and report.failed and chromium:
        folder = Path(item.config.cache.mkdir("screenshots"))
        pages = [page for context in chromium.contexts for page in context.pages]
        name = re.sub(r"\W+", "-", item.nodeid)
        seen = [_seen(page, folder / f"{name}-{k}.png") for k, page in enumerate(pages)]
        report.sections.append(("open pages", "\n\n".join(seen)))
        if "tab" in item.funcargs:
            item.funcargs["tab"].forget()
    return report


def _seen(page: Page, picture: Path) -> str:
    try:
        page.screenshot(path=picture, timeout=5_000)
    except Error as error:
        picture = Path(f"no picture: {error}")
    said = [f"  {message.type}: {message.text}" for message in page.console_messages()]
    return "\n".join([page.url, f"  {picture}", *said, *(f"  {error}" for error in page.page_errors())])
