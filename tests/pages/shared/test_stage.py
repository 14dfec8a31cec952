"""Curtain and projector in the link."""

from __future__ import annotations

from pages.shared.model.link import from_query, to_link
from pages.shared.model.settings import Settings, on_surface


def test_a_link_with_a_curtain_begins_at_the_start_unless_it_names_a_step() -> None:
    for text in ("1", "true"):
        settings, complaints = from_query({"curtain": text})
        assert (settings.curtain, settings.t, complaints) == (True, 0, [])
    assert from_query({"curtain": "1", "t": "7"})[0].t == 7
    assert from_query({"curtain": "1", "t": "x"})[0].t == 0
    assert from_query({"curtain": "0"})[0].t is None


def test_curtain_and_projector_survive_their_own_link() -> None:
    for t in (0, 7, 50):
        settings = Settings(curtain=True, present=True, t=t)
        again, complaints = from_query(to_link(settings))
        assert (again.curtain, again.present, again.clock(), complaints) == (True, True, t, [])


def test_behind_the_curtain_another_surface_begins_at_its_start() -> None:
    assert on_surface(Settings(curtain=True), "booth").t == 0
    assert on_surface(Settings(), "booth").t is None
