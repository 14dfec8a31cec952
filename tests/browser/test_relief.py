"""The surface in 3-D: another view of the player, on its clock, with nothing at a false height."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from rmsprop_core import SGD, SURFACES, RMSprop, run
from tests.support.player import PLAYER, Open, settled
from tests.support.tab import Tab

RELIEF = ".rms-relief"


def in_relief(open_page: Open, query: str = "", **screen: Any) -> Page:
    """Open Explore in 3-D and wait until Plotly's camera stands."""
    page = open_page(f"/?view=3d{query}", **screen)
    page.wait_for_function("() => document.querySelector('.rms-relief[data-surface]')?.projected")
    return page


def projected(page: Page, x: float, y: float, h: float) -> tuple[float, float]:
    """Where the player puts the point (x, y, h), in pixels of the view."""
    found: list[float] = page.evaluate("(p) => document.querySelector('.rms-relief').projected(...p)", [x, y, h])
    return found[0], found[1]


def colour_at(page: Page, canvas: int, x: float, y: float) -> list[int]:
    """Red, green, blue and opacity of a pixel on one of the two canvases over the surface."""
    pixel: list[int] = page.evaluate(
        "([i, x, y]) => { const c = document.querySelectorAll('.rms-landscape > canvas')[i];"
        " return [...c.getContext('2d').getImageData(Math.round(x), Math.round(y), 1, 1).data]; }",
        [canvas, x, y],
    )
    return pixel


def test_the_map_comes_first_and_the_link_remembers_3_d(visit: Open) -> None:
    page = visit("/?steps=50")
    expect(page.locator(RELIEF)).to_have_count(0)

    page.click(".rms-3d")
    page.wait_for_selector(".rms-relief[data-surface]")
    expect(page).to_have_url(re.compile(r"[?&]view=3d(&|$)"))
    page.click(".rms-3d")
    expect(page.locator(RELIEF)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("view="))


def test_hiding_a_method_stays_in_3_d_and_back_leaves_it(visit: Open) -> None:
    page = in_relief(visit)
    page.get_by_label("Show SGD").click()
    expect(page).to_have_url(re.compile(r"[?&]view=3d-rmsprop(&|$)"))

    expect(page.locator(RELIEF)).to_have_count(1)
    expect(page.locator(".rms-legend")).not_to_contain_text("SGD")
    page.click(".rms-3d")
    expect(page).to_have_url(re.compile(r"[?&]view=rmsprop(&|$)"))
    page.go_back()
    expect(page.locator(RELIEF)).to_have_count(1)


def test_paths_stand_where_plotlys_own_camera_puts_them(open_page: Open) -> None:
    """A dot that Plotly draws by WebGL lies where the player projects the same point, to a pixel or two."""
    page = in_relief(open_page)
    point = (-1.0, 1.5, 0.5 * (1 + 100 * 1.5**2) + 40)
    page.evaluate(
        "async (p) => { const plot = document.querySelector('.rms-plot3d');"
        " await Plotly.addTraces(plot, { type: 'scatter3d', mode: 'markers', x: [p[0]], y: [p[1]], z: [p[2]],"
        " marker: { size: 9, color: '#ff00ff', line: { width: 0 } }, showlegend: false }); }",
        point,
    )
    centre: list[float] = page.evaluate(
        "async () => { const plot = document.querySelector('.rms-plot3d');"
        " const [width, height] = [plot._fullLayout.width, plot._fullLayout.height].map(Math.floor);"
        " const image = new Image(); image.src = await Plotly.toImage(plot, { format: 'png', width, height });"
        " await image.decode(); const c = document.createElement('canvas'); c.width = width; c.height = height;"
        " const pen = c.getContext('2d'); pen.drawImage(image, 0, 0, width, height);"
        " const d = pen.getImageData(0, 0, width, height).data; let [n, x, y] = [0, 0, 0];"
        " for (let k = 0; k < d.length; k += 4) if (d[k] > 200 && d[k + 1] < 90 && d[k + 2] > 200) {"
        "   n++; x += (k / 4) % width; y += Math.floor(k / 4 / width); }"
        " return [x / n, y / n, n]; }"
    )

    assert centre[2] > 20, "Plotly's dot was not found"
    assert projected(page, *point) == pytest.approx(centre[:2], abs=2)


def test_the_heads_follow_the_clock_at_the_exact_height_and_cost_no_webgl_frame(open_page: Open) -> None:
    page = in_relief(open_page)
    bowl = SURFACES["stretched"]
    runs = {"rmsprop": run(RMSprop(lr=0.2), bowl, (-5, -2), 50), "sgd": run(SGD(0.0194), bowl, (-5, -2), 50)}
    page.evaluate(
        "window.frames3d = 0; const gl = document.querySelector('.rms-plot3d')._fullLayout.scene._scene.glplot;"
        " const inner = gl.onrender; gl.onrender = () => { window.frames3d++; inner(); };"
    )
    page.wait_for_function(  # what Plotly still paints after its start
        "async () => { window.frames3d = 0; await new Promise((done) => setTimeout(done, 700));"
        " return !window.frames3d; }"
    )
    for t in (9, 17, 31):  # not behind the near wall
        page.locator(".rms-scrub").fill(str(t))
        for key, colour in (("rmsprop", (11, 95, 176)), ("sgd", (194, 65, 12))):
            traj = runs[key]
            where = projected(page, *traj.theta[t], traj.f[t])
            pixel = colour_at(page, 1, *where)
            assert pixel[3] > 80, f"{key} has no head at step {t}"
            assert np.allclose(pixel[:3], colour, atol=24), f"{key} at step {t}: {pixel}"
    page.evaluate(  # one move a frame of the screen
        "async () => { const scrub = document.querySelector('.rms-scrub'); window.frames3d = 0;"
        " for (let t = 0; t <= 40; t++) { scrub.value = t; scrub.dispatchEvent(new Event('input'));"
        " await new Promise(requestAnimationFrame); } }"
    )
    assert page.locator(PLAYER).get_attribute("data-t") == "40"
    assert page.evaluate("window.frames3d") <= 2, "Plotly paints with the clock, not now and then on its own"


def test_what_is_pinned_stands_in_grey_and_one_seed_is_said_to_be_one(open_page: Open) -> None:
    page = in_relief(open_page, "&lr=0.05&t=0&noise=1&seeds=9")
    expect(page.locator(".rms-outside")).to_have_text("3-D shows the first seed; the map shows all of them.")
    page = in_relief(open_page, "&lr=0.05&t=0")
    expect(page.locator(".rms-outside")).to_have_text("")
    before = run(RMSprop(lr=0.05), SURFACES["stretched"], (-5, -2), 50)
    page.get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_role("button", name="Unpin")).to_be_visible()
    page.fill(".rms-dials input[type=text][name=lr]", "0.3")
    page.press(".rms-dials input[type=text][name=lr]", "Enter")
    page.wait_for_url(re.compile("[?&]lr=0.3&"))
    settled(page)
    seen = [colour_at(page, 1, *projected(page, *before.theta[t], before.f[t])) for t in range(8, 40)]
    grey = [pixel for pixel in seen if pixel[3] > 60 and max(pixel[:3]) - min(pixel[:3]) < 60]
    assert len(grey) > 16, seen


def test_the_camera_stays_when_a_number_or_the_surface_changes(open_page: Open) -> None:
    page = in_relief(open_page)
    box = page.locator(RELIEF).bounding_box()
    assert box is not None
    eye = "JSON.stringify(document.querySelector('.rms-plot3d')._fullLayout.scene._scene.getCamera().eye)"
    before = page.evaluate(eye)
    page.mouse.move(box["x"] + 250, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 330, box["y"] + 230, steps=4)
    page.mouse.up()
    page.wait_for_function(
        f"async (before) => {{ const now = {eye}; await new Promise((done) => setTimeout(done, 100));"
        f" return now !== before && now === {eye}; }}",
        arg=before,
    )
    turned = page.evaluate(eye)
    page.fill(".rms-dials input[type=text][name=lr]", "0.1")
    page.press(".rms-dials input[type=text][name=lr]", "Enter")
    expect(page).to_have_url(re.compile(r"[?&]lr=0\.1(&|$)"))

    assert json.loads(page.evaluate(eye)) == pytest.approx(json.loads(turned))
    page.get_by_role("combobox", name="Surface").click()
    page.get_by_role("option", name="Booth").click()
    page.wait_for_selector(".rms-relief[data-surface='booth']")
    assert json.loads(page.evaluate(eye)) == pytest.approx(json.loads(turned))
    assert "x=-5" not in page.url, "turning the camera moves no start"


def test_a_run_that_leaves_is_cut_off_at_the_wall_and_said_to_be(visit: Open) -> None:
    page = in_relief(visit, "&sgd_lr=0.03&t=5")
    note = page.locator(".rms-outside")

    expect(note).to_have_text("SGD has left the box: its path is drawn up to the wall.")
    page.locator(".rms-scrub").fill("0")
    expect(note).to_have_text("")
    page.locator(".rms-scrub").fill("50")
    y = run(SGD(0.03), SURFACES["stretched"], (-5, -2), 1).theta[1, 1]
    assert y > 3
    where = projected(page, -4.85, 3.2, 0.5 * (4.85**2 + 100 * 3.2**2))
    assert colour_at(page, 1, *where)[3] == 0, "nothing is drawn beyond the wall"


def test_without_webgl_a_sentence_stands_in_and_the_clock_runs_on(app: str, tab: Tab) -> None:
    page = tab.context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.set_default_timeout(60_000)
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        " HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return kind.includes('webgl') ? null : get.call(this, kind, ...more); };"
    )
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{app}/?view=3d")
    page.wait_for_selector(".rmsprop-player[data-surface]")

    expect(page.locator(".rms-outside")).to_have_text(
        "3-D needs WebGL, and this browser has none. The map shows the same run."
    )
    page.locator(".rms-scrub").fill("12")
    expect(page.locator(PLAYER)).to_have_attribute("data-t", "12")
    page.click(".rms-3d")
    expect(page.locator(RELIEF)).to_have_count(0)
    page.close()
    assert faults == []
