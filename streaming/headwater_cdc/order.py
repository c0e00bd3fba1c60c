"""What a batch means, in plain Python: the model that the Spark implementation is tested against.

Order is Kafka's offset and nothing else. A streamed event whose GTID number lies below the highest
seen for its server has been applied before and is dropped. Of the highest itself all events are
applied again, in order, which converges; but only for the server that wrote last: of any other
server the highest transaction is complete, and later changes may stand on it. Snapshot rows carry
no GTID and are never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from headwater_cdc.changes import IMAGES, change_id
from headwater_cdc.envelope import TRUNCATE, Gtid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Key: TypeAlias = tuple[object, ...]
Row: TypeAlias = "Mapping[str, object]"
Kept: TypeAlias = "tuple[int, str, Row | None]"  # offset, image and row of a change


@dataclass(frozen=True)
class Event:
    """One message of a table's topic."""

    offset: int
    op: str
    key: Key | None = None
    row: Row | None = None
    gtid: Gtid | None = None
    before: Row | None = None
    place: tuple[str, int, int] = ("", 0, 0)  # file, position and row in MySQL's log
    ts_ms: int = 0


@dataclass
class Progress:
    """The highest transaction of each server, and the server that wrote last."""

    gtids: dict[str, int] = field(default_factory=dict)
    last_server: str = ""

    def admits(self, gtid: Gtid) -> bool:
        """Whether the event is to be applied; takes note of it if so."""
        highest = self.gtids.get(gtid.server, 0)
        if gtid.number > highest:
            self.gtids[gtid.server] = gtid.number
            self.last_server = gtid.server
            return True
        return gtid.number == highest and gtid.server == self.last_server

    def copy(self) -> Progress:
        """Another one that stands where this one does."""
        return Progress(dict(self.gtids), self.last_server)


@dataclass
class Reduced:
    """A batch, reduced to what has to be written."""

    truncated: bool = False
    rows: dict[Key, Row | None] = field(default_factory=dict)  # None: the row is gone
    progress: Progress = field(default_factory=Progress)
    dropped: int = 0


def reduce(events: Iterable[Event], progress: Progress) -> Reduced:
    """The last change of each key; a truncate voids what precedes it."""
    result = Reduced(progress=progress.copy())
    for event in sorted(events, key=lambda e: e.offset):
        if event.gtid is not None and not result.progress.admits(event.gtid):
            result.dropped += 1
        elif event.op == TRUNCATE:
            result.truncated = True
            result.rows.clear()
        elif event.key is not None:
            result.rows[event.key] = None if event.op == "d" else event.row
    return result


def apply(table: Mapping[Key, Row], batch: Reduced) -> dict[Key, Row]:
    """The table after the batch."""
    result: dict[Key, Row] = {} if batch.truncated else dict(table)
    for key, row in batch.rows.items():
        if row is None:
            result.pop(key, None)
        else:
            result[key] = row
    return result


def collect(events: Iterable[Event], progress: Progress) -> tuple[dict[str, Kept], Progress]:
    """Of a table whose every change is kept: what a batch adds, by the ids of its rows."""
    progress, found = progress.copy(), {}
    for event in sorted(events, key=lambda e: e.offset):
        if event.gtid is not None and not progress.admits(event.gtid):
            continue
        gtid = f"{event.gtid.server}:{event.gtid.number}" if event.gtid else None
        for image, part in IMAGES.get(event.op, ()):
            shown = event.before if part == "before" else event.row
            found[change_id(gtid, event.place, event.ts_ms, image)] = (event.offset, image, shown)
    return found, progress
