"""Who computes when: what is quick never waits for what is long, and what nobody waits for any more is stopped.

A thread can't be stopped from outside: the core's loops look now and then (`loop.watch`) whether they are to go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from math import inf
from time import thread_time
from types import MappingProxyType

from cachetools import LRUCache
from starlette.requests import Request

from pages.shared.model.budget import FORMULA, RUNS, in_line
from pages.shared.model.fairness import LIVE, RATES
from pages.shared.model.fields import Range, number_in
from pages.shared.model.settings import SETTINGS, Wanted, run_together
from rmsprop_core.runs.loop import watch

QUICK, LONG = 1_500, 15_000  # steps of one run, about 20 µs each: what is above waits in another line
CROWD = 8  # wait for what is quick: some 15 ms
PATIENCE = 20.0  # seconds of computing; no link is known that takes as long
UNSOUGHT = {*RATES, "x", "y"}  # turned, they bring no search for fair lrs
LOOKS = 0.2  # seconds between two looks whether the browser is still there

log = logging.getLogger("rmsprop.work")


class BusyError(Exception):
    """There is too much to do already: `for_good` where it is this one thing that is too much."""

    def __init__(self, for_good: bool = False) -> None:
        super().__init__()
        self.for_good = for_good


class _Gone(BaseException):
    """Nobody waits for what is being computed."""


def weight(query: Mapping[str, str], values: Mapping[str, str] = MappingProxyType({})) -> float:
    """Return about how much a link asks for, in steps of one run; from its words alone, as it is not read yet.

    `values` are what the hand has turned. A search for fair lrs may follow, or be what an old link asks for.
    """
    now = {**query, **values}
    steps, many = (_said(now, name, otherwise) for name, otherwise in (("steps", 200), ("seeds", 1)))
    seed = 1 if "batch" in now else 0.1 if "f" in now else 0.04  # a run more, of those side by side
    runs = 1 + many * seed if now.keys() & {"noise", "batch"} else 1
    old = "fair" in query and "v" not in query and not {"lr", "sgd_lr"} <= query.keys()
    if (old or values.keys() - UNSOUGHT) and query.get("fair") != "false" and steps <= LIVE:
        runs += RUNS
    return steps * runs * 5 + FORMULA if "f" in now else steps * runs


def _said(query: Mapping[str, str], name: str, otherwise: float) -> float:
    """Return a number of a link as it will be read, `otherwise` where it will not be taken."""
    number, takes = number_in(query.get(name, "")), SETTINGS[name].takes
    return number if isinstance(takes, Range) and takes.holds(number) else otherwise


@dataclass
class _Job:
    make: Callable[[], bytes]
    wanted: Callable[[], Iterable[Wanted]]
    asked_by: int = 1
    made: asyncio.Future[bytes] = field(init=False)  # as the server's loop knows it

    def __post_init__(self) -> None:
        self.done: Future[bytes] = Future()
        self.made = asyncio.wrap_future(self.done)

    def do(self) -> None:
        """Make it in this thread, unless nobody waits for it any more."""
        if self.done.set_running_or_notify_cancel():
            try:
                self.done.set_result(self._watched())
            except BaseException as why:
                self.done.set_exception(why)

    def _watched(self) -> bytes:
        begun = thread_time()

        def look() -> None:
            if not self.asked_by:
                raise _Gone
            if thread_time() - begun > PATIENCE:
                raise BusyError(for_good=True)

        before = watch.set(look)
        try:
            look()
            return self.make()
        finally:
            watch.reset(before)


@dataclass
class _Line:
    """Those that wait for one thread, first come, first served; who finds no room is told to come again.

    A second thread would share the interpreter with it: to hand that to and fro takes longer than it gives. What
    `at_once` jobs want alike is made side by side: the more wait, the less each of them takes.
    """

    room: float = inf
    at_once: int = 1
    waiting: int = 0
    jobs: deque[_Job] = field(default_factory=deque)
    thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, initializer=lambda: in_line.set(True))
    )

    def add(self, job: _Job) -> None:
        """Let a job wait for its turn."""
        self.jobs.append(job)
        self.thread.submit(self._work)

    def _work(self) -> None:
        jobs = [self.jobs.popleft() for _ in range(min(self.at_once, len(self.jobs)))]
        if len(jobs) > 1:
            try:
                run_together(each for job in jobs if job.asked_by for each in job.wanted())
            except Exception:  # each job meets what is its own fault again, and tells those who wait for it
                log.exception("the runs of several could not be made side by side")
        for job in jobs:
            job.do()


_QUICK, _LONG, _LONGEST = _Line(at_once=16), _Line(60), _Line(10)


def crowded() -> bool:
    """Return whether so many wait for a picture that what nobody has asked for is better left out."""
    return _QUICK.waiting >= CROWD


class Desk:
    """Where bundles are asked for and kept, at most `room` bytes of them; what many ask for at once is made once."""

    def __init__(self, room: int) -> None:
        self.kept: LRUCache[bytes, bytes] = LRUCache(room, len)
        self.jobs: dict[bytes, _Job] = {}

    async def get(
        self,
        request: Request,
        link: str,
        make: Callable[[], bytes],
        weight: float,
        wanted: Callable[[], Iterable[Wanted]] = tuple,
    ) -> bytes | None:
        """Return what a link asks for, or None where the browser has left; `wanted` are the runs that it is made of.

        Raises:
            BusyError: too many are waiting, or it takes too long.
        """
        key = sha256(link.encode()).digest()  # a link can be longer than its answer
        if (found := self.kept.get(key)) is not None:
            return found
        if job := self.jobs.get(key):
            job.asked_by += 1
        else:
            job = self._begin(key, _Job(make, wanted), weight)
        try:
            while not (await asyncio.wait({job.made}, timeout=LOOKS))[0]:
                if await request.is_disconnected():
                    return None
            return job.made.result()
        finally:
            job.asked_by -= 1
            if not job.asked_by:
                job.made.cancel()  # where it still stands in line
                del self.jobs[key]

    def _begin(self, key: bytes, job: _Job, weight: float) -> _Job:
        line = _QUICK if weight <= QUICK else _LONG if weight <= LONG else _LONGEST
        if line.waiting >= line.room:
            raise BusyError
        self.jobs[key] = job
        line.waiting += 1

        def done(made: asyncio.Future[bytes]) -> None:
            line.waiting -= 1
            if not made.cancelled() and not made.exception() and made.result():  # nothing would take no room
                with suppress(ValueError):  # larger than all the room
                    self.kept[key] = made.result()

        job.made.add_done_callback(done)
        line.add(job)
        return job
