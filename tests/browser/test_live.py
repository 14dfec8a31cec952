"""A dial under the hand: its runs are fetched, and the page hears of it when it is let go."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from pages.shared.model.settings import Settings
from pages.shared.wire import live
from pages.shared.wire.code import address
from rmsprop_core import SURFACES, RMSprop, run
from tests.support.player import PLAYER, Open, settled, shown

TRACK = ".rms-dials input[type=range][name=lr]"


def turned(page: Page, place: int, event: str) -> None:
    """Put the track of lr at a place, as a hand does that holds it ("input") or lets it go ("change")."""
    page.eval_on_selector(
        TRACK, f"(n) => {{ n.value = {place}; n.dispatchEvent(new Event('{event}', {{bubbles: true}})); }}"
    )


def listened(page: Page) -> tuple[list[str], list[int]]:
    """The live addresses asked for, and the sizes of the messages to and from the page's script."""
    fetched: list[str] = []
    messages: list[int] = []
    page.on("request", lambda request: fetched.append(request.url) if "/live/" in request.url else None)
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: messages.append(-len(data))))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: messages.append(len(data))))
    page.reload()
    page.wait_for_selector(f"{PLAYER}[data-surface]")
    settled(page)
    fetched.clear()
    messages.clear()
    return fetched, messages


def test_the_page_hears_of_a_dial_when_it_is_let_go(visit: Open) -> None:
    page = visit("/?steps=300")
    fetched, messages = listened(page)
    runs = set()
    for place in (500, 550, 600):
        before = page.get_attribute(PLAYER, "data-run")
        turned(page, place, "input")
        page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.run !== '{before}'")
        runs.add(page.get_attribute(PLAYER, "data-run"))
    lr = float(page.input_value(".rms-dials input[type=text][name=lr]"))

    assert len(runs) == 3
    assert len(fetched) == 3
    assert messages == []
    assert shown(page, "rmsprop.f") == run(RMSprop(lr), SURFACES["stretched"], (-5, -2), 300).f[-1]
    last = page.get_attribute(PLAYER, "data-run")
    turned(page, 600, "change")
    expect(page).to_have_url(re.compile(rf"[?&]lr={lr:g}(&|$)"))
    settled(page)
    assert page.get_attribute(PLAYER, "data-run") == last
    assert len(fetched) == 3, "what is on show is not fetched again"
    assert sum(size for size in messages if size > 0) < 30_000, "and the page does not send it a second time"


def test_ten_thousand_steps_come_once_and_a_clock_at_rest_sends_nothing(visit: Open) -> None:
    page = visit("/?steps=300")
    fetched, messages = listened(page)
    sizes: list[int] = []
    page.on("response", lambda each: sizes.append(int(each.headers.get("content-length", "0"))))
    page.fill(".rms-dials input[type=text][name=steps]", "10000")
    page.press(".rms-dials input[type=text][name=steps]", "Enter")
    page.wait_for_selector(f"{PLAYER}[data-steps='10000']")
    expect(page).to_have_url(re.compile(r"[?&]steps=10000(&|$)"))
    page.wait_for_timeout(800)
    assert len(fetched) == 1
    assert sum(sizes) < 1_200_000, "one bundle, and nothing else"
    assert sum(size for size in messages if size > 0) < 30_000

    fetched.clear()
    page.locator(PLAYER).press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"[?&]t=9999(&|$)"))
    settled(page)  # the script that has written it ends a moment later
    messages.clear()
    page.wait_for_timeout(800)
    assert fetched == []
    assert messages == []


def test_a_route_that_fails_is_said_and_asked_again(visit: Open) -> None:
    page = visit("/?steps=50")
    fault = page.locator(".rms-fault")
    expect(fault).to_have_text("")
    page.route("**/live/**", lambda route: route.fulfill(status=404))
    before = page.get_attribute(PLAYER, "data-run")
    turned(page, 500, "input")
    expect(fault).to_contain_text("does not answer")
    turned(page, 500, "change")
    expect(page).to_have_url(re.compile(r"[?&]lr=0\.01(&|$)"))
    assert page.get_attribute(PLAYER, "data-run") == before
    page.unroute("**/live/**")
    page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.run !== '{before}'")
    expect(fault).to_have_text("")


def test_one_request_is_in_flight_and_the_newest_is_next(open_page: Open) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/live/**", lambda route: held.append(route))
    for place in (500, 510, 520, 530):
        turned(page, place, "input")
    for _ in range(2):  # the first, and for the three that came meanwhile the last
        page.wait_for_timeout(300)
        assert len(held) == 1
        with page.expect_response("**/live/**"):
            held.pop().continue_()
    page.wait_for_timeout(300)
    assert held == []
    lr = float(page.input_value(".rms-dials input[type=text][name=lr]"))
    assert shown(page, "rmsprop.f") == run(RMSprop(lr), SURFACES["stretched"], (-5, -2), 50).f[-1]


def test_a_new_surface_comes_with_a_fetched_run(visit: Open) -> None:
    page = visit("/?steps=50")
    before = page.get_attribute(PLAYER, "data-surface")
    track = ".rms-dials input[type=range][name=kappa]"
    page.eval_on_selector(track, "(n) => { n.value = 250; n.dispatchEvent(new Event('input', {bubbles: true})); }")
    page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.surface !== '{before}'")
    page.eval_on_selector(track, "(n) => n.dispatchEvent(new Event('change', {bubbles: true}))")
    expect(page).to_have_url(re.compile(r"[?&]kappa=10(&|$)"))
    settled(page)
    assert page.get_attribute(PLAYER, "data-surface") == "stretched:10:0"
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.surface === '{before}'")


TOLD = """async ([module, told]) => {
  const { stage } = await import(module);
  stage.player.follow(told, () => {});
}"""
TURN = """async ([module, values, seq]) => (await import(module)).stage.player.turn(values, seq)"""


def test_an_older_word_of_the_page_undoes_nothing_that_was_turned_since(open_page: Open) -> None:
    page = open_page()
    module = address("shared/web/stage.js")
    told = {"path": "/live/explore", "query": live.asked(Settings()), "cue": 1, "t": 50, "failed": "no answer"}

    first = page.get_attribute(PLAYER, "data-run")
    assert page.evaluate(TURN, [module, {"lr": "0.1"}, 9])
    turned_to = page.get_attribute(PLAYER, "data-run")
    assert turned_to != first
    page.evaluate(TOLD, [module, {**told, "ack": 5}])
    page.wait_for_timeout(300)
    assert page.get_attribute(PLAYER, "data-run") == turned_to
    page.evaluate(TOLD, [module, {**told, "ack": 9}])
    page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.run === '{first}'")


def test_on_a_phone_the_map_stays_in_sight_while_a_dial_is_turned(open_page: Open) -> None:
    page = open_page("/", width=390, height=844)
    settled(page)
    page.evaluate(
        "document.querySelector('.rms-dials').scrollIntoView();"
        " document.querySelector('[data-testid=stMain]').scrollBy(0, -310)"
    )
    expect(page.locator(PLAYER)).to_have_class(re.compile("rms-aloft"))
    dial = page.locator(TRACK)
    before, box = page.get_attribute(PLAYER, "data-run"), page.locator(".rms-landscape").bounding_box()
    assert box is not None
    assert 40 <= box["y"] <= 70
    assert box["height"] < 260
    where = dial.bounding_box()
    assert where is not None
    assert where["y"] > box["y"] + box["height"], "the dial is under the map, not behind it"
    turned(page, 500, "input")
    page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.run !== '{before}'")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    expect(page.locator(PLAYER)).not_to_have_class(re.compile("rms-aloft"))
    restored = page.locator(".rms-landscape").bounding_box()
    assert restored is not None
    assert restored["height"] > 300


def test_back_keeps_its_values_from_a_clock_and_a_dial_that_have_just_moved(open_page: Open) -> None:
    page = open_page("/?steps=60&t=60")
    page.evaluate("history.pushState({}, '', '/?surface=rosenbrock&steps=80&t=33')")
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    page.wait_for_selector(f"{PLAYER}[data-t='33'][data-steps='80']")
    settled(page)
    page.focus(PLAYER)
    page.keyboard.press("ArrowLeft")
    turned(page, 600, "change")
    page.evaluate("history.pushState({}, '', '/?steps=60&t=7&lr=0.1')")
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    page.wait_for_selector(f"{PLAYER}[data-t='7'][data-steps='60']")
    page.wait_for_timeout(600)  # longer than clock and dial wait before they tell
    settled(page)
    assert {"steps=60", "t=7", "lr=0.1", "fair=false", "v=1"} == set(page.url.partition("?")[2].split("&"))
