"""A class on one server, over the real protocol: `python -m tests.bench.bench_load 10 30 60 120`.

Each user opens Explore and drags a dial every three seconds: six runs of 300 steps are fetched, twelve a second, one in
flight, then the dial is let go and the script runs. Requests go to 127.0.0.1 only, and it stops by itself: each number
of users takes SECONDS, once they are all there. `--two` are two processes behind nginx (their CPU and memory together,
nginx's not), `--defaults` is Streamlit with its own settings, `--at URL` a server that runs already (CPU and memory of
it are not known then). Server and users share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.nginx import in_front_of_two
from tests.support.protocol import Student
from tests.support.server import cpu_seconds, running

SECONDS, EVERY, FETCHES, RATE = 24.0, 3.0, 6, 12.0
DEFAULTS = ("--runner.postScriptGC", "true", "--runner.magicEnabled", "true")  # of what is set for speed


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("users", nargs="*", type=int, default=[10, 30, 60, 120])
    asked.add_argument("--seconds", type=float, default=SECONDS)
    asked.add_argument("--two", action="store_true")
    asked.add_argument("--defaults", action="store_true")
    asked.add_argument("--at")
    given = asked.parse_args()
    print(
        "users | fetch p50 p95 max ms | script p50 p95 max ms | fetches/s runs/s | CPU % of a core | MB | kB/s a user"
    )
    for users in given.users:
        with _server(given.at, given.two, DEFAULTS if given.defaults else ()) as (url, pids):
            print(asyncio.run(measured(url, pids, users, given.seconds)), flush=True)


@contextmanager
def _server(at: str | None, two: bool, options: tuple[str, ...]) -> Iterator[tuple[str, list[int]]]:
    if at:
        yield at, []
    elif two:
        with TemporaryDirectory() as here, in_front_of_two(Path(here)) as (url, pids, _log):
            yield url, pids
    else:
        with running(options=options) as (url, pid):
            yield url, [pid]


async def measured(url: str, pids: list[int], users: int, seconds: float) -> str:
    """Return one row: what `users` wait for, and what they cost."""
    students = [Student(url) for _ in range(users)]
    for at in range(0, users, 10):  # the class comes in
        await asyncio.gather(*(student.open("/", steps="300", v="1") for student in students[at : at + 10]))
    await asyncio.gather(*(dragging(student, 2 * EVERY, [], []) for student in students))
    fetched: list[float] = []
    ran: list[float] = []
    before, cpu = sum(student.sent for student in students), sum(map(cpu_seconds, pids))
    await asyncio.gather(*(dragging(student, seconds, fetched, ran) for student in students))
    used = (sum(map(cpu_seconds, pids)) - cpu) / (seconds + EVERY)
    sent = (sum(student.sent for student in students) - before) / (seconds + EVERY) / users
    await asyncio.gather(*(student.close() for student in students))
    return (f"{users:5d} | {told(fetched)} | {told(ran)} | {len(fetched) / seconds:5.1f} {len(ran) / seconds:5.1f} |"
            f" {100 * used:3.0f} | {sum(map(memory, pids)):4.0f} | {sent / 1000:.0f}")  # fmt: skip


async def dragging(student: Student, seconds: float, fetched: list[float], ran: list[float]) -> None:
    """Drag a dial every three seconds, for so long."""
    clock = asyncio.get_running_loop().time
    await asyncio.sleep(random.uniform(0, EVERY))
    ends, have = clock() + seconds, "stretched:100:0"
    while (begun := clock()) < ends:
        lr = random.uniform(0.01, 0.3)
        for k in range(FETCHES):
            lr *= random.uniform(0.98, 1.02)
            fetched.append((await student.drag(have, lr=lr))[0])
            await asyncio.sleep(max(0.0, begun + (k + 1) / RATE - clock()))
        ran.append(await student.let_go(lr=lr))
        await asyncio.sleep(max(0.0, begun + EVERY - clock()))


def told(times: list[float]) -> str:
    """Return the median, the 95 % quantile and the largest, in ms."""
    times = sorted(1000 * each for each in times) or [0.0]
    return " ".join(f"{times[min(int(part * len(times)), len(times) - 1)]:5.0f}" for part in (0.5, 0.95, 1))


def memory(pid: int) -> float:
    """Return the memory of a process, in MB."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000


if __name__ == "__main__":
    main()
