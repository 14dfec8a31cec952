"""Two hundred share two cores: what a link may ask for has a bound, and who has left is not worked for."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter, sleep
from typing import Any
from urllib.parse import urlencode

import pytest

from pages.shared.model import budget, fairness, lessons, link
from pages.shared.model import settings as settings_of_a_page
from pages.shared.model.fairness import followed
from pages.shared.model.link import from_query
from pages.shared.model.once import once
from pages.shared.model.settings import Settings, on_surface
from pages.shared.wire import live, work
from pages.shared.wire.bundle import Exhibit
from pages.shared.wire.experiment import ensembles, exhibit
from pages.tune import sweeps
from rmsprop_core import SGD, SURFACES, RMSprop, Trajectory, run
from rmsprop_core.runs import trajectory
from tests.support.pages import fetched, opened, request, told_of

COSTLY = "+".join(f"sin({k}*x*y)*cos(x+{k}*y)" for k in range(1, 8))
TYPED = on_surface(Settings(), "own", COSTLY)


def test_all_seeds_are_run_unless_that_is_too_much_and_then_the_page_says_so() -> None:
    whole = Settings(noise=1, seeds=200, steps=10_000)
    patients = replace(on_surface(Settings(), "bmi"), seeds=200, batch=441)
    assert {budget.seeds(each) for each in (whole, replace(TYPED, noise=1, seeds=200, steps=1000), patients)} == {200}
    for costly in (replace(TYPED, noise=1, seeds=200, steps=10_000), replace(patients, steps=10_000)):
        assert budget.FEWEST <= budget.seeds(costly) < 50

    less = replace(patients, steps=2000, seeds=12, batch=40)
    assert exhibit(less).verdict.count("12 ") == 2
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(budget, "CLOUD", 0)
        found = ensembles(less)
        assert [len(cloud.seeds) for _method, cloud in found] == [budget.FEWEST] * 2
        assert f"the first {budget.FEWEST} of 12 seeds" in exhibit(less).verdict


def test_a_map_that_is_too_much_is_refused_in_words() -> None:
    link = {"surface": "own", "f": COSTLY, "steps": "10000", "noise": "1"}
    answer = fetched("/live/map", link)
    assert answer.status_code == 413
    assert bytes(answer.body).decode().endswith(".")
    assert sweeps.cells(replace(TYPED, steps=10_000), 64) == sweeps.FEWEST


def test_the_search_for_fair_lrs_is_within_a_budget() -> None:
    assert followed(Settings(fair=False), Settings(steps=2000, kappa=10.0)).fair
    begun = perf_counter()
    now = replace(TYPED, steps=10_000, fair=True)
    assert followed(TYPED, now) == replace(now, fair=False)
    assert perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("link", "say"),
    [
        ("/?steps=10000&lr=0.0{k}1&v=1", " ".join(f"{{rmsprop(rho=0.{r}).f}}" for r in range(1, 9))),
        ("/?steps=10000&lr=0.0{k}1&v=1", "{rmsprop(x=1,fair=true).f}"),
        ("/?surface=own&f={k}*x*x&steps=100&v=1", "{rmsprop.f}"),
        ("/?steps=10&v=1", "{sgd.jump}" * 55),
    ],
)
def test_the_facts_of_a_lesson_that_somebody_brings_are_within_a_budget(link: str, say: str) -> None:
    moments = [f'[[moment]]\nlink = "{link.format(k=k)}"\nsay = "{say}"\n' for k in range(lessons.MAX_MOMENTS)]
    key = lessons.carried('title = "a"\nquestion = "b"\n' + "".join(moments))
    assert "100,000 steps" in lessons.why_not(key)
    begun = perf_counter()
    assert lessons.place({"lesson": key}) is None
    assert perf_counter() - begun < 0.1  # nor is it worked out a second time


def endless(ended: list[str]) -> bytes:
    """Run for ever, in the core's own loop, and put down what ends it."""
    try:
        while True:
            run(SGD(0.01), SURFACES["ravine"], (1, 1), 10_000)
    except BaseException as why:
        ended.append(type(why).__name__)
        raise


async def _leaves() -> Any:
    return {"type": "http.disconnect"}


def test_the_work_for_a_browser_that_has_left_is_stopped_and_what_waits_behind_it_begins() -> None:
    ended: list[str] = []

    async def both() -> None:
        desk = work.Desk(1000)
        left = desk.get(request("a", _leaves), "a", lambda: endless(ended), work.LONG + 1)
        stays = desk.get(request("b"), "b", lambda: b"b", work.LONG + 1)
        assert await asyncio.wait_for(asyncio.gather(left, stays), 5) == [None, b"b"]

    asyncio.run(both())
    assert ended == ["_Gone"]


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PATIENCE", 0.05)
    with pytest.raises(work.BusyError) as busy:
        asyncio.run(work.Desk(1000).get(request("a"), "a", lambda: endless([]), work.LONG + 1))
    assert busy.value.for_good


def test_who_finds_the_line_too_long_is_told_to_come_again_and_what_is_quick_never_waits() -> None:
    held = threading.Event()

    def waits() -> bytes:
        held.wait(5)
        return b"long"

    async def many() -> None:
        desk = work.Desk(1000)
        waiting = [asyncio.ensure_future(desk.get(request("x"), str(k), waits, work.LONG + 1)) for k in range(10)]
        await asyncio.sleep(0)
        with pytest.raises(work.BusyError) as busy:
            await desk.get(request("x"), "one more", waits, work.LONG + 1)
        assert not busy.value.for_good
        assert await desk.get(request("x"), "quick", lambda: b"quick", 1) == b"quick"
        held.set()
        assert set(await asyncio.gather(*waiting)) == {b"long"}

    asyncio.run(many())


def test_what_several_wait_for_is_run_side_by_side_and_a_fault_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    held, together, alone = threading.Event(), [], []

    def run_each(optimizers: Sequence[Any], *where: Any, **shared: Any) -> list[Trajectory]:
        together.append(len(optimizers))
        return trajectory.run_each(optimizers, *where, **shared)

    def one(optimizer: Any, *where: Any, **shared: Any) -> Trajectory:
        alone.append(optimizer)
        return run(optimizer, *where, **shared)

    def build(settings: Settings) -> Exhibit:
        if settings.lr == 0.123:
            raise ZeroDivisionError
        return exhibit(settings)

    settings_of_a_page._runs.clear()
    monkeypatch.setattr(settings_of_a_page, "run_each", run_each)
    monkeypatch.setattr(settings_of_a_page, "run", one)
    route = live.route("several", build)
    links = [urlencode(live.asked(Settings(lr=lr, x=x, fair=False)) | {"have": "stretched:100:0"})
             for lr, x in ((0.121, -5), (0.122, -5), (0.123, -5), (0.122, -4.5))]  # fmt: skip

    async def ask() -> list[Any]:
        desk = work.Desk(1000)
        first = asyncio.ensure_future(desk.get(request("x"), "x", lambda: str(held.wait(5)).encode(), 1))
        waiting = [asyncio.ensure_future(route.endpoint(request(link))) for link in [*links, "x=not"]]
        while work._QUICK.waiting < 1 + len(waiting):
            await asyncio.sleep(0.01)
        held.set()
        return [await first, *await asyncio.gather(*waiting, return_exceptions=True)]

    _first, *answers, wrong = asyncio.run(ask())
    assert together == [4, 2], "RMSprop's, and SGD's from both starts"
    assert not alone
    assert isinstance(answers.pop(2), ZeroDivisionError)
    assert wrong.status_code == 204
    settings_of_a_page._runs.clear()
    for answer, asked in zip(answers, (links[0], links[1], links[3]), strict=True):
        assert answer.body == asyncio.run(live.route("one", build).endpoint(request(asked))).body
    assert len(alone) == 5


def test_a_link_is_weighed_by_its_words() -> None:
    chance = {"noise": "1", "seeds": "200"}
    quick: list[dict[str, str]] = [{}, {"steps": "300", "third": "adam"}, {"steps": "abc"}, {"steps": "100", **chance}]
    assert all(work.weight(each) <= work.QUICK for each in quick)
    assert work.QUICK < work.weight({"steps": "10000"}) <= work.LONG
    assert work.weight({"steps": "10000", **chance}) > work.LONG
    dragged = live.asked(replace(Settings(), steps=300))
    assert dragged["fair"] == "true"
    assert all(work.weight(dragged, {name: "0.1"}) <= work.QUICK for name in ("lr", "sgd_lr", "x"))
    old = {"steps": "300", "rho": "0.8", "fair": "true"}
    searched = [(dragged, {"rho": "0.1"}), (dragged, {"kappa": "5"}), (old, {})]
    typed = [({"f": COSTLY, "steps": "5", "v": "1"}, {})]
    assert all(work.weight(*each) > work.QUICK for each in searched + typed)
    assert work.weight({**dragged, "fair": "false"}, {"rho": "0.1"}) <= work.QUICK
    for costly in ({"surface": "bmi", "batch": "441", "steps": "300", "seeds": "100"}, {"f": COSTLY, "steps": "1001"}):
        assert work.weight(costly) > work.LONG


def test_a_number_weighs_what_it_is_read_as() -> None:
    long = work.weight({"steps": "10000", "v": "1"})
    for text in ("10000,0", " 10000 ", "1e4", "10000.0"):
        assert from_query({"steps": text, "v": "1"})[0].steps == 10_000
        assert work.weight({"steps": text, "v": "1"}) == long, text
    for text in ("-1e9", "1e9", "nan", "inf", "−5", "10000.5"):  # refused
        assert work.weight({"steps": text, "v": "1"}) == work.weight({"v": "1"}) > 0, text

    weights = []

    class Desk(work.Desk):
        async def get(self, *given: Any, **named: Any) -> bytes:
            weights.append(given[3])
            return b""

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(work, "Desk", Desk)
        for pin in ("steps=10000", "steps=10000&steps=", "steps=-1e9"):  # what is empty is not read in a pin
            asyncio.run(live.route("one", exhibit).endpoint(request(urlencode({"v": "1", "steps": "5", "pin": pin}))))
    assert weights == [5 + 10_000, 5 + 10_000, 5 + 200]


def test_who_computes_for_all_waits_for_no_scripts_search() -> None:
    place = replace(Settings(), steps=23)
    with fairness._searching, ThreadPoolExecutor(1) as pool:  # as a script does, for seconds
        desk = work.Desk(1000)

        async def ask() -> bytes | None:
            found = desk.get(request("a"), "a", lambda: str(fairness.fairly(place).lr).encode(), 1)
            return await asyncio.wait_for(found, 5)

        assert float(asyncio.run(ask()) or b"nan") > 0
        waits = pool.submit(fairness.fairly, replace(place, steps=24))
        with pytest.raises(TimeoutError):
            waits.result(0.3)
        fairness._searching.release()
        assert waits.result(5).lr > 0
        fairness._searching.acquire()


def test_no_search_is_needed_to_read_what_the_player_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(settings: Settings) -> Settings:
        raise AssertionError

    monkeypatch.setattr(link, "fairly", search)
    for asked in (Settings(steps=297), Settings(steps=297, third="adam"), Settings(steps=297, rho=0.3)):
        assert link.from_query(live.asked(asked)) == (asked, [])
    with pytest.raises(AssertionError):
        link.from_query({"steps": "297", "fair": "true"})


@pytest.mark.parametrize(
    ("module", "inner", "ask"),
    [
        (settings_of_a_page, "parse", lambda k: settings_of_a_page.typed(f"x^2 + {k}.5*y^2 + 1")),
        (fairness, "fair_lr", lambda k: fairness._search(RMSprop(0.0, rho=0.31 + k / 100), Settings())),
        (lessons, "read", lambda k: lessons._carried(lessons.carried(f'title = "{k}"'))),
    ],
)
def test_what_takes_long_in_a_script_goes_on_one_at_a_time(
    module: Any, inner: str, ask: Callable[[int], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    going, at_once = [0], []

    def slow(*given: Any, **named: Any) -> int:
        going[0] += 1
        at_once.append(going[0])
        sleep(0.02)
        going[0] -= 1
        return 0

    monkeypatch.setattr(module, inner, slow)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(ask, range(5)))
    assert at_once == [1] * 5


def test_what_many_ask_for_at_once_is_worked_out_once_and_after_a_fault_by_the_next() -> None:
    all_ask, worked_out, answers = threading.Barrier(8), [], []

    @once(4)
    def double(number: int) -> int:
        worked_out.append(number)
        sleep(0.05)
        if len(worked_out) == 1:
            raise ZeroDivisionError
        return 2 * number

    def ask() -> None:
        all_ask.wait()
        try:
            answers.append(double(3))
        except ZeroDivisionError:
            answers.append(0)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(answers), worked_out) == ([0, *[6] * 7], [3, 3])
    assert [double(number) for number in (4, 5, 6, 7, 3)] == [8, 10, 12, 14, 6]
    assert worked_out == [3, 3, 4, 5, 6, 7, 3], "the latest four are kept"


def test_while_many_wait_for_a_picture_no_offer_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_of(opened(steps="300"))["offer"]["query"] == {"schedule": "cosine"}
    monkeypatch.setattr(work._QUICK, "waiting", work.CROWD)
    assert told_of(opened(steps="300"))["offer"] is None


def test_what_is_kept_has_a_bound() -> None:
    async def many(desk: work.Desk) -> None:
        for k in range(50):
            made = await desk.get(request("x"), f"{k}" + 1000 * "0", lambda: bytes(300), 1)
            assert made is not None
            assert len(made) == 300
            assert await desk.get(request("x"), f"refused {k}", lambda: b"", 1) == b""
        await desk.get(request("x"), "large", lambda: bytes(2000), 1)

    desk = work.Desk(1000)
    asyncio.run(many(desk))
    assert [(len(key), len(kept)) for key, kept in desk.kept.items()] == [(32, 300)] * 3
    assert not desk.jobs


def test_no_link_fills_a_cache_without_end() -> None:
    endless = set()
    for name, module in [*sys.modules.items()]:
        if name.startswith(("pages.", "rmsprop_core.")):
            caches = [each for each in vars(module).values() if hasattr(each, "cache_parameters")]
            endless |= {each.__name__ for each in caches if each.cache_parameters()["maxsize"] is None}
    assert endless <= {
        *("modules", "texts", "plotly", "version", "_compressed", "needed", "styles"),  # the code of the browser
        *("library", "_catalogue", "settings_of", "_claims", "patients", "load_diabetes"),  # what the project brings
    }
