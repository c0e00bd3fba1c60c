"""From a micro-batch to runs that can be committed: decoded by its schemas, cut where they change.

A run has one shape (schemas of key and value), and a snapshot begins only at its start. What cannot
be read goes into quarantine, and the rest goes on.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyspark import StorageLevel
from pyspark.sql import functions as F  # noqa: N812

from headwater_cdc import apply, decode, evolve, quarantine
from headwater_cdc.errors import SchemaChangeError, UnknownSchemaError
from headwater_cdc.shape import Shape, append_only_shape, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import DataFrame

    from headwater_cdc.apply import Group
    from headwater_cdc.commit import Committer
    from headwater_cdc.quarantine import Kept, Quarantine
    from headwater_cdc.schemas import Schemas

_NO_HEADER = "no Avro header"


class Batches:
    """Takes a table's micro-batches, one at a time; made anew after every failure."""

    def __init__(self, committer: Committer, schemas: Schemas, kept: Quarantine) -> None:
        self._committer = committer
        self._config = committer.config
        self._schemas = schemas
        self._quarantine = kept
        self.shape: Shape | None = None
        state = committer.state
        if state.schema_id and (state.key_schema_id or self._config.append_only):
            self.shape = self._shape_of(state.key_schema_id, state.schema_id)
            committer.resume(self.shape)

    def __call__(self, frame: DataFrame, _batch_id: int) -> None:
        """One micro-batch of Kafka records."""
        messages = decode.headers(frame.coalesce(1))
        if self.shape is None:
            self._take_runs(messages)
        else:
            self._take(messages, self.shape)

    def replay(self, frame: DataFrame, kept: Sequence[Kept]) -> list[int]:
        """Apply what the topic has of the keys of kept messages; the offsets that are applied.

        `frame` is the topic from the first kept message to the table's own offset. Every change of
        these keys is applied again in order, so what was kept never overwrites what came later.
        """
        messages = decode.headers(frame.coalesce(1))
        if self._config.append_only:  # they stand for themselves
            messages = messages.where(F.col("offset").isin([m.offset for m in kept]))
        else:
            keys = [bytearray(message.key) for message in kept if message.key]
            if not keys:
                return []
            messages = messages.where(F.col("key").isin(keys))
        applied: set[int] = set()
        for run, of in self._known_runs(messages):
            with _decoded(run, of) as changes:
                applied |= {int(row[0]) for row in _readable(changes).select("offset").collect()}
                self._committer.apply_again(_readable(changes), apply.summary(changes), of)
        return [message.offset for message in kept if message.offset in applied]

    def _known_runs(self, messages: DataFrame) -> Iterator[tuple[DataFrame, Shape]]:
        """The runs whose schemas are known; they must be those of the table as it is."""
        for run, _ in _runs_of(messages):
            try:
                of = self._shape_of(*self._ids(run))
            except UnknownSchemaError:
                continue
            if self.shape is not None and of.columns != self.shape.columns:
                raise SchemaChangeError(
                    f"{self._config.name}: its columns changed since",
                    remedy=f"`headwater snapshot {self._config.name}` reads the table anew",
                )
            self.shape = of
            yield run, of

    def _take(self, messages: DataFrame, wanted: Shape) -> None:
        """Messages that are probably all of this shape; if not, they are cut."""
        with _decoded(messages, wanted) as changes:
            groups = apply.summary(changes)
            if _fit(groups, wanted):
                self._take_run(messages, changes, groups, wanted)
                return
        self._take_runs(messages)

    def _take_runs(self, messages: DataFrame) -> None:
        """Messages of several shapes, one after the other."""
        for run, end in _runs_of(messages):
            try:
                self.shape = self._next_shape(run) or self.shape
            except UnknownSchemaError as error:
                self._set_aside(run, error.message, end)
                continue
            if self.shape is None:
                self._set_aside(
                    run.where("value_id is null and value is not null"), _NO_HEADER, end
                )
            else:
                self._take(run, self.shape)

    def _take_run(
        self, messages: DataFrame, changes: DataFrame, groups: list[Group], of: Shape
    ) -> None:
        """Changes of one shape: without what is applied already, cut where a snapshot begins."""
        next_offset = self._committer.state.next_offset
        if groups and min(group.first_offset for group in groups) < next_offset:
            changes = changes.where(F.col("offset") >= next_offset)
            groups = apply.summary(changes)
        last = max((group.last_offset for group in groups), default=-1)
        bad = any(group.unreadable for group in groups)
        if bad:
            self._quarantine.keep([tuple(row) for row in apply.unreadable(messages, changes)])
            changes = _readable(changes)
            groups = apply.summary(changes)
        if not bad and not any(group.kind for group in groups):
            return
        if not _snapshot_begins_inside(groups):
            self._committer.commit(changes, groups, of, last + 1)
            return
        for start, end in _runs(apply.snapshot_starts(changes), last):
            run = apply.between(changes, start, end)
            self._committer.commit(run, apply.summary(run), of, end + 1)

    def _set_aside(self, run: DataFrame, reason: str, end: int) -> None:
        """A run of which nothing can be read."""
        rows = run.select("offset", "key", "value").limit(quarantine.LIMIT + 1).collect()
        self._quarantine.keep([(*row, reason) for row in rows])
        if self.shape is not None:
            nothing = decode.changes(run, self.shape).where("false")
            self._committer.commit(nothing, [], self.shape, end + 1)

    def _next_shape(self, messages: DataFrame) -> Shape | None:
        """The shape of the first messages; refuses a change that cannot simply be applied."""
        old = self.shape
        key_id, value_id = self._ids(messages)
        if not value_id or not (key_id or self._config.append_only):
            return None  # a truncate of a table that never had a row here, or no message of ours
        new = self._shape_of(key_id, value_id)
        if old is not None:
            _refuse_rewrite(self._config.name, old, new)
        return new

    def _ids(self, messages: DataFrame) -> tuple[str, str]:
        """The schemas of the first messages; where they name none, those that were last."""
        key_id, value_id = apply.first_ids(messages)
        old = self.shape
        return (
            key_id or (old.key_id if old else ""),
            value_id or (old.value_id if old else ""),
        )

    def _shape_of(self, key_id: str, value_id: str) -> Shape:
        partitioned = self._config.partition_by is not None
        value = self._schemas.get(value_id)
        if self._config.append_only:
            return append_only_shape(key_id, value_id, value, partitioned=partitioned)
        return shape(key_id, self._schemas.get(key_id), value_id, value, partitioned=partitioned)


@contextmanager
def _decoded(messages: DataFrame, of: Shape) -> Iterator[DataFrame]:
    """The changes that the messages tell, decoded once."""
    changes = decode.changes(messages, of).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        yield changes
    finally:
        changes.unpersist()


def _readable(changes: DataFrame) -> DataFrame:
    return changes.where("unreadable is null")


def _fit(groups: Sequence[Group], wanted: Shape) -> bool:
    return all(
        group.key_id in (None, wanted.key_id) and group.value_id in (None, wanted.value_id)
        for group in groups
    )


def _runs_of(messages: DataFrame) -> Iterator[tuple[DataFrame, int]]:
    """Messages cut where their schemas change, each run with its last offset."""
    last = apply.last_offset(messages)
    if last is None:
        return
    for start, end in _runs(apply.boundaries(messages, ["key_id", "value_id"]), last):
        yield apply.between(messages, start, end), end


def _runs(starts: Sequence[int], last: int) -> Iterator[tuple[int, int]]:
    """First and last offset of each run."""
    return zip(starts, [*(start - 1 for start in starts[1:]), last], strict=True)


def _snapshot_begins_inside(groups: Sequence[Group]) -> bool:
    """Whether a snapshot begins behind the batch's first message."""
    begins = [g.last_offset for g in groups if g.kind == "first"]
    scanned = [g.last_offset for g in groups if g.kind in ("snapshot", "last")]
    streamed = [g.first_offset for g in groups if g.kind == "stream"]
    start = min((group.first_offset for group in groups), default=0)
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
