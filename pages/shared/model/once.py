"""What many ask for at once is worked out once: a class opens the same link in the same second."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from typing import Any, TypeVar

from cachetools import LRUCache, cached

F = TypeVar("F", bound=Callable[..., Any])


def once(room: int, size: Callable[[Any], float] | None = None) -> Callable[[F], F]:
    """Let a function keep its latest answers, `room` of them, or of that `size` together.

    Who asks for what is being worked out waits for it; where that fails or is stopped, the next one works it out.
    """
    return cached(LRUCache(room, size), condition=Condition())  # type: ignore[return-value]
