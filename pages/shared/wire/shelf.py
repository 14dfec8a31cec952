"""A bounded store: what was made lately, by name; the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Things by name, of `limit` bytes together at most; `size` tells the bytes of one. Threads may share it."""

    def __init__(self, limit: int, size: Callable[[T], int]) -> None:
        self._limit, self._size, self._used = limit, size, 0
        self._things: OrderedDict[str, T] = OrderedDict()
        self._making: dict[str, Lock] = {}
        self._lock = Lock()

    def get(self, name: str) -> T | None:
        """Return what has this name, if it is still there."""
        with self._lock:
            if name in self._things:
                self._things.move_to_end(name)
            return self._things.get(name)

    def put(self, name: str, thing: T) -> None:
        """Keep a thing under a new name; what is larger than the limit is not kept."""
        if self._size(thing) > self._limit:
            return
        with self._lock:
            self._things[name] = thing
            self._used += self._size(thing)
            while self._used > self._limit:
                self._used -= self._size(self._things.popitem(last=False)[1])

    def made(self, name: str, make: Callable[[], T]) -> T:
        """Return what has this name; it is made once, however many ask for it at the same time."""
        with self._lock:
            turn = self._making.setdefault(name, Lock())
        try:
            with turn:
                thing = self.get(name)
                if thing is None:
                    thing = make()
                    self.put(name, thing)
                return thing
        finally:
            with self._lock:
                self._making.pop(name, None)
