"""Train in a real Chromium: what a student sees and does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.player import PLAYER, Open

CHART = ".js-plotly-plot .main-svg"


@pytest.fixture
def train(open_page: Open) -> Open:
    """Open Train by a link, on a server that has shown Explore before."""

    def opened(query: str = "", **options: object) -> Page:
        return open_page(f"/train?{query}", ready="[data-testid=stApp]", **options)

    return opened


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()


def test_from_explore_by_the_navigation_to_a_trained_model_in_the_player(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Train").click()
    expect(page.locator(".rms-verdict")).to_contain_text("RMSprop's loss is 1.0050 times the least possible.")
    expect(page.locator(".rms-verdict")).to_contain_text("SGD is enough")
    expect(page.locator(".rms-verdict")).to_contain_text("Try Features “As they are”: there κ is")
    page.wait_for_selector(f"{PLAYER}[data-surface^=train]")
    expect(page).to_have_url(re.compile(r"/train$"))
    for part in (PLAYER, ".rms-dials", ".rms-numbers", "text=Reset"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800, f"{part} ends at {box['y'] + box['height']}"


CORNERS = "(nodes) => nodes.map((node) => node.getBoundingClientRect()).map(({ right, bottom }) => [right, bottom])"


def test_every_view_is_painted_within_the_window(train: Open) -> None:
    page = train("view=loss")
    expect(page.locator(CHART).first).to_be_visible()
    for name in ("Step sizes", "Weights", "Predictions", "Loss"):
        view(page, name)
        heading = {"Step sizes": "Multiplier", "Weights": "Distance", "Predictions": "SGD: R", "Loss": "Loss above"}[
            name
        ]
        expect(page.locator(".js-plotly-plot .gtitle", has_text=heading)).to_be_visible()
        corners = page.locator(".js-plotly-plot").evaluate_all(CORNERS)  # at once: those of the view before are leaving
        assert corners
        assert all(right <= 1280 and bottom <= 800 for right, bottom in corners)
    view(page, "Printout")
    expect(page.locator(".st-key-terminal")).to_contain_text("$ python -m rmsprop_core.tutorial")
    view(page, "Program")
    expect(page.locator(".st-key-picture")).to_contain_text("TypeError: 'OriginalParameter' object")
    view(page, "Paths")
    page.wait_for_selector(f"{PLAYER}[data-surface^=train]")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_every_line_of_the_program_can_be_read_without_scrolling_sideways(train: Open, width: int, height: int) -> None:
    page = train("view=program&piece=rmsprop", width=width, height=height)
    expect(page.get_by_text("The version that works")).to_be_visible()
    wide = "(nodes) => nodes.map((n) => n.scrollWidth - n.clientWidth)"
    for part in ("pre", "code"):
        code = page.locator(f"[class*=st-key-source_] {part}")
        expect(code).to_have_count(2)
        assert max(code.evaluate_all(wide)) <= 0
    edges = code.evaluate_all("(nodes) => nodes.map((n) => n.getBoundingClientRect().right)")
    assert max(edges) <= width


NAMES = ["HDL CHOLESTEROL", "Körpergewicht", "总胆固醇水平测量值", "WWWWWWWWWWWW", "mmmmmmmmmmmm"]


def test_the_names_of_weights_fit_beside_the_chart(train: Open, tmp_path: Path) -> None:
    page = train("view=data")
    rows = "".join(f"{i % 7},{i % 5},{i % 7 + i}\n" for i in range(40))
    for k, name in enumerate(NAMES):
        page.wait_for_selector("input[type=file]", state="attached")
        table = tmp_path / f"table{k}.csv"
        table.write_text(f"{name},x,y\n{rows}", encoding="utf-8")
        page.set_input_files("input[type=file]", table)
        expect(page.locator(".said b").filter(has_text=table.name)).to_be_visible()
        expect(page.get_by_text("“y”")).to_be_visible()
        view(page, "Paths")
        page.wait_for_selector(f"{PLAYER}[data-surface^=train]")
        expect(page.locator(".rms-axis").first).to_have_text(re.compile(f"^w {name[:3]}"))
        names = [*page.locator(".rms-axis").all_inner_texts(), "intercept b"]
        wide = page.evaluate(
            """(names) => {
                const pen = document.createElement("canvas").getContext("2d");
                pen.font = "600 12px " + getComputedStyle(document.querySelector(".rmsprop-player")).fontFamily;
                return Math.max(...names.map((name) => pen.measureText(name).width));
            }""",
            names,
        )
        assert wide + 10 <= 80, names
        view(page, "Data")


def test_a_typed_rate_trains_anew_in_every_view_and_a_bad_one_is_answered(train: Open) -> None:
    page = train("view=loss")
    expect(page.locator(".st-key-verdict")).to_contain_text("1.0050")
    box = page.locator(".rms-dials input[type=text][name=lr]")
    box.fill("0.001")
    box.press("Enter")
    expect(page.locator(".st-key-verdict")).to_contain_text("RMSprop's steps are about lr = 0.001 long")
    expect(page).to_have_url(re.compile(r"[?&]lr=0\.001&"))
    box.fill("-1")
    box.press("Enter")
    expect(page.locator(".rms-error").first).to_contain_text("it takes [0, ∞)")
    view(page, "Paths")
    page.wait_for_selector(f"{PLAYER}[data-surface^=train]")
    before = page.get_attribute(PLAYER, "data-run")
    box.fill("0.3")
    box.press("Enter")
    page.wait_for_function("(b) => document.querySelector('.rmsprop-player').dataset.run !== b", arg=before)


def test_a_long_training_shows_how_far_it_is_and_stops_with_what_it_has(train: Open) -> None:
    page = train("view=loss&epochs=10000&batch=2")
    expect(page.locator("[data-testid=stProgress]")).to_contain_text("of 10000")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".st-key-verdict")).to_contain_text("Stopped after epoch")
    said = page.locator(".st-key-verdict p").inner_text()
    expect(page.locator("[data-testid=stProgress]")).to_have_count(0)
    view(page, "Weights")
    expect(page.locator(".js-plotly-plot .gtitle", has_text="Distance")).to_be_visible()
    assert page.locator(".st-key-verdict p").inner_text() == said


def test_own_data_by_upload(train: Open, tmp_path: Path) -> None:
    page = train("view=data")
    page.wait_for_selector("input[type=file]", state="attached")
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"a:b\n1:2\n")
    page.set_input_files("input[type=file]", bad)
    expect(page.get_by_role("alert")).to_contain_text("bad.csv: Row 1 is one cell, “a:b”")
    good = tmp_path / "large.csv"
    good.write_text(
        "size,place,price\n" + "".join(f"{i % 97},somewhere,{3 * (i % 97) + i % 5}\n" for i in range(330_000))
    )
    assert good.stat().st_size > 5_000_000
    page.set_input_files("input[type=file]", good)
    expect(page.get_by_text("“place” is left out: “somewhere” in row 2 is not a number")).to_be_visible(timeout=30_000)
    view(page, "Paths")
    page.wait_for_selector(f"{PLAYER}[data-surface^=train]")
    expect(page.locator(".rms-numbers")).to_contain_text("size")


def test_on_a_phone_the_picture_stands_above_the_dials_and_fits(train: Open) -> None:
    page = train("view=steps&raw=true", width=390, height=844)
    expect(page.locator(CHART).first).to_be_visible()
    charts = [chart.bounding_box() for chart in page.locator(".js-plotly-plot").all()]
    dials = page.locator(".rms-dials").bounding_box()
    assert dials is not None
    for box in charts:
        assert box is not None
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= dials["y"]
