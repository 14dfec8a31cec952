"""The page of lessons, and a lesson of one's own, without a browser."""

from __future__ import annotations

from pages.lessons.scripts import script
from pages.shared.model import lessons
from tests.support.pages import link_of, opened, said, told_of

LIBRARY = lessons.library()


def test_all_lessons_are_listed_in_order_or_those_of_the_link_in_its_own() -> None:
    listed = told_of(opened("lessons"), "rmsprop_catalogue")["lessons"]
    assert [each["key"] for each in listed] == [*LIBRARY]
    assert all(each["of"] == len(LIBRARY[each["key"]].moments) for each in listed)
    chosen = [*LIBRARY][-2:][::-1]
    listed = told_of(opened("lessons", lessons=",".join([*chosen, "unknown"])), "rmsprop_catalogue")["lessons"]
    assert [each["key"] for each in listed] == chosen


def test_a_moment_of_a_course_is_followed_by_the_next_lesson_of_the_course() -> None:
    first, last = next(iter(LIBRARY)), [*LIBRARY][-1]
    place = lessons.place({"lesson": last, "moment": "1", "lessons": f"{last},{first}"})
    assert place is not None
    n = len(place.lesson.moments)
    assert place.to(n + 1).lesson.key == first
    assert place.to(n + 1).to(2) == lessons.Place(LIBRARY[first], 2, (last, first))


def test_a_script_tells_question_answer_and_reason_of_each_moment() -> None:
    for lesson in LIBRARY.values():
        text = "\n".join(f"{heading} {line}" for heading, line in script(lesson))
        assert "{" not in text
        for moment in lesson.moments:
            assert not moment.ask or moment.ask.split("{")[0].replace("`", "") in text
        assert text.count("Ask:") == sum(moment.kind != "" for moment in lesson.moments)


def test_a_moment_opens_as_it_is_written_and_a_change_of_it_stays_in_the_link() -> None:
    app = opened(lesson="first-step", moment="2")
    told = told_of(app, "rmsprop_lesson")
    assert (told["k"], told["changed"], told["lifted"]) == (2, False, False)
    assert app.session_state["settings"].rho == 0.99
    assert app.session_state["settings"].curtain
    assert link_of(app) == {"lesson": "first-step", "moment": "2"}

    app = opened(lesson="first-step", moment="2", rho="0.5", curtain="false", v="1", steps="1", view="rmsprop")
    told = told_of(app, "rmsprop_lesson")
    assert (told["changed"], told["lifted"]) == (True, True)
    assert app.session_state["settings"].hide, "what the moment hides stays hidden"


def test_a_moment_on_train_stands_there_too_with_no_control_beside_it() -> None:
    tutorial = LIBRARY["tutorial"]
    for k, moment in enumerate(tutorial.moments, 1):
        app = opened("train", lesson="tutorial", moment=str(k))
        told = told_of(app, "rmsprop_lesson")
        assert (told["k"], told["say"], told["changed"]) == (k, moment.say, False)
        assert not [row for group in told_of(app, "rmsprop_dials")["groups"] for row in group["rows"]]
        assert not [*app.selectbox, *app.checkbox, *said(app, "warning")]


def test_an_unknown_or_broken_lesson_is_said_and_the_list_stands() -> None:
    for key in ("nosuch", "own.eNoL", "own.%%%", "own." + "A" * 4000):
        app = opened("lessons", lesson=key)
        assert said(app, "warning")
        assert told_of(app, "rmsprop_catalogue")["lessons"]
    app = opened(lesson="nosuch")
    assert app.session_state["settings"].rho == 0.9
    assert any("nosuch" in text for text in said(app, "warning"))


def test_a_lesson_is_made_of_moments_saved_as_a_link_and_opened_again() -> None:
    app = opened(surface="ravine", steps="40")
    for _again in range(2):
        app.session_state["share_menu"] = True
        app.run()
        app.button("share_add").click().run()
    assert len(app.session_state["lesson_draft"].moments) == 2
    app.switch_page("pages/lessons/page.py")
    app.query_params.clear()
    app.run()
    app.text_input("own_title").input('Mine "[x](y)"').run()
    app.text_input("own_ask_0").input("Where does it end?").run()
    app.text_input("own_answer_0").input("rmsprop.f[40]").run()
    app.text_area("own_because_0").input("f is {rmsprop.h}").run()
    assert any("rmsprop.h" in text for text in said(app, "error"))
    assert any("part 1" in text for text in said(app, "warning"))
    app.text_area("own_because_0").input("f is {rmsprop.f}").run()
    assert not said(app, "error")
    app.button("own_down_0").click().run()
    assert app.session_state["lesson_draft"].moments[1].ask
    link = next(code.value for code in app.code if "lesson=own." in code.value)
    found = lessons.lesson(link.partition("lesson=")[2])
    assert found is not None
    assert found.title == 'Mine "[x](y)"'
    assert found.moments[1].settings.surface == "ravine"
    assert found.moments[1].kind == "number"

    app.text_area("own_say_0").input("a" * lessons.MAX_BYTES).run()
    assert any(f"at most {lessons.MAX_BYTES} characters" in text for text in said(app, "warning"))

    app = opened(lesson=link.partition("lesson=")[2], moment="2")
    told = told_of(app, "rmsprop_lesson")
    assert told["answer"] > 0
    assert told["title"] == 'Mine "[x](y)"'
