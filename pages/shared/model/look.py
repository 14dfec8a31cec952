"""How a page is shown: what a link says of it beside the settings of a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pages.shared.model.fields import Range, setting, switch
from pages.shared.model.language import LANGUAGES
from rmsprop_core.surfaces import N_

CHARTS = ("rate", "length", "s", "apart")
CONTROLS = {  # those that are no setting of their own
    "f": "f(x, y)",
    "variant": N_("Variant"),
    "methods": N_("Methods"),
    "pin": N_("Pin"),
    "reset": N_("Reset"),
    "share": N_("Share"),
    "examples": N_("Examples"),
    "worksheet": N_("Worksheet"),
}


@dataclass(frozen=True)
class Look:
    """The part of a page's settings that is every page's: clock, player, language, and what a teacher has limited.

    `t` is the step that the clock stands at, None its end. `chart` is the second one, `speed` in steps or beats per
    second (0: the player's own), `present` a projector's view. `hide` and `lock` name controls, comma-separated: what
    is not on the page, and what is there and can't be changed.
    """

    t: int | None = None
    chart: str = setting("rate", CHARTS, look=True)
    speed: float = setting(0.0, Range(0, 1000), look=True)
    equal: bool = switch(False, look=True)
    present: bool = switch(False, look=True)
    hide: str = ""
    lock: str = ""
    lang: str = setting("en", LANGUAGES)

    def hides(self, name: str) -> bool:
        """Return whether a control is not on the page."""
        return name in listed(self.hide)

    def locks(self, name: str) -> bool:
        """Return whether a control is fixed."""
        return name in listed(self.lock)


@lru_cache(maxsize=256)
def listed(text: str) -> tuple[str, ...]:
    """Return the names of a comma-separated list."""
    return tuple(name for part in text.split(",") if (name := part.strip()))
