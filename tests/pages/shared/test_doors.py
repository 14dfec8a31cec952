"""Doors: what every answer says of who may do what with it, what is not answered, and what is logged."""

from __future__ import annotations

import asyncio
import logging
import runpy
import tomllib
from pathlib import Path

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.types import Message

from pages.shared.wire.doors import Doors, log, policy
from tests.support.pages import APP

INDEX = (Path(st.__file__).parent / "static/index.html").read_text()


def rules(text: str) -> dict[str, list[str]]:
    return {rule.split()[0]: rule.split()[1:] for rule in text.split(";")}


def asked(doors: Doors, path: str) -> tuple[int, dict[str, str]]:
    """Return status and headers of what is answered to a request."""
    heard: list[Message] = []

    async def ask() -> None:
        async def hear(message: Message) -> None:
            heard.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"f=secret", "headers": [],
                 "client": ("10.1.2.3", 1)}  # fmt: skip
        await doors(scope, None, hear)  # type: ignore[arg-type]

    asyncio.run(ask())
    return heard[0]["status"], {name.decode(): value.decode() for name, value in heard[0]["headers"]}


def test_no_script_but_ours_runs_and_nothing_comes_from_elsewhere() -> None:
    found = rules(policy("'self'", INDEX))
    assert found["default-src"] == ["'none'"]
    assert found["script-src"][:2] == ["'self'", "blob:"]
    assert len(found["script-src"]) == 3  # Streamlit's page has one script in it
    assert found["script-src"][2].startswith("'sha256-")
    for name, sources in found.items():
        assert not [each for each in sources if "*" in each or "http" in each or "eval" in each], name
        assert ("'unsafe-inline'" in sources) == (name == "style-src")


def test_who_may_frame_the_app_is_set_and_nothing_else_can_be_said_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for frames in ("'none'", "'self'", "https://moodle.example https://*.school.example:8443"):
        assert rules(policy(frames, INDEX))["frame-ancestors"] == frames.split()
    for bad in ("", " ", "moodle.example", "https://a.example; script-src *", "javascript:alert", "https://a\nX-A: b"):
        with pytest.raises(ValueError, match="may frame"):
            policy(bad, INDEX)
    monkeypatch.setenv("RMSPROP_FRAMES", "https://moodle.example")
    middleware, *_others = runpy.run_path(str(APP))["app"]._user_middleware
    assert rules(middleware.args[0])["frame-ancestors"] == ["https://moodle.example"]


def test_every_answer_has_its_headers_and_what_nobody_needs_is_shut() -> None:
    for base in ("", "/lab"):
        doors = Doors(PlainTextResponse("here"), "default-src 'self'", base)
        for path, status in (("/", 200), ("/live/explore", 200), ("/_stcore/health", 200), ("/_stcore/metrics", 404),
                             ("/_stcore/agent/openapi.json", 404)):  # fmt: skip
            found, headers = asked(doors, base + path)
            assert found == status, path
            assert headers["content-security-policy"] == "default-src 'self'"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"


def test_the_log_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    doors = Doors(PlainTextResponse("here"), "default-src 'self'")
    asked(doors, "/live/explore")
    assert not caplog.records  # unless it is on
    with caplog.at_level(logging.INFO, log.name):
        asked(doors, "/live/explore")
        asked(doors, "/_stcore/upload_file/session-7/file-8")
    lines = [record.getMessage() for record in caplog.records]
    assert [line.split()[:3] for line in lines] == [
        ["GET", "/live/explore", "200"],
        ["GET", "/_stcore/upload_file", "200"],
    ]
    assert not [line for line in lines for secret in ("10.1.2.3", "secret", "session-7") if secret in line]


def test_the_configuration_is_one_for_the_public() -> None:
    found = tomllib.loads((APP.parent / ".streamlit/config.toml").read_text())
    assert found["client"]["showErrorDetails"] == "none"
    assert not found["server"]["enableStaticServing"]
    assert not found["browser"]["gatherUsageStats"]
    assert found["server"]["maxUploadSize"] <= 200
    assert found["server"]["maxMessageSize"] <= 20
    assert found["server"]["maxWidgetStateSize"] == 1
