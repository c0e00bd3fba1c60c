"""From a micro-batch to runs that can be committed: decoded by its schemas, cut where they change.

A run has one shape (schemas of key and value), and a snapshot begins only at its start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark import StorageLevel
from pyspark.sql import functions as F  # noqa: N812

from headwater_cdc import apply, decode, evolve
from headwater_cdc.errors import MessageError, SchemaChangeError
from headwater_cdc.shape import Shape, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import DataFrame

    from headwater_cdc.apply import Group
    from headwater_cdc.commit import Committer
    from headwater_cdc.schemas import Schemas


class Batches:
    """Takes a table's micro-batches, one at a time; made anew after every failure."""

    def __init__(self, committer: Committer, schemas: Schemas) -> None:
        self._committer = committer
        self._config = committer.config
        self._schemas = schemas
        self.shape: Shape | None = None
        state = committer.state
        if state.key_schema_id and state.schema_id:
            self.shape = self._shape_of(state.key_schema_id, state.schema_id)
            committer.resume(self.shape)

    def __call__(self, frame: DataFrame, _batch_id: int) -> None:
        """One micro-batch of Kafka records."""
        messages = decode.headers(frame.coalesce(1))
        if self.shape is None:
            self.shape = self._next_shape(messages)
        if self.shape is not None:
            self._take(messages, self.shape)

    def _take(self, messages: DataFrame, wanted: Shape) -> None:
        """Messages that are probably all of this shape; if not, they are cut."""
        changes = decode.changes(messages, wanted).persist(StorageLevel.MEMORY_AND_DISK)
        try:
            groups = apply.summary(changes)
            if _fit(groups, wanted):
                self._take_run(changes, groups, wanted)
                return
        finally:
            changes.unpersist()
        last = max(group.last_offset for group in groups)
        for start, end in _runs(apply.boundaries(messages, ["key_id", "value_id"]), last):
            run = apply.between(messages, start, end)
            self.shape = self._next_shape(run) or wanted
            self._take(run, self.shape)

    def _take_run(self, changes: DataFrame, groups: list[Group], of: Shape) -> None:
        """Changes of one shape: without what is applied already, cut where a snapshot begins."""
        self._refuse_unreadable(groups)
        next_offset = self._committer.state.next_offset
        if groups and min(group.first_offset for group in groups) < next_offset:
            changes = changes.where(F.col("offset") >= next_offset)
            groups = apply.summary(changes)
        if not any(group.kind for group in groups):
            return
        if not _snapshot_begins_inside(groups):
            self._committer.commit(changes, groups, of)
            return
        last = max(group.last_offset for group in groups)
        for start, end in _runs(apply.snapshot_starts(changes), last):
            run = apply.between(changes, start, end)
            self._committer.commit(run, apply.summary(run), of)

    def _next_shape(self, messages: DataFrame) -> Shape | None:
        """The shape of the first messages; refuses a change that cannot simply be applied."""
        old = self.shape
        key_id, value_id = apply.first_ids(messages)
        key_id = key_id or (old.key_id if old else None)
        value_id = value_id or (old.value_id if old else None)
        if key_id is None or value_id is None:
            return None  # a truncate of a table that never had a row here, or no message of ours
        new = self._shape_of(key_id, value_id)
        if old is not None:
            _refuse_rewrite(self._config.name, old, new)
        return new

    def _shape_of(self, key_id: str, value_id: str) -> Shape:
        return shape(
            key_id,
            self._schemas.get(key_id),
            value_id,
            self._schemas.get(value_id),
            partitioned=self._config.partition_by is not None,
        )

    def _refuse_unreadable(self, groups: Sequence[Group]) -> None:
        topic = self._config.topic
        for group in groups:
            if group.kind is None and not group.tombstone:
                reason = "its body does not fit its schema" if group.value_id else "no Avro header"
                raise MessageError(topic, group.first_offset, reason)
            if group.keyless is not None:
                raise MessageError(topic, group.keyless, "a row without a readable key")


def _fit(groups: Sequence[Group], wanted: Shape) -> bool:
    return all(
        group.key_id in (None, wanted.key_id) and group.value_id in (None, wanted.value_id)
        for group in groups
    )


def _runs(starts: Sequence[int], last: int) -> Iterator[tuple[int, int]]:
    """First and last offset of each run."""
    return zip(starts, [*(start - 1 for start in starts[1:]), last], strict=True)


def _snapshot_begins_inside(groups: Sequence[Group]) -> bool:
    """Whether a snapshot begins behind the batch's first message."""
    begins = [g.last_offset for g in groups if g.kind == "first"]
    scanned = [g.last_offset for g in groups if g.kind in ("snapshot", "last")]
    streamed = [g.first_offset for g in groups if g.kind == "stream"]
    start = min(group.first_offset for group in groups)
    if any(offset > start for offset in begins):
        return True
    return bool(scanned and streamed) and max(scanned) > min(streamed)


def _refuse_rewrite(name: str, old: Shape, new: Shape) -> None:
    if old.key_names != new.key_names:
        raise SchemaChangeError(
            f"{name}: the primary key changed from {old.key_names} to {new.key_names} (rebuild)",
            remedy=f"`headwater snapshot {name}` reads the table anew",
        )
    differences = evolve.compare(old.columns, new.columns)
    change = evolve.worst(differences)
    if change.value > evolve.Change.APPLY.value:
        what = "; ".join(difference.what for difference in differences)
        raise SchemaChangeError(
            f"{name}: {what} ({change.name.lower()})",
            remedy=f"`headwater snapshot {name}` reads the table anew with its new columns",
        )
