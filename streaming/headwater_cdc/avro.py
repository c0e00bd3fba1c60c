"""Avro schemas as data: names resolved, reader schemas cut down to what the job needs.

Spark reads an Avro body with two schemas: the writer's, exactly as the topic has it, and a reader's
that we derive. A field that the reader's schema lacks is skipped while decoding, which costs almost
nothing; logical types in the reader's schema decide what Spark makes of a value.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from headwater_cdc.errors import ColumnTypeError

Json: TypeAlias = Any
PRIMITIVES = frozenset(
    ("null", "boolean", "int", "long", "float", "double", "bytes", "string"),
)


@dataclass(frozen=True)
class Field:
    """One field of a record: its Avro name, its name at the source, its type without null."""

    name: str
    original: str
    type: Json
    nullable: bool

    @property
    def properties(self) -> dict[str, Any]:
        """What stands beside the type, as `connect.name` and `connect.parameters`."""
        return self.type if isinstance(self.type, dict) else {}

    @property
    def base(self) -> str:
        """The Avro type's own name, as `int` or `record`."""
        return str(self.properties.get("type", self.type))


@dataclass(frozen=True)
class Record:
    """A record schema whose names are all resolved."""

    name: str
    namespace: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The field of that Avro name."""
        return next((field for field in self.fields if field.name == name), None)


def parse(text: str) -> Record:
    """The record that a message's schema describes."""
    return _record(json.loads(text), "", {})


def reader(record: Record, fields: list[tuple[Field, Json]]) -> Json:
    """A reader's schema of a record with only these fields, each nullable, of these types."""
    return {
        "type": "record",
        "name": record.name,
        "namespace": record.namespace,
        "fields": [{"name": f.name, "type": ["null", wanted]} for f, wanted in fields],
    }


def _record(schema: Json, space: str, named: dict[str, Json]) -> Record:
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise ColumnTypeError(f"expected a record schema, found {str(schema)[:80]}")
    name, space = _split(str(schema["name"]), schema.get("namespace", space))
    fields = tuple(_field(entry, space, named) for entry in schema["fields"])
    return Record(name, space, fields)


def _field(entry: Json, space: str, named: dict[str, Json]) -> Field:
    declared = _resolve(entry["type"], space, named)
    nullable = isinstance(declared, list)
    if isinstance(declared, list):
        choices = [choice for choice in declared if choice != "null"]
        if len(choices) != 1:
            raise ColumnTypeError(f"field {entry['name']}: a union of several types: {choices}")
        declared = choices[0]
    return Field(
        name=str(entry["name"]),
        original=str(entry.get("headwater.name", entry["name"])),
        type=declared,
        nullable=nullable,
    )


def _resolve(schema: Json, space: str, named: dict[str, Json]) -> Json:
    """The schema with every reference to a named type replaced by that type."""
    if isinstance(schema, list):
        return [_resolve(choice, space, named) for choice in schema]
    if isinstance(schema, str):
        return schema if schema in PRIMITIVES else _named(schema, space, named)
    kind = schema.get("type")
    if kind not in ("record", "enum", "fixed"):
        return schema
    name, inner = _split(str(schema["name"]), schema.get("namespace", space))
    full = {**schema, "name": name, "namespace": inner}
    if kind == "record":
        full["fields"] = [
            {**entry, "type": _resolve(entry["type"], inner, named)} for entry in schema["fields"]
        ]
    named[f"{inner}.{name}"] = full
    return full


def _named(name: str, space: str, named: dict[str, Json]) -> Json:
    short, inner = _split(name, space)
    try:
        return named[f"{inner}.{short}"]
    except KeyError:
        raise ColumnTypeError(f"the schema refers to {name}, which it does not define") from None


def _split(name: str, space: str) -> tuple[str, str]:
    inner, _, short = name.rpartition(".")
    return (short, inner) if inner else (name, space)


def as_record(field: Field) -> Record:
    """The record that is a field's type."""
    return _record(field.type, "", {})
