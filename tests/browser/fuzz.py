"""Links that nobody would send, in a real browser: `python -m tests.browser.fuzz 200`.

Each page must come up with its picture, or with a sentence that says why it can't, with no exception in page or server.
"""

from __future__ import annotations

import random
import sys
import tempfile
from urllib.parse import urlencode

from playwright.sync_api import Error, sync_playwright

from tests.pages.test_fuzz import link
from tests.support.server import launch, running

PATHS = ("/", "/step-by-step", "/tune", "/frameworks", "/train", "/lessons")
UP = ".rmsprop-player[data-surface], .rms-fault:not(:empty), .said-warning, .rms-catalogue"
SECONDS = 30
WRONG = ("Traceback", "Exception")


def main(count: int) -> None:
    """Open so many, and print what went wrong."""
    chance, faults = random.Random(count), list[str]()
    with tempfile.TemporaryFile() as log, running(log=log) as (url, _pid), sync_playwright() as playwright:
        browser = launch(playwright)
        for k in range(count):
            path = f"{PATHS[k % len(PATHS)]}?{urlencode(link(chance))}"
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.on("pageerror", lambda error, path=path: faults.append(f"{path}: {error}"))
            try:
                page.goto(url + path)
                page.wait_for_selector(UP, timeout=1000 * SECONDS)
                if page.locator("[data-testid=stException]").count():
                    faults.append(f"{path}: an exception is on the page")
            except Error as error:
                faults.append(f"{path}: {error.message.splitlines()[0]}")
            page.close()
        browser.close()
        log.seek(0)
        faults += [line for line in log.read().decode(errors="replace").splitlines() if any(w in line for w in WRONG)]
    print(f"{count} links, {len(faults)} faults", *faults[:20], sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
