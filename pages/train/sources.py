"""The tutorial's program as text, read from its files when this module is imported. No Streamlit.

Not with inspect: Streamlit drops an edited module from sys.modules, and inspect then takes its classes for built-ins.
"""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType
from typing import Any

from rmsprop_core import tutorial
from rmsprop_core.learn import original


def _listings(module: ModuleType) -> dict[tuple[str, str], str]:
    """Return the source of each class and function of a module."""
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        (module.__name__, node.name): "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }


_SOURCES = _listings(original) | _listings(tutorial)


def listing(piece: Any) -> str:
    """Return the source of a piece of the program."""
    return _SOURCES[piece.__module__, piece.__name__]
