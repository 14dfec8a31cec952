"""A server of a Streamlit script and a Chromium, for browser tests and benchmarks alike."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import IO

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # as in a school without the internet
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def free_port() -> int:
    """Return the number of a port that nobody listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(script: Path = ROOT / "app.py", port: int | None = None) -> Iterator[str]:
    """Serve the script from the project's folder, so with its configuration, and yield the address."""
    with running(script, port) as (url, _pid):
        yield url


@contextmanager
def running(
    script: Path = ROOT / "app.py", port: int | None = None, options: Sequence[str] = (), log: IO[bytes] | int = DEVNULL
) -> Iterator[tuple[str, int]]:
    """As `served`, with other options of Streamlit and a place for its log; yield the address and the process."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port),
               "--server.address", "127.0.0.1", "--server.fileWatcherType", "none", *options]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.25)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(10)


def cpu_seconds(pid: int) -> float:
    """Return the seconds of a core that a process has used."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def launch(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium; where there is none, the one that Playwright brings (installed on demand)."""
    sandbox = () if hasattr(os, "geteuid") and os.geteuid() else ("--no-sandbox",)
    path = os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None and not Path(playwright.chromium.executable_path).exists():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *sandbox])
