"""Train: the tutorial's program on real data."""

from pages.shared.wire.page import Page
from rmsprop_core.surfaces import N_

PAGE = Page("train", N_("Train"), "train")
