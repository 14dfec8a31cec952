"""The head of a bundle: what Python sends is what its records name."""

from __future__ import annotations

import pytest

from pages.shared.wire.head import Chart, Head, Line, Run, Surface, Told
from tests.support.pages import fetched, opened, told_of, unpacked


@pytest.mark.parametrize("page", ["explore", "step_by_step", "train"])
def test_a_page_sends_what_is_named(page: str) -> None:
    told = told_of(opened(page))
    found, _ = unpacked(bytes(fetched(told["path"], told["query"]).body))
    charts = found["charts"]
    lines = [line for chart in charts for line in chart["lines"]]
    sorts = [
        (Told, [told]),
        (Head, [found]),
        (Run, found["runs"]),
        (Chart, charts),
        (Line, lines),
        (Surface, [found["surface"]]),
    ]
    for record, parts in sorts:
        for part in parts:
            assert record.__required_keys__ <= set(part) <= record.__required_keys__ | record.__optional_keys__
