"""Step by step: one update under the microscope."""

from pages.shared.wire.page import Page
from pages.step_by_step.walk import exhibit
from rmsprop_core.surfaces import N_

TITLE, CODE = N_("Step by step"), "step_by_step/web/player.js"
PAGE = Page("step_by_step", TITLE, "step-by-step", exhibit, CODE)
