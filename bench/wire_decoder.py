"""Reads our wire format in plain Python, to prove it: Avro single-object encoding.

Small and strict rather than fast; whatever is left over or unknown is an error. The lake job
decodes with Spark.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

MARKER = b"\xc3\x01"
HEADER_BYTES = 10
_EMPTY = 0xC15D213AA4D7A795

Schema = dict[str, Any]


def fingerprint_of(message: bytes) -> str:
    """The schema's key in the schemas topic: 16 hex digits."""
    if message[:2] != MARKER:
        raise ValueError(f"not single-object encoding: begins with {message[:2].hex()}")
    return f"{int.from_bytes(message[2:HEADER_BYTES], 'little'):016x}"


def decode(message: bytes, schemas: dict[str, Schema]) -> Any:  # noqa: ANN401 - Avro data
    """A message's content; `schemas` maps fingerprints to parsed schemas."""
    reader = _Reader(message, HEADER_BYTES)
    value = reader.read(schemas[fingerprint_of(message)])
    if reader.at != len(message):
        raise ValueError(f"{len(message) - reader.at} bytes are left over")
    return value


def crc_64_avro(data: bytes) -> int:
    """The fingerprint that Avro's specification defines."""
    value = _EMPTY
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def canonical_form(schema: Any) -> str:  # noqa: ANN401 - a parsed schema
    """The Parsing Canonical Form that the fingerprint is taken of."""
    return json.dumps(_canonical(schema, ""), separators=(",", ":"), ensure_ascii=False)


def _canonical(schema: Any, namespace: str) -> Any:  # noqa: ANN401
    if isinstance(schema, list):
        return [_canonical(branch, namespace) for branch in schema]
    if isinstance(schema, str):
        return schema if schema in _PRIMITIVES else _full_name(schema, namespace)
    kind = schema["type"]
    if kind in _PRIMITIVES:
        return kind
    if kind == "array":
        return {"type": kind, "items": _canonical(schema["items"], namespace)}
    if kind == "map":
        return {"type": kind, "values": _canonical(schema["values"], namespace)}
    name = _full_name(schema["name"], schema.get("namespace", namespace))
    inner = name.rpartition(".")[0]
    fields = [
        {"name": field["name"], "type": _canonical(field["type"], inner)}
        for field in schema["fields"]
    ]
    return {"name": name, "type": kind, "fields": fields}


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


_PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


@dataclass
class _Reader:
    data: bytes
    at: int
    names: dict[str, tuple[Schema, str]] = field(default_factory=dict)

    def read(self, schema: Any, namespace: str = "") -> Any:  # noqa: ANN401
        if isinstance(schema, list):
            return self.read(schema[self._long()], namespace)
        if isinstance(schema, str) and schema not in _PRIMITIVES:
            return self._record(*self.names[_full_name(schema, namespace)])
        kind = schema if isinstance(schema, str) else schema["type"]
        if kind == "record":
            return self._record(*self._learn(schema, namespace))
        if kind == "array":
            return [self.read(schema["items"], namespace) for _ in self._items()]
        if kind == "map":
            return {self._text(): self.read(schema["values"], namespace) for _ in self._items()}
        return _logical(schema, self._primitive(kind))

    def _record(self, schema: Schema, namespace: str) -> dict[str, Any]:
        # a union may skip the branch that defines a record: learn its names beforehand
        for each in schema["fields"]:
            for branch in each["type"] if isinstance(each["type"], list) else [each["type"]]:
                if isinstance(branch, dict) and branch["type"] == "record":
                    self._learn(branch, namespace)
        return {each["name"]: self.read(each["type"], namespace) for each in schema["fields"]}

    def _learn(self, record: Schema, namespace: str) -> tuple[Schema, str]:
        name = _full_name(record["name"], record.get("namespace", namespace))
        self.names[name] = (record, name.rpartition(".")[0])
        return self.names[name]

    def _items(self) -> Any:  # noqa: ANN401 - a generator of nothing in particular
        while count := self._long():
            if count < 0:
                self._long()
            yield from range(abs(count))

    def _primitive(self, kind: str) -> Any:  # noqa: ANN401
        readers = {
            "null": lambda: None,
            "boolean": lambda: self._take(1) == b"\x01",
            "int": self._long,
            "long": self._long,
            "float": lambda: struct.unpack("<f", self._take(4))[0],
            "double": lambda: struct.unpack("<d", self._take(8))[0],
            "bytes": lambda: self._take(self._long()),
            "string": self._text,
        }
        return readers[kind]()

    def _text(self) -> str:
        return self._take(self._long()).decode()

    def _long(self) -> int:
        shift = value = 0
        while True:
            byte = self._take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the continuation bit
                return (value >> 1) ^ -(value & 1)
            shift += 7

    def _take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) != count:
            raise ValueError(f"{count} bytes are wanted at {self.at}, {len(taken)} are there")
        self.at += count
        return taken


def _logical(schema: Any, value: Any) -> Any:  # noqa: ANN401
    if isinstance(schema, dict) and schema.get("logicalType") == "decimal":
        unscaled = int.from_bytes(value, "big", signed=True)
        # not scaleb(): that rounds to the 28 digits of the current context
        return Decimal(f"{unscaled}e-{schema.get('scale', 0)}")
    return value


def _table() -> list[int]:
    table = []
    for index in range(256):
        value = index
        for _ in range(8):
            value = (value >> 1) ^ (_EMPTY & -(value & 1))
        table.append(value)
    return table


_TABLE = _table()
