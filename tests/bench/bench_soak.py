"""A long lesson: `python -m tests.bench.bench_soak 60 30` keeps 60 users busy for 30 minutes, on four pages.

Each drags a dial every three seconds, and every two minutes leaves for another page and another link. Printed are the
memory minute by minute, what the users wait for, and how many lines of the server's log are about a fault.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from typing import IO

from tests.bench.bench_load import dragging, memory, told
from tests.support.protocol import Student
from tests.support.server import running

PAGES = ("/", "/", "/step-by-step", "/tune", "/frameworks")  # those whose dials turn lr
SURFACES = ("stretched", "ravine", "beale", "himmelblau", "ackley", "bmi")
STAY = 120.0  # seconds on a page
BAD = ("Traceback", "Error", "ERROR", "Exception")


async def soaked(url: str, pid: int, users: int, minutes: float, log: IO[bytes]) -> None:
    """Keep them busy, and print."""
    fetched: list[float] = []
    ran: list[float] = []
    clock = asyncio.get_running_loop().time
    ends = clock() + 60 * minutes

    async def user(k: int) -> None:
        await asyncio.sleep(0.5 * k)
        chance = random.Random(k)
        while clock() < ends:
            student = Student(url)
            surface, steps = chance.choice(SURFACES), chance.choice((50, 100, 300))
            await student.open(chance.choice(PAGES), surface=surface, steps=str(steps), v="1")
            await dragging(student, min(STAY, ends - clock()), fetched, ran)
            await student.close()

    async def watched() -> None:
        while clock() < ends:
            await asyncio.sleep(60)
            print(f"{(clock() - ends) / 60 + minutes:4.0f} min | {memory(pid):4.0f} MB | fetch {told(fetched)} | "
                  f"script {told(ran)} ms | {len(fetched)} fetches", flush=True)  # fmt: skip
            fetched.clear()
            ran.clear()

    await asyncio.gather(watched(), *(user(k) for k in range(users)))
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    wrong = [line for line in lines if any(word in line for word in BAD)]
    print(f"{len(lines)} lines in the log, {len(wrong)} of errors: {wrong[:3]}")


if __name__ == "__main__":
    with tempfile.TemporaryFile() as log, running(log=log) as (url, pid):
        asyncio.run(soaked(url, pid, int(sys.argv[1]), float(sys.argv[2]), log))
