"""The tutorial's program as text. No Streamlit."""

from __future__ import annotations

from inspect import getsource
from typing import Any

from rmsprop_core import tutorial as tutorial  # has to be there to be read
from rmsprop_core.learn.original import PIECES

# Read at once: Streamlit drops an edited module from sys.modules, and inspect then takes its classes for built-ins.
_WRITTEN: list[Any] = [each for piece in PIECES.values() for each in (piece.original, piece.working)]
_SOURCES = {(each.__module__, each.__name__): getsource(each).rstrip() for each in _WRITTEN}


def listing(piece: Any) -> str:
    """Return the source of a piece of the program."""
    return _SOURCES[piece.__module__, piece.__name__]
