"""A lesson: how long it takes to open beside Explore itself, and from one moment to the next.

    python -m tests.bench.bench_lessons

Each opening is of a fresh tab of a warm server and browser, the two taking turns; medians. From moment to moment: from
the click on Next to the player's painted picture, where both are on one page.
"""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, Page, sync_playwright

from pages.shared.model import lessons
from tests.support.server import launch, served

ROUNDS = 7
PATHS = {"Explore": "/", "a lesson": "/lessons?lesson=first-step"}
READY = ".rmsprop-player[data-cue]"
NEXT = """() => new Promise((resolve) => {
  const player = document.querySelector(".rmsprop-player"), begin = performance.now();
  new MutationObserver(() => requestAnimationFrame(() => resolve(performance.now() - begin)))
    .observe(player, { attributes: true, attributeFilter: ["data-cue"] });
  document.querySelector(".rms-lesson .rms-next").click();
})"""


def opening(browser: Browser, url: str, lesson: bool) -> float:
    """Return the seconds until a page is painted in a fresh tab."""
    page = browser.new_page()
    begin = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(READY)
    if lesson:
        page.wait_for_selector(".rms-lesson button")
    took = time.perf_counter() - begin
    page.close()
    return took


def onward(page: Page, url: str) -> list[float]:
    """Return the milliseconds from moment to moment of all lessons, where the next is on the same page."""
    times = []
    for key, lesson in lessons.library().items():
        if lesson.moments[0].page == "train":  # whose views have no player
            continue
        page.goto(f"{url}/lessons?lesson={key}")
        page.wait_for_selector(".rms-lesson button")
        page.wait_for_selector(READY)
        for now, then in zip(lesson.moments, lesson.moments[1:], strict=False):
            if now.page != then.page or now.page == "train":
                break
            if now.kind:
                page.keyboard.press("PageDown")
            page.wait_for_selector(".rms-lesson .rms-next:enabled")
            page.wait_for_timeout(700)  # until the page has heard of the curtain
            times.append(float(page.evaluate(NEXT)))
            page.wait_for_timeout(300)
    return times


def main() -> None:
    with served() as url, sync_playwright() as playwright:
        browser = launch(playwright)
        took: dict[str, list[float]] = {name: [] for name in PATHS}
        for _round in range(ROUNDS + 1):
            for name, path in PATHS.items():
                took[name].append(opening(browser, url + path, name != "Explore"))
        explore, lesson = (statistics.median(times[1:]) for times in took.values())
        print(f"opening Explore: {explore:.2f} s; a lesson: {lesson:.2f} s; ratio {lesson / explore:.2f}")
        times = onward(browser.new_page(), url)
        print(f"moment to moment: median {statistics.median(times):.0f} ms, most {max(times):.0f} ms, of {len(times)}")
        browser.close()


if __name__ == "__main__":
    main()
