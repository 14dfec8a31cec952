"""Share and export in a real Chromium: the file plays without a network, pictures hold the paths, links travel."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from rmsprop_core import SGD, SURFACES, RMSprop, Trajectory, run
from tests.support.player import PLAYER, Open, settled


def runs(lr: float = 0.2) -> dict[str, Trajectory]:
    """Both methods on the first picture, at another lr for RMSprop."""
    bowl = SURFACES["stretched"]
    return {"rmsprop": run(RMSprop(lr=lr), bowl, (-5, -2), 50), "sgd": run(SGD(0.0194), bowl, (-5, -2), 50)}


def open_menu(page: Page) -> None:
    """Open the share menu and wait for its last button."""
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Jupyter notebook").wait_for()


def downloaded(page: Page, button: str) -> bytes:
    """What a button of the share menu sends."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path()).read_bytes()


@pytest.fixture
def taken(open_page: Open, tmp_path: Path) -> tuple[Path, pd.DataFrame]:
    """The offline file and the numbers of a run whose lr was turned after the page had been built."""
    page = open_page("/?t=7")
    page.fill(".rms-dials input[type=text][name=lr]", "0.05")
    page.press(".rms-dials input[type=text][name=lr]", "Enter")
    expect(page).to_have_url(re.compile(r"[?&]lr=0\.05(&|$)"))
    open_menu(page)
    file = tmp_path / "run.html"
    file.write_bytes(downloaded(page, "Offline player (HTML)"))
    return file, pd.read_csv(io.BytesIO(downloaded(page, "Every number (CSV)")), comment="#", dtype=str)


def test_the_offline_file_plays_with_nothing_fetched_and_the_csv_is_of_the_same_run(
    taken: tuple[Path, pd.DataFrame], browser: Browser
) -> None:
    file, frame = taken
    traj = runs(0.05)["rmsprop"]
    ours = frame[frame["method"] == "rmsprop"]
    assert np.array_equal(ours["theta_x"].astype(float), traj.theta[:, 0])
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    page.wait_for_selector(f"{PLAYER}[data-surface]")

    expect(page.locator(PLAYER)).to_have_attribute("data-t", "7")
    shown = "document.querySelector(\"var[data-column='{}']\").title"
    assert float(page.evaluate(shown.format("rmsprop.x"))) == traj.theta[7, 0]
    page.locator(".rms-scrub").fill("23")
    assert float(page.evaluate(shown.format("rmsprop.delta.y"))) == traj.delta[22, 1]
    page.select_option(".rms-pace", "60")
    page.click(".rms-play")
    page.wait_for_function(f"() => document.querySelector('{PLAYER}').dataset.t === '50'")
    assert float(page.evaluate(shown.format("rmsprop.f"))) == traj.f[50]
    assert page.locator(".rms-plot .contourlevel, .rms-plot .contourfill path").count() > 5
    page.click(".rms-3d")
    page.wait_for_selector(".rms-relief[data-surface]")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []
    context.close()


ASK_AT_ONCE = """() => {
  const buttons = () => [...document.querySelectorAll("button")];
  const named = (name) => buttons().find((node) => node.textContent.trim().startsWith(name));
  new MutationObserver((_, observer) => {
    const wanted = named("Every number (CSV)");
    if (wanted) { observer.disconnect(); wanted.click(); }
  }).observe(document.body, { childList: true, subtree: true });
  named("Share").click();
}"""


def test_a_file_arrives_that_is_asked_for_before_the_menu_has_settled(open_page: Open) -> None:
    page = open_page("/?steps=3")
    for _ in range(3):
        settled(page)  # an answer that is under way would close the menu again
        with page.expect_download() as download:
            page.evaluate(ASK_AT_ONCE)
        text = Path(download.value.path()).read_text()
        assert text.partition("\nt,method")[2].count("\n") == 1 + 2 * 4
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Every number (CSV)").wait_for(state="detached")


def test_two_quick_clicks_save_one_file_and_the_menu_stays(open_page: Open) -> None:
    page = open_page("/?steps=3")
    saved: list[str] = []
    page.on("download", lambda download: saved.append(download.suggested_filename))
    open_menu(page)
    with page.expect_download():
        page.get_by_role("button", name="Every number (CSV)").dblclick()
    downloaded(page, "Jupyter notebook")
    settled(page)
    assert saved == ["rmsprop-stretched.csv", "rmsprop-stretched.ipynb"]


def test_the_pictures_hold_the_paths_where_plotlys_axes_put_the_numbers(visit: Open) -> None:
    page = visit("/?steps=50")
    at = "([x, y]) => { const a = document.querySelector('.rms-plot')._fullLayout;" \
         " return [a.xaxis._offset + a.xaxis.l2p(x), a.yaxis._offset + a.yaxis.l2p(y)]; }"  # fmt: skip
    sgd = runs()["sgd"]
    corners = [page.evaluate(at, sgd.theta[t].tolist()) for t in range(51)]
    page.click(".rms-picture")
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG").click()
    svg = Path(download.value.path()).read_text(encoding="utf-8")
    page.click(".rms-picture")
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    png = Image.open(download.value.path()).convert("RGB")

    assert download.value.suggested_filename == "rmsprop-stretched-t50.png"
    whole = [d for d in re.findall(r'<path d="([^"]+)"[^>]*stroke="#c2410c"', svg) if d.count("L") == 50]
    assert whole, "SGD's path of 50 steps is not in the SVG"
    points = np.array(re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", whole[0]), dtype=float)
    assert np.allclose(points, corners, atol=0.02)
    assert "SGD  f = 2.173" in svg
    view = page.locator(".rms-landscape")
    size = [int(view.evaluate(f"(v) => v.client{side}")) for side in ("Width", "Height")]
    assert png.size == (2 * size[0], 2 * size[1])
    x, y = corners[50]
    assert png.getpixel((round(2 * x), round(2 * y))) == (194, 65, 12)


def test_a_picture_of_3_d_holds_surface_and_paths(visit: Open) -> None:
    page = visit("/?steps=50&view=3d")
    page.wait_for_function("() => document.querySelector('.rms-relief[data-surface]')?.projected")
    page.click(".rms-picture")
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    colours = np.asarray(Image.open(download.value.path()).convert("RGB")).reshape(-1, 3)

    assert (colours == (194, 65, 12)).all(axis=1).sum() > 500, "SGD's path"
    assert (np.abs(colours.astype(int) - (190, 202, 216)).max(axis=1) < 25).sum() > 20_000, "the surface"


def test_the_link_is_copied_and_shown_as_a_code_of_the_address_in_the_browser(open_page: Open, app: str) -> None:
    page = open_page("/?lr=0.3")
    page.wait_for_url(re.compile("v=1"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_menu(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".rms-share button").first).to_have_text("Link copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    assert "lr=0.3" in copied
    page.get_by_role("button", name="QR code").click()
    dialog = page.get_by_role("dialog").filter(has_text="Scan to open this page")

    expect(dialog.locator("img")).to_be_visible()
    written = dialog.locator("code").inner_text().replace("\n", "")
    assert written.startswith(app)
    assert set(re.findall(r"[?&]([^&]+)", written)) == set(re.findall(r"[?&]([^&]+)", copied))
    expect(dialog).to_contain_text("works on this computer only")
    box = dialog.locator("img").bounding_box()
    assert box is not None
    assert box["height"] >= 480
    assert box["y"] + box["height"] <= 800


def test_the_menu_lies_inside_the_window(open_page: Open) -> None:
    page = open_page(width=1280, height=800)
    open_menu(page)
    for name in ("Copy link", "QR code", "Every number (CSV)", "Jupyter notebook"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800
