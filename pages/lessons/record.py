"""Lessons: a question, an answer behind the curtain, the law. Each is a list of moments on the other pages."""

from pages.shared.wire.page import Page
from rmsprop_core.surfaces import N_

PAGE = Page("lessons", N_("Lessons"), "lessons", code="lessons/web/catalogue.js")
