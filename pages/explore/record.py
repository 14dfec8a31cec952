"""Explore: RMSprop beside SGD on one surface."""

from pages.shared.wire.experiment import exhibit
from pages.shared.wire.page import Page
from rmsprop_core.surfaces import N_

PAGE = Page("explore", N_("Explore"), "", exhibit)
