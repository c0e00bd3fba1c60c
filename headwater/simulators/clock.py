"""A clock that tests can freeze, step and speed up."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class WorldClock:
    """Unix time in seconds, read from `source` until told otherwise."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._anchor_s = self._shown_s = source()
        self._speed = 1.0

    def __call__(self) -> float:
        """The time now."""
        with self._lock:
            return self._now()

    @property
    def speed(self) -> float:
        """World seconds per real second; 0 while frozen."""
        return self._speed

    def set(self, at_s: float | None = None, speed: float | None = None) -> None:
        """Jump to a time, or run at another speed (0 freezes), or both."""
        with self._lock:
            self._shown_s = self._now() if at_s is None else at_s
            self._anchor_s = self._source()
            self._speed = self._speed if speed is None else speed

    def step(self, by_s: float) -> None:
        """Move on by some seconds."""
        with self._lock:
            self._shown_s += by_s

    def resume(self) -> None:
        """Show the real time again."""
        with self._lock:
            self._anchor_s = self._shown_s = self._source()
            self._speed = 1.0

    def _now(self) -> float:
        return self._shown_s + (self._source() - self._anchor_s) * self._speed
