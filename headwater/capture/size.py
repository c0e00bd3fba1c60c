"""Type and buckets of a table for which nobody chose them, by its size.

A commit of a COPY_ON_WRITE table rewrites every bucket that it touches, and random changes touch
all: reading a large table into few buckets takes time that grows with its square. A commit of a
MERGE_ON_READ table adds to its buckets, however large they are.
"""

from __future__ import annotations

from dataclasses import dataclass

BUCKET_BYTES = 256 * 1024**2
LARGE_ROWS, LARGE_BYTES = 1_000_000, BUCKET_BYTES
FEWEST, MOST = 4, 256
BY_HAND = frozenset({"type", "buckets", "partition_by", "append_only"})
"""Who says one of these has thought of how the table lies."""


@dataclass(frozen=True)
class Size:
    """What MySQL estimates of a table: its rows, and the bytes of its clustered index."""

    rows: int
    octets: int


def layout(size: Size) -> dict[str, str | int]:
    """`type` and `buckets` as capture.yaml says them; nothing where the defaults do."""
    if size.rows < LARGE_ROWS and size.octets < LARGE_BYTES:
        return {}
    filled = -(-size.octets // BUCKET_BYTES)
    return {"type": "MERGE_ON_READ", "buckets": min(max(FEWEST, filled), MOST)}
