"""Frameworks in a browser: both runs, their distance, and tables that follow a dial."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.player import PLAYER, Open, turned


def test_the_distance_is_charted_and_the_tables_follow_a_dial(visit: Open) -> None:
    page = visit("/frameworks?dialect=keras&other=pytorch&momentum=0.9&schedule=cosine&lr=0.05&chart=apart&v=1")
    expect(page.locator(".rms-tabs [aria-pressed=true]")).to_have_text("distance")
    expect(page.locator(".rms-verdict")).to_contain_text("the place of lr")
    table = page.locator(".st-key-found table").first
    expect(table).to_contain_text("the place of lr")
    before = table.inner_text()
    turned(page, "lr", "0.1")
    expect(page).to_have_url(re.compile("lr=0.1"))
    expect(table).not_to_have_text(before)
    expect(page.locator(f"{PLAYER} .rms-legend")).to_contain_text("PyTorch")
    wide = page.evaluate("() => document.querySelector('.st-key-conventions table').getBoundingClientRect().right")
    assert wide <= 1280
