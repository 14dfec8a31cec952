"""Worksheets, key and Moodle quiz: which steps, from which starts, what is asked, and what is said to slips."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest

from pages.shared.model.settings import Settings, in_dialect, on_surface
from pages.step_by_step import slopes, words
from pages.step_by_step.exercise import LEAST, MOST, VERSIONS, Exercise, exercise, exercises
from pages.step_by_step.moodle import moodle
from pages.step_by_step.questions import questions
from pages.step_by_step.sketch import sketch
from pages.step_by_step.walk import walked
from pages.step_by_step.worksheet import asked_in, key, worksheet
from rmsprop_core import DIALECTS, SGD, SURFACES, RMSprop
from rmsprop_core.explain.digits import digits
from rmsprop_core.explain.marks import half_life
from rmsprop_core.explain.mathml import math as mathml
from rmsprop_core.explain.quiz import SLIPS, askable, check
from rmsprop_core.explain.walkthrough import Walk
from tests.support.pages import opened, sent

START = Settings(steps=12, t=1, fair=False)
VARIANTS = {
    **{name: in_dialect(START, name) for name in DIALECTS},
    "everything": replace(START, centered=True, momentum=0.9, nesterov=True, eps_inside_sqrt=False, initial_s=1.0),
    "bias correction": replace(START, bias_correction=True),
    "SGD": replace(START, view="sgd", sgd_momentum=0.5),
    "noise": replace(START, noise=0.3, schedule="cosine"),
    "large eps": replace(START, eps=1.0),
    "rho 0": replace(START, rho=0.0),
    "a slash in f": replace(on_surface(START, "own", "x^2/2 + 10*y^2"), steps=12, t=1),
    **{name: replace(on_surface(START, name), t=1) for name in SURFACES},
}


def one(settings: Settings) -> Exercise:
    """Version A."""
    return exercise(walked(settings), settings.clock())


def steps_of(found: Exercise) -> list[int]:
    return [walk.after.t for walk in found.walks]


def text_of(html: str) -> str:
    return re.sub("<[^>]*>|\u2062", "", html)


# ---- which steps, which starts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("steps", "t", "shown"), [(0, 0, []), (1, 1, [1]), (2, 0, [1, 2]), (12, 12, [10, 11, 12])])
def test_the_steps_begin_at_the_clock_as_far_as_there_are_any(steps: int, t: int, shown: list[int]) -> None:
    found = one(replace(START, steps=steps, t=t))
    assert (steps_of(found), found.left_out) == (shown, "")


@pytest.mark.parametrize("settings", [
    replace(START, steps=50, t=50), replace(START, steps=50, t=30), replace(on_surface(START, "saddle"), t=1),
    replace(START, x=1e-7, y=-3e-9, steps=50), replace(START, lr=1e9, steps=50), replace(START, kappa=1e-15),
])  # fmt: skip
def test_no_number_is_asked_that_nobody_computes_by_hand_and_the_sheet_says_why(settings: Settings) -> None:
    found = one(settings)
    sizes = [abs(walk.result(line, i).value) for walk in found.walks for line in walk.lines for i in (0, 1)]
    assert all(size == 0 or LEAST <= size < MOST for size in sizes)
    assert f"Step {max(1, min(settings.clock(), found.run.traj.steps - 2))} is left out" in found.left_out
    value = re.search(r" is (−?[\d.]*×?10[⁻\d⁰¹²³⁴-⁹]+|−?[\d.]+) there", found.left_out)
    assert value
    assert found.left_out in worksheet([found])


def test_at_the_minimum_there_is_nothing_to_compute() -> None:
    found = one(replace(START, x=0.0, y=0.0))
    assert not found.walks
    assert "The gradient is 0" in worksheet([found])
    assert len(exercises(replace(START, x=0.0, y=0.0))) == 1


@pytest.mark.parametrize("name", VARIANTS)
def test_versions_are_of_other_starts_and_of_the_same_steps(name: str) -> None:
    found = exercises(VARIANTS[name])
    assert "".join(each.version for each in found) == VERSIONS
    assert len({tuple(steps_of(each)) for each in found}) == 1
    starts = np.abs([each.run.traj.theta[0] for each in found])
    low, high = np.array(found[0].run.traj.surface.domain).T
    for k, start in enumerate(starts):
        assert not np.isclose(start, starts[:k]).any(), "mirrored, it would have the same numbers"
        if k:
            assert (low <= found[k].run.traj.theta[0]).all()
            assert (found[k].run.traj.theta[0] <= high).all()
            assert found[k].run.traj.optimizer == found[0].run.traj.optimizer


@pytest.mark.parametrize("name", VARIANTS)
def test_no_slope_is_given_that_the_sheet_gives_where_the_step_before_has_led(name: str) -> None:
    for found in exercises(VARIANTS[name]):
        first, *later = found.walks
        assert "g" not in asked_in(first, 0, slope=False)
        for walk in later if slopes.slopes(found.run.traj.surface) and not first.noisy else ():
            for i in (0, 1):
                assert "g" in asked_in(walk, i, slope=True) or walk.after.g[i] == 0 or _rough(walk, i)


def _rough(walk: Walk, i: int) -> bool:
    """Whether g changes by more than 1 % while θ stays the same in four digits: such a g tells θ, too, but roughly."""
    theta = walk.before.theta
    moved = [theta * (1 + 5e-4 * np.array(signs)) for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
    return max(abs(float(walk.surface.grad(*there)[i]) / walk.after.g[i] - 1) for there in moved) > 0.01


def test_on_the_first_bowl_the_slope_of_step_2_is_asked_and_is_not_on_the_sheet() -> None:
    found = one(START)
    sheet = worksheet([found])
    assert [asked_in(walk, 0, k > 0)[0] for k, walk in enumerate(found.walks)] == ["s", "g", "g"]
    for walk in found.walks[1:]:
        assert digits(float(walk.after.g[0])) not in text_of(sheet)
    assert digits(float(found.walks[1].after.g[0])) in text_of(key([found]))


# ---- worksheet and key ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VARIANTS)
def test_the_sheet_has_blanks_where_the_key_has_numbers_and_both_need_nothing_else(name: str) -> None:
    found = one(VARIANTS[name])
    sheet, solution = worksheet([found]), key([found])
    asked = sum(len(asked_in(walk, i, k > 0)) for k, walk in enumerate(found.walks) for i in (0, 1))
    written = 2 + 3  # name and date, and a reason for each answer
    assert sheet.count('class="blank"') == asked + written
    assert 'class="blank"' not in solution
    shown = [int(t) for t in re.findall(r"<h2>Step (\d+)</h2>", sheet)]
    assert shown == [int(t) for t in re.findall(r"<h2>Step (\d+)</h2>", solution)] == steps_of(found)
    for walk in found.walks:
        for line in walk.lines:
            for i in (0, 1):
                assert mathml(walk.numeric(line, i)) in solution
                if line.quantity in askable(walk, i):
                    assert mathml(walk.numeric(line, i)) not in sheet
    assert not re.search(r'https?:|src=|href="(?!#)', sheet + solution)


def test_the_map_has_level_lines_where_they_are_and_the_first_point_only() -> None:
    found = one(START)
    lines = re.search(r'stroke="#777" d="([^"]+)"', worksheet([found]))
    assert lines
    ends = np.array(re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", lines[1]), dtype=float)
    x, y = -6 + ends[:, 0] / 640 * 8, 3 - ends[:, 1] / 440 * 6
    f = found.run.traj.surface.f(x, y).reshape(-1, 2)
    inside = (f > 0.5).all(axis=1)  # round the minimum the lines are closer than the grid
    assert np.abs(np.log(f[inside, 0] / f[inside, 1])).max() < 0.2
    assert len({round(float(v), 1) for v in np.log10(f[inside].mean(axis=1))}) > 5
    assert (sketch(found, solved=False).count("<circle"), sketch(found, solved=True).count("<circle")) == (1, 4)


def test_the_worksheet_says_where_g_comes_from() -> None:
    plain, noisy = (worksheet([one(s)]) for s in (replace(START, t=2), replace(START, noise=0.3)))
    text = text_of(plain)
    assert "Given: η = 0.2, ρ = 0.9, ε = 10⁻⁸; θt−1≈(−4.368,−1.368), st−1≈(2.5,4000)." in text
    given = "g is given in the first step. From then on compute it at the θ that you have come to: "
    assert f"f=0.5(x2+100y2){given}∂f∂x=x ∂f∂y=100y" in text
    assert "g is given with each step: noise and all." in noisy
    assert slopes.slopes(SURFACES["stretched"])[0] not in noisy


FILES = {
    "Worksheets A–F": ("rmsprop-worksheets.html", "text/html", worksheet),
    "Key A–F": ("rmsprop-key.html", "text/html", key),
    "Moodle quiz (XML)": ("rmsprop-moodle.xml", "application/xml", moodle),
}


@pytest.mark.parametrize("which", range(len(FILES)))
def test_the_menu_sends_the_file_that_is_asked_for(which: int) -> None:
    app = opened("step_by_step", steps="12", t="4")
    app.session_state["download_asked"] = {"which": which, "seq": 7}
    app.run()
    head, columns = sent(app, "rmsprop_downloads")
    assert [file["label"] for file in head["files"]] == [*FILES]
    name, mime, write = [*FILES.values()][which]
    assert head["sent"] == {"seq": 7, "name": name, "mime": mime}
    assert columns["file"].astype(np.uint8).tobytes().decode() == write(exercises(replace(START, t=4)))


# ---- questions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VARIANTS)
def test_three_questions_have_one_answer_each(name: str) -> None:
    found = questions(one(VARIANTS[name]))
    assert len(found) == 3
    for question in found:
        texts = [choice.text for choice in question.choices]
        assert len(set(texts)) == len(texts) >= 3
        assert all(choice.why for choice in question.choices)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_answer_to_steep_and_flat_is_that_of_the_run(name: str) -> None:
    found = one(VARIANTS[name])
    (question,) = [each for each in questions(found) if "|Δ|" in each.text] or [None]
    if question:
        after = found.walks[0].after
        steep = int(np.argmax(np.abs(after.g)))
        step = abs(after.delta[steep] / after.delta[1 - steep])
        assert float(question.right.text.rstrip("×")) == pytest.approx(step, rel=1e-3)
        slope = abs(after.g[steep] / after.g[1 - steep])
        if isinstance(found.run.traj.optimizer, RMSprop):
            assert any(float(choice.text.rstrip("×")) == pytest.approx(slope, rel=1e-3) for choice in question.wrong)


@pytest.mark.parametrize("rho", [0.6, 0.9, 0.99, 0.999])
def test_s_halves_after_the_half_life_and_is_well_below_half_after_the_window(rho: float) -> None:
    optimizer = RMSprop(rho=rho)
    step = optimizer.step(optimizer.start([1.0]), [3.0])
    left = [step.s[0]]
    for _ in range(math.ceil(1 / (1 - rho))):
        step = optimizer.step(step, [0.0])
        left.append(step.s[0])
    assert left[math.ceil(half_life(rho))] <= left[0] / 2 <= left[math.floor(half_life(rho))]
    assert left[-1] < 0.4 * left[0]


def test_u_has_no_unit_and_rms_is_each_coordinate_s_own() -> None:
    def first(optimizer: RMSprop | SGD, *g: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        step = optimizer.step(optimizer.start([0.0, 0.0]), g)
        return step.u, step.rms, step.delta

    plain, scaled, other = (first(RMSprop(eps=0.0), *g) for g in ((2, 50), (200, 5000), (2, 7)))
    assert np.allclose(plain[0], scaled[0], rtol=1e-14)
    assert np.allclose(plain[1] * 100, scaled[1], rtol=1e-14)
    assert plain[1][0] == other[1][0]
    assert np.allclose(first(SGD(0.1), 200, 5000)[2], 100 * first(SGD(0.1), 2, 50)[2], rtol=1e-14)


# ---- Moodle ---------------------------------------------------------------------------------------------------------

MATHML = {"math", "mrow", "mi", "mo", "mn", "msub", "msup", "msubsup", "mfrac", "msqrt", "p"}


class Balanced(HTMLParser):
    """Reads what Moodle shows as HTML: known elements, each closed in its turn, and no attribute but display."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in MATHML
        assert [name for name, _ in attrs] in ([], ["display"])
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def texts(element: Element, *path: str) -> str:
    """The text under a path, as getpath(…, 'text', 0, '#') finds it in question/format/xml/format.php."""
    found = element.findtext("/".join((*path, "text")))
    assert found, path
    return found


def asked(settings: Settings, *, versions: int = 1) -> list[Element]:
    """The questions of a file, once the parts that Moodle's importer reads have been found in each."""
    root = ElementTree.fromstring(moodle(exercises(settings)[:versions]))
    assert root.tag == "quiz"
    for question in root:
        assert question.tag == "question"
        if question.get("type") == "category":
            assert re.fullmatch(r"\$course\$/top/([^/]|//)+", texts(question, "category"))
            continue
        assert len(texts(question, "name")) <= 255
        assert question.find("questiontext").get("format") == "html"  # type: ignore[union-attr]
        Balanced(texts(question, "questiontext"))
        assert float(question.findtext("defaultgrade", "")) == 1
        assert 0 <= float(question.findtext("penalty", "")) <= 1
        answers = question.findall("answer")
        assert [answer.get("fraction") for answer in answers].count("100") == 1
        assert {answer.get("fraction") for answer in answers} == {"100", "0"}
        for answer in answers:
            assert answer.find("feedback").get("format") == "html"  # type: ignore[union-attr]
            Balanced(texts(answer, "feedback"))
            assert texts(answer)
        if question.get("type") == "multichoice":
            assert question.findtext("single") == "true"
            assert question.findtext("shuffleanswers") == "true"
            assert question.findtext("answernumbering") == "abc"
        else:
            assert question.get("type") == "numerical"
            assert texts(answers[-1]) == "*"
            assert all(float(answer.findtext("tolerance", "")) >= 0 for answer in answers[:-1])
            assert all(math.isfinite(float(texts(answer))) for answer in answers[:-1])
            assert answers[0].get("fraction") == "100"
    return list(root)


@pytest.mark.parametrize("name", VARIANTS)
def test_moodle_finds_what_its_importer_reads(name: str) -> None:
    kinds = [question.get("type") for question in asked(VARIANTS[name])]
    assert kinds[0] == "category"
    assert kinds.count("multichoice") == 3
    assert kinds.count("numerical") == sum(len(askable(w, i)) for w in one(VARIANTS[name]).walks for i in (0, 1))


def test_each_version_has_a_category_and_no_question_stands_twice() -> None:
    found = asked(START, versions=6)
    categories = [texts(each, "category") for each in found if each.get("type") == "category"]
    names = [texts(each, "name") for each in found if each.get("type") != "category"]
    assert [name[-1] for name in categories] == [*VERSIONS]
    assert len(set(names)) == len(names)


def told(question: Element, number: float) -> str:
    """What Moodle says to a number: the feedback of the first answer that it is near enough to."""
    for answer in question.findall("answer"):
        if texts(answer) == "*" or abs(number - float(texts(answer))) <= float(answer.findtext("tolerance", "")):
            return text_of(texts(answer, "feedback")).replace("&#x27;", "'")
    raise AssertionError("no answer takes it")


def numerical(settings: Settings) -> Iterator[tuple[Element, str, int, int]]:
    """Each question with a number, and which quantity, coordinate and step of version A it asks for."""
    found = (question for question in asked(settings) if question.get("type") == "numerical")
    for k, walk in enumerate(one(settings).walks):
        for i in (0, 1):
            for quantity in askable(walk, i):
                yield next(found), quantity, i, k


@pytest.mark.parametrize("name", ["large eps", "pytorch", "everything", "SGD", "bmi"])
def test_moodle_says_to_a_number_what_the_page_says(name: str) -> None:
    walks = one(VARIANTS[name]).walks
    seen = set()
    for question, quantity, i, k in numerical(VARIANTS[name]):
        right = check(walks[k], quantity, i, float(walks[k].result(walks[k].lines[0], i).value)).value
        assert told(question, right).startswith("Right")
        assert told(question, 1.9 * right + 1e7) == words.slip(None)
        for answer in question.findall("answer")[1:-1]:
            number = float(texts(answer))
            found = check(walks[k], quantity, i, number)
            seen.add(found.slip)
            assert told(question, number) == words.slip(found.slip), (quantity, i, k, number)
    if name == "large eps":
        assert seen == {*SLIPS}
