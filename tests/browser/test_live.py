"""A dial under the hand: its runs are fetched, and the page hears of it when it is let go."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from playwright.sync_api import Page, expect

from pages.shared.model.settings import Settings
from pages.shared.wire.bundle import Exhibit, pack
from pages.shared.wire.code import PLAYER as PLAYER_CODE
from pages.shared.wire.code import address
from pages.shared.wire.experiment import exhibit
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


def test_the_page_hears_of_a_dial_when_it_is_let_go(open_page: Open) -> None:
    page = open_page("/?steps=300")
    fetched, messages = listened(page)
    runs = set()
    for place in (500, 550, 600):
        before = page.get_attribute(PLAYER, "data-run")
        turned(page, place, "input")
        page.wait_for_function(f"document.querySelector('{PLAYER}').dataset.run !== '{before}'")
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


def test_without_the_route_a_dial_follows_all_the_same(open_page: Open) -> None:
    page = open_page()
    page.route("**/live/**", lambda route: route.fulfill(status=204))
    before = page.get_attribute(PLAYER, "data-run")
    turned(page, 500, "input")
    page.wait_for_function(f"document.querySelector('{PLAYER}').dataset.run !== '{before}'")
    assert "lr=0.2&" in page.url
    turned(page, 500, "change")
    expect(page).to_have_url(re.compile(r"[?&]lr=0\.01(&|$)"))


def test_a_new_surface_comes_with_a_fetched_run(open_page: Open) -> None:
    page = open_page()
    before = page.get_attribute(PLAYER, "data-surface")
    track = ".rms-dials input[type=range][name=kappa]"
    page.eval_on_selector(track, "(n) => { n.value = 250; n.dispatchEvent(new Event('input', {bubbles: true})); }")
    page.wait_for_function(f"document.querySelector('{PLAYER}').dataset.surface !== '{before}'")
    page.eval_on_selector(track, "(n) => n.dispatchEvent(new Event('change', {bubbles: true}))")
    expect(page).to_have_url(re.compile(r"[?&]kappa=10(&|$)"))
    settled(page)
    assert page.get_attribute(PLAYER, "data-surface") == "stretched:10:0"
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function(f"document.querySelector('{PLAYER}').dataset.surface === '{before}'")


MOUNT = """async ([module, bundles]) => {
  const { mount } = await import(module);
  const root = document.body.appendChild(document.createElement("div"));
  const asked = [];
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const seen = bundles.map((bundle) => {
    mount(root, bytes(bundle), (name) => asked.push(name));
    return root.querySelector(".rmsprop-player").dataset.run;
  });
  root.remove();
  return [seen, asked];
}"""


def test_an_older_answer_undoes_nothing_and_an_unknown_run_is_asked_for(open_page: Open) -> None:
    def coded(shown: Exhibit, **situation: object) -> str:
        return base64.b64encode(pack(shown, cue=1, **situation)).decode()  # type: ignore[arg-type]

    one, two = exhibit(Settings()), exhibit(replace(Settings(), lr=0.1))
    page = open_page()
    seen, asked = page.evaluate(
        MOUNT, [address(PLAYER_CODE), [coded(one, turn=5), coded(two, turn=3), coded(two, turn=6), coded(one, turn=0)]]
    )
    assert seen[0] == seen[1] == seen[3] != seen[2]
    assert "missing" not in asked

    run_of_two = seen[2]
    seen, asked = page.evaluate(
        MOUNT, [address(PLAYER_CODE), [coded(one, turn=1), coded(two, turn=2, known=run_of_two)]]
    )
    assert seen[0] == seen[1]
    assert asked == ["missing"]


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
    page.wait_for_function(f"document.querySelector('{PLAYER}').dataset.run !== '{before}'")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    expect(page.locator(PLAYER)).not_to_have_class(re.compile("rms-aloft"))
    restored = page.locator(".rms-landscape").bounding_box()
    assert restored is not None
    assert restored["height"] > 300
