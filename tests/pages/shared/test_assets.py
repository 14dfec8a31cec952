"""The style sheets as they are sent: every length grows with the screen, and no condition does."""

from __future__ import annotations

import re

import pytest

from pages.shared.widgets.assets import styles


@pytest.mark.parametrize("page", ["shared", "step_by_step", "train"])
def test_lengths_grow_with_the_screen_negative_ones_too_and_conditions_do_not(page: str) -> None:
    sent = styles(page)
    assert "calc(-34 * var(--px))" in sent
    assert re.findall(r"-calc\(", sent) == []
    assert re.findall(r"(?<![\d.])(?:[2-9]|\d\d+)(?:\.\d+)?px", re.sub(r"m(?:ax|in)-width: \d+px\)", "", sent)) == []
    assert "max-width: 700px)" in sent
