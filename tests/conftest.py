"""Every run of the tests tries the same cases: what hypothesis finds by luck belongs into an @example."""

import os

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None)
settings.load_profile("repeatable")


@pytest.hookimpl(optionalhook=True)  # without xdist nobody asks
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: a test that waits for a browser leaves its core to another."""
    return (os.cpu_count() or 1) + 1
