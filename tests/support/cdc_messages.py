"""Messages as the wire has them, encoded by hand: a second reading of the wire's description."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

ROW: list[dict[str, Any]] = [
    {"name": "id", "type": "int"},
    {"name": "v", "type": ["null", "string"]},
]
KEY_ID = "00000000000000aa"


def envelope(fields: list[dict[str, Any]], version: str) -> str:
    """The value's schema of a table with these columns."""
    row = {"type": "record", "name": "Value", "fields": fields}
    text = ["null", "string"]
    source = [{"name": "ts_ms", "type": "long"}, {"name": "snapshot", "type": text}]
    place = [
        {"name": "file", "type": "string"},
        {"name": "pos", "type": "long"},
        {"name": "row", "type": "int"},
    ]
    return json.dumps(
        {
            "type": "record",
            "name": "Envelope",
            "namespace": f"t.{version}",
            "fields": [
                {"name": "before", "type": ["null", row]},
                {"name": "after", "type": ["null", "Value"]},
                {
                    "name": "source",
                    "type": {
                        "type": "record",
                        "name": "Source",
                        "fields": [*source, {"name": "gtid", "type": text}, *place],
                    },
                },
                {"name": "op", "type": "string"},
            ],
        }
    )


KEY = json.dumps(
    {"type": "record", "name": "Key", "namespace": "t", "fields": [{"name": "id", "type": "int"}]}
)


@dataclass
class Table:
    """Encodes changes of one table; offsets count up."""

    value_id: str
    columns: list[str]
    offset: int = 0

    def message(
        self,
        op: str,
        key: int | None,
        row: dict[str, Any] | None = None,
        gtid: str | None = None,
        snapshot: str | None = None,
        before: dict[str, Any] | None = None,
        place: tuple[int, int] = (0, 0),
    ) -> tuple[int, bytearray | None, bytearray]:
        """One record of the topic: offset, key, value."""
        images = self._image(before) + self._image(row)
        source = number(1_800_000_000_000) + optional(snapshot) + optional(gtid)
        where = string("binlog.000001") + b"".join(map(number, place))
        body = images + source + where + string(op)
        offset, self.offset = self.offset, self.offset + 1
        named = None if key is None else bytearray(head(KEY_ID) + number(key))
        return offset, named, bytearray(head(self.value_id) + body)

    def _image(self, row: dict[str, Any] | None) -> bytes:
        if row is None:
            return b"\x00"
        values = [row.get(name) for name in self.columns]
        return b"\x02" + number(row["id"]) + b"".join(optional(v) for v in values[1:])


def head(fingerprint: str) -> bytes:
    """Marker and fingerprint."""
    return b"\xc3\x01" + struct.pack("<Q", int(fingerprint, 16))


def number(value: int) -> bytes:
    """Avro's zigzag variable-length integer."""
    rest = value << 1 if value >= 0 else ((-value) << 1) - 1
    made = bytearray()
    while rest > 0x7F:
        made.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*made, rest])


def string(value: str) -> bytes:
    """Length and UTF-8."""
    return number(len(value.encode())) + value.encode()


def optional(value: str | None) -> bytes:
    """A union of null and string."""
    return b"\x00" if value is None else b"\x02" + string(value)
