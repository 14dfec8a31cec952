"""For the front of a class: the curtain, the view for a projector, the keys; and a page in a frame of another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from rmsprop_core import SURFACES, RMSprop, run
from tests.support.player import PLAYER, Open

ROOT = "document.documentElement"
# What is to be read on the screen: [text, size of its type], a canvas's last paint among it.
READ = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const node = walker.currentNode.parentElement;
    if (!text || node.closest("style, script") || !node.checkVisibility({ visibilityProperty: true })) continue;
    const box = node.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    found.push([text, parseFloat(getComputedStyle(node).fontSize)]);
  }
  for (const node of document.querySelectorAll("input, select")) {
    if (node.checkVisibility()) found.push([node.name || node.value, parseFloat(getComputedStyle(node).fontSize)]);
  }
  return [...found, ...(window.written ?? []).map(([text, size]) => [text, size])];
}"""
LISTEN = """() => {
  const pen = CanvasRenderingContext2D.prototype, { fillText } = pen;
  window.written = [];
  pen.fillText = function (text, ...place) {
    window.written?.push([text, parseFloat(/([0-9.]+)px/.exec(this.font)[1])]);
    return fillText.call(this, text, ...place);
  };
}"""


def small(page: Page) -> list[list[object]]:
    """What is written smaller than 24 px."""
    return [each for each in page.evaluate(READ) if each[1] < 24]


def inside(page: Page, selector: str, width: int, height: int) -> None:
    """Every part that the selector finds and that is to be seen lies on the screen."""
    for part in page.locator(selector).all():
        box = part.bounding_box()
        if box:
            assert box["x"] >= 0, selector
            assert box["y"] >= 0, selector
            assert box["x"] + box["width"] <= width + 1, (selector, box)
            assert box["y"] + box["height"] <= height + 1, (selector, box)


def test_behind_the_curtain_nothing_tells_what_comes(visit: Open) -> None:
    """Two runs that begin alike are one picture, at their start and after two steps."""
    seen = []
    for steps in (50, 40):  # told apart by the clock alone
        page = visit(f"/?curtain=1&steps={steps}&sgd_lr=0.0194")
        expect(page.locator(PLAYER)).to_have_attribute("data-t", "0")
        page.keyboard.press("PageDown")
        page.keyboard.press("PageDown")
        expect(page.locator(PLAYER)).to_have_attribute("data-t", "2")
        expect(page.locator(".rms-verdict")).to_be_hidden()
        assert "SGD" not in str(page.get_attribute(".rms-landscape", "aria-label"))
        ink, now = (
            page.evaluate("(i) => document.querySelectorAll('.rmsprop-player canvas')[i].toDataURL()", i)
            for i in (0, 1)
        )
        charts = page.evaluate(
            "() => [...document.querySelectorAll('.rms-chart canvas')].map((each) => {"
            " const d = each.getContext('2d').getImageData(each.width / 2, 30, each.width / 3, each.height - 60).data;"
            " return new Set(d.filter((_, k) => k % 4 === 3)).size; })"
        )
        seen.append((ink, now, page.locator(".rms-legend").inner_text()))
        assert max(charts) <= 40, "right of the clock there are grid lines, and no curve"
    assert seen[0] == seen[1]


def test_a_guess_stands_beside_the_truth_once_the_curtain_rises(visit: Open) -> None:
    page = visit("/?curtain=1&steps=50")
    end = run(RMSprop(lr=0.2), SURFACES["stretched"], (-5, -2), 50)
    run_before = page.get_attribute(PLAYER, "data-run")
    box = page.locator(".rms-plot .nsewdrag").bounding_box()
    assert box
    assert page.locator(".rms-start").is_hidden()
    expect(page.locator(".rms-guess")).to_contain_text("RMSprop and SGD")
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)  # (−2, 0)
    page.fill(".rms-guess input", "0.5")
    answer = page.locator(".rms-answer")
    expect(answer).to_contain_text("You guessed (−2, 0)")
    expect(answer).not_to_contain_text("RMSprop")
    assert page.get_attribute(PLAYER, "data-run") == run_before, "a guess moves no start"
    page.focus(PLAYER)
    page.keyboard.press("c")
    expect(answer).to_contain_text("RMSprop ends at (−8.07×10⁻⁵, −5.79×10⁻¹⁸): 2 away")
    expect(answer).to_contain_text("RMSprop ends at f = 3.25×10⁻⁹: 0.5 away")
    assert end.f[-1] == pytest.approx(3.255e-9, rel=1e-3)
    expect(page).not_to_have_url(re.compile("curtain"))
    expect(page.locator(".rms-update")).to_be_visible()


def test_a_number_that_is_typed_gives_the_keys_back(visit: Open) -> None:
    page = visit("/?steps=50&t=20&present=1", height=720)
    number = page.locator(".rms-dials input[type=text][name=rho]")
    number.fill("0.8")
    number.press("PageDown")
    expect(page.locator(PLAYER)).to_have_attribute("data-t", "21")
    number.press("Enter")
    expect(page).to_have_url(re.compile("rho=0.8"))
    page.keyboard.press("PageDown")
    expect(page.locator(PLAYER)).to_have_attribute("data-t", "22")
    page.keyboard.press("?")
    expect(page.locator("dialog.rms-keys h3")).to_be_visible()
    page.locator("dialog.rms-keys button").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Step by step")).to_be_visible()
    page.locator("button.rms-project").click()
    expect(page.get_by_role("link", name="Step by step")).to_be_hidden()


def test_behind_the_curtain_a_step_is_seen_once_it_is_made(visit: Open) -> None:
    page = visit("/step-by-step?curtain=1&t=3&steps=50")
    legend = page.locator(".rms-step-legend [data-method=rmsprop]")
    for _beat in range(4):
        page.keyboard.press("PageDown")
        expect(legend).to_contain_text("(?, ?)")
        page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(legend).not_to_contain_text("?")


@pytest.mark.parametrize(("width", "height"), [(1024, 600), (830, 600), (768, 600)])
def test_in_a_low_window_nothing_lies_over_play(visit: Open, width: int, height: int) -> None:
    page = visit("/step-by-step?t=3&steps=50", width=width, height=height)
    page.locator(".rms-play").scroll_into_view_if_needed()
    assert page.locator(".rms-play").evaluate(
        "(node) => { const { x, y, width, height } = node.getBoundingClientRect();"
        " return node.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"
    )


def test_for_a_projector_nothing_is_small_and_nothing_scrolls(visit: Open) -> None:
    page = visit("/?steps=50", height=720)
    page.evaluate(LISTEN)
    page.keyboard.press("p")
    page.keyboard.press("n")
    expect(page.locator(".rms-numbers")).to_be_visible()
    page.wait_for_function("() => document.querySelector('.rms-plot .xtick text')?.getBoundingClientRect().height > 24")
    page.keyboard.press("ArrowLeft")
    page.evaluate("window.written = []")
    page.keyboard.press("c")
    page.keyboard.press("c")
    assert small(page) == []
    assert len(page.evaluate("window.written")) > 10
    page.evaluate("delete window.written")
    inside(page, ".rms-transport > *, .rms-dial, .rms-numbers, .rms-verdict, .rms-landscape", 1280, 720)
    expect(page.get_by_role("link", name="Step by step")).to_be_hidden()
    expect(page).to_have_url(re.compile("present=true"))
    page.keyboard.press("p")
    expect(page.get_by_role("link", name="Step by step")).to_be_visible()


def test_a_clicker_steps_through_beats_symbols_first(visit: Open) -> None:
    page = visit("/step-by-step?present=1&curtain=1&t=3&steps=50&surface=rosenbrock&momentum=0.5", height=720)
    walk, numbers = page.locator(".rms-walk"), page.locator(".rms-panel-beat > .rms-line .rms-numeric").last
    for beat in range(6):
        expect(page.locator(".rms-beats [aria-current=step] span")).to_have_text(str(beat + 1))
        expect(numbers).to_be_hidden()
        page.keyboard.press("PageDown")
        expect(numbers).to_be_visible()
        assert small(page) == []
        formulas = page.locator(".rms-walk math:visible").all()
        assert formulas
        assert all(each.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)") >= 36 for each in formulas)
        inside(page, ".rms-walk math, .rms-step-ground", 1280, 720)
        page.keyboard.press("PageDown")
    expect(walk).to_have_attribute("data-t", "4")
    page.keyboard.press("PageUp")
    expect(walk).to_have_attribute("data-beat", "move")


def test_space_plays_wherever_the_focus_is_and_b_and_the_question_mark_answer(visit: Open) -> None:
    page = visit("/?steps=50&t=0")
    player = page.locator(PLAYER)
    for control in (".rms-full", "text=Reset", ".rms-dials input[type=range]"):
        page.locator(control).first.focus()
        page.keyboard.press("Space")
        expect(player).to_have_attribute("data-playing", "true")
        page.keyboard.press("Space")
        expect(player).to_have_attribute("data-playing", "false")
    assert not page.evaluate("document.fullscreenElement")
    page.focus(".rms-dials input[type=text]")
    page.keyboard.press("b")
    assert page.locator(".rms-black").count() == 0, "what is typed is no key"
    page.locator(".rms-full").focus()
    page.keyboard.press("b")
    expect(page.locator(".rms-black")).to_be_visible()
    page.keyboard.press("PageDown")
    expect(page.locator(".rms-black")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("dialog.rms-keys")).to_contain_text("black screen")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.rms-keys")).to_be_hidden()


def test_full_screen_that_is_not_allowed_changes_nothing(visit: Open) -> None:
    page = visit("/?steps=50")
    page.evaluate(f"() => {{ {ROOT}.requestFullscreen = () => Promise.reject(new TypeError('not allowed')); }}")
    page.click(".rms-full")
    page.keyboard.press("f")
    assert "rms-present" not in page.evaluate(f"{ROOT}.className")
    page.evaluate(f"delete {ROOT}.requestFullscreen")


@pytest.mark.parametrize(("width", "height"), [(830, 600), (600, 450)])
@pytest.mark.parametrize("path", ["/", "/step-by-step"])
def test_in_a_frame_the_picture_comes_first_and_nothing_scrolls(
    open_page: Open, path: str, width: int, height: int
) -> None:
    page = open_page(f"{path}?embed=true&t=3", width=width, height=height)
    play = page.locator(".rms-play").bounding_box()
    assert play
    assert play["y"] + play["height"] <= 450
    plot = page.locator(".rms-landscape, .rms-step-ground").locator("visible=true").first.bounding_box()
    assert plot
    assert plot["y"] < 20
    assert plot["height"] > 150
    inside(page, ".rms-transport > *, .rms-dial, .rms-verdict", width, height)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight")
    expect(page.get_by_text("Reset").first).to_be_hidden()
