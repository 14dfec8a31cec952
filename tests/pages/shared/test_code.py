"""The browser's code over plain HTTP: whole, by an address of its own, and only what a page needs."""

from __future__ import annotations

import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from pages.shared.wire import code


def answered(path: str) -> Response:
    """What the route answers to a request for this path."""
    route, scope = code.route("/base"), {"type": "http", "method": "GET", "path": path, "headers": []}
    _, found = route.matches(scope)
    answer: Response = route.endpoint(Request({**scope, **found}))
    return answer


@pytest.mark.parametrize("module", [code.PLAYER, "step_by_step/web/player.js", "shared/web/dials.js", code.PLOTLY])
def test_a_module_is_answered_whole_and_kept_for_ever(module: str) -> None:
    answer = answered("/base" + code.address(module))
    text = code.plotly() if module == code.PLOTLY else code.modules()[module]

    assert gzip.decompress(bytes(answer.body)).decode() == text
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "path", ["/base/web/0123456789ab/shared/web/player.js", "/base" + code.address("shared/web/../wire/code.py"),
             "/base" + code.address("app.py"), "/base" + code.address("shared/web/player.css")]
)  # fmt: skip
def test_another_version_and_what_is_no_module_is_not_answered(path: str) -> None:
    assert answered(path).status_code == 404


def test_a_page_loads_its_own_code_only() -> None:
    assert not [name for name in code.needed(code.PLAYER) if not name.startswith("shared/")]
    assert "step_by_step/web/walk.js" in code.needed("step_by_step/web/player.js")


def test_each_import_leads_to_a_module() -> None:
    for module in code.modules():
        assert set(code.needed(module)) <= set(code.modules())
