"""One server and one Chromium a worker; a page that complains in its console fails its test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.support.player import Open
from tests.support.server import launch, served


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
def cached(browser: Browser) -> BrowserContext:
    """The profile of all pages of the app, which keep nothing in it but the files that they have fetched."""
    return browser.new_context()


@pytest.fixture
def open_page(app: str, cached: BrowserContext) -> Iterator[Open]:
    """Open a path of the app in a fresh session and wait for its player; nothing may come from another host."""
    opened: list[Page] = []
    faults: list[str] = []

    def open_path(path: str = "/", *, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        page = cached.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if _own(request.url, app) else faults.append(f"asked {request.url}"))
        opened.append(page)
        page.goto(app + path)
        page.wait_for_selector(".rmsprop-player[data-surface]")
        return page

    yield open_path
    for page in opened:
        page.close()
    assert [fault for fault in faults if "_stcore" not in fault and "404" not in fault] == []


def _own(url: str, app: str) -> bool:
    return url.startswith((app, "data:", "blob:", "about:"))


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
    return report


def _seen(page: Page, picture: Path) -> str:
    try:
        page.screenshot(path=picture, timeout=5_000)
    except Error as error:
        picture = Path(f"no picture: {error}")
    said = [f"  {message.type}: {message.text}" for message in page.console_messages()]
    return "\n".join([page.url, f"  {picture}", *said, *(f"  {error}" for error in page.page_errors())])
