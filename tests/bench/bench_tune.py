"""Tune in a browser: runs painted a second while the map is dragged across, and a control to its new map.

    python -m tests.bench.bench_tune

The map is of 64 × 64 settings and 200 steps. From a dial let go to the coarse map and to the whole one on the screen.
"""

from __future__ import annotations

import statistics

from playwright.sync_api import sync_playwright

from tests.support.server import launch, served

ROUNDS, SECONDS = 12, 5
DRAG = """(seconds) => new Promise((done) => {
  const map = document.querySelectorAll(".rms-map canvas")[1], player = document.querySelector(".rmsprop-player");
  const box = map.getBoundingClientRect(), begin = performance.now(), seen = new Set();
  const fire = (type, buttons) => {
    const part = Math.sin((performance.now() - begin) / 900);
    const [x, y] = [box.left + box.width * (0.4 + 0.2 * part), box.top + box.height * (0.5 + 0.2 * part)];
    map.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, buttons, pointerId: 1, bubbles: true }));
  };
  map.setPointerCapture = () => {};
  new MutationObserver(() => seen.add(player.dataset.run)).observe(player, { attributes: true });
  fire("pointerdown", 1);
  const each = (now) => {
    if (now - begin < seconds * 1000) { fire("pointermove", 1); requestAnimationFrame(each); return; }
    fire("pointerup", 0);
    done(seen.size / seconds);
  };
  requestAnimationFrame(each);
})"""
CONTROL = """(value) => new Promise((done) => {
  const map = document.querySelector(".rms-map"), dial = document.querySelector(".rms-dials input[name=x][type=text]");
  const begin = performance.now(), found = {};
  new MutationObserver(() => {
    found[map.dataset.cells] ??= performance.now() - begin;
    if (map.dataset.cells === "64") requestAnimationFrame(() => done(found));
  }).observe(map, { attributes: true, attributeFilter: ["data-cells"] });
  dial.value = value;
  dial.dispatchEvent(new Event("input", { bubbles: true }));
  dial.dispatchEvent(new Event("change", { bubbles: true }));
})"""


def main() -> None:
    """Measure and print."""
    with sync_playwright() as playwright, served() as app:
        page = launch(playwright).new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{app}/tune?steps=200&fair=false&v=1")
        page.wait_for_selector(".rms-map[data-cells='64']")
        page.wait_for_timeout(1000)
        print(f"painted runs a second while the map is dragged across: {page.evaluate(DRAG, SECONDS):.1f}")
        page.wait_for_timeout(1000)
        times: dict[str, list[float]] = {"12": [], "64": []}
        for k in range(ROUNDS):
            found = page.evaluate(CONTROL, f"{-4 - k / 20}")
            for cells, values in times.items():
                values.append(found[cells])
            page.wait_for_timeout(500)
        for cells, values in times.items():
            print(
                f"control to the map of {cells} × {cells}: {statistics.median(values):.0f} ms, most {max(values):.0f}"
            )


if __name__ == "__main__":
    main()
