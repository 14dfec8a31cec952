"""Frameworks: the same name, eight algorithms. How far two of them part on a run, and which switch it is."""

from pages.frameworks.compare import exhibit, pair
from pages.shared.wire.page import Page
from rmsprop_core.surfaces import N_

PAGE = Page(
    "frameworks",
    N_("Frameworks"),
    "frameworks",
    exhibit,
    runs=lambda settings: [each.optimizer for each in pair(settings)],
)
