"""The head of a bundle: what Python sends is what the browser's typedefs name, in both languages the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_type_hints, is_typeddict

import pytest

from pages.shared.wire import code, head
from pages.step_by_step import head as walk
from tests.support.pages import fetched, opened, told_of, unpacked

BOTH = [(head, "shared/web/head.js"), (walk, "step_by_step/web/head.js")]


def typedefs(path: str) -> dict[str, set[str]]:
    """The properties of each typedef of an object in a module: "name", or "name?" where it may be left out."""
    found = {}
    for comment in re.findall(r"/\*\*.*?\*/", Path(code.PAGES / path).read_text(), re.DOTALL):
        if named := re.search(r"@typedef \{object\} (\w+)", comment):
            properties = re.findall(r"@property \{.+?\} (\[?\w+\]?)(?= |$)", comment, re.MULTILINE)
            found[named[1]] = {re.sub(r"\[(\w+)\]", r"\1?", name) for name in properties}
    return found


@pytest.mark.parametrize(("module", "path"), BOTH)
def test_python_and_javascript_name_the_same(module: Any, path: str) -> None:
    records = {name: each for name, each in vars(module).items() if is_typeddict(each)}
    ours = {
        name: {key if key in each.__required_keys__ else f"{key}?" for key in get_type_hints(each)}
        for name, each in records.items()
    }
    theirs = typedefs(path)
    assert theirs
    assert {name: ours[name] for name in theirs} == theirs


@pytest.mark.parametrize("page", ["explore", "step_by_step", "train"])
def test_a_page_sends_what_is_named(page: str) -> None:
    told = told_of(opened(page))
    found, _ = unpacked(bytes(fetched(told["path"], told["query"]).body))
    names, charts = typedefs("shared/web/head.js"), found["charts"]
    lines = [line for chart in charts for line in chart["lines"]]
    sorts = {
        "Told": [told],
        "Head": [found],
        "Run": found["runs"],
        "Chart": charts,
        "Line": lines,
        "Surface": [found["surface"]],
    }
    for record, parts in sorts.items():
        for part in parts:
            assert {name for name in names[record] if not name.endswith("?")} <= set(part)
            assert set(part) <= {name.removesuffix("?") for name in names[record]}
