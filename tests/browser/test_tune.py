"""Tune in a browser: press and drag across the map, and the path follows; release takes the setting over."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.player import PLAYER, Open, settled


def test_the_path_follows_the_hand_across_the_map_and_the_link_when_it_is_let_go(visit: Open) -> None:
    page = visit("/tune?steps=60&fair=false&v=1")
    page.wait_for_selector(".rms-map[data-cells='64']")
    page.evaluate("""() => { window.runs = new Set(); const root = document.querySelector(".rmsprop-player");
      new MutationObserver(() => window.runs.add(root.dataset.run)).observe(root, { attributes: true }); }""")
    box = page.locator(".rms-map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    for k in range(12):
        page.mouse.move(box["x"] + 100 + 10 * k, box["y"] + 100 + 6 * k)
        page.wait_for_timeout(60)
    assert len(page.evaluate("() => [...window.runs]")) >= 6
    expect(page.locator(".rms-map-line").first).to_contain_text("η =")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"rho=0\.\d+"))
    settled(page)
    rho = page.input_value(".rms-dials input[type=text][name=rho]")
    assert f"rho={rho}" in page.url
    before = page.get_attribute(PLAYER, "data-run")
    page.locator(".rms-map canvas").nth(1).press("ArrowRight")
    page.wait_for_function("([p, b]) => document.querySelector(p).dataset.run !== b", arg=[PLAYER, before])
    page.get_by_role("link", name="Explore").click()
    page.wait_for_selector(".rms-charts:visible")
    assert page.input_value(".rms-dials input[type=text][name=rho]") == rho
