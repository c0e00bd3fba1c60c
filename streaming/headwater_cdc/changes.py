"""A table without a key (`append_only`): every change becomes rows of their own, and all stay.

An update is two rows, as it was before and after. A change is known by its place in MySQL's log, so
one that is delivered twice is written twice to the same row.
"""

from __future__ import annotations

from typing import Final

from headwater_cdc.names import CHANGE, CHANGE_ID, CHANGED_AT, OFFSET
from headwater_cdc.types import Column

COLUMNS: Final = (
    Column(CHANGE_ID, CHANGE_ID, CHANGE_ID, "string", nullable=False),
    Column(CHANGE, CHANGE, CHANGE, "string", nullable=False),
    Column(CHANGED_AT, CHANGED_AT, CHANGED_AT, "timestamp", nullable=False),
    Column(OFFSET, OFFSET, OFFSET, "bigint", nullable=False),
)
KEY: Final = COLUMNS[:1]

# Of Debezium's source block: where in the log a change stands, in the order of its id.
PLACE: Final = (("file", "string"), ("pos", "long"), ("row", "int"))

# What a row is called, and the part of the message that it shows, by Debezium's operation. What is
# only read (r) is no change.
IMAGES: Final = {
    "c": (("insert", "after"),),
    "u": (("before", "before"), ("after", "after")),
    "d": (("delete", "before"),),
    "t": (("truncate", "after"),),
}


def change_id(gtid: str | None, place: tuple[str, int, int], ts_ms: int, image: str) -> str:
    """What tells a change from every other one, also from those of a server that was reset."""
    file, position, row = place
    return f"{gtid or file}:{position}:{row}:{ts_ms}:{image}"
