"""The tutorial's program as text, read from its files when this module is imported. No Streamlit.

Not with inspect: Streamlit drops an edited module from sys.modules, and inspect then takes its classes for built-ins.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import rmsprop_core


def _listings(module: str) -> dict[tuple[str, str], str]:
    """Return the source of each class and function of a module of the core."""
    text = (Path(rmsprop_core.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        (f"rmsprop_core.{module}", node.name): "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }


_SOURCES = _listings("original") | _listings("tutorial")


def listing(piece: Any) -> str:
    """Return the source of a piece of the program."""
    return _SOURCES[piece.__module__, piece.__name__]
