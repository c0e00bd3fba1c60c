"""The body of an Avro message as plain Python values: what a barrier needs to read its own beat.

The streaming job reads messages in Spark; here a handful is read, so a small reader is enough.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = Any


def read(schema: Schema, body: bytes) -> Any:  # noqa: ANN401 - a value of any type
    """The value that `body` holds, written with `schema` (parsed JSON)."""
    named: dict[str, Schema] = {}
    _collect(schema, "", named)
    return _Reader(body, named).value(schema)


def _collect(schema: Schema, space: str, named: dict[str, Schema]) -> None:
    """Find the named types; one may be defined in a branch that the message does not take."""
    if isinstance(schema, list):
        for choice in schema:
            _collect(choice, space, named)
    if not isinstance(schema, dict):
        return
    if "name" in schema:
        full = _full_name(schema["name"], schema.get("namespace", space))
        named[full] = schema
        space = full.rpartition(".")[0]
    inner = [field["type"] for field in schema.get("fields", ())]
    inner += [schema[part] for part in ("items", "values", "type") if part in schema]
    for part in inner:
        _collect(part, space, named)


def _full_name(name: str, space: str) -> str:
    return name if "." in name or not space else f"{space}.{name}"


class _Reader:
    def __init__(self, body: bytes, named: dict[str, Schema]) -> None:
        self._body = body
        self._at = 0
        self._named = named
        self._plain: dict[str, Callable[[], Any]] = {
            "null": lambda: None,
            "boolean": lambda: self._take(1) != b"\0",
            "int": self._long,
            "long": self._long,
            "float": lambda: struct.unpack("<f", self._take(4))[0],
            "double": lambda: struct.unpack("<d", self._take(8))[0],
            "bytes": lambda: self._take(self._long()),
            "string": lambda: self._take(self._long()).decode(),
        }

    def value(self, schema: Schema, space: str = "") -> Any:  # noqa: ANN401 - a value of any type
        """The next value."""
        if isinstance(schema, list):
            return self.value(schema[self._long()], space)
        if isinstance(schema, str):
            known = self._plain.get(schema)
            full = _full_name(schema, space)
            return known() if known else self.value(self._named[full], full.rpartition(".")[0])
        kind = schema["type"]
        if kind not in {"record", "enum", "fixed"}:
            return self._collection(kind, schema, space)
        space = _full_name(schema["name"], schema.get("namespace", space)).rpartition(".")[0]
        if kind == "record":
            return {f["name"]: self.value(f["type"], space) for f in schema["fields"]}
        if kind == "enum":
            return schema["symbols"][self._long()]
        return self._take(schema["size"])

    def _collection(self, kind: Schema, schema: Schema, space: str) -> Any:  # noqa: ANN401 - a value of any type
        if kind == "array":
            return [self.value(schema["items"], space) for _ in self._items()]
        if kind == "map":
            return {
                self.value("string"): self.value(schema["values"], space) for _ in self._items()
            }
        return self.value(kind, space)

    def _items(self) -> Any:  # noqa: ANN401 - an iterator
        while count := self._long():
            if count < 0:  # a block that says its size in bytes too
                self._long()
            yield from range(abs(count))

    def _long(self) -> int:
        shift = result = 0
        while True:
            byte = self._take(1)[0]
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
                return (result >> 1) ^ -(result & 1)

    def _take(self, count: int) -> bytes:
        part = self._body[self._at : self._at + count]
        if len(part) != count:
            raise ValueError(f"the message ends at byte {self._at} of {len(self._body)}")
        self._at += count
        return part
