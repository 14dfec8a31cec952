"""The exercises as questions for Moodle, in its XML format: what each typical slip leads to gets its own feedback.

https://docs.moodle.org/en/Moodle_XML_format; Moodle reads it in question/format/xml/format.php.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pages.shared.model.language import _
from pages.step_by_step import words
from pages.step_by_step.exercise import Exercise
from pages.step_by_step.questions import Question, questions
from rmsprop_core.explain.digits import digits, rounded
from rmsprop_core.explain.interval import Interval
from rmsprop_core.explain.mathml import math, mathml
from rmsprop_core.explain.quiz import askable, check, half_unit, slips
from rmsprop_core.explain.terms import Relation, Symbol, symbols_in
from rmsprop_core.explain.walkthrough import Line, Walk


def moodle(exercises: Sequence[Exercise]) -> str:
    """Return the questions as XML: a category for each version, so that a quiz can draw one of each at random."""
    quiz = Element("quiz")
    told = set[str]()
    for each in exercises:
        title = f"{each.run.method.title}: {_(each.run.traj.surface.title)}, {each.version}"
        category = SubElement(quiz, "question", type="category")
        _text(category, "category", "$course$/top/" + title.replace("/", "//"))  # one slash begins a category in it
        for walk in each.walks:
            for i in (0, 1):
                for quantity in askable(walk, i):
                    line = next(line for line in walk.lines if line.quantity == quantity)
                    _numerical(quiz, f"{each.version}, ", walk, line, i)
        for question in questions(each) if each.walks else ():
            if question.text not in told:
                _multichoice(quiz, f"{each.version}, ", question)
            told.add(question.text)
    indent(quiz)
    return tostring(quiz, "unicode", xml_declaration=True).replace("utf-8", "UTF-8")


def _question(quiz: Element, kind: str, name: str, html: str) -> Element:
    question = SubElement(quiz, "question", type=kind)
    _text(question, "name", name)
    _text(question, "questiontext", html, format="html")
    SubElement(question, "defaultgrade").text = "1"
    SubElement(question, "penalty").text = "0.3333333"
    return question


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    SubElement(element, "text").text = text
    return element


def _numerical(quiz: Element, version: str, walk: Walk, line: Line, i: int) -> None:
    """Add the question for a line's quantity in coordinate i, its numbers being given."""
    axis, t = walk.surface.variables[i], walk.after.t
    used = sorted(symbols_in(line.right), key=lambda symbol: (symbol.name, symbol.when))
    given = ", ".join(f"<math><mrow>{_given(walk, symbol, i)}</mrow></math>" for symbol in used)
    ask = _("In coordinate {axis} of step {t}: what is {symbol}? Four digits, please.").format(
        axis=axis, t=t, symbol=f"<math>{mathml(line.left)}</math>"
    )
    html = f"<p>{math(line.formula)}</p><p>{given}</p><p>{ask}</p>"
    html = re.sub(r' (class|data-\w+)="[^"]*"', "", html)  # the player's own
    name = f"{version}{_('step {t}').format(t=t)}, {line.quantity}, {axis}"
    question = _question(quiz, "numerical", name, html)
    right = check(walk, line.quantity, i, float(walk.result(line, i).value))
    value = float(rounded(right.value, line.quantity))
    reach = max(right.accepted.high - value, value - right.accepted.low)
    said = _("Right: ≈ {value}.").format(value=digits(right.value, line.quantity))
    _answer(question, f"{value:.10g}", 100, said, reach)
    for slip, wrong in _told_apart(walk, line, i):
        _answer(question, f"{_middle(wrong):.10g}", 0, words.slip(slip), (wrong.high - wrong.low) / 2)
    _answer(question, "*", 0, words.slip(None), 0)


def _given(walk: Walk, symbol: Symbol, i: int) -> str:
    number = walk.number(symbol, i)
    return mathml(Relation("≈" if half_unit(number.value, symbol.name) else "=", (symbol, number)))


def _told_apart(walk: Walk, line: Line, i: int) -> Iterator[tuple[str, Interval]]:
    """Yield the slips that the page would tell from a number, each with the numbers that it leads to."""
    found = slips(walk, line, i)
    known: list[Interval] = []
    for slip, wrong in found:
        alone = slip == "bare" or all(other == slip or not each.meets(wrong) for other, each in found)
        if alone and not any(each.holds(_middle(wrong)) for each in known):
            known.append(wrong)
            yield slip, wrong


def _middle(interval: Interval) -> float:
    return (interval.low + interval.high) / 2


def _multichoice(quiz: Element, version: str, asked: Question) -> None:
    question = _question(quiz, "multichoice", version + asked.text, f"<p>{escape(asked.text)}</p>")
    for tag, text in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc")):
        SubElement(question, tag).text = text
    for choice in asked.choices:
        _answer(question, f"<p>{escape(choice.text)}</p>", 100 * (choice == asked.right), choice.why, format="html")


def _answer(
    question: Element, text: str, fraction: int, said: str, tolerance: float | None = None, **attributes: str
) -> None:
    answer = _text(question, "answer", text, fraction=str(fraction), **attributes)
    if tolerance is not None:
        SubElement(answer, "tolerance").text = f"{tolerance:.4g}"
    _text(answer, "feedback", f"<p>{escape(said)}</p>", format="html")
