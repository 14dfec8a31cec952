"""The lessons in a browser: each from its first moment to its last, and nothing of an answer before it is given."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from pages.shared.model import lessons
from pages.shared.model.lessons import Place
from tests.support.player import PLAYER, Open

LIBRARY = [*lessons.library().values()]
MOMENT = ".rms-lesson header small"
FUTURE = """() => [...document.querySelectorAll(".rms-verdict, .rms-remark, .rms-answer")]
  .filter((node) => node.checkVisibility() && node.textContent).map((node) => node.textContent)"""


def standing(page: Page, place: Place) -> None:
    """Wait until a moment is on show, its picture too."""
    n = len(place.lesson.moments)
    expect(page.locator(MOMENT)).to_have_text(f"{place.k} of {n}")
    expect(page.locator(".rms-lesson header b")).to_have_text(place.lesson.title)


def test_every_lesson_runs_from_its_first_moment_to_its_last_and_tells_nothing_early(open_page: Open) -> None:
    course = [lesson for lesson in LIBRARY if lesson.key != "tour"]
    page = open_page(f"/lessons?lesson={course[0].key}&lessons={','.join(each.key for each in course)}")
    for lesson in course:
        for k in range(1, len(lesson.moments) + 1):
            place = Place(lesson, k)
            told, moment = lessons.told(place, "en"), place.moment
            standing(page, place)
            if moment.kind:
                assert page.locator(".rms-lesson").inner_text().find(told["because"][:40].replace("`", "")) == -1
                assert page.locator(".rms-right").count() == 0
                if moment.page != "train":
                    expect(page.locator(f"{PLAYER}.rms-veiled")).to_have_count(1)
                    assert page.evaluate(FUTURE) == []
                page.keyboard.press("PageDown")
                text = re.sub("`", "", told["because"])
                expect(page.locator(".rms-lesson")).to_contain_text(text)
                expect(page.locator(".rms-veiled")).to_have_count(0)
            page.keyboard.press("PageDown")


def test_an_answer_is_kept_in_the_browser_and_shown_beside_the_truth(open_page: Open) -> None:
    page = open_page("/lessons?lesson=first-step&moment=1")
    page.evaluate("localStorage.clear()")  # of the lessons before
    wrong = page.locator(".rms-choices button").first
    wrong.click()
    page.click(".rms-commit")
    expect(page.locator(".rms-right")).to_have_count(1)
    expect(page.locator(".rms-slip")).not_to_be_empty()
    expect(page).to_have_url(re.compile(r"lesson=first-step&moment=1&curtain=false$"))
    page.click(".rms-next")
    standing(page, Place(lessons.library()["first-step"], 2))
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
    assert picture["height"] > 300
