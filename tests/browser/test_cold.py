"""The first request to a fresh server, for each page: the whole frame, not the page script alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.server import free_port, served
from tests.support.tab import Tab


@pytest.fixture(scope="module")
def port() -> int:
    """Where each fresh server of this module listens, so that the browser fetches their files once."""
    return free_port()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of the browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    yield context
    context.close()


def test_on_a_phone_too_a_cold_deep_link_raises_no_false_alarm_and_an_unknown_page_is_said_to_be_unknown(
    context: BrowserContext, port: int
) -> None:
    with served(port=port) as url:
        for path, alarms in (("/train", 0), ("/lesson-99", 1), ("/[x](http:%5C%5Cevil.example)", 1)):
            page = context.new_page()
            page.set_viewport_size({"width": 390, "height": 844})
            page.goto(url + path)
            page.wait_for_selector(".rmsprop-player[data-surface]")
            expect(page.get_by_role("dialog")).to_have_count(alarms)
            expect(page.locator("[href*=evil]")).to_have_count(0)
            page.close()


@pytest.mark.parametrize("path", ["/", "/step-by-step", "/train"])
def test_a_deep_link_to_a_cold_server_shows_page_and_navigation(context: BrowserContext, port: int, path: str) -> None:
    with served(port=port) as url:
        page = context.new_page()
        page.goto(url + path)
        page.wait_for_selector(".rmsprop-player[data-surface]")

        for title in ("Explore", "Step by step", "Train"):
            expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
        assert page.url.startswith(url + path)
        expect(page.get_by_role("dialog")).to_have_count(0)  # no "Page not found"
        page.close()


# The style sheet hidden until `dress()`: it comes by the websocket, from another component than the player.
UNDRESSED = """
let late = true;
const dresses = (one) => one.textContent.includes("--surface");
const each = (act) => [...document.querySelectorAll("style")].filter(dresses).forEach(act);
const watch = new MutationObserver(() => each((one) => { one.media = late ? "not all" : "all"; }));
watch.observe(document, { childList: true, subtree: true });
window.dress = () => { late = false; each((one) => { one.media = "all"; }); };
"""


def test_a_style_sheet_that_comes_late_is_waited_for(app: str, tab: Tab) -> None:
    page, faults = tab.context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script(UNDRESSED)
    page.goto(f"{app}/step-by-step?t=3&steps=50")
    page.wait_for_selector(".rmsprop-player", state="attached")
    page.wait_for_timeout(1500)
    assert page.locator(".rmsprop-player[data-run]").count() == 0
    page.evaluate("dress()")
    page.wait_for_selector(".rmsprop-player[data-surface]")
    assert faults == []
    page.close()


def test_ten_tabs_at_once_each_keep_their_own_experiment(app: str, tab: Tab) -> None:
    pages = [tab.context.new_page() for _ in range(10)]
    for k, page in enumerate(pages):
        page.goto(f"{app}/?steps={10 + k}", wait_until="commit")
    for k, page in enumerate(pages):
        page.set_default_timeout(60_000)
        page.wait_for_selector(f".rmsprop-player[data-steps='{10 + k}'][data-surface]")
    for k, page in enumerate(pages):
        assert page.input_value(".rms-dials input[type=text][name=steps]") == str(10 + k)
    for page in pages:
        page.close()
