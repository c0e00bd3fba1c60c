"""A message as the wire has it: the header that names its schema, and Debezium's envelope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MARKER: Final = b"\xc3\x01"
HEADER_LENGTH: Final = 10

# Debezium's operations that change rows. A message (m) is none.
ROW_OPS: Final = ("c", "u", "d", "r")
TRUNCATE: Final = "t"
SNAPSHOT_READ: Final = "r"

# source.snapshot: incremental chunks race with changes and open no generation.
SNAPSHOT_FLAGS: Final = ("true", "first", "first_in_data_collection")
SNAPSHOT_FIRST: Final = ("first", "first_in_data_collection")
SNAPSHOT_LAST: Final = ("last", "last_in_data_collection")


@dataclass(frozen=True)
class Gtid:
    """Where a transaction comes from and its number there; a tag counts as part of the server."""

    server: str
    number: int


def fingerprint_of(message: bytes) -> str | None:
    """The schema's fingerprint as the schemas topic writes it; None if there is no header."""
    if len(message) < HEADER_LENGTH or message[:2] != MARKER:
        return None
    return message[2:HEADER_LENGTH][::-1].hex()


def parse_gtid(text: str | None) -> Gtid | None:
    """`uuid:n` or, from MySQL 8.4, `uuid:tag:n`; None where there is none."""
    if not text:
        return None
    server, separator, number = text.rpartition(":")
    if not separator or not number.isdigit():
        raise ValueError(f"{text!r} is not a GTID: expected server-uuid[:tag]:number")
    return Gtid(server, int(number))


def kind_of(op: str, snapshot: str | None) -> str:
    """`first`, `snapshot` or `last` of a scan; `stream` for what flows."""
    if op != SNAPSHOT_READ or snapshot == "incremental":
        return "stream"
    if snapshot in SNAPSHOT_FIRST:
        return "first"
    if snapshot in SNAPSHOT_LAST:
        return "last"
    return "snapshot"
