"""Step by step against the Streamlit floor, in one run, as ratios: `python -m tests.bench.bench_step`.

A new step to its painted formulas (in the browser alone), in each panel; a turned dial to the painted walk;
late frames of a playback with all formulas of a step on show; bytes for a change. Medians.
"""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Page, sync_playwright

from tests.bench.bench_page import PLAY, RUN, TEXT, _count_bytes, _pages, _press
from tests.support.server import ROOT, launch, served

ROUNDS = 30
PANELS = ("beat", "whole", "code", "memory", "quiz")

# From a key press that moves the clock to the frame after the one that shows the new numbers.
STEP = [".rms-walk", {"attributes": True, "attributeFilter": ["data-t"]}]

# The script's own time for a step: numbers, picture and marks, without the wait for a frame.
WORK = """() => {
  const scrub = document.querySelector(".rms-scrub");
  const from = performance.now();
  for (let t = 1; t <= 200; t++) {
    scrub.value = t;
    scrub.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return (performance.now() - from) / 200;
}"""


def main() -> None:
    """Measure and print."""
    with sync_playwright() as playwright, served() as app, served(ROOT / "tests/bench/floor.py") as floor:
        browser = launch(playwright)
        page, base = _pages(browser)
        page.set_default_timeout(20_000)
        received = _count_bytes(page)
        page.goto(app)
        page.wait_for_selector(".rmsprop-player[data-surface]")
        page.goto(f"{app}/step-by-step?steps=300&t=2&centered=true&momentum=0.5")
        page.wait_for_selector(".rmsprop-player[data-surface]")
        base.goto(floor)
        base.wait_for_selector("#shown")
        time.sleep(1)
        bottom = _median(base, "[data-testid=stSlider] input", TEXT)
        print(f"floor: {bottom:.0f} ms")
        for panel in PANELS:
            page.click(f"[data-panel={panel}]")
            taken = _median(page, ".rms-scrub", STEP, pause=0.05)
            work = page.evaluate(WORK)
            time.sleep(1)
            print(f"new step to painted, {panel}: {taken:.0f} ms, ratio {taken / bottom:.2f}; script {work:.1f} ms")
        page.click("[data-panel=whole]")
        late, frames = page.evaluate(PLAY)
        print(f"playback with a whole step on show: {late} of {frames} frames later than 25 ms")
        time.sleep(1)
        received[0] = 0
        dial = _median(page, ".rms-dials input[type=range][name=lr]", RUN)
        print(f"turned dial to painted walk, 300 steps: {dial:.0f} ms, ratio {dial / bottom:.2f};"
              f" {received[0] / ROUNDS:.0f} bytes")  # fmt: skip
        browser.close()


def _median(page: Page, control: str, watched: list[object], pause: float = 0.2) -> float:
    times = []
    for turn in range(ROUNDS):
        times.append(_press(page, control, watched))
        time.sleep(pause)
        if turn == 2:
            times.clear()
    return statistics.median(times)


if __name__ == "__main__":
    main()
