"""Tune: the map of settings. Which lr and ρ work here, where the edge is, how much is forgiven."""

from pages.shared.wire.page import Page
from pages.tune.sweeps import exhibit
from rmsprop_core.surfaces import N_

PAGE = Page("tune", N_("Tune"), "tune", exhibit, "tune/web/player.js")
