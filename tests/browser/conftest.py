"""One server and one Chromium for all browser tests; a page that complains in its console fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.serve import launch, served

Open = Callable[..., Page]


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


@pytest.fixture
def open_page(app: str, browser: Browser) -> Iterator[Open]:
    """Open a path of the app in a fresh session and wait for its player; nothing may come from another host."""
    opened: list[tuple[Page, list[str]]] = []

    def open_path(path: str = "/", *, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(20_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: None if _own(request.url, app) else faults.append(f"asked {request.url}"))
        opened.append((page, faults))
        page.goto(app + path)
        page.wait_for_selector(".rmsprop-player[data-surface]")
        return page

    yield open_path
    faults = [fault for page, found in opened for fault in found if "_stcore" not in fault and "404" not in fault]
    for page, _ in opened:
        page.context.close()
    assert faults == []


def _own(url: str, app: str) -> bool:
    return url.startswith((app, "data:", "blob:", "about:"))
