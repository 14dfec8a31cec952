"""The player in a browser: open it, turn it, read it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

Open = Callable[..., Page]

PLAYER = ".rmsprop-player"


def shown(page: Page, column: str) -> float:
    """The number in the table at full precision, as its tooltip says it."""
    return float(page.get_attribute(f".rms-numbers var[data-column='{column}']", "title") or "nan")


def turned(page: Page, name: str, value: str) -> None:
    """Type a number into a dial and wait for the new run (or the complaint)."""
    before = page.get_attribute(PLAYER, "data-run")
    page.fill(f".rms-dials input[type=text][name={name}]", value)
    page.press(f".rms-dials input[type=text][name={name}]", "Enter")
    page.wait_for_function(
        "([p, before, name]) => document.querySelector(p).dataset.run !== before"
        " || document.querySelector(`.rms-dials input[type=text][name=${name}]`).classList.contains('rms-wrong')",
        arg=[PLAYER, before, name],
    )


def painted(page: Page, canvas: int) -> int:
    """How many pixels of the player's canvas are not empty."""
    return int(
        page.evaluate(
            "(i) => { const c = document.querySelectorAll('.rmsprop-player canvas')[i];"
            " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
            " for (let k = 3; k < d.length; k += 4) if (d[k]) n++; return n; }",
            canvas,
        )
    )


def another_run(page: Page, before: str | None) -> str | None:
    """Wait until another run than `before` is on show; return which."""
    page.wait_for_function("([p, b]) => document.querySelector(p).dataset.run !== b", arg=[PLAYER, before])
    return page.get_attribute(PLAYER, "data-run")


def resized(page: Page, width: int, height: int = 800) -> None:
    """Give the window another size and wait until the page is laid out and painted for it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("(width) => innerWidth === width", arg=width)
    page.evaluate("async () => { for (let k = 0; k < 3; k++) await new Promise(requestAnimationFrame); }")


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
