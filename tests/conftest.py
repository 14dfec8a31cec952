"""Every run of the tests tries the same cases: what hypothesis finds by luck belongs into an @example."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None)
settings.load_profile("repeatable")
