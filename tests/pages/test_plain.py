"""What a link, a user or a table sends is text: no element that reads Markdown or HTML is ever given it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.explore import files
from pages.explore.notebook import notebook
from pages.shared.model import settings
from pages.shared.model.settings import TYPED, Settings
from pages.shared.wire.experiment import exhibit, outcomes
from pages.step_by_step import worksheet
from pages.step_by_step.exercise import exercises
from pages.step_by_step.moodle import moodle
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


class Marked(HTMLParser):
    """Every tag and attribute of a file."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks += [tag, *(f"{name}={value}" for name, value in attrs)]


def test_what_is_called_something_hostile_is_text_in_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    now = Settings(steps=3, t=1, surface=TYPED, f="x^2 + y^2", lr=0.1, sgd_lr=0.1)
    evil = replace(now.landscape(), title=EVERY + "</title></script>")
    monkeypatch.setattr(Settings, "landscape", lambda _self: evil)
    link = f"http://127.0.0.1/?f={EVERY}"

    made = exercises(now)
    for html in (files.standalone(exhibit(now), now, link), worksheet.worksheet(made), worksheet.key(made)):
        marks = Marked(html).marks
        assert len(marks) > 10
        assert "evil" in html
        assert not [mark for mark in marks if "evil" in mark and not mark.startswith("href=http://127.0.0.1/")]
    quiz = ElementTree.fromstring(moodle(made))
    told = [node.findtext("text", "") for node in quiz.iter() if node.get("format") == "html"]
    assert len(told) > 10
    assert not [mark for html in told for mark in Marked(html).marks if "evil" in mark]
    assert "evil" in quiz.findtext("question/category/text", "")
    title = "".join(json.loads(notebook(now))["cells"][0]["source"])
    assert "evil" in title
    assert "evil" not in re.sub("`[^`]*`", "", title)


@pytest.mark.parametrize("f", ["x^2\n-3+4", "min(x,-y)", "x^2;\t=1+1", "x^2\r\n@y"])
def test_no_cell_of_a_csv_is_a_formula_and_every_number_stays_one(f: str) -> None:
    settings = Settings(steps=3, lr=0.1)
    lines = files.table(outcomes(settings), replace(settings, f=f, surface=TYPED), f"http://host/?f={f}").splitlines()
    for comma in ",;\t":
        for row in csv.reader(lines, delimiter=comma):
            for cell in row:
                assert cell[:1] not in "=+@-" or not cell or np.isfinite(float(cell)), cell
    cells = [row for row in csv.reader(lines) if row[0].isdecimal()]
    assert len(cells) == 2 * 4
    assert min(float(cell) for row in cells for cell in row[2:] if cell) < -1
