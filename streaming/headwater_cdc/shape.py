"""What the messages of a table look like: its key's and its value's schema, ready for Spark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater_cdc import avro, changes, types
from headwater_cdc.errors import ColumnTypeError, OversizedError, TablePausedError

if TYPE_CHECKING:
    from headwater_cdc.avro import Field, Json, Record
    from headwater_cdc.types import Column

OVERSIZED = "io.headwater.Oversized"
# Of Debezium's source block only this is decoded.
_SOURCE = (("gtid", "string"), ("snapshot", "string"), ("ts_ms", "long"))


@dataclass(frozen=True)
class Shape:
    """Both schemas of a table's messages, for one version of the table."""

    key_id: str
    value_id: str
    key_writer: str
    value_writer: str
    key_reader: str
    value_reader: str
    keys: tuple[Column, ...]
    columns: tuple[Column, ...]
    append_only: bool = False

    @property
    def values(self) -> tuple[Column, ...]:
        """The columns that MySQL has."""
        return self.columns[len(changes.COLUMNS) :] if self.append_only else self.columns

    @property
    def key_names(self) -> tuple[str, ...]:
        """The key columns' names in the lake, in the key's order."""
        return tuple(column.name for column in self.keys)


def shape(
    key_id: str, key_schema: str, value_id: str, value_schema: str, *, partitioned: bool
) -> Shape:
    """Derive everything that decoding and writing need from two schemas of the schemas topic."""
    key = avro.parse(key_schema)
    envelope, row = _value(value_schema)
    columns = tuple(types.columns(row, partitioned=partitioned))
    names = {column.original: column for column in columns}
    keys = tuple(names[field.original] for field in key.fields if field.original in names)
    if len(keys) != len(key.fields):
        raise TablePausedError(
            f"the key {[f.original for f in key.fields]} is not among the columns {sorted(names)}",
            remedy="capture the key's columns: remove them from column.exclude.list",
        )
    return Shape(
        key_id=key_id,
        value_id=value_id,
        key_writer=key_schema,
        value_writer=value_schema,
        key_reader=json.dumps(avro.reader(key, types.reader_types(key))),
        value_reader=json.dumps(_envelope_reader(envelope, row)),
        keys=keys,
        columns=columns,
    )


def append_only_shape(key_id: str, value_id: str, value_schema: str, *, partitioned: bool) -> Shape:
    """The same for a table whose every change is kept: what key a message has is not asked."""
    envelope, row = _value(value_schema)
    return Shape(
        key_id=key_id,
        value_id=value_id,
        key_writer="",
        value_writer=value_schema,
        key_reader="",
        value_reader=json.dumps(_envelope_reader(envelope, row, append_only=True)),
        keys=changes.KEY,
        columns=(*changes.COLUMNS, *types.columns(row, partitioned=partitioned)),
        append_only=True,
    )


def _value(schema: str) -> tuple[Record, Record]:
    """The envelope of a value's schema, and the row within."""
    if json.loads(schema).get("connect.name") == OVERSIZED:
        raise OversizedError(
            "a row too large for a message: the converter left it out (docs/wire.md, Large rows)"
        )
    envelope = avro.parse(schema)
    return envelope, avro.as_record(_part(envelope, "after"))


def _envelope_reader(envelope: Record, row: Record, *, append_only: bool = False) -> Json:
    images: list[tuple[Field, Json]] = [
        (_part(envelope, "after"), avro.reader(row, types.reader_types(row)))
    ]
    if append_only:  # a record is defined once
        images.append((_part(envelope, "before"), f"{row.namespace}.{row.name}"))
    source_field = _part(envelope, "source")
    source = avro.as_record(source_field)
    wanted = (*_SOURCE, *changes.PLACE) if append_only else _SOURCE
    known = [(field, kind) for name, kind in wanted if (field := source.field(name))]
    return avro.reader(
        envelope,
        [
            *images,
            (source_field, avro.reader(source, known)),
            (_part(envelope, "op"), "string"),
        ],
    )


def _part(envelope: Record, name: str) -> Field:
    field = envelope.field(name)
    if field is None:
        raise ColumnTypeError(
            f"the value's schema {envelope.namespace}.{envelope.name} has no field {name}",
            remedy="let Debezium write its full envelope: remove transforms such as "
            "ExtractNewRecordState",
        )
    return field
