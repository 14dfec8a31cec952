"""nginx in front of two processes, as deploy/nginx.conf has it: who comes stays with one, and loses nothing by it."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from socket import create_connection
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from tests.support.nginx import NGINX, in_front_of_two
from tests.support.protocol import Student

if not NGINX and not os.environ.get("CI"):
    pytest.skip("no nginx on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int], Path]]:
    """The address of nginx, the two processes behind it, and its log."""
    with in_front_of_two(tmp_path_factory.mktemp("nginx")) as found:
        yield found


def waited_for(asked: Coroutine[Any, Any, None]) -> None:
    """Do what a browser's side asks, in a thread: in this one Playwright's loop may run."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, asked).result()


def test_each_browser_stays_with_its_process_and_when_that_dies_goes_on_with_the_other(
    front: tuple[str, list[int], Path],
) -> None:
    url, pids, log = front

    async def a_class() -> None:
        students = [Student(url) for _ in range(8)]
        assert (await students[0].get("/_stcore/metrics"))[0] == 404
        for student in students:  # a run on a table is kept by the process whose page shows it, and by no other
            await student.open("/train", v="1")
            told = student.told()
            for _ in range(3):
                status, body = await student.get(f"{told['path']}?{urlencode(told['query'])}")
                assert status == 200
                assert len(body) > 1000
        assert all(re.fullmatch(r"process=\w{32}", student.cookie) for student in students)
        tokens = [student.told()["query"]["token"] for student in students]
        theirs = [(await students[0].get(f"/live/kept?{urlencode({'token': token})}"))[0] for token in tokens]
        assert set(theirs) == {200, 404}, "both processes have some"

        os.kill(pids[0], SIGKILL)
        for k, student in enumerate(students):
            await student.close()
            again = Student(url)
            again.cookie = student.cookie
            await again.open("/", lr=f"0.0{k + 1}", fair="false", steps="20", v="1")
            assert again.told()["query"]["lr"] == f"0.0{k + 1}"
            assert len((await again.drag(rho=0.5))[1]) > 1000
            await again.close()

    waited_for(a_class())
    assert not re.search(r"127\.0\.0\.1|lr=|token|\?", log.read_text())
    assert len(log.read_text().splitlines()) > 50


def open_files() -> list[str]:
    """Return the files that this user's processes hold open."""
    held = []
    for each in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # another's, or gone
            held.append(os.readlink(each))
    return held


def test_an_upload_goes_through_without_a_file(front: tuple[str, list[int], Path]) -> None:
    url, _pids, log = front
    with create_connection((urlsplit(url).hostname, urlsplit(url).port), 5) as sent:
        sent.sendall(
            b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + bytes(2_000_000)
        )
        time.sleep(0.5)
        held = open_files()
        assert str(log) in held
        assert not [each for each in held if each.startswith(f"{log.parent}/client_body")]


def test_while_no_process_answers_a_page_says_so_and_looks_again(front: tuple[str, list[int], Path]) -> None:
    url, pids, _log = front
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, SIGKILL)
    time.sleep(0.5)
    with pytest.raises(HTTPError) as away:
        urlopen(url, timeout=5)
    assert (away.value.code, away.value.headers["Refresh"]) == (502, "5")
    assert b"being started" in away.value.read()
