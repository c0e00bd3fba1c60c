"""Names of columns in the lake: what Hudi, Glue and Athena all accept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RECORD_KEY = "_hoodie_record_key"
HUDI_COLUMNS = (
    "_hoodie_commit_time",
    "_hoodie_commit_seqno",
    RECORD_KEY,
    "_hoodie_partition_path",
    "_hoodie_file_name",
)
DELETED = "_hoodie_is_deleted"
DAY = "day"
# Of a table whose every change is kept.
CHANGE_ID, CHANGE, CHANGED_AT, OFFSET = "_change_id", "_change", "_changed_at", "_offset"
_RESERVED = frozenset(
    (*HUDI_COLUMNS, DELETED, "_hoodie_operation", CHANGE_ID, CHANGE, CHANGED_AT, OFFSET)
)


def lake_names(originals: Iterable[str], *, partitioned: bool = False) -> list[str]:
    """One lake name for each column, in order: lower case, letters, digits, underscores; unique.

    Glue lowers every name; Hudi keeps its schema in Avro, which knows no other characters.
    """
    taken = set(_RESERVED) | ({DAY} if partitioned else set())
    names = []
    for original in originals:
        name = re.sub(r"[^a-z0-9_]", "_", original.lower())
        if not name or name[0].isdigit():
            name = "_" + name
        while name in taken:
            name += "_"
        taken.add(name)
        names.append(name)
    return names


def srid_names(
    originals: Sequence[str], shapes: Sequence[str], *, partitioned: bool = False
) -> dict[str, str]:
    """The lake name of each geometry's SRID column: `shape_srid`, unlike all columns' names."""
    wanted = [*originals, *(f"{shape}_srid" for shape in shapes)]
    names = lake_names(wanted, partitioned=partitioned)
    return dict(zip(shapes, names[len(originals) :], strict=True))
