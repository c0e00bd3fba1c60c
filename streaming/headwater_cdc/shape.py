"""What the messages of a table look like: its key's and its value's schema, ready for Spark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater_cdc import avro, types
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

    @property
    def key_names(self) -> tuple[str, ...]:
        """The key columns' names in the lake, in the key's order."""
        return tuple(column.name for column in self.keys)


def shape(
    key_id: str, key_schema: str, value_id: str, value_schema: str, *, partitioned: bool
) -> Shape:
    """Derive everything that decoding and writing need from two schemas of the schemas topic."""
    if json.loads(value_schema).get("connect.name") == OVERSIZED:
        raise OversizedError(
            "a row too large for a message: the converter left it out (docs/wire.md, Large rows)"
        )
    key = avro.parse(key_schema)
    envelope = avro.parse(value_schema)
    row = avro.as_record(_part(envelope, "after"))
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


def _envelope_reader(envelope: Record, row: Record) -> Json:
    after = avro.reader(row, types.reader_types(row))
    source_field = _part(envelope, "source")
    source = avro.as_record(source_field)
    known = [(field, kind) for name, kind in _SOURCE if (field := source.field(name))]
    return avro.reader(
        envelope,
        [
            (_part(envelope, "after"), after),
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
