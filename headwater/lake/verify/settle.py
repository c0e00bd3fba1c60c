"""Rows that differed while both sides were read are looked at again until they stand still.

A round reads the suspects in MySQL, raises a barrier, goes on reading them while it waits until the
lake has passed it, and reads them in the lake. A row that the lake has as MySQL had it at any of
these looks is equal. A row that did not change in MySQL meanwhile and is otherwise in the lake,
twice in a row, differs. What changed goes into the next round; writes are never held up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headwater.lake.verify.report import ColumnDifference, Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from headwater.lake.verify.shape import Shape
    from headwater.lake.verify.sides import Key, LakeSide, MySqlSide, Row

ROUNDS = 12
# One look may fall between two changes of a row that brought it back to what it was.
CONFIRMATIONS = 2


@dataclass
class _Suspect:
    """A row under suspicion, and how often it was found different while it stood still."""

    key: Key
    confirmed: int = 0
    seen: tuple[Row | None, Row | None] = (None, None)


@dataclass
class Verdict:
    """What came of the suspects."""

    differences: list[Difference] = field(default_factory=list)
    unsettled: list[Key] = field(default_factory=list)


class Settler:
    """Decides about suspects."""

    def __init__(
        self,
        shape: Shape,
        mysql: MySqlSide,
        lake: LakeSide,
        barrier: Callable[[Callable[[], None]], None],
    ) -> None:
        self._shape = shape
        self._mysql = mysql
        self._lake = lake
        self._barrier = barrier

    def settle(self, keys: Iterable[Key], progress: Callable[[str], None]) -> Verdict:
        """Look at the suspects until each is decided or the rounds are over."""
        verdict = Verdict()
        suspects = [_Suspect(key) for key in keys]
        for number in range(ROUNDS):
            if not suspects:
                break
            name = self._shape.captured.name
            progress(f"{name}: {len(suspects)} rows differ, look {number + 1} behind a barrier")
            suspects = self._round(suspects, verdict)
        verdict.unsettled = [suspect.key for suspect in suspects]
        verdict.differences.sort(key=lambda difference: tuple(difference.key.values()))
        return verdict

    def _round(self, suspects: list[_Suspect], verdict: Verdict) -> list[_Suspect]:
        keys = [suspect.key for suspect in suspects]
        states: dict[Key, list[Row | None]] = {key: [] for key in keys}

        def look() -> None:
            rows = self._mysql.rows(keys)
            for key, known in states.items():
                if not known or known[-1] != rows.get(key):
                    known.append(rows.get(key))

        look()
        self._barrier(look)
        lake = self._lake.rows(keys)
        look()
        floor = self._mysql.floor()
        left = []
        for suspect in suspects:
            if self._is_settled(suspect, states[suspect.key], lake.get(suspect.key), floor):
                continue
            if suspect.confirmed >= CONFIRMATIONS:
                verdict.differences.append(self._difference(suspect))
            else:
                left.append(suspect)
        return left

    def _is_settled(
        self, suspect: _Suspect, states: list[Row | None], lake: Row | None, floor: str | None
    ) -> bool:
        """Whether the row is equal; otherwise the suspicion is noted."""
        now = states[-1]
        if any(self._same(state, lake) for state in states) or self._purged(now, lake, floor):
            return True
        repeated = suspect.seen == (now, lake)
        stood_still = len(states) == 1
        suspect.confirmed = (suspect.confirmed if repeated else 0) + 1 if stood_still else 0
        suspect.seen = (now, lake)
        return False

    def _same(self, mysql: Row | None, lake: Row | None) -> bool:
        if mysql is None or lake is None:
            return mysql is lake
        columns = zip(self._shape.columns, mysql, lake, strict=True)
        return all(column.kind.same(one, other) for column, one, other in columns)

    def _purged(self, mysql: Row | None, lake: Row | None, floor: str | None) -> bool:
        """Whether the lake rightly keeps a row that MySQL has purged."""
        if mysql is not None or lake is None or self._shape.captured.layout.on_delete != "ignore":
            return False
        if self._shape.floor is None or floor is None:
            return True
        moment = lake[self._shape.columns.index(self._shape.floor)]
        return moment is not None and moment < floor

    def _difference(self, suspect: _Suspect) -> Difference:
        mysql, lake = suspect.seen
        names = (column.name for column in self._shape.keys)
        key = dict(zip(names, suspect.key, strict=True))
        table = self._shape.captured.name
        if lake is None:
            return Difference(table, key, "missing")
        if mysql is None:
            return Difference(table, key, "extra")
        return Difference(table, key, "changed", tuple(self._columns(mysql, lake)))

    def _columns(self, mysql: Row, lake: Row) -> Iterable[ColumnDifference]:
        for column, one, other in zip(self._shape.columns, mysql, lake, strict=True):
            if not column.kind.same(one, other):
                show = column.kind.shown
                yield ColumnDifference(
                    column.name,
                    None if one is None else show(one),
                    None if other is None else show(other),
                )


def suspects_of(mysql: dict[Key, int], lake: dict[Key, int]) -> Collection[Key]:
    """The keys that are not the same on both sides."""
    return sorted(key for key in mysql.keys() | lake.keys() if mysql.get(key) != lake.get(key))
