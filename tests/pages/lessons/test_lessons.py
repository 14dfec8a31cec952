"""Every lesson: its facts, its claims, which fail where one is 1 % off, and no number that a hand has written."""

from __future__ import annotations

import ast
import re
import tracemalloc
from time import thread_time
from urllib.parse import urlencode

import numpy as np
import pytest

from pages.shared.model import lessons
from pages.shared.model.facts import BLANK, Facts
from pages.shared.model.lessons import Lesson, LessonError, Moment, Place

LIBRARY = lessons.library()
MOMENTS = [
    pytest.param(moment, id=f"{lesson.key}-{k}")
    for lesson in LIBRARY.values()
    for k, moment in enumerate(lesson.moments, 1)
]
NAMES = re.compile(r"TensorFlow 1|Keras 3|D2L|Lecture 6e|2-D|3-D")
FORMULA = re.compile(r"`[^`]*`")
WHOLE = re.compile(r"(?<![\d.])(\d|45|90)(?![\d.])")  # what may stand in a formula: 1/√(1 − ρ), lr²/8, 45°


def facts(moment: Moment) -> Facts:
    return Facts(moment.settings, moment.facts)


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_a_moment_claims_holds(moment: Moment) -> None:
    for claim in moment.claims:
        assert np.all(facts(moment).value(claim)), claim


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_claim_that_two_are_equal_fails_where_one_is_a_hundredth_off(moment: Moment) -> None:
    for claim in moment.claims:
        match ast.parse(claim, mode="eval").body:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                pass
            case ast.Call(func=ast.Name(id="near"), args=[left, right, *_]):
                pass
            case _:
                continue
        off = f"near({ast.unparse(left)}, 1.01 * ({ast.unparse(right)}))"
        assert not np.any(facts(moment).value(off)), claim


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_fact_of_a_text_is_a_number(moment: Moment) -> None:
    for name, text in moment.texts():
        for blank in BLANK.finditer(text):
            assert np.isfinite(facts(moment).number(blank[1])), (name, blank[0])


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_number_is_written_by_hand(moment: Moment) -> None:
    for name, text in moment.texts():
        typed = BLANK.sub("", NAMES.sub("", text))
        formulas, bare = (typed, "") if name == "law" else ("".join(FORMULA.findall(typed)), FORMULA.sub("", typed))
        assert not re.search(r"\d", bare), (name, text)
        assert not re.search(r"\d", WHOLE.sub("", formulas)), (name, text)


@pytest.mark.parametrize("lesson", LIBRARY.values(), ids=LIBRARY)
def test_a_lesson_reads_as_it_is_written_and_travels_in_a_link(lesson: Lesson) -> None:
    text = lessons.written_out(lesson)
    assert lessons.read(text, lesson.key, "again") == lesson
    found = lessons.lesson(lessons.carried(text))
    assert found is not None
    assert found.moments == lesson.moments


@pytest.mark.parametrize("lesson", LIBRARY.values(), ids=LIBRARY)
def test_a_lesson_asks_before_it_tells_and_ends_with_its_law(lesson: Lesson) -> None:
    assert any(moment.kind for moment in lesson.moments)
    assert lesson.law
    for moment in lesson.moments:
        if moment.kind and moment.page != "train":
            assert moment.settings.curtain, moment.ask
            made = moment.settings.clock() - (
                moment.query.get("beat", "move") != "move"
            )  # a step is made in its last beat
            assert made < moment.settings.steps, "the curtain is up at the end"


BAD = {
    'title = "a"\nquestion = "b"\n': "parts that begin with",
    'title = "a"\nquestion = "b"\n\n[[moment]]\nlink = "/"\nsay = "{rmsprop.h}"\n': "x, line 6: {rmsprop.h} is no fact",
    'title = "a"\nquestion = "b"\n\n[[moment]]\nlink = "/?lr=-1"\n': "x, line 5: lr=-1",
    'title = "a"\nquestion = "b"\n\n[[moment]]\nlink = "http://evil.example/"\n': "x, line 5: a link begins with",
    'title = "a"\nquestion = "b"\n\n[[moment]]\nlink = "/"\nask = "c"\n': "x, line 6: a question needs an answer",
    'title = "a"\nquestion = "b"\n\n[[moment]]\nsay = "c"\n': "x, line 4: link is missing",
    'title = "a"\nquestion = "b"\n\n[[moment]]\nlink = "/"\nshwo = "lr"\n': "x, line 6: shwo is not known",
    'title = "a"\nquestion = "b"\n\n[[moment]]\nlink = "/"\nshow = "lrr"\n': "x, line 6: lrr is no control",
    'title = "a"\nquestion = 3.5.1\n': "x: ",
}


HEAD = 'title = "a"\nquestion = "b"\n'
PIN = urlencode({"pin": f"surface=own&f={'+'.join(f'sin({k}*x*y)' for k in range(1, 8))}&fair=true&rho=0.8&steps=300"})
COSTLY = {
    HEAD + "k." + "a." * 14_000 + "a = 1": "x, line 3: more than 100 points in one line",
    HEAD + "k = " + "[" * 20_000: "x: ",
    HEAD + "# " + "a" * 30_000: "at most 30000 characters",
    HEAD + "".join(f'\n[[moment]]\nlink = "/?{PIN}&steps={k}"\nsay = "c"\n' for k in range(1, 4)): "take more than",
}


@pytest.mark.parametrize("text", COSTLY, ids=range(len(COSTLY)))
def test_a_lesson_that_would_cost_much_is_refused_at_once(text: str) -> None:
    tracemalloc.start()
    begun = thread_time()
    with pytest.raises(LessonError) as wrong:
        lessons.read(text, "x", "x")
    took, most = thread_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert COSTLY[text] in str(wrong.value)
    assert took < 10  # the pins of forty moments took 17 s, and under tracemalloc all takes longer
    assert most < 50e6  # the first took 860 MB


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_what_is_wrong_is_named_with_its_line(text: str) -> None:
    with pytest.raises(LessonError) as wrong:
        lessons.read(text, "x", "x")
    assert BAD[text] in str(wrong.value)


def test_a_moment_out_of_range_is_the_nearest_one() -> None:
    found = next(iter(LIBRARY.values()))
    assert lessons.place({"lesson": found.key, "moment": "99"}) == Place(found, len(found.moments))
    assert lessons.place({"lesson": found.key, "moment": "x"}) == Place(found, 1)
    assert lessons.place({"lesson": "unknown"}) is None
    assert lessons.place({"lesson": "own.abc"}) is None
