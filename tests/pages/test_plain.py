"""What a link, a user or a table sends is text: no element that reads Markdown or HTML is ever given it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.model import settings
from pages.train.settings import VIEWS, Training
from tests.support.hostile import HOSTILE
from tests.support.pages import Said, opened

EVERY = "".join(HOSTILE)
# Where Streamlit and our own JavaScript show a text as it stands.
PLAIN = {
    *("Selectbox.options", "Selectbox.raw_value", "MultiSelect.options", "MultiSelect.raw_values"),
    *("TextInput.default", "TextInput.value", "Code.code_text", "BidiComponent.bytes", "BidiComponent.json"),
    *("Arrow.data", "ArrowData.data", "PlotlyChart.alt"),
}


def protos(node: Any) -> Iterator[Any]:
    """Every message of the page's tree."""
    if getattr(node, "proto", None) is not None:
        yield node.proto
    for child in getattr(node, "children", {}).values():
        yield from protos(child)


def texts(proto: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a message, with its kind of message and its field."""
    for field, value in proto.ListFields():
        name = f"{proto.DESCRIPTOR.name}.{field.name}"
        for each in value if isinstance(value, list) or hasattr(value, "append") else [value]:
            if hasattr(each, "ListFields"):
                yield from texts(each)
            elif isinstance(each, str | bytes):
                yield name, each if isinstance(each, str) else each.decode(errors="replace")


def is_plain(app: AppTest) -> int:
    """Check that nothing of what is hostile stands where it is read as anything but text; return in how many places."""
    assert not app.exception
    found = [(place, text) for proto in protos(app._tree) for place, text in texts(proto) if "evil" in text]
    for place, text in found:
        if place == "Html.body":
            said = Said(text)
            assert said.kind
            assert said.tags[0] in (("p", ["class"]), ("p", ["class", "role"]))
            assert said.tags[1:] in ([], [("b", [])])
        elif place == "PlotlyChart.spec":
            for part in every_text(json.loads(text)):
                assert not re.search(r"<(?!/?(br|extra)>)", part), part
        else:
            assert place in PLAIN, (place, text)
    return len(found)


def every_text(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from every_text(part)


def test_this_test_knows_markup_when_it_sees_it() -> None:
    def script() -> None:
        import streamlit as st

        st.warning("[evil](http://evil.example)")

    with pytest.raises(AssertionError, match=r"Alert\.body"):
        is_plain(AppTest.from_function(script).run())


@pytest.mark.parametrize("page", ["explore", "step_by_step", "train"])
def test_a_link_is_shown_as_text(page: str) -> None:
    names = vars(settings.Settings() if page != "train" else Training())
    cases: list[dict[str, str]] = [
        dict.fromkeys(names, EVERY),
        dict(zip(names, itertools.cycle(HOSTILE))) | {text: text for text in HOSTILE},
        {"lr": HOSTILE[0]},
        {HOSTILE[1]: HOSTILE[1], "surface": "own", "f": EVERY},
        {"surface": "own", "f": "x^2 + y^2", "domain": EVERY},
    ]
    assert sum(is_plain(opened(page, **query)) for query in cases) >= 4


def test_what_is_typed_is_shown_as_text() -> None:
    app = opened(surface="own", f="x^2 + y^2")
    for key in ("w_f", "w_domain"):
        app.text_input(key=key).set_value(EVERY).run()
        assert is_plain(app) > 0


@pytest.mark.parametrize("numbers", [True, False])
def test_a_table_is_shown_as_text(numbers: bool) -> None:
    rows = [
        [str(i * k % 7 + i if numbers or k > 4 or i % 2 else HOSTILE[k]) for k in range(len(HOSTILE))]
        for i in range(30)
    ]
    content = io.StringIO()
    csv.writer(content).writerows([HOSTILE, *rows, *rows[:1]])
    app = opened("train", view="data")
    for name in ("[evil](www.evil.example).csv", "<b>evil</b>.csv"):
        app.file_uploader(key="train_file").upload(name, content.getvalue().encode(), "text/csv").run()
        for view in VIEWS:
            app.segmented_control(key="train_view").set_value(view).run()
            is_plain(app)
        app.segmented_control(key="train_view").set_value("data").run()
        assert is_plain(app) > 1
        app.multiselect(key="train_features").set_value([]).run()
        assert is_plain(app) > 0


def test_a_file_that_is_no_table_is_named_as_text() -> None:
    app = opened("train", view="data")
    app.file_uploader(key="train_file").upload("[evil](www.evil.example).csv", EVERY.encode(), "text/csv").run()
    assert is_plain(app) > 0
