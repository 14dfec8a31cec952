"""The server goes away, or the way to it: nothing that was set meanwhile is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from rmsprop_core import SURFACES, RMSprop, run
from tests.support.player import PLAYER
from tests.support.server import free_port, served

BACK = 60_000  # ms within which Streamlit has found its server again


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that nobody else uses."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(BACK)
    yield page
    page.close()


def typed(page: Page, name: str, text: str) -> None:
    """Type a number into a dial."""
    page.fill(f".rms-dials input[type=text][name={name}]", text)
    page.press(f".rms-dials input[type=text][name={name}]", "Enter")


def has(page: Page, lr: float, rho: float, t: int = 7) -> None:
    """Wait until link, dials, picture and clock are those of what was set."""
    expect(page).to_have_url(re.compile(rf"[?&]lr={lr:g}(&|$)"), timeout=BACK)
    expect(page).to_have_url(re.compile(rf"[?&]rho={rho:g}(&|$)"))
    expect(page).to_have_url(re.compile(rf"[?&]t={t}(&|$)"))
    f = height(lr, rho, t)
    page.wait_for_function("(f) => Number(document.querySelector(\"var[data-column='rmsprop.f']\").title) === f", arg=f)
    for name, value in (("lr", lr), ("rho", rho)):
        assert page.input_value(f".rms-dials input[type=text][name={name}]") == f"{value:g}"
    expect(page.locator(PLAYER)).to_have_attribute("data-t", str(t))
    expect(page.locator(".rms-fault")).to_be_empty()


def height(lr: float, rho: float, t: int) -> float:
    """Return where RMSprop stands after t steps."""
    return float(run(RMSprop(lr, rho=rho), SURFACES["stretched"], (-5, -2), 50).f[t])


def moves_on(page: Page) -> None:
    """Move the clock from 7 to 9, behind the curtain."""
    page.focus(PLAYER)
    for key in ("ArrowRight", "ArrowRight", "c"):
        page.keyboard.press(key)
    expect(page.locator(PLAYER)).to_have_attribute("data-t", "9")


@pytest.mark.parametrize("before", [True, False])
def test_a_dial_turned_while_the_server_is_away_is_taken_when_it_is_back(page: Page, before: bool) -> None:
    port = free_port()
    with served(port=port) as url:
        page.goto(f"{url}/?v=1&steps=50&t=7&fair=false" + ("" if before else "&rho=0.5"))
        page.wait_for_selector(f"{PLAYER}[data-surface]")
        if before:
            typed(page, "rho", "0.5")
            expect(page).to_have_url(re.compile(r"[?&]rho=0\.5(&|$)"))
    typed(page, "lr", "0.05")
    expect(page.locator(".rms-fault")).not_to_be_empty()
    moves_on(page)
    with served(port=port):
        has(page, 0.05, 0.5, 9)
        expect(page).to_have_url(re.compile(r"[?&]curtain=true(&|$)"))
        lr = page.locator(".rms-dials input[type=text][name=lr]")
        while re.search("lr=|curtain=", page.url):  # dial, clock and curtain came as one link, or one before the other
            page.go_back()
            page.wait_for_timeout(500)
        expect(lr).to_have_value("0.2")
        expect(page.locator(PLAYER)).to_have_attribute("data-t", "7")
        typed(page, "lr", "0.05")
        has(page, 0.05, 0.5)


def test_back_while_the_server_is_away_leads_to_the_clock_of_that_link(page: Page) -> None:
    port = free_port()
    with served(port=port) as url:
        page.goto(f"{url}/?v=1&steps=50&t=7&fair=false")
        page.wait_for_selector(f"{PLAYER}[data-surface]")
        page.focus(PLAYER)
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(r"[?&]t=8(&|$)"))
    page.keyboard.press("ArrowRight")
    page.go_back()
    with served(port=port):
        expect(page.locator(PLAYER)).to_have_attribute("data-t", "7", timeout=BACK)
        expect(page).to_have_url(re.compile(r"[?&]t=7(&|$)"))


def test_a_rate_of_train_turned_while_the_server_is_away_is_taken_when_it_is_back(page: Page) -> None:
    port = free_port()
    with served(port=port) as url:
        page.goto(f"{url}/train?v=1")
        page.wait_for_selector(f"{PLAYER}[data-surface]")
    typed(page, "lr", "0.07")
    with served(port=port):
        expect(page).to_have_url(re.compile(r"[?&]lr=0\.07(&|$)"), timeout=BACK)
        expect(page.locator(".rms-dials input[type=text][name=lr]")).to_have_value("0.07")


def test_a_dial_turned_while_the_websocket_is_cut_is_taken_when_it_is_back(page: Page, app: str) -> None:
    sockets: list[WebSocketRoute] = []
    cut = False

    def reached(socket: WebSocketRoute) -> None:
        if cut:
            socket.close()
        else:
            socket.connect_to_server()
            sockets.append(socket)

    page.route_web_socket(re.compile("/_stcore/stream"), reached)
    page.goto(f"{app}/?v=1&steps=50&t=7&fair=false")
    page.wait_for_selector(f"{PLAYER}[data-surface]")
    typed(page, "rho", "0.5")
    expect(page).to_have_url(re.compile(r"[?&]rho=0\.5(&|$)"))
    cut = True
    sockets[-1].close()
    typed(page, "lr", "0.05")  # the picture comes another way
    at_7 = height(0.05, 0.5, 7)
    page.wait_for_function(
        "(f) => Number(document.querySelector(\"var[data-column='rmsprop.f']\").title) === f", arg=at_7
    )
    moves_on(page)
    page.wait_for_timeout(5000)
    assert not re.search("lr=|t=9|curtain", page.url)
    cut = False
    has(page, 0.05, 0.5, 9)
    expect(page).to_have_url(re.compile(r"[?&]curtain=true(&|$)"))
