"""Kafka's records as rows of changes, by Spark's own Avro reader (no Python per row)."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING

from pyspark.sql import functions as F  # noqa: N812 - the name that everybody knows it by
from pyspark.sql.avro.functions import from_avro

from headwater_cdc import changes as kept
from headwater_cdc import envelope, types
from headwater_cdc.jvm import Projection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column as SparkColumn
    from pyspark.sql import DataFrame

    from headwater_cdc.shape import Shape
    from headwater_cdc.types import Column

_ENDS = ("offset", "key_id", "value_id")
# PERMISSIVE: a body that does not fit becomes NULL and is found by the summary, with its offset.
_AVRO = {"mode": "PERMISSIVE", "datetimeRebaseMode": "CORRECTED"}


def headers(frame: DataFrame) -> DataFrame:
    """Offset, key, value and the fingerprints that their headers carry (bytes as they stand)."""
    return _headers().of(frame)


def changes(frame: DataFrame, shape: Shape) -> DataFrame:
    """Of `headers`: what each message says, NULL where it is not of this shape."""
    for projection in _changes(shape):
        frame = projection.of(frame)
    return frame


@functools.cache
def _headers() -> Projection:
    return Projection(
        "offset",
        "key",
        "value",
        _fingerprint("key").alias("key_id"),
        _fingerprint("value").alias("value_id"),
    )


@functools.lru_cache(maxsize=256)
def _changes(shape: Shape) -> tuple[Projection, ...]:
    """Decoded, then taken apart, then with the parts of the GTID."""
    decode = _of_every_change if shape.append_only else _of_rows
    numbered = Projection(
        "*",
        F.when(F.col("gtid") != "", F.expr("regexp_extract(gtid, '^(.*):[0-9]+$', 1)")).alias(
            "server"
        ),
        F.expr("cast(substring_index(gtid, ':', -1) as bigint)").alias("number"),
    )
    return (*decode(shape), numbered)


def _of_rows(shape: Shape) -> tuple[Projection, Projection]:
    """Each message with its key and the row that it leaves behind."""
    key_fits = F.col("key_id") == F.lit(raw_id(shape.key_id))
    decoded = Projection(
        *_ENDS,
        "key",
        F.col("value").isNull().alias("tombstone"),
        _message(shape),
        F.when(key_fits, _body("key", shape.key_writer, shape.key_reader)).alias("k"),
    )
    parts = Projection(
        *_ENDS,
        "key",
        "tombstone",
        _unreadable(shape).alias("unreadable"),
        *_told(_kind()),
        F.struct(*_values("k", shape.keys)).alias("k"),
        F.struct(*_values("m.after", shape.columns)).alias("row"),
    )
    return decoded, parts


def _of_every_change(shape: Shape) -> tuple[Projection, Projection]:
    """Each message with the rows that are kept of it, known by its place in the log."""
    source = "m.source"
    place = [F.col(f"{source}.{name}") for name, _ in kept.PLACE[1:]]
    log = F.coalesce(F.when(F.col("m.source.gtid") != "", F.col("m.source.gtid")), "m.source.file")
    change_id = F.concat_ws(":", log, *place, F.col(f"{source}.ts_ms"))
    decoded = Projection(*_ENDS, F.col("value").isNull().alias("tombstone"), _message(shape))
    parts = Projection(
        *_ENDS,
        # A changed key is a delete and an insert in one place.
        F.encode(F.concat_ws(":", change_id, F.col("m.op")), "UTF-8").alias("key"),
        "tombstone",
        _unreadable(shape).alias("unreadable"),
        *_told(F.when(F.col("m.op").isNotNull(), "stream")),  # what is read opens no snapshot
        F.lit(None).alias("k"),
        _images(shape, change_id).alias("row"),
    )
    return decoded, parts


def _images(shape: Shape, change_id: SparkColumn) -> SparkColumn:
    """What is kept of a message: a row, of an update two, of one that is no change none."""
    made = F.lit(None)
    for op, images in kept.IMAGES.items():
        rows = [
            F.struct(
                F.concat_ws(":", change_id, F.lit(name)).alias(kept.COLUMNS[0].name),
                F.lit(name).alias(kept.COLUMNS[1].name),
                F.timestamp_millis(F.col("m.source.ts_ms")).alias(kept.COLUMNS[2].name),
                F.col("offset").alias(kept.COLUMNS[3].name),
                *_values(f"m.{part}", shape.values),
            )
            for name, part in images
        ]
        made = F.when(F.col("m.op") == op, F.array(*rows)).otherwise(made)
    return made


def _message(shape: Shape) -> SparkColumn:
    fits = F.col("value_id") == F.lit(raw_id(shape.value_id))
    return F.when(fits, _body("value", shape.value_writer, shape.value_reader)).alias("m")


def _told(kind: SparkColumn) -> list[SparkColumn]:
    """What a message says beside its row."""
    return [
        F.col("m.op").alias("op"),
        kind.alias("kind"),
        F.col("m.source.ts_ms").alias("ts_ms"),
        F.col("m.source.gtid").alias("gtid"),
    ]


def _unreadable(shape: Shape) -> SparkColumn:
    """Why a message cannot be applied; NULL where it can."""
    ours = F.col("value_id") == F.lit(raw_id(shape.value_id))
    row = F.col("m.op").isin(*envelope.ROW_OPS)
    readable = (
        F.when(F.col("tombstone"), None)
        .when(F.col("value_id").isNull(), F.lit("no Avro header"))
        .when(ours & F.col("m.op").isNull(), F.lit("its body does not fit its schema"))
    )
    if shape.append_only:
        return readable
    keys = [F.col(f"k.`{column.avro_name}`").isNull() for column in shape.keys]
    return readable.when(
        row & F.col("key_id").isNull(), F.lit("a row without a readable key")
    ).when(
        row & functools.reduce(operator.or_, keys),
        F.lit("a row without a readable key, or with a zero date in it"),
    )


def raw_id(fingerprint: str) -> bytearray:
    """A fingerprint's hex form as the header's bytes (little endian)."""
    return bytearray(bytes.fromhex(fingerprint)[::-1])


def _fingerprint(column: str) -> SparkColumn:
    marked = F.substring(column, 1, len(envelope.MARKER)) == F.lit(bytearray(envelope.MARKER))
    size = envelope.HEADER_LENGTH - len(envelope.MARKER)
    return F.when(marked, F.substring(column, len(envelope.MARKER) + 1, size))


def _body(column: str, writer: str, reader: str) -> SparkColumn:
    body = F.expr(f"substring({column}, {envelope.HEADER_LENGTH + 1})")
    return from_avro(body, writer, {**_AVRO, "avroSchema": reader})


def _kind() -> SparkColumn:
    """The same as `envelope.kind_of`."""
    flag = F.col("m.source.snapshot")
    return (
        F.when(F.col("m.op").isNull(), None)
        .when((F.col("m.op") != envelope.SNAPSHOT_READ) | (flag == "incremental"), "stream")
        .when(flag.isin(*envelope.SNAPSHOT_FIRST), "first")
        .when(flag.isin(*envelope.SNAPSHOT_LAST), "last")
        .otherwise("snapshot")
    )


def _values(parent: str, columns: Sequence[Column]) -> list[SparkColumn]:
    return [_value(parent, column).alias(column.name) for column in columns]


def _value(parent: str, column: Column) -> SparkColumn:
    value = F.col(f"{parent}.`{column.avro_name}`")
    if column.part == types.SRID:  # MySQL's 0, no reference system, is null in the message
        return F.when(value.isNotNull(), F.coalesce(value[types.SRID], F.lit(0)))
    if column.part is not None:
        value = value[column.part]
    return value.cast(column.cast) if column.cast else value
