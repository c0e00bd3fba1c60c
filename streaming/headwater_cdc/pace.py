"""Lets changes gather for one commit: fewer files and S3 requests, at the price of freshness."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_S: Final = 0.2


class Pace:
    """Rests between two batches, unless the table is behind (the batch was full)."""

    def __init__(
        self,
        every_s: float,
        full: int,
        wait: Callable[[float], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._every_s = every_s
        self._full = full
        self._wait = wait
        self._clock = clock
        self._due = 0.0

    def begin(self) -> None:
        """A batch begins: the next one is due that much later."""
        self._due = self._clock() + self._every_s

    def rest(self, offsets: int, interrupted: Callable[[], bool]) -> None:
        """After a batch of so many offsets: wait until the next one is due, or interrupted."""
        while offsets < self._full and not interrupted():
            left = self._due - self._clock()
            if left <= 0:
                return
            self._wait(min(left, LOOK_S))
