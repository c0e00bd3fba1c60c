"""What the API answers: the newest states, and the trails behind them."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.site.lake import COLUMNS
from headwater.site.shared import NOTHING_YET, Shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.errors import HeadwaterError
    from headwater.site.lake import Positions, Row

WINDOW_S = 600
"""How far back trails go."""

QUICKEST_S, SLOWEST_S = 2.0, 10.0
Json = dict[str, Any]


@dataclass(frozen=True)
class About:
    """What a viewer is told of the data; `every_s` is the interval between two polls."""

    source: str
    every_s: float
    gone_s: float
    attribution: str
    licence: str
    box: tuple[float, float, float, float] | None = (
        None  # west, south, east, north of what is polled
    )

    @property
    def refresh_s(self) -> float:
        """How often the lake is asked: five times per poll, within bounds."""
        return min(max(self.every_s / 5, QUICKEST_S), SLOWEST_S)

    def document(self) -> Json:
        """As it stands in every answer."""
        return {**vars(self), "refresh_s": self.refresh_s, "window_s": WINDOW_S}


class Flights:
    """The newest state of every aircraft."""

    def __init__(self, read: Callable[[], list[Row]], about: About) -> None:
        self._read = read
        self._about = about
        self._rows: list[Row] | None = None
        self._shared = Shared(self._look, about.refresh_s)

    def answer(self) -> tuple[Json, str]:
        """The answer, and a tag that changes whenever it does."""
        self._shared.fresh()
        failed = self._shared.error
        if self._rows is None:
            raise failed or NOTHING_YET
        answer = {**self._about.document(), "error": told(failed), "columns": COLUMNS}
        answer["rows"] = self._rows
        return answer, hashlib.sha256(json.dumps(answer).encode()).hexdigest()[:32]

    def data_time(self) -> float | None:
        """The newest time in the data, Unix seconds: a replay has a time of its own."""
        at = COLUMNS.index("last_contact")
        times = [t for row in self._rows or () if isinstance(t := row[at], int | float)]
        return max(times, default=None)

    def _look(self) -> None:
        self._rows = self._read()


class Trails:
    """The reports of the last minutes in memory; the lake is asked for newer ones only.

    Every report has a number, in the order in which it was seen. A viewer says which it has.
    """

    def __init__(
        self,
        read: Callable[[float, str], Positions],
        about: About,
        now: Callable[[], float | None],
    ) -> None:
        self._read = read
        self._now = now
        self._run = uuid.uuid4().hex[:8]  # numbers of another run of the server mean nothing
        self._seen: dict[tuple[object, object], int] = {}
        self._points: list[tuple[int, Row]] = []
        self._last = 0
        self._commit = ""
        self._lock = threading.Lock()
        self._shared = Shared(self._look, about.refresh_s)

    def answer(self, cursor: str) -> Json:
        """What came after a viewer's cursor; all, where the cursor is unknown."""
        self._shared.fresh()
        run, _, number = cursor.partition("-")
        known = int(number) if run == self._run and number.isdigit() else 0
        with self._lock:
            start = bisect_right(self._points, known, key=lambda point: point[0])
            points = [row for _, row in self._points[start:]]
            return {
                "cursor": f"{self._run}-{self._last}",
                "whole": known == 0,
                "points": points,
                "error": told(self._shared.error),
            }

    def _look(self) -> None:
        now = self._now()
        if now is None:
            return
        found = self._read(now - WINDOW_S, self._commit)
        with self._lock:
            self._commit = found.commit
            for row in found.rows:
                if (row[0], row[1]) not in self._seen:
                    self._last += 1
                    self._seen[row[0], row[1]] = self._last
                    self._points.append((self._last, row))
            self._forget(now - WINDOW_S)

    def _forget(self, before: float) -> None:
        self._points = [(n, row) for n, row in self._points if float(row[1] or 0) > before]
        self._seen = {(row[0], row[1]): n for n, row in self._points}


def told(error: HeadwaterError | None) -> Json | None:
    """An error as the API says it."""
    return {"message": error.message, "remedy": error.remedy} if error else None
