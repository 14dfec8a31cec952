"""Explore against the Streamlit floor, in one run, as ratios: `python -m tests.bench.bench_page`.

Slider to painted run, painted runs a second while a dial is dragged, late frames of a playback of 300 steps, bytes
received for a change (the run fetched and all messages), cold start to the first picture. Medians; nothing here fails
for being slow.
"""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests.support.server import ROOT, launch, served

ROUNDS = 40

# From the next key press to the frame in which the page shows its consequence.
# Heard before the page's own keys, which answer at once.
PRESSED = "addEventListener('keydown', () => { window.pressed = performance.now(); }, true);"
WATCH = """([node, options]) => {
  window.measured = new Promise((done) => {
    window.pressed = 0;
    const observer = new MutationObserver(() => {
      if (!window.pressed) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - window.pressed)));
    });
    observer.observe(document.querySelector(node), options);
  });
}"""
RUN = [".rmsprop-player", {"attributes": True, "attributeFilter": ["data-run"]}]
TEXT = ["[data-testid=stHtml]", {"subtree": True, "childList": True, "characterData": True}]

COUNT = """() => {
  window.painted = 0;
  new MutationObserver(() => window.painted++)
    .observe(document.querySelector(".rmsprop-player"), { attributes: true, attributeFilter: ["data-run"] });
}"""

DRAG = """(seconds) => new Promise((done) => {
  const player = document.querySelector(".rmsprop-player");
  const dial = document.querySelector(".rms-dials input[name=lr]");
  let painted = 0;
  const observer = new MutationObserver(() => painted++);
  observer.observe(player, { attributes: true, attributeFilter: ["data-run"] });
  const from = performance.now();
  (function frame() {
    const now = performance.now() - from;
    dial.value = 500 + 300 * Math.sin(now / 700);
    if (now > 1000 * seconds) {
      dial.dispatchEvent(new Event("change", { bubbles: true }));
      observer.disconnect();
      return done(painted / seconds);
    }
    dial.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(frame);
  })();
})"""

PLAY = """() => new Promise((done) => {
  const player = document.querySelector(".rmsprop-player");
  const pace = document.querySelector(".rms-pace");
  pace.value = 60;
  pace.dispatchEvent(new Event("change"));
  document.querySelector(".rms-play").click();
  const gaps = [];
  let last = 0;
  requestAnimationFrame(function frame(now) {
    if (last) gaps.push(now - last);
    last = now;
    if (player.dataset.playing === "true") requestAnimationFrame(frame);
    else done([gaps.filter((gap) => gap > 25).length, gaps.length]);
  });
})"""


def main() -> None:
    """Measure and print."""
    with sync_playwright() as playwright, served() as app, served(ROOT / "tests/bench/floor.py") as floor:
        browser = launch(playwright)
        cold = [_first_picture(browser.new_page(viewport={"width": 1280, "height": 800}), app) for _ in range(3)]
        print(f"cold server to first picture: {cold[0]:.2f} s, then {cold[1]:.2f} and {cold[2]:.2f} s (empty caches)")

        page, base = _pages(browser)
        page.set_default_timeout(20_000)
        received = _count_bytes(page)
        page.goto(f"{app}/?steps=300")
        page.wait_for_selector(".rmsprop-player[data-surface]")
        base.goto(floor)
        base.wait_for_selector("#shown")
        time.sleep(1)
        times: dict[str, list[float]] = {"app": [], "floor": []}
        sizes = []
        for turn in range(ROUNDS):  # taken in turns, so that what the machine does meanwhile hits both
            received[0] = 0
            ours = _press(page, ".rms-dials input[type=range][name=lr]", RUN)
            page.wait_for_timeout(800)  # the fetched run, and what the page says once the dial is let go
            sizes.append(received[0])
            theirs = _press(base, "[data-testid=stSlider] input", TEXT)
            time.sleep(0.2)
            if turn >= 3:
                times["app"].append(ours)
                times["floor"].append(theirs)
        middle = {name: statistics.median(values) for name, values in times.items()}
        print(f"slider to painted run, 300 steps: {middle['app']:.0f} ms; floor {middle['floor']:.0f} ms;"
              f" ratio {middle['app'] / middle['floor']:.2f}")  # fmt: skip
        print(f"bytes received a change, 300 steps: {statistics.median(sizes):.0f}")
        print(f"painted runs a second while a dial is dragged: {page.evaluate(DRAG, 5):.1f}")
        time.sleep(1)
        late, frames = page.evaluate(PLAY)
        print(f"playback of 300 steps: {late} of {frames} frames later than 25 ms")
        for steps in (1000, 10_000, 300):
            received[0] = 0
            page.fill(".rms-dials input[type=text][name=steps]", str(steps))
            page.press(".rms-dials input[type=text][name=steps]", "Enter")
            page.wait_for_selector(f".rmsprop-player[data-steps='{steps}']")
            page.wait_for_timeout(1500)
            print(f"bytes received for a run of {steps} steps: {received[0]}")
        handle = page.locator(".rms-start").bounding_box()
        assert handle is not None
        page.evaluate(COUNT)
        page.mouse.move(handle["x"] + 15, handle["y"] + 15)
        page.mouse.down()
        began = time.perf_counter()
        for k in range(150):
            page.mouse.move(handle["x"] + 15 + k, handle["y"] + 15 - k / 2)
            time.sleep(0.02)
        print(f"painted runs a second while the start is dragged: "
              f"{page.evaluate('window.painted') / (time.perf_counter() - began):.1f}")  # fmt: skip
        page.mouse.up()
        page.goto(f"{app}/?steps=300&noise=5&seeds=200")
        page.wait_for_selector(".rmsprop-player[data-surface]")
        time.sleep(1)
        times["seeds"] = []
        for _ in range(20):
            times["seeds"].append(_press(page, ".rms-dials input[type=range][name=lr]", RUN))
            time.sleep(0.6)
        print(f"slider to 200 seeds x 300 steps painted: {statistics.median(times['seeds']):.0f} ms;"
              f" ratio to the floor {statistics.median(times['seeds']) / middle['floor']:.1f}")  # fmt: skip
        browser.close()


def _first_picture(page: Page, url: str) -> float:
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(".rmsprop-player[data-surface]")
    taken = time.perf_counter() - began
    page.close()
    return taken


def _pages(browser: Browser) -> list[Page]:
    """Return two pages that know when a key was pressed."""
    pages = [browser.new_page(viewport={"width": 1280, "height": 800}) for _ in range(2)]
    for page in pages:
        page.add_init_script(PRESSED)
    return pages


def _press(page: Page, control: str, watched: list[object]) -> float:
    page.bring_to_front()
    page.focus(control)
    page.evaluate(WATCH, watched)
    page.keyboard.press("ArrowRight")
    return float(page.evaluate("window.measured"))


def _count_bytes(page: Page) -> list[int]:
    total = [0]

    def add(payload: str | bytes) -> None:
        total[0] += len(payload)

    def fetched(answer: Response) -> None:
        if "/live/" in answer.url:
            total[0] += int(answer.headers["content-length"])

    page.on("websocket", lambda socket: socket.on("framereceived", add))
    page.on("response", fetched)
    return total


if __name__ == "__main__":
    main()
