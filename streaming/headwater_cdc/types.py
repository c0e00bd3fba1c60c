"""MySQL's column types, as their Avro schemas tell them, and what they are in the lake.

A column is decoded by Spark's Avro reader with the logical type given here; where that is not all,
`cast` finishes it. Nothing becomes a float that was not one; what is not known pauses the table.
docs/types of the contract: "Lake columns" in docs/contracts.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from headwater_cdc import avro
from headwater_cdc.errors import ColumnTypeError
from headwater_cdc.names import lake_names, srid_names

if TYPE_CHECKING:
    from headwater_cdc.avro import Field, Json, Record

_Place: TypeAlias = "tuple[str, Json, str | None]"  # lake type, reader's Avro type, cast to
MAX_PRECISION = 38
UNSIGNED_BIGINT_DIGITS = 20

# What carries no semantic type: the plain Avro types.
_PLAIN: dict[str, _Place] = {
    "int": ("int", "int", None),
    "long": ("bigint", "long", None),
    "float": ("float", "float", None),
    "double": ("double", "double", None),
    "boolean": ("boolean", "boolean", None),
    "string": ("string", "string", None),
    "bytes": ("binary", "bytes", None),
}

# Debezium's and Connect's semantic types (`connect.name`) by Avro base type.
_SEMANTIC: dict[tuple[str, str], _Place] = {
    ("io.debezium.time.Date", "int"): ("date", {"type": "int", "logicalType": "date"}, None),
    ("org.apache.kafka.connect.data.Date", "int"): (
        "date",
        {"type": "int", "logicalType": "date"},
        None,
    ),
    ("io.debezium.time.Timestamp", "long"): (
        "timestamp",
        {"type": "long", "logicalType": "timestamp-millis"},
        None,
    ),
    ("io.debezium.time.MicroTimestamp", "long"): (
        "timestamp",
        {"type": "long", "logicalType": "timestamp-micros"},
        None,
    ),
    ("io.debezium.time.ZonedTimestamp", "string"): ("timestamp", "string", "timestamp"),
    ("io.debezium.time.MicroTime", "long"): ("bigint", "long", None),
    ("io.debezium.time.Year", "int"): ("int", "int", None),
    ("io.debezium.data.Json", "string"): ("string", "string", None),
    ("io.debezium.data.Enum", "string"): ("string", "string", None),
    ("io.debezium.data.EnumSet", "string"): ("string", "string", None),
    ("io.debezium.data.Bits", "bytes"): ("binary", "bytes", None),
}
# Geometries are records: their parts become columns of their own, `shape` and `shape_srid`.
_GEOMETRIES = ("io.debezium.data.geometry.Point", "io.debezium.data.geometry.Geometry")
WKB, SRID = "wkb", "srid"
_DECIMAL = "org.apache.kafka.connect.data.Decimal"
_REQUIRED = "headwater.required"


@dataclass(frozen=True)
class Column:
    """One column on its way: in the message (`avro_name`), in MySQL (`original`), in the lake.

    `part` names a field within the message's record, where the column is one. `default` says that
    MySQL has a value for rows that do not tell theirs, so also for those that were there before it.
    """

    avro_name: str
    original: str
    name: str
    lake_type: str
    nullable: bool
    cast: str | None = None
    part: str | None = None
    default: bool = False


def columns(record: Record, *, partitioned: bool = False) -> list[Column]:
    """The lake's columns of a row's schema, in MySQL's order."""
    originals = [field.original for field in record.fields]
    shapes = [field.original for field in record.fields if _is_geometry(field)]
    names = lake_names(originals, partitioned=partitioned)
    srids = srid_names(originals, shapes, partitioned=partitioned)
    made = []
    for field, name in zip(record.fields, names, strict=True):
        lake_type, _, cast = place_of(field)
        part = WKB if _is_geometry(field) else None
        stored = stored_name(name, lake_type)
        default = field.properties.get("connect.default") is not None
        column = Column(
            field.name, field.original, stored, lake_type, _nullable(field), cast, part, default
        )
        made.append(column)
        if part is not None:
            made.append(replace(column, name=srids[field.original], lake_type="int", part=SRID))
    return made


def _is_geometry(field: Field) -> bool:
    return field.base == "record" and field.properties.get("connect.name") in _GEOMETRIES


def _nullable(field: Field) -> bool:
    """Whether MySQL allows NULL: a zero date of a NOT NULL column is NULL in the message."""
    return field.nullable and _REQUIRED not in field.properties.get("connect.parameters", {})


def stored_name(name: str, lake_type: str) -> str:
    """The name in the files: SQL knows no case, but Avro does.

    Hudi reads a decimal back as an Avro type that has the column's own name, and Avro refuses types
    called `bytes` or `long`. In capitals they are other names to Avro and the same to SQL.
    """
    return name.upper() if lake_type.startswith("decimal") and name in avro.PRIMITIVES else name


def reader_types(record: Record) -> list[tuple[Field, Json]]:
    """Each field with the Avro type by which it is to be read; a record is defined once."""
    defined: set[str] = set()
    wanted = []
    for field in record.fields:
        kind = place_of(field)[1]
        if _is_geometry(field):
            name = f"{kind['namespace']}.{kind['name']}"
            kind = name if name in defined else kind
            defined.add(name)
        wanted.append((field, kind))
    return wanted


def place_of(field: Field) -> _Place:
    """Where a column goes: its lake type, the Avro type to read it as, and a cast or none."""
    semantic = str(field.properties.get("connect.name", ""))
    if semantic == _DECIMAL:
        return _decimal(field)
    if _is_geometry(field):
        return "binary", _geometry(field), None
    place = _SEMANTIC.get((semantic, field.base)) if semantic else _PLAIN.get(field.base)
    if place is None:
        raise ColumnTypeError(
            f"column {field.original} of type {source_type(field)} arrives as "
            f"{semantic or field.base}, for which the lake has no type",
            remedy="leave the column out with Debezium's column.exclude.list, "
            "or `headwater release TABLE`",
        )
    return place


def source_type(field: Field) -> str:
    """The type's name in MySQL, where the message tells it."""
    parameters = field.properties.get("connect.parameters", {})
    return str(parameters.get("__debezium.source.column.type", "unknown"))


def _geometry(field: Field) -> Json:
    """A reader's record of a geometry, with the parts that the lake keeps."""
    record = avro.as_record(field)
    kinds = {WKB: "bytes", SRID: "int"}
    return avro.reader(record, [(f, kinds[f.name]) for f in record.fields if f.name in kinds])


def _decimal(field: Field) -> _Place:
    parameters = field.properties.get("connect.parameters", {})
    scale = int(parameters.get("scale", field.properties.get("scale", 0)))
    if source_type(field).startswith("BIGINT UNSIGNED"):
        precision = UNSIGNED_BIGINT_DIGITS
    else:
        declared = parameters.get("connect.decimal.precision", field.properties.get("precision"))
        precision = int(declared or parameters.get("__debezium.source.column.length", 0))
    if not 0 < precision <= MAX_PRECISION:
        raise ColumnTypeError(
            f"column {field.original} of type {source_type(field)} has {precision} digits, "
            f"the lake holds 1 to {MAX_PRECISION}",
            remedy="narrow the column in MySQL, or leave it out with column.exclude.list",
        )
    logical = {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
    return f"decimal({precision},{scale})", logical, None
