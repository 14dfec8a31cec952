"""Changes of an experiment that are one click away: each named by its point, with the parameters of a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rmsprop_core.surfaces import N_


class Change(NamedTuple):
    """What a click does: its label (a source for gettext, where it is fixed) and the parameters that it sets."""

    label: str
    query: Mapping[str, str]


EXAMPLES: tuple[Change, ...] = (Change(N_("SGD wins on a turned bowl"), {"surface": "booth"}),)
