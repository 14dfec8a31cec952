"""Every text that a person reads goes through `_`; English is the source, catalogues live in locale/."""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = ("en", *sorted(path.name for path in LOCALE.glob("*") if path.is_dir()))

_language: ContextVar[str] = ContextVar("language", default="en")


def use(language: str) -> None:
    """Choose the language of the texts made from now on in this thread (a Streamlit session has its own)."""
    _language.set(language)


def current() -> str:
    """Return the language in use."""
    return _language.get()


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("rmsprop", LOCALE, [language], fallback=True)


def _(text: str) -> str:
    """Return the text in the language in use."""
    return _catalogue(_language.get()).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """Return the singular or plural text for n in the language in use."""
    return _catalogue(_language.get()).ngettext(one, many, n)
