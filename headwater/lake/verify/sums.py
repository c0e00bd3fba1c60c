"""The first look at a table: both sides are summed at the same time, and the sums are kept."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from headwater.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.lake.verify.kept import Keeper, Kept
    from headwater.lake.verify.report import Counts
    from headwater.lake.verify.sides import LakeSide, MySqlSide

LOOK_S = 1.0


def take(
    name: str,
    sides: tuple[MySqlSide, LakeSide],
    keeper: Keeper,
    kept: Kept,
    progress: Callable[[str], None],
) -> tuple[Counts, Counts]:
    """Sum what is not yet summed; whatever ends this, what was done so far is kept."""
    mysql, lake = sides
    aside = None if kept.lake is not None else _Aside(lake.counts)
    try:
        if not kept.read:
            _read(name, mysql, aside, keeper, kept, progress)
        while kept.lake is None:
            kept.lake = aside.result(LOOK_S) if aside else None
            progress(f"{name}: {kept.mysql.rows:,} rows of MySQL, waiting for the lake's sums")
    finally:
        keeper.save(kept, at_once=True)
    return kept.mysql, kept.lake


def _read(
    name: str,
    mysql: MySqlSide,
    aside: _Aside | None,
    keeper: Keeper,
    kept: Kept,
    progress: Callable[[str], None],
) -> None:
    pace = Pace(time.monotonic)
    for last in mysql.count(kept.mysql, kept.after):
        kept.after, kept.read = last, not last
        if aside and kept.lake is None:
            kept.lake = aside.result(0)
        told = pace.told(kept.mysql.rows, kept.expected)
        progress(f"{name}: {kept.mysql.rows:,} of {kept.expected:,} rows{told}")
        keeper.save(kept)


class _Aside:
    """The lake's sums, in a thread of its own that does not hold up the end of the process."""

    def __init__(self, work: Callable[[], Counts]) -> None:
        self._work = work
        self._found: Counts | None = None
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="lake sums")
        self._thread.start()

    def result(self, wait: float) -> Counts | None:
        """The sums if they are there, after so many seconds at most; raises what they raised."""
        self._thread.join(wait)
        if self._failure is not None:
            raise self._failure
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._work()
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            self._failure = error
