"""Tune in a browser: press and drag across the map, and the path follows; release takes the setting over."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from pages.shared.model.settings import Settings
from pages.tune import sweeps
from tests.support.pages import unpacked
from tests.support.player import PLAYER, Open, settled


def test_the_path_follows_the_hand_across_the_map_and_the_link_when_it_is_let_go(visit: Open) -> None:
    page = visit("/tune?steps=60&fair=false&v=1")
    page.wait_for_selector(".rms-map[data-cells='64']")
    page.evaluate("""() => { window.runs = new Set(); const root = document.querySelector(".rmsprop-player");
      new MutationObserver(() => window.runs.add(root.dataset.run)).observe(root, { attributes: true }); }""")
    box = page.locator(".rms-map").first.bounding_box()
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
    said = page.locator(".rms-tune:not(.rms-basins) .rms-map-line").last.inner_text()
    head, columns = unpacked(sweeps.chart(sweeps.plain(replace(Settings(), steps=60, rho=float(rho), fair=False)), 64))
    j = int(np.argmin(np.abs(np.log10(1 - columns["up"]) - np.log10(1 - float(rho)))))
    row = slice(j * head["n"], (j + 1) * head["n"])
    loss = np.where(columns["fate"][row] < 3, columns["loss"][row], np.inf)
    at = int(np.argmin(loss))
    good = loss <= 10 * loss[at]
    low, high = at, at
    while low and good[low - 1]:
        low -= 1
    while high + 1 < len(good) and good[high + 1]:
        high += 1
    told = re.search(r"at lr ([\d.]+) to ([\d.]+)", said)
    assert told
    assert [float(each) for each in told.groups()] == pytest.approx(columns["across"][[low, high]], rel=0.05)
    before = page.get_attribute(PLAYER, "data-run")
    page.locator(".rms-map canvas").nth(1).press("ArrowRight")
    page.wait_for_function("([p, b]) => document.querySelector(p).dataset.run !== b", arg=[PLAYER, before])
    page.get_by_role("link", name="Explore").click()
    page.wait_for_selector(".rms-charts:visible")
    assert page.input_value(".rms-dials input[type=text][name=rho]") == rho


def test_a_click_among_the_starts_begins_a_run_there(visit: Open) -> None:
    page = visit("/tune?surface=himmelblau&measure=starts&fair=false&v=1")
    page.wait_for_selector(".rms-basins .rms-map[data-cells='64']")
    box = page.locator(".rms-basins canvas").bounding_box()
    assert box is not None
    before = page.get_attribute(PLAYER, "data-run")
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 3)
    expect(page).to_have_url(re.compile(r"[?&]x=[\d.]+&y=[\d.]+"))
    page.wait_for_function("([p, b]) => document.querySelector(p).dataset.run !== b", arg=[PLAYER, before])
    expect(page.locator(".rms-basins .rms-map-line").last).to_contain_text("SGD")
    settled(page)
    x = page.input_value(".rms-dials input[type=text][name=x]")
    page.locator(".rms-basins canvas").press("ArrowRight")
    page.wait_for_function("(x) => document.querySelector('.rms-dials input[type=text][name=x]').value !== x", arg=x)
    assert float(page.input_value(".rms-dials input[type=text][name=x]")) > float(x)
