"""Nothing that matters is cut off, covered or below the fold."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.player import PLAYER, Open, another_run

HEADER = "[data-testid=stHeader]"
BEYOND = """() => [...document.querySelectorAll("button, select, input, a, summary")]
  .filter((node) => node.offsetWidth && node.getBoundingClientRect().right > innerWidth)
  .map((node) => node.outerHTML)"""
IN_COLOUR = """([selector, name]) => {
  const canvas = document.querySelector(selector);
  const [r, g, b] = getComputedStyle(document.querySelector(".rmsprop-player")).getPropertyValue(name)
    .match(/[0-9a-f]{2}/gi).map((pair) => parseInt(pair, 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let k = 0; k < data.length; k += 4)
    if (data[k] === r && data[k + 1] === g && data[k + 2] === b && data[k + 3] === 255) n++;
  return n;
}"""
SEEN = """() => {
  window.seen = [];
  const walk = document.querySelector(".rms-walk");
  const note = () => { const now = `${walk.dataset.t} ${walk.dataset.beat}`; if (seen.at(-1) !== now) seen.push(now); };
  new MutationObserver(note).observe(walk, { attributes: true });
}"""
LOSS, NOW = ".rms-chart canvas", ".rms-landscape > canvas + canvas"


def coloured(page: Page, canvas: str, method: str) -> int:
    """How many pixels of a canvas have a method's own colour."""
    return int(page.evaluate(IN_COLOUR, [canvas, f"--{method}"]))


@pytest.mark.parametrize(
    "path", ["/?surface=stretched&sgd_lr=0.0409", "/?surface=stretched&rho=0.99978", "/?surface=stretched&t=0"]
)
def test_both_methods_are_seen_whatever_they_do(visit: Open, path: str) -> None:
    page = visit(path)
    page.wait_for_timeout(200)
    for method in ("rmsprop", "sgd"):
        assert coloured(page, LOSS, method) > 60
        assert coloured(page, NOW, method) > 12


def test_on_a_tablet_no_control_is_beyond_the_edge(visit: Open) -> None:
    page = visit("/?surface=stretched&t=1", width=1024, height=768)
    page.get_by_role("link", name="Step by step").click()
    page.wait_for_selector(".rms-line math")
    assert page.locator(".rms-line .rms-numeric").last.evaluate("(node) => node.getBoundingClientRect().bottom") < 768
    for _ in range(2):
        for width in (740, 800, 900, 990):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function(f"() => !({BEYOND})().length")  # the map follows in a frame of its own
        page.get_by_role("link", name="Explore").click()
        page.wait_for_selector(".rms-charts:visible")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_scrolled_goes_under_the_header(open_page: Open, scheme: str) -> None:
    page = open_page("/frameworks", scheme=scheme, width=390, height=700)
    fills = [
        page.locator(node).evaluate("(node) => getComputedStyle(node).backgroundColor") for node in (HEADER, ".stApp")
    ]
    assert fills[0] == fills[1] != "rgba(0, 0, 0, 0)"
    bottom = page.locator(HEADER).evaluate("(node) => node.getBoundingClientRect().bottom")
    links = page.locator(".st-key-pages a").evaluate_all("(all) => all.map((a) => a.getBoundingClientRect().bottom)")
    assert len(links) == 6
    assert max(links) <= bottom


def test_on_a_phone_the_pages_stand_on_the_page(open_page: Open) -> None:
    page = open_page("/", width=390, height=844)
    page.get_by_role("link", name="Train").click()
    page.wait_for_selector("[data-surface^=train]")
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    page.get_by_text("Loss", exact=True).click()
    page.wait_for_selector(".stPlotlyChart .gtitle")
    expect(page.locator(".modebar").first).to_be_hidden()


def test_a_help_takes_no_click(visit: Open) -> None:
    page = visit("/?surface=stretched&t=2")
    page.get_by_role("button", name="Pin").hover()
    help = page.get_by_test_id("stTooltipContent")
    help.wait_for()
    covered = help.evaluate(
        "(node) => { const { x, y, width, height } = node.getBoundingClientRect();"
        " return node.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"
    )
    assert not covered


def test_step_by_step_plays_beat_by_beat(open_page: Open) -> None:
    page = open_page("/step-by-step")
    expect(page.locator(PLAYER)).to_have_attribute("data-t", "1")
    walk = page.locator(".rms-walk")
    page.select_option(".rms-pace", label="5 beats/s")
    page.evaluate(SEEN)
    page.click(".rms-play")
    expect(walk).to_have_attribute("data-t", "2")
    page.click(".rms-play")
    seen = page.evaluate("seen")
    beats = ["1 square", "1 root", "1 divide", "1 move"]
    assert seen[: len(beats)] == beats
    assert "2 gradient" in seen
    page.get_by_role("button", name="Fill in").click()
    page.select_option(".rms-quiz-q", "u")
    expect(walk).to_have_attribute("data-beat", "divide")
    page.get_by_role("button", name="Code").click()
    assert page.locator(".rms-code").evaluate("(node) => node.scrollWidth <= node.clientWidth")


def test_what_is_pinned_is_seen_in_every_chart(open_page: Open) -> None:
    page = open_page("/?surface=stretched")
    page.get_by_role("button", name="Pin").click()
    expect(page.locator(".rms-remark")).to_contain_text("Pinned")
    before = page.get_attribute(PLAYER, "data-run")
    page.fill(".rms-dials input[type=text][name=lr]", "0.05")
    page.keyboard.press("Enter")
    another_run(page, before)
    for chart in page.locator(".rms-tabs button").all():
        chart.click()
        assert coloured(page, ".rms-tabs + canvas", "ghost") > 30
    assert coloured(page, NOW, "ghost") > 30


def test_a_large_screen_is_used(visit: Open) -> None:
    page = visit("/?surface=stretched&t=3", width=1920, height=1080)
    for selector, least in ((".rms-verdict", 22), (".rms-numbers td", 19), (".rms-dial", 18), (".rms-legend", 20)):
        assert page.locator(selector).first.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)") >= least
    bottom = page.locator(".rms-numbers").evaluate("(node) => node.getBoundingClientRect().bottom")
    assert 0.85 * 1080 < bottom < 1080
    assert page.evaluate(BEYOND) == []
