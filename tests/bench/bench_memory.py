"""Five thousand links, no two alike, and the server's memory meanwhile: `python -m tests.bench.bench_memory`."""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import urlencode

from tests.bench.bench_load import memory
from tests.support.protocol import Student
from tests.support.server import running

SURFACES = ("stretched", "ravine", "beale", "himmelblau", "ackley", "bmi")


def link(k: int) -> str:
    """Return the k-th link: a page, a surface, sometimes a long run, many seeds, a formula of its own, or too long."""
    query: dict[str, object] = {"surface": SURFACES[k % 6], "lr": 1e-4 * (k + 1), "steps": 50 + k % 7 * 50, "v": 1}
    if k % 10 == 0:
        query["steps"] = 10_000
    if k % 25 == 5:
        query |= {"noise": 1, "seeds": 200}
    if k % 50 == 7:
        query |= {"surface": "own", "f": f"x^2 + {k}*y^2"}
    if k % 20 == 3:  # refused
        query["nothing"] = f"{k}" * 8000
    return f"/live/{('explore', 'step-by-step', 'tune', 'map')[k % 4]}?{urlencode(query)}"


async def asked(url: str, pid: int, links: int) -> None:
    """Ask for all of them, and print the memory after each tenth part."""
    student = Student(url)
    await student.open("/")
    for k in range(links):
        if k % (links // 10) == 0:
            print(f"{k:5d} links {memory(pid):5.0f} MB", flush=True)
        status, _body = await student.get(link(k))
        assert status in (200, 204), (status, link(k))
    print(f"{links:5d} links {memory(pid):5.0f} MB")
    await student.close()


if __name__ == "__main__":
    with running() as (url, pid):
        asyncio.run(asked(url, pid, int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
