"""Links in a real Chromium: what is looked at goes into the address and comes back; what is locked stays."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.player import PLAYER, Open, settled

BOX = ".rms-dials input[type=text][name={}]"


def link_of(page: Page) -> set[str]:
    """The parameters in the address bar."""
    return set(page.url.partition("?")[2].split("&"))


def test_what_is_looked_at_rests_in_the_link_and_fetches_nothing(visit: Open) -> None:
    page = visit("/?steps=50")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/live/" in request.url else None)
    page.click(".rms-tabs button >> nth=2")
    page.select_option(".rms-pace", "10")
    page.click(".rms-equal")
    page.press(PLAYER, "ArrowLeft")
    expect(page).to_have_url(re.compile("t=49"))
    expect(page).to_have_title("Stretched bowl · RMSprop lr 0.2 · step 49")

    assert {"chart=s", "speed=10", "equal=true", "t=49", "v=1"} <= link_of(page)
    assert fetched == []


def test_a_look_and_a_pin_are_there_when_the_link_is_opened(visit: Open) -> None:
    page = visit("/?chart=length&speed=7&equal=true&pin=lr%3D0.05%26v%3D1&t=9&v=1")
    expect(page.locator(".rms-tabs [aria-pressed=true]")).to_have_text("‖Δ‖")
    expect(page.locator(".rms-pace")).to_have_value("7")
    expect(page.locator(".rms-equal")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".rms-legend")).to_contain_text("RMSprop, pinned")
    visit("/?lr=0.2&v=1")
    expect(page.locator(".rms-pace")).to_have_value("0")
    expect(page.locator(".rms-equal")).to_have_attribute("aria-pressed", "false")


def test_beat_panel_and_question_of_step_by_step_are_in_the_link(open_page: Open) -> None:
    page = open_page("/step-by-step?panel=quiz&ask=rms.y&t=3&v=1")
    walk = page.locator(".rms-walk")
    expect(walk).to_have_attribute("data-panel", "quiz")
    assert (page.input_value(".rms-quiz-q"), page.input_value(".rms-quiz-i")) == ("rms", "1")
    page.click("[data-panel=whole]")
    page.click("[data-kind=divide]")
    expect(page).to_have_url(re.compile("beat=divide"))
    assert {"panel=whole", "beat=divide", "ask=rms.y", "t=3"} <= link_of(page)


def test_what_is_locked_is_not_turned_and_its_handle_not_moved(visit: Open) -> None:
    page = visit("/?lock=lr,x&hide=rho&v=1")
    expect(page.locator(BOX.format("lr"))).to_be_disabled()
    expect(page.locator(BOX.format("lr"))).to_have_value("0.2")
    expect(page.locator(BOX.format("rho"))).to_have_count(0)
    expect(page.locator(".rms-start")).to_be_hidden()
    before = page.get_attribute(PLAYER, "data-run")
    page.locator(".rms-landscape").click(position={"x": 250, "y": 120})
    page.wait_for_timeout(400)
    assert page.get_attribute(PLAYER, "data-run") == before
    expect(page.locator(BOX.format("y"))).to_be_enabled()


def test_a_link_is_built_by_ticks_and_its_dialog_fits(open_page: Open) -> None:
    page = open_page("/train", width=1280, height=720)
    settled(page)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Build a link").click()
    dialog = page.get_by_role("dialog").filter(has_text="Shown, but locked")
    dialog.get_by_role("button", name="epochs").first.click()
    expect(dialog.locator("code").first).to_contain_text("hide=epochs")
    dialog.get_by_role("button", name="Reset").last.click()
    expect(dialog.locator("code").first).to_contain_text("lock=reset")
    expect(dialog.locator("code").last).to_contain_text("embed=true")
    box = dialog.locator("img").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720
    assert page.url.endswith("/train")


def test_a_link_can_hide_all_at_once_and_says_that_a_locked_lr_is_not_fair(open_page: Open) -> None:
    page = open_page(width=1280, height=720)
    settled(page)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Build a link").wait_for()
    page.wait_for_timeout(300)  # the server has to hear that the menu is open before it can close it
    settled(page)
    page.get_by_role("button", name="Build a link").click()
    dialog = page.get_by_role("dialog").filter(has_text="Shown, but locked")
    code = dialog.locator("code").first
    for low in ("img", "pre", "button"):
        box = dialog.locator(low).last.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 720
    dialog.get_by_role("button", name="RMSprop η").last.click()
    expect(dialog).to_contain_text("so the link opens with Fair lr off")
    expect(code).to_contain_text("lock=lr")
    dialog.get_by_role("button", name="None", exact=True).click()
    expect(code).to_contain_text("hide=kappa")
    expect(code).not_to_contain_text("lock=")
    dialog.get_by_role("button", name="All", exact=True).click()
    expect(code).not_to_contain_text("hide=")
    for name in ("Curtain down", "For a projector"):
        dialog.get_by_text(name).click()
    expect(code).to_contain_text("present=true")
    expect(code).to_contain_text("curtain=true")
