"""What a link or a table sends is text in a real browser too: no link to elsewhere, no request to another host."""

from __future__ import annotations

import csv
import io
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.support.hostile import HOSTILE
from tests.support.player import Open

ELSEWHERE = """() => [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes])
  .filter(({ name, value }) => /href$|^src|^on|action|srcdoc/.test(name) && /evil/.test(value)).length"""


def is_plain(page: Page) -> None:
    assert page.evaluate(ELSEWHERE) == 0


def test_a_link_shows_its_text_and_nothing_else(open_page: Open) -> None:
    for path in ("/", "/step-by-step", "/train"):
        page = open_page(f"{path}?{urlencode({text: text for text in HOSTILE})}")
        page.get_by_text("settings of this link").click()
        expect(page.locator(".said").filter(has_text=HOSTILE[0])).to_be_visible()
        is_plain(page)


def test_a_table_shows_its_text_and_nothing_else(open_page: Open) -> None:
    table = io.StringIO()
    names = ["row", "m<b>evil</b>", "n<i>evil</i>", *HOSTILE]
    csv.writer(table).writerows([names, *([i * k % 7 + i for k in range(len(names))] for i in range(20))])
    page = open_page("/train?view=data", ready="[data-testid=stApp]")
    name = "[evil](http:evil.example) <b>x</b>.csv"
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": table.getvalue().encode()}
    )
    expect(page.locator(".said b").filter(has_text=name)).to_be_visible()
    is_plain(page)
    for view, shown in (
        ("Loss", ".gtitle:has-text('Loss above')"),
        ("Step sizes", ".gtitle:has-text('Multiplier')"),
        ("Weights", ".gtitle:has-text('Distance')"),
        ("Predictions", ".gtitle:has-text('SGD: R')"),
        ("Printout", ".said-warning"),
        ("Paths", ".rmsprop-player[data-surface^=train]"),
    ):
        page.get_by_role("radio", name=view).click()
        expect(page.locator(shown)).to_be_visible()
        is_plain(page)
    expect(page.locator(".rms-plot .xtitle")).to_contain_text("m<b>")  # the first columns are the player's axes
    expect(page.locator(".rms-plot .ytitle")).to_contain_text("n<i>")
