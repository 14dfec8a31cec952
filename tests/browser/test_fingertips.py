"""The path follows the hand: the start on the plane, many seeds, a typed surface, the pin."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from rmsprop_core import SURFACES, RMSprop, run
from tests.support.player import PLAYER, Open, another_run, painted, shown, turned


def middle_of(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pixels_of(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where Plotly's axes put a point of the plane, in the window."""
    at = page.evaluate(
        "([x, y]) => { const plot = document.querySelector('.rms-plot');"
        " const a = plot._fullLayout, b = plot.getBoundingClientRect();"
        " return [b.left + a.xaxis._offset + a.xaxis.l2p(x), b.top + a.yaxis._offset + a.yaxis.l2p(y)]; }",
        [x, y],
    )
    return at[0], at[1]


def test_both_paths_follow_the_start_while_it_is_dragged_and_the_link_when_it_is_let_go(visit: Open) -> None:
    page = visit("/?steps=50")
    page.mouse.move(*middle_of(page, ".rms-start"))
    page.mouse.down()
    last = page.get_attribute(PLAYER, "data-run")
    for x in (-4.5, -4.0, -3.5, -3.0):
        page.mouse.move(*pixels_of(page, x, 1.0))
        last = another_run(page, last)
    assert "x=" not in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]x=-3(\.0\d|\.?)?\d*&"))

    x0 = float(page.input_value(".rms-dials input[type=text][name=x]"))
    y0 = float(page.input_value(".rms-dials input[type=text][name=y]"))
    assert abs(x0 + 3) < 0.05
    assert abs(y0 - 1) < 0.05
    assert shown(page, "rmsprop.f") == run(RMSprop(0.2), SURFACES["stretched"], (x0, y0), 50).f[-1]


def test_a_click_places_the_start_and_arrow_keys_nudge_it(open_page: Open) -> None:
    page = open_page()
    page.mouse.click(*pixels_of(page, 1.0, -1.0))
    expect(page.locator(".rms-dials input[type=text][name=y]")).to_have_value(re.compile(r"^-(1|0\.9|1\.0)"))
    page.wait_for_function("() => document.querySelector('.rms-dials').dataset.ack >= 1")
    before = float(page.input_value(".rms-dials input[type=text][name=x]"))
    page.focus(".rms-start")
    t = page.get_attribute(PLAYER, "data-t")
    page.keyboard.press("ArrowRight")

    expect(page.locator(".rms-dials input[type=text][name=x]")).to_have_value(re.compile(rf"^{before + 0.08:.3g}"[:5]))
    assert page.get_attribute(PLAYER, "data-t") == t, "the arrows of the start do not move the clock"


def test_two_hundred_seeds_paint_a_cloud_and_a_band(visit: Open) -> None:
    page = visit("/?steps=300&noise=5")
    alone, chart = painted(page, 0), painted(page, 2)
    visit("/?steps=300&noise=5&seeds=200")

    assert painted(page, 0) > alone
    assert painted(page, 2) > 1.5 * chart
    expect(page.locator(".rms-verdict")).to_contain_text("over 200 seeds")


def test_a_typed_surface_is_drawn_and_a_refusal_keeps_the_picture(open_page: Open) -> None:
    page = open_page("/?surface=own&f=x%5E2%2By%5E2")
    page.fill("input[aria-label='f(x, y)']", "x^2 + 5*y^2 + sin(3*x)")
    page.keyboard.press("Enter")
    page.wait_for_selector(".rmsprop-player[data-surface='own:x^2 + 5*y^2 + sin(3*x)']")
    run_before = page.get_attribute(PLAYER, "data-run")
    page.fill("input[aria-label='f(x, y)']", "__import__('os')")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert").first).to_contain_text("“")
    assert page.get_attribute(PLAYER, "data-run") == run_before
    assert page.input_value("input[aria-label='f(x, y)']") == "__import__('os')"


def test_the_pin_speaks_under_the_verdict(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Pin").click()
    expect(page.locator(".rms-remark")).to_contain_text("Pinned.")
    turned(page, "sgd_lr", "0.01")

    expect(page.locator(".rms-remark")).to_contain_text(
        "Since the pin: SGD's η 0.0194 → 0.01. RMSprop's path is as before; "
    )


def test_fair_lrs_follow_a_dial_under_the_hand_until_an_lr_is_touched(open_page: Open) -> None:
    page = open_page()
    lr, boxes = page.locator(".rms-dials input[type=text][name=sgd_lr]"), page.locator(".rms-dials input[name=fair]")
    track = page.locator(".rms-dials input[type=range][name=kappa]")
    track.evaluate("(n) => { n.value = 0; n.dispatchEvent(new Event('input', {bubbles: true})); }")
    expect(lr).to_have_value("0.591")
    expect(page.locator(".rms-remark")).to_contain_text("RMSprop's path is the same as with κ = 100")
    assert "kappa" not in page.url
    run_before = page.get_attribute(PLAYER, "data-run")
    track.evaluate("(n) => n.dispatchEvent(new Event('change', {bubbles: true}))")
    expect(page).to_have_url(re.compile(r"[?&]kappa=1&sgd_lr=0\.591&v="))
    assert page.get_attribute(PLAYER, "data-run") == run_before, "what is on show is not fetched again"

    turned(page, "sgd_lr", "0.01")
    for k in (0, 1):
        expect(boxes.nth(k)).not_to_be_checked()
    expect(page).to_have_url(re.compile(r"fair=false&sgd_lr=0\.01"))
    boxes.first.check()
    expect(lr).to_have_value("0.591")
    expect(page).to_have_url(re.compile(r"[?&]kappa=1&sgd_lr=0\.591&v="))


def test_an_example_is_one_click_away_and_its_chip_opens_what_it_hides(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("button", name="Bias correction takes the first kick away").click()
    expect(page).to_have_url(re.compile("rho=0.999.*bias_correction=true"))
    expect(page.locator(".rms-claim")).to_have_text("Bias correction takes the first kick away")
    expect(page.get_by_role("button", name="Momentum hurts")).to_have_count(0)
    page.get_by_role("button", name="bias correction", exact=True).click()
    page.get_by_text("Bias correction: s").click()

    expect(page).to_have_url(re.compile(r"rho=0\.999&pin=[^&]*&v="))
    expect(page.get_by_role("button", name="bias correction", exact=True)).to_have_count(0)
