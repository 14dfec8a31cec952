"""nginx in front of some processes, as deploy/nginx.conf has it, in a folder and at ports of its own."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

from tests.support.server import ROOT, free_port, running

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@contextmanager
def in_front_of_two(here: Path) -> Iterator[tuple[str, list[int], Path]]:
    """Start two processes and nginx; yield its address, the processes and its log, which is in the folder `here`."""
    assert NGINX, "no nginx on this machine"
    port, ports = free_port(), [free_port(), free_port()]
    text = (ROOT / "deploy/nginx.conf").read_text()
    own = "".join(f"{each}_temp_path {here}/{each}; " for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    for old, new in (
        ("http {", f"http {{ {own}"),  # the machine's nginx, if one runs, keeps its own
        *(("listen 80;", f"listen 127.0.0.1:{port};"), ("/run/nginx.pid", f"{here}/pid")),
        *((":8501 ", f":{ports[0]} "), (":8502 ", f":{ports[1]} ")),
        *(("/var/log/nginx/", f"{here}/"), ("/var/cache/nginx/", f"{here}/")),
    ):
        assert old in text
        text = text.replace(old, new)
    (here / "nginx.conf").write_text(text)
    with ExitStack() as stack:
        pids = [stack.enter_context(running(port=each))[1] for each in ports]
        command = [NGINX, "-c", f"{here}/nginx.conf", "-g", "daemon off; user root;"]
        nginx = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        stack.callback(nginx.wait, 10)
        stack.callback(nginx.terminate)
        url = f"http://127.0.0.1:{port}"
        for _ in range(40):
            try:
                assert urlopen(f"{url}/_stcore/health", timeout=1).read() == b"ok"
                break
            except OSError:
                time.sleep(0.25)
        yield url, pids, here / "access.log"
