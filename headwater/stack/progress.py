"""How far an installation is: bytes done and to do, rate and time left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """A reading of the meter."""

    component: str
    done: int
    total: int
    rate: float  # bytes a second since the start
    finished: bool = False

    @property
    def seconds_left(self) -> float | None:
        """Estimated from the rate so far; None while nothing is known."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None


Listener = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """Show nothing."""


class Meter:
    """Measures bytes that other processes write, and tells a listener."""

    def __init__(
        self,
        total: int,
        listener: Listener,
        *,
        clock: Callable[[], float] = time.monotonic,
        interval: float = 1.0,
    ) -> None:
        self._total, self._listener, self._interval = total, listener, interval
        self._clock, self._started = clock, clock()
        self._base = 0  # bytes of what is already complete
        self._there = 0  # bytes that were there before, which say nothing about the rate

    def present(self, size: int) -> None:
        """Count bytes that need no download."""
        self._base += size
        self._there += size

    def complete(self, size: int) -> None:
        """Count a finished download."""
        self._base += size

    def tell(self, component: str, growing: int = 0, *, finished: bool = False) -> None:
        """Report one reading; `growing` is what the running download has so far."""
        done = min(self._base + growing, self._total)
        seconds = max(self._clock() - self._started, 1e-3)
        rate = max(done - self._there, 0) / seconds
        self._listener(Progress(component, done, self._total, rate, finished))

    @contextmanager
    def watching(self, component: str, measure: Callable[[], int]) -> Iterator[None]:
        """Report about every second how far a download is while the block runs."""
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(self._interval):
                self.tell(component, measure())

        watcher = threading.Thread(target=watch, name="download-meter", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()
