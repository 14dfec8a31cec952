"""Every text that a person reads goes through gettext: with a catalogue that brackets each one, none is left bare."""

from __future__ import annotations

import gettext
import re
from typing import Any

import pytest
import streamlit as st

from pages.shared.model import language
from pages.shared.wire import code
from tests.support.pages import opened, sent

BARE = re.compile(r"[A-Za-z]{3,}")
NAMES = {"RMSprop", "SGD", "Tutorial", "PyTorch", "Keras", "TensorFlow 1", "optax", "D2L", "Graves", "Hinton"}


@pytest.fixture(autouse=True)
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Brackets(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return f"⟦{message}⟧"

        def ngettext(self, one: str, many: str, n: int) -> str:
            return f"⟦{one if n == 1 else many}⟧"

    monkeypatch.setattr(language, "_catalogue", lambda language: Brackets())


def bare(text: str) -> str:
    """What of a text is outside the brackets, and reads as words."""
    outside = re.sub(r"⟦[^⟦⟧]*⟧", "", re.sub(r"⟦[^⟦⟧]*⟧", "", text))
    for name in NAMES:
        outside = outside.replace(name, "")
    return outside if BARE.search(outside) else ""


@pytest.mark.parametrize("page", ["explore", "step_by_step", "train"])
def test_no_label_of_a_control_is_hard_wired(page: str) -> None:
    app = opened(page)
    widgets = [*app.selectbox, *app.checkbox, *app.button, *app.number_input, *app.text_input, *app.toggle]

    labels = [widget.label for widget in widgets]
    assert len(labels) >= 4
    assert [label for label in labels if bare(label)] == []


@pytest.mark.parametrize("page", ["explore", "step_by_step"])
def test_no_word_of_the_player_is_hard_wired(page: str) -> None:
    head, _ = sent(opened(page, lr="0.1234"))  # a run that no other test has asked for

    texts = list(head["words"].values())
    assert head["words"].keys() == set(code.texts())
    texts += [chart["help"] for chart in head["charts"] if "help" in chart]
    assert len(texts) > 20
    assert [text for text in texts if bare(text)] == []
    assert bare(head["verdict"]) == ""


def test_every_text_of_the_browser_s_code_is_found() -> None:
    """A text that is no plain string, or in other quotes, would stay English."""
    calls = [line for module in code.modules().values() for line in re.findall(r"\b(?=(_\(.*))", module)]
    calls.remove("_(text, known = {}) {")
    assert len(calls) > 60
    assert [call for call in calls if not re.match(r"""_\("[^"]+"[,)]""", call)] == []
    assert {"Play", "no step leaves this box", "{who} is at {height}"} <= set(code.texts())


def test_the_navigation_speaks_the_language_of_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    navigation, titles = st.navigation, []

    def noted(pages: list[Any], **options: Any) -> Any:
        titles.append([page.title for page in pages])
        return navigation(pages, **options)

    monkeypatch.setattr(st, "navigation", noted)
    monkeypatch.setattr(language, "LANGUAGES", ("en", "xx"))
    bracketing = language._catalogue("xx")
    monkeypatch.setattr(language, "_catalogue", {"en": gettext.NullTranslations(), "xx": bracketing}.__getitem__)
    opened(lang="en")
    opened(lang="xx")
    assert {"Explore", "Lessons", "Train"} <= {*titles[0]}
    assert titles[1] == [f"⟦{title}⟧" for title in titles[0]]
