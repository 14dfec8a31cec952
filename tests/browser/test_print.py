"""What a page leaves on paper: its picture and its words, on white, as wide as the sheet, and nothing to press."""

from __future__ import annotations

import pytest

from tests.support.player import Open

A4 = 704  # pixels between margins of 12 mm
PARTS = (
    ".rms-plot .main-svg, .rms-chart canvas, .rms-step-ground, .rms-numeric, .rms-numbers, .rms-verdict, .stPlotlyChart"
)
SEEN = """(parts) => [...document.querySelectorAll(parts)].filter((n) => n.checkVisibility())
  .map((n) => n.getBoundingClientRect().right)"""
INK = """() => [".stApp", ".rmsprop-player", ".rms-dials", ".rms-verdict"].map((name) => document.querySelector(name))
  .filter(Boolean).map((n) => getComputedStyle(n).backgroundColor)"""
PRESSED = (
    ".rms-transport button, .rms-transport select, .st-key-switches button, [data-testid=stHeader], .rms-panels button"
)


@pytest.mark.parametrize("path", ["/", "/step-by-step?t=3", "/train", "/train?view=loss"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_has_the_picture_and_the_words(path: str, scheme: str, open_page: Open) -> None:
    still = "view" in path
    page = open_page(path, scheme=scheme, **({"ready": ".stPlotlyChart .main-svg"} if still else {}))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": A4, "height": 1000})
    try:
        rights = page.evaluate(SEEN, PARTS)
        assert len(rights) >= (2 if still else 3)
        assert max(rights) <= A4 + 1
        assert set(page.evaluate(INK)) == {"rgba(0, 0, 0, 0)"}
        assert not any(button.is_visible() for button in page.locator(PRESSED).all())
        assert page.locator(".rms-dials").is_visible()
    finally:
        page.emulate_media(media="screen")
