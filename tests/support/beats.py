"""Beats of the heartbeat row as the wire has them, and their schema."""

from __future__ import annotations

FINGERPRINT = "0102030405060708"
SCHEMA = {
    "type": "record",
    "name": "Envelope",
    "fields": [
        {
            "name": "after",
            "type": [
                "null",
                {
                    "type": "record",
                    "name": "Value",
                    "fields": [
                        {"name": "id", "type": "int"},
                        {"name": "counter", "type": {"type": "bytes", "logicalType": "decimal"}},
                    ],
                },
            ],
        }
    ],
}


def beat(counter: int) -> bytes:
    """The message that raises the counter to this."""
    header = b"\xc3\x01" + bytes.fromhex(FINGERPRINT)[::-1]
    digits = counter.to_bytes(2)
    return header + bytes([2, 2, len(digits) * 2]) + digits
