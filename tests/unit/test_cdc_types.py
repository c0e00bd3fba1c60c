"""From real messages' schemas to lake columns, readers' schemas and classes of change."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headwater_cdc import avro, types
from headwater_cdc.errors import ColumnTypeError, OversizedError
from headwater_cdc.evolve import Change, compare, worst
from headwater_cdc.shape import OVERSIZED, Shape, shape
from headwater_cdc.types import Column

WIRE = Path(__file__).parent / "fixtures" / "wire"
SCHEMAS: dict[str, str] = {
    name: text if isinstance(text, str) else json.dumps(text)
    for name, text in json.loads((WIRE / "schemas.json").read_text()).items()
}


def messages(topic: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((WIRE / f"{topic}.json").read_text())["messages"]
    return found


def shapes(topic: str) -> list[Shape]:
    pairs = {(m["key_schema"], m["value_schema"]) for m in messages(topic) if m.get("key_schema")}
    return [shape(k, SCHEMAS[k], v, SCHEMAS[v], partitioned=False) for k, v in sorted(pairs)]


@pytest.mark.parametrize("topic", ["items", "pairs"])
def test_every_version_of_a_real_table_has_a_shape(topic: str) -> None:
    for made in shapes(topic):
        assert made.keys
        assert set(made.key_names) <= {column.name for column in made.columns}


def test_a_composite_key_keeps_its_order() -> None:
    for made in shapes("pairs"):
        key = avro.parse(SCHEMAS[made.key_id])
        assert [c.original for c in made.keys] == [field.original for field in key.fields]


def test_the_reader_knows_only_what_is_needed() -> None:
    made = shapes("items")[0]
    reader = json.loads(made.value_reader)
    assert [field["name"] for field in reader["fields"]] == ["after", "source", "op"]
    source = reader["fields"][1]["type"][1]
    assert [field["name"] for field in source["fields"]] == ["gtid", "snapshot", "ts_ms"]
    assert avro.parse(made.value_reader).namespace == avro.parse(made.value_writer).namespace


def test_a_mark_of_a_row_left_out_has_no_shape() -> None:
    mark = {"type": "record", "name": "Oversized", "fields": []}
    key = next(m["key_schema"] for m in messages("items") if m.get("key_schema"))
    with pytest.raises(OversizedError, match="too large"):
        shape(
            key,
            SCHEMAS[key],
            "00",
            json.dumps({**mark, "connect.name": OVERSIZED}),
            partitioned=False,
        )


def field(kind: str, semantic: str = "", **parameters: str) -> avro.Field:
    described: dict[str, Any] = {"type": kind, "connect.parameters": parameters}
    if semantic:
        described["connect.name"] = semantic
    return avro.Field("c", "c", described, nullable=True)


DECIMAL = "org.apache.kafka.connect.data.Decimal"
SOURCE = "__debezium.source.column.type"


@pytest.mark.parametrize(
    ("found", "lake"),
    [
        (field("int"), "int"),
        (field("long"), "bigint"),
        (field("float"), "float"),
        (field("double"), "double"),
        (field("boolean"), "boolean"),
        (field("string"), "string"),
        (field("bytes"), "binary"),
        (field("int", "io.debezium.time.Date"), "date"),
        (field("long", "io.debezium.time.Timestamp"), "timestamp"),
        (field("long", "io.debezium.time.MicroTimestamp"), "timestamp"),
        (field("string", "io.debezium.time.ZonedTimestamp"), "timestamp"),
        (field("long", "io.debezium.time.MicroTime"), "bigint"),
        (field("int", "io.debezium.time.Year"), "int"),
        (field("string", "io.debezium.data.Json"), "string"),
        (
            field("bytes", DECIMAL, scale="4", **{"connect.decimal.precision": "12"}),
            "decimal(12,4)",
        ),
        (field("bytes", DECIMAL, scale="0", **{SOURCE: "BIGINT UNSIGNED"}), "decimal(20,0)"),
    ],
)
def test_lake_types(found: avro.Field, lake: str) -> None:
    assert types.place_of(found)[0] == lake


@pytest.mark.parametrize(
    "found",
    [
        field("record", "com.example.Struct"),
        field("bytes", DECIMAL, scale="4", **{"connect.decimal.precision": "65"}),
        field("string", "com.example.Unknown"),
    ],
)
def test_what_is_not_known_is_refused_with_a_remedy(found: avro.Field) -> None:
    with pytest.raises(ColumnTypeError, match="column c") as caught:
        types.place_of(found)
    assert caught.value.remedy


def test_a_required_date_that_may_be_zero_is_still_not_nullable() -> None:
    zero = field("int", "io.debezium.time.Date", **{"headwater.required": "true"})
    made = types.columns(avro.Record("r", "", (zero, replace(zero, name="d", original="d"))))
    assert [column.nullable for column in made] == [False, False]


def geometry(name: str, record: str = "Geometry") -> avro.Field:
    kind = {
        "type": "record",
        "name": record,
        "namespace": "io.debezium.data.geometry",
        "connect.name": "io.debezium.data.geometry.Geometry",
        "fields": [
            {"name": "wkb", "type": "bytes"},
            {"name": "srid", "type": ["null", "int"]},
        ],
    }
    return avro.Field(name, name, kind, nullable=True)


def test_a_geometry_becomes_two_columns_and_neither_takes_anothers_name() -> None:
    taken = replace(field("int"), name="shape_srid", original="shape_srid")
    record = avro.Record("r", "", (geometry("shape"), taken, geometry("other", "Geometry_")))
    made = types.columns(record)
    assert [(c.name, c.lake_type, c.avro_name, c.part) for c in made] == [
        ("shape", "binary", "shape", "wkb"),
        ("shape_srid_", "int", "shape", "srid"),
        ("shape_srid", "int", "shape_srid", None),
        ("other", "binary", "other", "wkb"),
        ("other_srid", "int", "other", "srid"),
    ]


def test_a_readers_schema_defines_a_record_once() -> None:
    wanted = types.reader_types(avro.Record("r", "", (geometry("a"), geometry("b"))))
    assert wanted[0][1]["fields"] == [
        {"name": "wkb", "type": ["null", "bytes"]},
        {"name": "srid", "type": ["null", "int"]},
    ]
    assert wanted[1][1] == "io.debezium.data.geometry.Geometry"


def test_the_real_schema_of_a_point_is_read() -> None:
    envelope = next(
        schema
        for schema in map(avro.parse, SCHEMAS.values())
        if "everything" in schema.namespace and schema.name == "Envelope"
    )
    after = envelope.field("after")
    assert after is not None
    point = avro.as_record(after).field("c_point")
    assert point is not None
    names = [c.name for c in types.columns(avro.Record("r", "", (point,)))]
    assert names == ["c_point", "c_point_srid"]


def test_a_reference_to_nothing_is_named() -> None:
    broken = {"type": "record", "name": "A", "fields": [{"name": "x", "type": "Missing"}]}
    with pytest.raises(ColumnTypeError, match="Missing"):
        avro.parse(json.dumps(broken))


def column(name: str, lake_type: str = "int", *, nullable: bool = True) -> Column:
    return Column(name, name, name, lake_type, nullable)


A, B = column("a"), column("b", "string")


@pytest.mark.parametrize(
    ("new", "change"),
    [
        ([A, B], Change.NONE),
        ([B, A], Change.NONE),
        ([A, B, column("c")], Change.APPLY),
        ([A, column("c"), B], Change.APPLY),
        ([column("a", "bigint"), B], Change.APPLY),
        ([A, B, column("c", nullable=False)], Change.REWRITE),
        ([A, B, replace(column("c"), default=True)], Change.REWRITE),
        ([replace(A, default=True), B], Change.NONE),
        ([A, column("renamed", "string")], Change.REWRITE),
        ([A], Change.REBUILD),
        ([column("a", "string"), B], Change.REBUILD),
    ],
)
def test_classes_of_change(new: list[Column], change: Change) -> None:
    assert worst(compare([A, B], new)) is change


def test_another_precision_is_a_rewrite() -> None:
    old, new = [column("a", "decimal(10,2)")], [column("a", "decimal(20,2)")]
    assert worst(compare(old, new)) is Change.REWRITE


def test_a_decimal_named_like_an_avro_type_is_stored_in_capitals() -> None:
    decimal = {
        "type": "bytes",
        "connect.name": DECIMAL,
        "connect.parameters": {SOURCE: "BIGINT UNSIGNED"},
    }
    fields = tuple(avro.Field(n, n, decimal, nullable=True) for n in ("bytes", "size"))
    assert [c.name for c in types.columns(avro.Record("r", "", fields))] == ["BYTES", "size"]
