"""What stands round the picture of Explore: the newcomer's sentence, the formula and its lights, the verdict's step."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.player import PLAYER, Open

LIT = ".rms-update .rms-lit"


def test_a_dial_under_the_hand_lights_its_symbol_and_a_symbol_its_dial(visit: Open) -> None:
    page = visit("/?steps=50")
    assert page.locator(".rms-update math").count() == 3
    expect(page.locator(LIT)).to_have_count(0)

    page.hover(".rms-dial:has([name=rho]) .rms-symbol")
    assert page.locator(LIT).all_text_contents() == ["ρ", "ρ"]
    page.focus(".rms-dial [type=range][name=sgd_lr]")
    page.hover(".rms-legend", force=True)
    assert page.locator(LIT).all_text_contents() == ["η"]
    page.hover(".rms-update [data-dial=eps]")
    expect(page.locator(".rms-dial.rms-lit")).to_contain_text("offset")
    page.locator(PLAYER).focus()
    page.hover(".rms-legend", force=True)
    expect(page.locator(".rms-dial.rms-lit")).to_have_count(0)


def test_the_formula_is_the_variant_s_and_follows_it(visit: Open) -> None:
    page = visit("/?steps=50&view=rmsprop&momentum=0.5&eps_inside_sqrt=false&schedule=cosine")
    line = page.locator(".rms-update")
    expect(line).to_contain_text("μ")
    assert page.locator(".rms-update math").count() == 3
    assert page.locator(".rms-update [data-dial=lr]").count() == 1
    assert page.locator(".rms-update msub.sym-lr").count() == 1, "η has an index where a schedule changes it"


def test_the_verdict_speaks_of_the_step_of_the_clock(visit: Open) -> None:
    page = visit("/?steps=300")
    verdict = page.locator(".rms-verdict")
    expect(verdict).to_contain_text("Because g² ≈ s, |u| ≈ 1: each step is lr")
    expect(verdict.get_by_role("button")).to_be_visible()
    page.locator(".rms-scrub").fill("80")
    expect(verdict).to_have_text(
        re.compile(r"^At step 80 RMSprop is at f = 0\.0195 and SGD is at f = 0\.554\. .*s forgot")
    )
    expect(verdict.get_by_role("button")).to_be_hidden()
    page.locator(".rms-scrub").fill("20")
    expect(verdict.locator("span")).to_have_text("At step 20 RMSprop is at f = 0.308 and SGD is at f = 22.5.")


def test_the_next_click_runs_on_to_the_sequel(open_page: Open) -> None:
    page = open_page()
    expect(page.locator(".rms-intro")).to_contain_text("RMSprop divides each gradient by its recent size")
    page.get_by_role("button", name="Run on to 300 steps").click()
    page.wait_for_selector(f"{PLAYER}[data-steps='300'][data-t='300']")
    expect(page).to_have_url(re.compile(r"[?&]steps=300(&|$)"))
    page.get_by_role("button", name="Try a schedule").click()
    expect(page).to_have_url(re.compile(r"[?&]schedule=cosine(&|$)"))


def test_everything_is_in_sight_at_1280_by_720(visit: Open) -> None:
    page = visit("/?steps=50", height=720)
    for part in (".rms-update", ".rms-verdict", ".rms-numbers"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 720, part
