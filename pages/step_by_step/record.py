"""Step by step: one update under the microscope."""

from pages.shared.wire.page import Page
from pages.step_by_step.walk import exhibit
from rmsprop_core.surfaces import N_

PAGE = Page(
    "step_by_step",
    N_("Step by step"),
    "step-by-step",
    lambda settings, _pinned: exhibit(settings),
    code="step_by_step/web/player.js",
)
