"""A batch as DataFrame operations: summed up, filtered, reduced. The same as `order`, for Spark.

Nothing here puts a value of the batch into a plan (no offsets, no GTID numbers on the usual way):
Spark would compile the plan anew for every batch.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812

from headwater_cdc import changes as kept_changes
from headwater_cdc import envelope, quarantine
from headwater_cdc.jvm import Projection
from headwater_cdc.names import DAY, DELETED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, Row

    from headwater_cdc.shape import Shape
    from headwater_cdc.state import TableState


@dataclass(frozen=True)
class Group:
    """Messages of a batch that share schemas, kind and server."""

    key_id: str | None
    value_id: str | None
    tombstone: bool
    kind: str | None
    server: str | None
    count: int
    first_offset: int
    last_offset: int
    low: int | None
    high: int | None
    source_ts_ms: int | None
    last_truncate: int | None
    deletes: int
    unreadable: int
    redelivered: bool


def summary(changes: DataFrame) -> list[Group]:
    """The batch in a few lines; one Spark job."""
    lines = _by().grouped(_told().of(changes), _counted()).collect()
    return [_group(line) for line in lines]


@functools.cache
def _by() -> Projection:
    return Projection("key_id", "value_id", "tombstone", "kind", "server")


@functools.cache
def _told() -> Projection:
    order = Window.partitionBy("server").orderBy("offset")
    return Projection(
        "offset", "key_id", "value_id", "tombstone", "kind", "server", "number", "ts_ms", "op",
        "unreadable",
        F.lag("number").over(order).alias("previous"),
    )  # fmt: skip


@functools.cache
def _counted() -> Projection:
    op = F.col("op")
    return Projection(
        F.count("*").alias("count"),
        F.min("offset").alias("first_offset"),
        F.max("offset").alias("last_offset"),
        F.min("number").alias("low"),
        F.max("number").alias("high"),
        F.max("ts_ms").alias("source_ts_ms"),
        F.max(F.when(op == envelope.TRUNCATE, F.col("offset"))).alias("last_truncate"),
        F.count(F.when(op == "d", 1)).alias("deletes"),
        F.count("unreadable").alias("unreadable"),
        F.max(F.coalesce(F.col("number") < F.col("previous"), F.expr("false"))).alias(
            "redelivered"
        ),
    )


def _group(line: Row) -> Group:
    values = line.asDict()
    for name in ("key_id", "value_id"):
        values[name] = None if values[name] is None else _hex(values[name])
    return Group(**values)


def may_be_redelivered(groups: Sequence[Group], state: TableState) -> bool:
    """Whether the batch may hold events that were applied before, so that `live` has to look."""
    servers = {group.server for group in groups if group.server is not None}
    return len(servers) > 1 or any(
        group.redelivered
        or (group.low is not None and group.low <= state.gtids.get(group.server or "", 0))
        for group in groups
    )


def live(changes: DataFrame, state: TableState) -> DataFrame:
    """Without events that were applied before: the same as `order.Progress.admits`."""
    offset = Window.orderBy("offset")
    before = (
        Window.partitionBy("server").orderBy("offset").rowsBetween(Window.unboundedPreceding, -1)
    )
    applied = F.lit(0).cast("bigint")
    for server, number in state.gtids.items():
        applied = F.when(F.col("server") == server, F.lit(number).cast("bigint")).otherwise(applied)
    highest = F.greatest(F.max("number").over(before), applied)
    known = changes.select("*", highest.alias("highest")).select(
        "*", (F.col("number") > F.col("highest")).alias("fresh")
    )
    writer = F.last(F.when(F.col("fresh"), F.col("server")), ignorenulls=True).over(offset)
    last_server = F.coalesce(writer, F.lit(state.last_server))
    again = (F.col("number") == F.col("highest")) & (F.col("server") == last_server)
    kept = F.col("number").isNull() | F.col("fresh") | again
    return known.select("*", kept.alias("kept")).where("kept").drop("highest", "fresh", "kept")


def highest(groups: Sequence[Group]) -> dict[str, int]:
    """The highest GTID number of each server; a server may have several groups."""
    found: dict[str, int] = {}
    for group in groups:
        if group.server is not None and group.high is not None:
            found[group.server] = max(group.high, found.get(group.server, 0))
    return found


def last_server(groups: Sequence[Group]) -> str:
    """The server that wrote last."""
    streamed = [group for group in groups if group.server is not None]
    newest = max(streamed, key=lambda group: group.last_offset, default=None)
    return newest.server or "" if newest is not None else ""


def between(frame: DataFrame, first: int, last: int) -> DataFrame:
    """The messages of a run of offsets, both ends included."""
    return frame.where(F.col("offset").between(first, last))


def reduced(
    changes: DataFrame, shape: Shape, *, with_deletes: bool, partition_by: str | None
) -> DataFrame:
    """The last change of each key, as the rows that Hudi writes."""
    ops = [op for op in envelope.ROW_OPS if with_deletes or op != "d"]
    wanted = changes.where(f"op in {tuple(ops)}")
    last = _ranked().of(wanted).where("n = 1")
    return with_day(_rows(shape).of(last), partition_by)


def appended(changes: DataFrame, *, partition_by: str | None) -> DataFrame:
    """The rows that are kept of each change, for a table of changes; what comes twice, once."""
    wanted = changes.where(f"op in {tuple(kept_changes.IMAGES)}")
    last = _ranked().of(wanted).where("n = 1")
    return with_day(_images().of(last), partition_by)


@functools.cache
def _images() -> Projection:
    return Projection(F.inline("row"), F.expr("false").alias(DELETED))


@functools.cache
def _ranked() -> Projection:
    newest_first = Window.partitionBy("key").orderBy(F.col("offset").desc())
    return Projection("key", "op", "k", "row", F.row_number().over(newest_first).alias("n"))


@functools.lru_cache(maxsize=256)
def _rows(shape: Shape) -> Projection:
    gone = F.col("op") == "d"
    keys = set(shape.key_names)
    values = [
        (
            F.when(gone, F.col(f"k.{column.name}")).otherwise(F.col(f"row.{column.name}"))
            if column.name in keys
            else F.when(~gone, F.col(f"row.{column.name}"))
        ).alias(column.name)
        for column in shape.columns
    ]
    return Projection(*values, gone.alias(DELETED))


def with_day(frame: DataFrame, partition_by: str | None) -> DataFrame:
    """With the partition's column, derived from a date or timestamp of the key."""
    if partition_by is None:
        return frame
    return frame.withColumn(DAY, F.date_format(F.col(partition_by), "yyyy-MM-dd"))


def unreadable(messages: DataFrame, changes: DataFrame) -> list[Row]:
    """Offset, key, value and reason of what cannot be applied, in order; one more than allowed."""
    reasons = changes.where("unreadable is not null").select("offset", "unreadable")
    raw = messages.select("offset", "key", "value").join(reasons, "offset")
    return raw.orderBy("offset").limit(quarantine.LIMIT + 1).collect()


def last_offset(messages: DataFrame) -> int | None:
    """The highest offset; None where there is no message."""
    found = messages.agg(F.max("offset")).collect()[0][0]
    return None if found is None else int(found)


def first_ids(messages: DataFrame) -> tuple[str | None, str | None]:
    """The schemas of the first key and the first value."""
    offset = F.col("offset")
    line = messages.agg(
        *(
            F.min_by(name, F.when(F.col(name).isNotNull(), offset))
            for name in ("key_id", "value_id")
        )
    ).collect()[0]
    key_id, value_id = (None if raw is None else _hex(raw) for raw in line)
    return key_id, value_id


def boundaries(messages: DataFrame, columns: Sequence[str]) -> list[int]:
    """The offsets at which any of these columns changes; a missing value continues the last."""
    order = Window.orderBy("offset")
    known = [F.last(name, ignorenulls=True).over(order).alias(name) for name in columns]
    filled = messages.select("offset", *known)
    differs = F.lag("offset").over(order).isNull()
    for name in columns:
        differs = differs | ~F.col(name).eqNullSafe(F.lag(name).over(order))
    return _offsets(filled.select("offset", differs.alias("cut")))


def snapshot_starts(changes: DataFrame) -> list[int]:
    """The first offset, and those at which a snapshot begins (anew)."""
    order = Window.orderBy("offset")
    previous = F.lag("kind").over(order)
    begins = (F.col("kind") == "first") | (
        F.col("kind").isin("snapshot", "last") & (previous == "stream")
    )
    known = changes.where(F.col("kind").isNotNull())
    return _offsets(known.select("offset", (begins | previous.isNull()).alias("cut")))


def _offsets(marked: DataFrame) -> list[int]:
    rows = marked.where("cut").orderBy("offset").collect()
    return [int(row["offset"]) for row in rows]


def _hex(raw: bytes) -> str:
    return bytes(raw)[::-1].hex()
