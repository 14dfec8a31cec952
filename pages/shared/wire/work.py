"""Who computes when: what is quick never waits for what is long, and what nobody waits for any more is stopped.

A thread can't be stopped from outside: the core's loops look now and then (`loop.watch`) whether they are to go on.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from time import thread_time

from cachetools import LRUCache
from starlette.requests import Request

from rmsprop_core.runs.loop import watch

QUICK, LONG = 1_500, 15_000  # steps of one run, about 20 µs each: what is above waits in another line
PATIENCE = 20.0  # seconds of computing; no link is known that takes as long
LOOKS = 0.2  # seconds between two looks whether the browser is still there


# While a run is computed all others wait for the interpreter, 5 ms at a time unless told otherwise.
sys.setswitchinterval(0.0005)


class BusyError(Exception):
    """There is too much to do already: `for_good` where it is this one thing that is too much."""

    def __init__(self, for_good: bool = False) -> None:
        super().__init__()
        self.for_good = for_good


class _Gone(BaseException):
    """Nobody waits for what is being computed."""


@dataclass
class _Line:
    """Those that wait for a few threads, first come, first served; who finds no room is told to come again."""

    threads: int
    room: float = inf
    waiting: int = 0
    pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.threads)


_QUICK, _LONG, _LONGEST = _Line(4), _Line(1, 60), _Line(1, 10)


def weight(query: Mapping[str, str]) -> float:
    """Return about how much a link asks for, in steps of one run; from its words alone, as it is not read yet."""
    steps, many = (_said(query, name, otherwise) for name, otherwise in (("steps", 200), ("seeds", 1)))
    chance = query.keys() & {"noise", "batch"}
    return steps * (1 + many / 25 if chance else 1) * (5 if "f" in query else 1)


def _said(query: Mapping[str, str], name: str, otherwise: float) -> float:
    try:
        return float(query.get(name, otherwise))
    except ValueError:
        return otherwise


@dataclass
class _Job:
    asked_by: int = 1
    made: asyncio.Future[bytes] = field(init=False)

    def watched(self, make: Callable[[], bytes]) -> bytes:
        """Make it in this thread, unless nobody waits for it."""
        begun = thread_time()

        def look() -> None:
            if not self.asked_by:
                raise _Gone
            if thread_time() - begun > PATIENCE:
                raise BusyError(for_good=True)

        before = watch.set(look)
        try:
            look()
            return make()
        finally:
            watch.reset(before)


class Desk:
    """Where bundles are asked for and kept, at most `room` bytes of them; what many ask for at once is made once."""

    def __init__(self, room: int) -> None:
        self.kept: LRUCache[Hashable, bytes] = LRUCache(room, len)
        self.jobs: dict[Hashable, _Job] = {}

    async def get(self, request: Request, key: Hashable, make: Callable[[], bytes], weight: float) -> bytes | None:
        """Return what `key` asks for, or None where the browser has left.

        Raises:
            BusyError: too many are waiting, or it takes too long.
        """
        if (found := self.kept.get(key)) is not None:
            return found
        if job := self.jobs.get(key):
            job.asked_by += 1
        else:
            job = self._begin(key, make, weight)
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

    def _begin(self, key: Hashable, make: Callable[[], bytes], weight: float) -> _Job:
        line = _QUICK if weight <= QUICK else _LONG if weight <= LONG else _LONGEST
        if line.waiting >= line.room:
            raise BusyError
        job = self.jobs[key] = _Job()
        line.waiting += 1
        job.made = asyncio.get_running_loop().run_in_executor(line.pool, job.watched, make)

        def done(made: asyncio.Future[bytes]) -> None:
            line.waiting -= 1
            if not made.cancelled() and not made.exception():
                with suppress(ValueError):  # larger than all the room
                    self.kept[key] = made.result()

        job.made.add_done_callback(done)
        return job
