"""The lessons in a browser: each from its first moment to its last, and nothing of an answer before it is given."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, expect

from pages.shared.model import lessons
from pages.shared.model.lessons import Place
from pages.shared.model.look import listed
from rmsprop_core import SURFACES, RMSprop, run
from tests.support.player import PLAYER, Open

LIBRARY = [*lessons.library().values()]
MOMENT = ".rms-lesson header small"
FUTURE = """() => [...document.querySelectorAll(".rms-verdict, .rms-remark, .rms-answer")]
  .filter((node) => node.checkVisibility() && node.textContent).map((node) => node.textContent)"""

# The reason waits for the run: what stands there in the frame after the click, and when the player has come to rest.
SOON = """() => new Promise((done) => {
  const player = document.querySelector(".rmsprop-player");
  const reason = () => (document.querySelector(".rms-slip") ? "a" : "no") + " reason";
  const now = () => `${player.dataset.playing === "true" ? "running" : "at rest"}, ${reason()}`;
  const first = now();
  const each = () => {
    if (player.dataset.playing === "true") requestAnimationFrame(each); else done(`${first}; ${now()}`);
  };
  each();
})"""


def standing(page: Page, place: Place) -> None:
    """Wait until a moment is on show, its picture too."""
    n = len(place.lesson.moments)
    expect(page.locator(MOMENT)).to_have_text(f"{place.k} of {n}")
    expect(page.locator(".rms-lesson header b")).to_have_text(place.lesson.title)


def test_every_lesson_runs_from_its_first_moment_to_its_last_and_tells_nothing_early(open_page: Open) -> None:
    page = open_page(f"/lessons?lesson={LIBRARY[0].key}")
    for lesson in LIBRARY:
        for k in range(1, len(lesson.moments) + 1):
            place = Place(lesson, k)
            told, moment = lessons.told(place, "en"), place.moment
            standing(page, place)
            if moment.page != "train":
                expect(page.get_by_test_id("stSelectbox")).to_have_count(int("schedule" in moment.show))
                for name in set(listed(moment.show)) - {"schedule"}:
                    expect(page.locator(f".rms-dials [name={name}]").first).to_be_visible()
            if moment.kind:
                assert page.locator(".rms-lesson").inner_text().find(told["because"][:40].replace("`", "")) == -1
                assert page.locator(".rms-right").count() == 0
                if moment.page != "train":
                    expect(page.locator(f"{PLAYER}.rms-veiled")).to_have_count(1)
                    assert page.evaluate(FUTURE) == []
                page.keyboard.press("PageDown")  # the run
                if page.locator(".rms-commit").count():
                    page.keyboard.press("PageDown")  # and its reason, before it has come to its end
                text = re.sub("`", "", told["because"])
                expect(page.locator(".rms-lesson")).to_contain_text(text)
                expect(page.locator(".rms-veiled")).to_have_count(0)
            expect(page.locator(f"{PLAYER} .rms-next").locator("visible=true"), "no offer in a lesson").to_have_count(0)
            page.keyboard.press("PageDown")


def test_an_answer_is_kept_in_the_browser_and_shown_beside_the_truth(open_page: Open) -> None:
    page = open_page("/lessons?lesson=first-step&moment=1")
    page.evaluate("localStorage.clear()")  # of the lessons before
    wrong = page.locator(".rms-choices button").first
    wrong.click()
    page.click(".rms-commit")
    assert page.evaluate(SOON) == "running, no reason; at rest, a reason"
    expect(page.locator(".rms-slip")).not_to_be_empty()
    expect(page).to_have_url(re.compile(r"lesson=first-step&moment=1&curtain=false$"))
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/live/" in request.url else None)
    cue = page.get_attribute(PLAYER, "data-cue")
    page.click(".rms-next")
    page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.cue !== '{cue}'")
    assert fetched == [], "the next moment's picture is there already"
    standing(page, Place(lessons.library()["first-step"], 2))
    expect(page.locator(f"{PLAYER}.rms-veiled")).to_have_count(1)
    page.click(".rms-back")  # to what has been answered: the answer is still there
    standing(page, Place(lessons.library()["first-step"], 1))
    expect(page.locator(".rms-slip")).not_to_be_empty()
    expect(page.locator(".rms-veiled")).to_have_count(0)
    expect(page.locator(PLAYER)).to_have_attribute("data-t", "1")
    page.click(".rms-next")
    standing(page, Place(lessons.library()["first-step"], 2))
    expect(page.locator(f"{PLAYER}.rms-veiled")).to_have_count(1)
    page.fill(".rms-lesson input", "1,5")
    page.keyboard.press("Enter")
    expect(page.locator(".rms-verdict-of")).to_contain_text("1.5")
    page.click(".rms-lesson footer a:last-child")
    page.wait_for_selector(".rms-catalogue")
    expect(page.locator("[data-lesson=first-step] small")).to_contain_text("2 of")


def test_what_the_dials_change_is_said_and_taken_back(open_page: Open) -> None:
    page = open_page("/lessons?lesson=first-step&moment=2&curtain=false")
    expect(page.locator(".rms-dials input[type=text]")).to_have_count(1)
    page.fill(".rms-dials input[type=text][name=rho]", "0.5")
    page.keyboard.press("Enter")
    expect(page.locator(".rms-changed")).not_to_be_empty()
    expect(page).to_have_url(re.compile("rho=0.5.*lesson=first-step&moment=2"))
    page.locator(".rms-changed button").click()
    expect(page.locator(".rms-dials input[type=text][name=rho]")).to_have_value("0.99")
    expect(page.locator(".rms-changed")).to_be_empty()
    page.get_by_role("link", name="Train").click()
    page.wait_for_selector("[data-surface^=train]")
    expect(page.locator(".rms-lesson")).to_have_count(0)


def test_for_a_projector_a_moment_is_large_and_nothing_scrolls(open_page: Open) -> None:
    page = open_page("/lessons?lesson=first-step&moment=1&present=true", width=1280, height=720)
    page.keyboard.press("PageDown")
    expect(page.locator(".rms-right")).to_have_count(1)
    expect(page.locator(".rms-lesson header")).to_be_visible()
    for selector in (".rms-lesson p", ".rms-lesson button"):
        sizes = page.locator(f"{selector}:visible").evaluate_all(
            "(nodes) => nodes.map((n) => parseFloat(getComputedStyle(n).fontSize))"
        )
        assert sizes
        assert min(sizes) >= 24
    lesson, picture = (page.locator(s).bounding_box() for s in (".rms-lesson", ".rms-landscape"))
    assert lesson
    assert picture
    assert lesson["x"] + lesson["width"] <= picture["x"]
    assert picture["height"] > 500
    page.keyboard.press("PageDown")
    standing(page, Place(lessons.library()["first-step"], 2))
    expect(page.locator(":root.rms-present")).to_have_count(1)
    expect(page).to_have_url(re.compile("present=true"))
    page.keyboard.press("PageUp")
    standing(page, Place(lessons.library()["first-step"], 1))
    page.keyboard.press("PageUp")
    before = lessons.library()["one-step"]
    standing(page, Place(before, len(before.moments)))
    expect(page.locator(":root.rms-present")).to_have_count(1)


OWN = """
title = "Own"
question = "?"
law = "f"

[[moment]]
link = "/?view=rmsprop"
ask = "How does the loss fall?"
answer = "curve"
because = "It falls to {rmsprop.f}."

[[moment]]
link = "/?view=rmsprop"
ask = "Where does it end?"
answer = "point"
because = "At ({rmsprop.x}, {rmsprop.y})."
"""
OVER = "() => [...document.querySelectorAll('.rms-charts canvas')].map((c) => c.getBoundingClientRect().toJSON())[0]"


def test_a_line_and_a_place_are_guessed_and_their_distance_is_said(open_page: Open) -> None:
    page = open_page(f"/lessons?lesson={lessons.carried(OWN)}")
    page.wait_for_selector(".rms-lesson .rms-how")
    chart = page.evaluate(OVER)
    level = chart["y"] + chart["height"] / 2
    page.mouse.move(chart["x"] + 55, level)
    page.mouse.down()
    page.mouse.move(chart["x"] + chart["width"] - 20, level, steps=8)
    page.mouse.up()
    page.click(".rms-commit")
    said = page.locator(".rms-verdict-of")
    expect(said).to_contain_text("powers of ten")
    off = float(re.search(r"[\d.]+", said.inner_text())[0])  # type: ignore[index]
    f = run(RMSprop(0.2), SURFACES["stretched"], (-5, -2), 50).f
    drawn = [np.abs(np.log10(level / f)).mean() for level in 10.0 ** np.arange(-6.0, 0.0, 0.1)]
    assert min(drawn) - 0.2 < off < max(drawn) + 0.2
    page.click(".rms-next")
    expect(page.locator(".rms-lesson .rms-how")).to_contain_text("plane")
    page.wait_for_selector(".rms-veiled")
    plane = page.locator(".rms-landscape").bounding_box()
    assert plane is not None
    page.mouse.click(plane["x"] + plane["width"] / 2, plane["y"] + plane["height"] / 2)
    page.click(".rms-commit")
    expect(page.locator(".rms-answer")).to_contain_text("away")
    assert page.locator(".rms-dials input").count() == 0
