"""Lessons: each a text file of moments. A moment is a link with a sentence or a question, its answer behind a curtain.

pages/lessons/guide/authors.md says how one is written. Here a file is read and checked, and a link to a moment opened.
"""

from __future__ import annotations

import tomllib
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from json import dumps
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pages.shared.model import language
from pages.shared.model.budget import FORMULA, RUNS, Budget, SpentError
from pages.shared.model.facts import BLANK, Facts, UnknownError
from pages.shared.model.fairness import LIVE
from pages.shared.model.language import _
from pages.shared.model.link import VERSION, from_query
from pages.shared.model.look import CONTROLS, listed
from pages.shared.model.once import once
from pages.shared.model.settings import SETTINGS, Settings

TEXTS = Path(__file__).parents[2] / "lessons" / "texts"
PAGES = {"/": "explore", "/step-by-step": "step_by_step", "/train": "train"}  # where a moment can be, and its folder
PATHS = {folder: path for path, folder in PAGES.items()}
MAX_BYTES, MAX_MOMENTS = 30_000, 40  # of a lesson that somebody brings
MAX_POINTS = 100  # of a line: of a name with thousands of points each beginning is kept
OWN = "own."  # before a lesson that its link carries whole
ENDS, CURVE = "point", "curve"  # an answer that is a place on the plane, or the curve of RMSprop's loss


class LessonError(ValueError):
    """A lesson that can't be read: the message names the file, the line and what is wrong.

    `moment` is in which it is, counted from 1, and `what` is wrong there; 0 where it is in none.
    """

    def __init__(self, message: str, moment: int = 0, what: str = "") -> None:
        super().__init__(message)
        self.moment, self.what = moment, what


@dataclass(frozen=True)
class Moment:
    """One view with a sentence, or with a question that is answered before the run is shown.

    `link` is where it is seen, `show` the controls that are on the page, `lock` those of them that can't be changed.
    `answer` is the number of the right choice, a fact, "point" (where each method ends) or "curve" (RMSprop's loss).
    `slips` say why one chooses what is wrong: one a choice, or one in all. In every text {…} is a fact; `facts` gives
    some a name, and `claims` have to hold. `script` is for the teacher.
    """

    link: str
    say: str = ""
    ask: str = ""
    choices: tuple[str, ...] = ()
    answer: str = ""
    because: str = ""
    slips: tuple[str, ...] = ()
    law: str = ""
    probe: str = ""
    show: str = ""
    lock: str = ""
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)
    claims: tuple[str, ...] = ()
    script: str = ""

    @property
    def page(self) -> str:
        """The folder of the page that it is seen on."""
        return PAGES[urlsplit(self.link).path]

    @property
    def query(self) -> dict[str, str]:
        """The parameters of its link: what is not to be shown is hidden, no lr follows unless it says so.

        A question is asked behind the curtain.
        """
        query = dict(parse_qsl(urlsplit(self.link).query, keep_blank_values=True))
        if self.page != "train":
            hidden = [name for name in (*SETTINGS, *CONTROLS) if name not in listed(self.show)]
            veil = {"curtain": "true", "t": "0"} if self.ask else {}
            query = {"hide": ",".join(hidden), "fair": "false", **veil, **query}
        return {"v": VERSION, "lock": self.lock, **query}

    @property
    def settings(self) -> Settings:
        """The experiment that its facts are of: of a training the page says the numbers itself."""
        return from_query(self.query)[0] if self.page != "train" else Settings()

    @property
    def kind(self) -> str:
        """What is asked for: "choice", "number", "point", "curve", or "" where nothing is."""
        if not self.ask:
            return ""
        return "choice" if self.choices else self.answer if self.answer in (ENDS, CURVE) else "number"

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield all that a person reads, with the name of what it is."""
        for name in ("say", "ask", "because", "law", "probe", "script"):
            yield name, getattr(self, name)
        yield from (("choices", text) for text in self.choices)
        yield from (("slips", text) for text in self.slips)


@dataclass(frozen=True)
class Lesson:
    """One law of RMSprop: its `question` for the list, `law` in a formula, and its moments."""

    key: str
    title: str
    question: str
    moments: tuple[Moment, ...]
    law: str = ""
    minutes: int = 5


class Place(NamedTuple):
    """A moment of a lesson, counted from 1; `course` are the lessons that a link has chosen.

    `told`: who comes back has seen its answer.
    """

    lesson: Lesson
    k: int
    course: tuple[str, ...] = ()
    told: bool = False

    @property
    def moment(self) -> Moment:
        """The moment."""
        return self.lesson.moments[self.k - 1]

    def beside(self, way: int) -> Lesson | None:
        """Return the lesson after this one (way 1) or before it (−1)."""
        keys = [*(self.course or library(language.current()))]
        place = keys.index(self.lesson.key) + way if self.lesson.key in keys else -1
        return lesson(keys[place]) if 0 <= place < len(keys) else None

    def to(self, k: int, told: bool = False) -> Place:
        """Return another moment of the lesson, the first of the lesson after it or the last of that before it."""
        n = len(self.lesson.moments)
        if k > n and (after := self.beside(1)):
            return Place(after, 1, self.course)
        if k < 1 and (before := self.beside(-1)):
            return Place(before, len(before.moments), self.course)
        return self._replace(k=max(1, min(k, n)), told=told)

    @property
    def lifted(self) -> dict[str, str]:
        """The parameters that show it as its answer leaves it, where that has been told: no curtain, the run made."""
        if not self.told or self.moment.page == "train":
            return {}
        return {"curtain": "false"} | ({"t": str(self.moment.settings.steps)} if self.moment.page == "explore" else {})

    @property
    def query(self) -> dict[str, str]:
        """The parameters of a link that opens it."""
        course = {"lessons": ",".join(self.course)} if self.course else {}
        return {"lesson": self.lesson.key, "moment": str(self.k), **course}


def read(text: str, key: str, file: str) -> Lesson:
    """Return the lesson of a text.

    Raises:
        LessonError: with file and line: no TOML, something missing or unknown, a bad link, an unknown fact.
    """
    if len(text) > MAX_BYTES:
        raise LessonError(f"{file}: a lesson is at most {MAX_BYTES} characters long")
    for k, line in enumerate(text.splitlines(), 1):
        if line.count(".") > MAX_POINTS:
            raise LessonError(f"{file}, line {k}: more than {MAX_POINTS} points in one line")
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        raise LessonError(f"{file}: {wrong}") from wrong
    moments = found.pop("moment", None)
    if not isinstance(moments, list) or not 0 < len(moments) <= MAX_MOMENTS:
        raise LessonError(f"{file}: a lesson has 1 to {MAX_MOMENTS} parts that begin with [[moment]]")
    where = _Where(text, file)
    made = tuple(_made(Moment, each, where, k) for k, each in enumerate(moments, 1))
    budget = Budget()
    for k, moment in enumerate(made, 1):
        _check(moment, where, k, budget)
    return Lesson(key, moments=made, **_known(Lesson, found, where, 0))


class _Where(NamedTuple):
    text: str
    file: str

    def wrong(self, k: int, name: str, what: str) -> LessonError:
        """Return what is wrong with a name in the k-th moment, 0 being the head, with its line."""
        lines = self.text.splitlines()
        begins = [0, *(n for n, line in enumerate(lines) if line.strip() == "[[moment]]")]
        own = range(begins[k], begins[k + 1] if k + 1 < len(begins) else len(lines))
        line = next((n for n in own if lines[n].lstrip().partition("=")[0].strip() == name), begins[k])
        return LessonError(f"{self.file}, line {line + 1}: {what}", k, what)


def _made(kind: type[Moment], given: Any, where: _Where, k: int) -> Moment:
    if not isinstance(given, dict):
        raise where.wrong(k, "", "a moment begins with [[moment]]")
    return kind(**_known(kind, given, where, k))


def _known(kind: type[Moment] | type[Lesson], given: Mapping[str, Any], where: _Where, k: int) -> dict[str, Any]:
    """Return the values of a record's fields, each of the right type."""
    values = {}
    known = {each.name: each for each in fields(kind) if each.name not in ("key", "moments")}
    for name, value in given.items():
        if name not in known:
            raise where.wrong(k, name, f"{name} is not known here; known are {', '.join(known)}")
        if name in ("choices", "slips", "claims"):
            fits, value = isinstance(value, list) and all(isinstance(v, str) for v in value), tuple(value)
        elif name == "facts":
            fits = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
        elif name == "minutes":
            fits = isinstance(value, int)
        else:
            fits, value = isinstance(value, str | int | float) and not isinstance(value, bool), str(value).strip()
        if not fits:
            raise where.wrong(k, name, f"{name} is not of the right kind")
        values[name] = value
    for name, each in known.items():
        if name not in values and each.default is MISSING and each.default_factory is MISSING:
            raise where.wrong(k, "", f"{name} is missing")
    return values


def _check(moment: Moment, where: _Where, k: int, budget: Budget) -> None:
    """Raise LessonError where a link can't be opened, an answer is none, or a text has an unknown fact or too many."""
    if urlsplit(moment.link).path not in PAGES or not moment.link.startswith("/"):
        raise where.wrong(k, "link", f"a link begins with one of {', '.join(PAGES)}")
    pin = dict(parse_qsl(moment.query.get("pin", "")))
    try:
        budget.take(FORMULA * (("f" in moment.query) + ("f" in pin)))
        if pin and "v" not in pin:  # of a time without a version: fair lrs may be searched for
            budget.take(RUNS * LIVE * (10 if "f" in pin else 1))
    except SpentError as wrong:
        raise where.wrong(k, "link", str(wrong)) from wrong
    if moment.page != "train":
        for complaint in from_query(moment.query)[1]:
            raise where.wrong(k, "link", f"{complaint.name}={complaint.value} can't be taken")
    for name in (*listed(moment.show), *listed(moment.lock)):
        if name not in SETTINGS and name not in CONTROLS and moment.page != "train":
            raise where.wrong(k, "show", f"{name} is no control")
    if moment.choices and moment.answer not in map(str, range(1, len(moment.choices) + 1)):
        raise where.wrong(k, "answer", "answer is the number of the right choice, counted from 1")
    if moment.ask and not (moment.answer and moment.because):
        raise where.wrong(k, "ask", "a question needs an answer and a because")
    facts = Facts(moment.settings, moment.facts, budget)
    asked = [("answer", moment.answer)] if moment.kind == "number" else []
    asked += [(name, blank[1]) for name, text in moment.texts() for blank in BLANK.finditer(text)]
    for name, text in asked:
        try:
            facts.number(text)
        except (UnknownError, TypeError, ValueError) as wrong:
            spent = isinstance(wrong, SpentError)
            raise where.wrong(k, name, str(wrong) if spent else f"{{{text}}} is no fact: {wrong}") from wrong


@cache
def library(lang: str = "en") -> Mapping[str, Lesson]:
    """Return the project's lessons by key, in the order of their files, in a language or else in English."""
    found = {}
    for path in sorted(TEXTS.glob("*.toml")):
        translated = path.with_suffix(f".{lang}.toml")
        if path.stem.count("."):
            continue
        path = translated if translated.exists() else path
        key = path.name.partition("-")[2].partition(".")[0]
        found[key] = read(path.read_text(encoding="utf-8"), key, path.name)
    return found


def lesson(key: str) -> Lesson | None:
    """Return a lesson by its key, or that which a key carries; None where there is none.

    Raises:
        LessonError: it carries one that can't be read.
    """
    found = _carried(key) if key.startswith(OWN) else library(language.current()).get(key)
    if isinstance(found, LessonError):
        raise found
    return found


_reading = Lock()  # the facts of a lesson take up to 2 s


@once(32)
def _carried(key: str) -> Lesson | LessonError:
    try:
        packed = urlsafe_b64decode(key.removeprefix(OWN).encode() + b"==")
        text = zlib.decompressobj().decompress(packed, MAX_BYTES).decode()
        with _reading:
            return read(text, key, "the lesson")
    except (NoBase64, zlib.error, UnicodeError):
        return LessonError("the lesson in this link has been cut or changed")
    except LessonError as wrong:
        return wrong


def carried(text: str) -> str:
    """Return the key that carries a whole lesson."""
    return OWN + urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def place(query: Mapping[str, str]) -> Place | None:
    """Return the moment that a link opens."""
    try:
        found = lesson(query["lesson"]) if "lesson" in query else None
    except LessonError:
        return None
    if found is None:
        return None
    k = query.get("moment", "1")
    asked = int(k) if k.isdecimal() and len(k) < 4 else 1
    return Place(found, 1, course(query)).to(min(asked, len(found.moments)))


def why_not(key: str) -> str:
    """Return why the lesson of a link can't be opened."""
    try:
        lesson(key)
    except LessonError as wrong:
        return str(wrong)
    return _("There is no lesson of this name: {name}").format(name=key[:60])


def course(query: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of the lessons that a link chooses, in its order; none where it chooses nothing."""
    known = library(language.current())
    return tuple(key for key in listed(query.get("lessons", "")) if key in known)


def opened(query: Mapping[str, str]) -> dict[str, str]:
    """Return a link with what the moment in it brings; one with a version says for itself how far it has gone."""
    rest = {name: value for name, value in query.items() if name not in ("lesson", "moment", "lessons")}
    found = place(query)
    if not found:
        return rest
    brought = found.moment.query
    return {
        **({name: brought[name] for name in ("hide", "lock") if name in brought} if "v" in query else brought),
        **rest,
    }


def written_out(lesson: Lesson) -> str:
    """Return the text of a lesson, as it is read."""
    lines = [f"{each.name} = {dumps(value, ensure_ascii=False)}" for each in fields(lesson)
             if each.name not in ("key", "moments") and (value := getattr(lesson, each.name))]  # fmt: skip
    for moment in lesson.moments:
        lines += ["", "[[moment]]"]
        for each in fields(moment):
            value = getattr(moment, each.name)
            if each.name == "facts":
                lines += [f"facts.{name} = {dumps(text, ensure_ascii=False)}" for name, text in value.items()]
            elif value:
                lines.append(f"{each.name} = {dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


@once(256)
def told(found: Place, lang: str) -> dict[str, Any]:
    """Return what the browser is told of a moment in a language, its facts worked out."""
    moment, lesson = found.moment, found.lesson
    facts = Facts(moment.settings, moment.facts)
    texts = {name: facts.filled(getattr(moment, name)) for name in ("say", "ask", "because", "law", "probe")}
    texts["law"] = texts["law"] or (lesson.law if found.k == len(lesson.moments) else "")
    answer: Any = moment.answer
    if moment.kind == "number":
        answer = facts.number(moment.answer)
    elif moment.kind == "choice":
        answer = int(answer)
    return {
        **texts,
        "lesson": lesson.key,
        "title": lesson.title,
        "k": found.k,
        "of": len(lesson.moments),
        "kind": moment.kind,
        "choices": [facts.filled(text) for text in moment.choices],
        "answer": answer,
        "slips": [facts.filled(text) for text in moment.slips],
        "open": moment.link,
        "charts": "chart" in moment.query,
        "after": after.title if found.k == len(lesson.moments) and (after := found.beside(1)) else "",
        "before": found.k == 1 and found.beside(-1) is not None,
    }
