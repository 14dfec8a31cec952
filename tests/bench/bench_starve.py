"""The worst links, twenty of them at once, beside one user who drags a dial: `python -m tests.bench.bench_starve`.

For each kind of link: what the user beside waits for a run of 300 steps, when the first and the last of the twenty were
answered and with what, and the server's memory. It stops by itself, and asks 127.0.0.1 only.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from time import perf_counter
from urllib.parse import urlencode

from tests.bench.bench_load import memory, told
from tests.support.protocol import Student
from tests.support.server import running

AT_ONCE, PATIENCE = 20, 60.0
COSTLY = "+".join(f"sin({k}*x*y)*cos(x+{k}*y)" for k in range(1, 8))
LONG: Mapping[str, object] = {"steps": 10_000, "seeds": 200, "noise": 1}
WORST: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "patients": ("explore", {"surface": "bmi", "batch": 441, **LONG}),
    "noise": ("explore", LONG),
    "typed": ("explore", {"surface": "own", "f": COSTLY, **LONG}),
    "step by step": ("step-by-step", LONG),
    "map": ("map", {"surface": "own", "f": COSTLY, "steps": 9_000}),
    "long": ("explore", {"steps": 10_000}),
    "search": ("explore", {"surface": "own", "f": COSTLY, "steps": 300, "turned": "rho=0.8"}),
    "batches": ("explore", {"surface": "bmi", "batch": 441, "steps": 300, "seeds": 100, "noise": 1}),
    "cloud": ("explore", {"surface": "own", "f": COSTLY, "steps": 60, "seeds": 100, "noise": 1}),
    "opened": ("", {"surface": "own", "f": COSTLY, "steps": 300, "v": 1}),
    "many": ("explore", {"steps": 300, "seeds": 100, "noise": 1}),
}


async def beside(url: str, pid: int, page: str, link: Mapping[str, object]) -> str:
    """Return one row: what a user waits for while twenty ask for such a link."""
    user, answers = Student(url), Counter[int]()
    took: list[float] = []
    await user.open("/", steps="300", v="1")

    async def one(k: int) -> None:
        student, begun = Student(url), perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                asked = {**link, "x": 1 + k / 100}
                if page:
                    answers[(await student.get(f"/live/{page}?{urlencode(asked)}"))[0]] += 1
                else:  # the page itself
                    await student.open("/", **{name: str(value) for name, value in asked.items()})
                    answers[200] += 1
        except TimeoutError:
            answers[0] += 1
        took.append(perf_counter() - begun)
        await student.close()

    at_once = asyncio.gather(*(one(k) for k in range(AT_ONCE)))
    waits, runs = [], []
    while not at_once.done():
        waits.append((await user.drag("stretched:100:0", lr=0.1 + len(waits) / 1e4))[0])
        runs.append(await user.let_go(lr=0.1 + len(waits) / 1e4))
        await asyncio.sleep(0.1)
    await user.close()
    said = ", ".join(f"{n} × {status or 'left'}" for status, n in sorted(answers.items()))
    return f"{told(waits)} | {told(runs)} | {min(took):5.1f} {max(took):5.1f} | {said} | {memory(pid):.0f}"


def main() -> None:
    """Measure and print."""
    print("link | fetch p50 p95 max ms | script p50 p95 max ms | first, last answer s | answers | MB")
    with running() as (url, pid):
        for name in sys.argv[1:] or WORST:
            page, link = WORST[name]
            print(f"{name} | {asyncio.run(beside(url, pid, page, link))}", flush=True)


if __name__ == "__main__":
    main()
