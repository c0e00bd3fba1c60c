"""What a batch means, in plain Python: the model that the Spark implementation is tested against.

Order is Kafka's offset and nothing else. A streamed event whose GTID number lies below the highest
seen for its server has been applied before and is dropped; the highest itself is applied again, in
order, which converges. Snapshot rows carry no GTID and are never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from headwater_cdc.envelope import TRUNCATE, Gtid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Key: TypeAlias = tuple[object, ...]
Row: TypeAlias = "Mapping[str, object]"


@dataclass(frozen=True)
class Event:
    """One message of a table's topic."""

    offset: int
    op: str
    key: Key | None = None
    row: Row | None = None
    gtid: Gtid | None = None


@dataclass
class Reduced:
    """A batch, reduced to what has to be written."""

    truncated: bool = False
    rows: dict[Key, Row | None] = field(default_factory=dict)  # None: the row is gone
    gtids: dict[str, int] = field(default_factory=dict)
    dropped: int = 0


def survivors(events: Iterable[Event], gtids: Mapping[str, int]) -> list[Event]:
    """The events in order, without those that were applied before."""
    highest = dict(gtids)
    kept = []
    for event in sorted(events, key=lambda e: e.offset):
        if event.gtid is not None:
            if event.gtid.number < highest.get(event.gtid.server, 0):
                continue
            highest[event.gtid.server] = event.gtid.number
        kept.append(event)
    return kept


def reduce(events: Iterable[Event], gtids: Mapping[str, int]) -> Reduced:
    """The last change of each key; a truncate voids what precedes it."""
    events = list(events)
    kept = survivors(events, gtids)
    result = Reduced(gtids=dict(gtids), dropped=len(events) - len(kept))
    for event in kept:
        if event.gtid is not None:
            result.gtids[event.gtid.server] = event.gtid.number
        if event.op == TRUNCATE:
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
