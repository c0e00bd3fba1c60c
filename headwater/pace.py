"""How fast something goes that counts rows, and when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pace:
    """Rows a second since the first look, and the time that the rest takes."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began: tuple[float, int] | None = None

    def told(self, rows: int, expected: int) -> str:
        """`, 1,024/s, 15 s left`; nothing while nothing is known."""
        began, first = self._began = self._began or (self._now(), rows)
        took = self._now() - began
        rate = (rows - first) / took if took else 0.0
        return f", {rate:,.0f}/s, {max(0, expected - rows) / rate:.0f} s left" if rate else ""
