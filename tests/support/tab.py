"""One tab of a browser for many tests: a page costs seconds to load, a link in it a third of one."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

READY = ".rmsprop-player[data-surface]"

# As Back and Forward do it: the address changes under the page, and its script runs for the new one.
FOLLOW = """(url) => {
  const cue = document.querySelector(".rmsprop-player")?.dataset.cue;
  history.pushState({}, "", url);
  dispatchEvent(new PopStateEvent("popstate"));
  return cue;
}"""
ARRIVED = """(cue) => document.querySelector(".rmsprop-player[data-surface]")?.dataset.cue !== cue
  && document.querySelector("[data-testid=stApp]").dataset.testScriptState === 'notRunning'"""


class Tab:
    """A page of the app, loaded when it has to be; `faults` is what it complained of or fetched from elsewhere."""

    def __init__(self, browser: Browser, app: str) -> None:
        self.app = app
        self.faults: list[str] = []
        self._scheme: str | None = None  # of a page that nobody has touched
        self.context = browser.new_context()
        self._page = self.context.new_page()
        self._page.set_default_timeout(60_000)  # on a machine that does much else
        self._page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self._page.on("request", lambda request: self._asked(request.url))

    def load(
        self, path: str = "/", *, width: int = 1280, height: int = 800, scheme: str = "light", ready: str = READY
    ) -> Page:
        """Open a path in a fresh session."""
        self._scheme = None
        self._page.set_viewport_size({"width": width, "height": height})
        self._page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self._page.goto(self.app + path)
        self._page.wait_for_selector(ready)
        return self._page

    def follow(self, path: str, *, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        """Go to a path, in the session of the tests before where those have followed links only, too."""
        assert "?" in path, "a link without settings would keep those of the link before"
        here = urlsplit(self._page.url).path == urlsplit(path).path  # else the player of the page left might be taken
        if here and self._scheme == scheme and self._page.viewport_size == {"width": width, "height": height}:
            before = self._page.evaluate(FOLLOW, self.app + path)
            self._page.wait_for_function(ARRIVED, arg=before)
        else:
            self.load(path, width=width, height=height, scheme=scheme)
        self._scheme = scheme
        return self._page

    def forget(self) -> None:
        """Load the next page anew: nobody knows what a test that failed has left behind."""
        self._scheme = None

    def leave(self) -> list[str]:
        """End a test; return its faults."""
        self._page.unroute_all()
        found, self.faults = self.faults, []
        return [fault for fault in found if "Policy" in fault or ("_stcore" not in fault and "404" not in fault)]

    def _asked(self, url: str) -> None:
        if not url.startswith((self.app, "data:", "blob:", "about:")):
            self.faults.append(f"asked {url}")
