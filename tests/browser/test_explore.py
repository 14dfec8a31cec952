"""Explore in a real Chromium: what a student sees and does."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from rmsprop_core import SGD, SURFACES, RMSprop, run
from tests.support.player import PLAYER, Open, another_run, painted, resized, shown, turned


def test_the_first_picture_shows_the_numbers_of_the_core(visit: Open) -> None:
    page = visit("/?steps=50")
    bowl = SURFACES["stretched"]
    rms, sgd = run(RMSprop(lr=0.2), bowl, (-5, -2), 50), run(SGD(0.0194), bowl, (-5, -2), 50)

    assert shown(page, "rmsprop.f") == rms.f[-1] < 4e-9
    assert shown(page, "sgd.f") == sgd.f[-1]
    assert (shown(page, "sgd.x"), shown(page, "sgd.y")) == tuple(sgd.theta[-1])
    assert shown(page, "rmsprop.rms.x") == rms.rms[-1, 0]
    expect(page.locator(".rms-verdict")).to_contain_text("SGD has crossed the valley 50 times and stands at x = −1.9")


def test_contour_paths_and_charts_are_painted(visit: Open) -> None:
    page = visit("/?steps=50")

    assert page.locator(".rms-plot .contourlevel, .rms-plot .contourfill path").count() > 5
    for canvas in range(4):
        assert painted(page, canvas) > 500, f"canvas {canvas} is empty"


def test_nothing_scrolls_and_nothing_is_cut_off_at_1280_by_800(visit: Open) -> None:
    page = visit("/?steps=50")

    for part in (PLAYER, ".rms-dials", ".rms-numbers", "text=Reset"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800, f"{part} ends at {box['y'] + box['height']}"


def test_on_a_phone_the_player_stands_above_the_controls_and_fits_the_width(open_page: Open) -> None:
    page = open_page(width=390, height=844)

    player, dials = page.locator(PLAYER).bounding_box(), page.locator(".rms-dials").bounding_box()
    assert player is not None
    assert dials is not None
    assert player["y"] < 100
    assert player["y"] + player["height"] <= dials["y"]
    assert player["width"] <= 390
    plot = page.locator(".rms-plot .main-svg").first.bounding_box()
    assert plot is not None
    assert plot["width"] <= 390


def test_a_typed_number_changes_the_run_and_the_link(visit: Open) -> None:
    page = visit("/?steps=50")
    turned(page, "lr", "0.05")

    expected = run(RMSprop(lr=0.05), SURFACES["stretched"], (-5, -2), 50)
    assert shown(page, "rmsprop.f") == expected.f[-1]
    expect(page).to_have_url(re.compile(r"[?&]lr=0\.05(&|$)"))


def test_the_path_follows_while_a_dial_is_dragged_and_the_link_when_it_is_let_go(visit: Open) -> None:
    page = visit("/?steps=50")
    box = page.locator(".rms-dials input[type=range][name=sgd_lr]").bounding_box()
    assert box is not None
    last = page.get_attribute(PLAYER, "data-run")
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.5, 0.45, 0.4, 0.35):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
        last = another_run(page, last)

    assert "sgd_lr" not in page.url, "the link must wait until the dial is let go"
    page.mouse.up()
    expect(page).to_have_url(re.compile("sgd_lr=0.0"))


def test_keys_play_step_and_jump(visit: Open) -> None:
    page = visit("/?t=10&steps=50")
    player = page.locator(PLAYER)
    expect(player).to_have_attribute("data-t", "10")
    player.focus()
    page.keyboard.press("ArrowRight")
    expect(player).to_have_attribute("data-t", "11")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(player).to_have_attribute("data-t", "9")
    page.keyboard.press("End")
    expect(player).to_have_attribute("data-t", "50")
    page.keyboard.press("Home")
    expect(player).to_have_attribute("data-t", "0")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-playing", "true")
    page.wait_for_function("() => Number(document.querySelector('.rmsprop-player').dataset.t) > 3")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-playing", "false")
    t = player.get_attribute("data-t")
    expect(page).to_have_url(re.compile(rf"[?&]t={t}(&|$)"))


def test_a_clock_that_rests_where_it_rested_before_is_told_again(visit: Open) -> None:
    page = visit("/?steps=50&t=10")
    page.focus(PLAYER)
    for _ in range(2):
        page.keyboard.press("Home")
        expect(page).to_have_url(re.compile(r"[?&]t=0&"))
        page.go_back()
        expect(page.locator(PLAYER)).to_have_attribute("data-t", "10")


def test_every_view_shows_the_step_of_the_clock(visit: Open) -> None:
    page = visit("/?steps=50")
    rms = run(RMSprop(lr=0.2), SURFACES["stretched"], (-5, -2), 50)
    before = [
        page.evaluate("(i) => document.querySelectorAll('.rmsprop-player canvas')[i].toDataURL()", i) for i in (1, 2, 3)
    ]
    page.locator(".rms-scrub").fill("7")

    assert page.get_attribute(PLAYER, "data-t") == "7"
    assert shown(page, "rmsprop.x") == rms.theta[7, 0]
    assert shown(page, "rmsprop.delta.y") == rms.delta[6, 1]
    after = [
        page.evaluate("(i) => document.querySelectorAll('.rmsprop-player canvas')[i].toDataURL()", i) for i in (1, 2, 3)
    ]
    assert all(a != b for a, b in zip(before, after, strict=True))


def test_playback_ends_at_the_last_step(open_page: Open) -> None:
    page = open_page()
    page.select_option(".rms-pace", "60")
    page.click(".rms-play")
    page.wait_for_function("() => document.querySelector('.rmsprop-player').dataset.playing === 'false'")

    assert page.get_attribute(PLAYER, "data-t") == "50"


def test_a_link_restores_everything(visit: Open) -> None:
    link = (
        "/?surface=himmelblau&x=1.5&y=-2&steps=80&t=33&dialect=pytorch&lr=0.03&rho=0.95&eps=0.0001&momentum=0.5&centered=true"
        "&eps_inside_sqrt=false&lr_in_velocity=false&nesterov=true&initial_s=1&sgd_lr=0.004&sgd_momentum=0.3&sgd_nesterov=true"
    )
    page = visit(link)
    surface = SURFACES["himmelblau"]
    optimizer = RMSprop(
        0.03, 0.95, 1e-4, 0.5, True, eps_inside_sqrt=False, lr_in_velocity=False, nesterov=True, initial_s=1
    )
    rms, sgd = run(optimizer, surface, (1.5, -2), 80), run(SGD(0.004, 0.3, True), surface, (1.5, -2), 80)

    assert page.get_attribute(PLAYER, "data-t") == "33"
    assert shown(page, "rmsprop.x") == rms.theta[33, 0]
    assert shown(page, "sgd.y") == sgd.theta[33, 1]
    expect(page.get_by_role("combobox", name="Surface")).to_have_value("Himmelblau")


def test_back_undoes_the_last_change(visit: Open) -> None:
    page = visit("/?t=50")
    first = shown(page, "rmsprop.f")
    turned(page, "lr", "0.01")
    page.wait_for_url(re.compile(r"[?&]lr=0\.01(&|$)"))
    assert shown(page, "rmsprop.f") != first
    page.go_back()
    page.wait_for_url(re.compile(r"/$"))

    page.wait_for_function(
        "(f) => Number(document.querySelector(\"var[data-column='rmsprop.f']\").title) === f", arg=first
    )
    assert page.input_value(".rms-dials input[type=text][name=lr]") == "0.2"


def test_a_new_surface_brings_its_own_settings_and_zoom_survives_a_new_lr(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("combobox", name="Surface").click()
    page.get_by_role("option", name="Booth").click()
    page.wait_for_selector(".rmsprop-player[data-surface='booth']")
    expect(page.locator(".rms-dials input[type=text][name=sgd_lr]")).to_have_value("0.088")

    page.evaluate(
        "Plotly.relayout(document.querySelector('.rms-plot'), {'xaxis.range': [0, 2], 'yaxis.range': [2, 4]})"
    )
    turned(page, "lr", "0.4")
    assert page.evaluate("document.querySelector('.rms-plot')._fullLayout.xaxis.range") == [0, 2]


def test_the_overlay_and_plotlys_axes_agree(visit: Open) -> None:
    """The ring round the start lies where Plotly's own axes put the start, to a pixel."""
    page = visit("/?steps=50")
    page.wait_for_function(
        "() => { const a = document.querySelector('.rms-plot')._fullLayout;"
        " const x = a.xaxis._offset + a.xaxis.l2p(-5), y = a.yaxis._offset + a.yaxis.l2p(-2);"
        " const pen = document.querySelector('.rmsprop-player canvas').getContext('2d');"
        " const at = (dx, dy) => pen.getImageData(Math.round(x + dx), Math.round(y + dy), 1, 1).data[3];"
        " return Math.min(at(7, 0), at(-7, 0), at(0, 7), at(0, -7)) > 100; }"
    )


def test_a_bad_number_is_answered_beside_its_dial_and_nothing_is_lost(visit: Open) -> None:
    page = visit("/?steps=50")
    before = page.get_attribute(PLAYER, "data-run")
    for typed in ("-1", "abc", "nan", "1e999"):
        turned(page, "lr", typed)
        expect(page.locator(".rms-error").first).to_contain_text("it takes [0, ∞)")
        assert page.input_value(".rms-dials input[type=text][name=lr]") == typed
    assert page.get_attribute(PLAYER, "data-run") == before
    turned(page, "lr", "0.3")
    expect(page.locator(".rms-error").first).to_be_empty()


def test_divergence_is_shown_and_explained(visit: Open) -> None:
    page = visit("/?sgd_lr=0.024&t=5")

    expect(page.locator(".rms-verdict")).to_contain_text(
        "SGD left the view at step 2: lr × curvature = 2.4, above its limit of 2."
    )
    exact = run(SGD(0.024), SURFACES["stretched"], (-5, -2), 50)
    assert shown(page, "sgd.y") == exact.theta[5, 1] > 10


def test_ten_thousand_steps_and_an_absurd_lr_still_end_in_a_picture(visit: Open) -> None:
    page = visit("/?steps=10000&lr=1e9&sgd_lr=1e9&t=20")

    expect(page.locator(".rms-verdict")).to_contain_text("SGD stopped at step 14")
    assert page.get_attribute(PLAYER, "data-steps") == "10000"
    exact = run(RMSprop(lr=1e9), SURFACES["stretched"], (-5, -2), 20).theta[20, 0]
    assert abs(shown(page, "rmsprop.x") / exact - 1) < 1e-7  # a long run travels as float32


def test_hiding_a_method_takes_it_off_every_view(visit: Open) -> None:
    page = visit("/?steps=50")
    page.get_by_label("Show SGD").click()
    expect(page.locator(".rms-legend")).not_to_contain_text("SGD")

    assert page.locator("var[data-column='sgd.f']").count() == 0
    expect(page.locator(".rms-dials input[name=sgd_lr]")).to_have_count(0)
    expect(page).to_have_url(re.compile("view=rmsprop"))


def test_the_theme_is_followed(open_page: Open) -> None:
    assert open_page(scheme="dark").get_attribute(PLAYER, "data-theme") == "dark"
    assert open_page(scheme="light").get_attribute(PLAYER, "data-theme") == "light"


def test_a_bad_link_leaves_the_values_that_are_in_effect_on_the_dials(visit: Open) -> None:
    page = visit("/?lr=x&rho=2")
    expect(page.locator(".rms-dials input[type=text][name=lr]")).to_have_value("0.2")
    expect(page.locator(".rms-dials input[type=text][name=rho]")).to_have_value("0.9")
    assert int(page.input_value(".rms-dials input[type=range][name=rho]")) > 100
    expect(page.locator(".rms-dials")).to_contain_text("rho cannot be “2”")


def test_every_control_of_the_player_is_in_reach_at_every_width(open_page: Open) -> None:
    page = open_page("/?embed=true&surface=beale", width=390)

    for width in (390, 720, 850, 990):
        resized(page, width)
        for control in page.locator(".rms-transport > *, .rms-tabs button").all():
            box = control.bounding_box()
            assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= width), control.get_attribute("class")
        assert page.locator(".rms-tabs button").first.bounding_box()["height"] < 30  # type: ignore[index]
