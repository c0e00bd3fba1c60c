"""What MySQL has to be captured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture.size import Size
from headwater.mysql import asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import MySql

_NAMES = """
SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables
WHERE table_type = %s AND table_schema IN %s ORDER BY 1
"""
_FRESH = "SET SESSION information_schema_stats_expiry = 0"  # MySQL keeps old answers for a day
_SIZES = """
SELECT CONCAT(table_schema, '.', table_name), COALESCE(table_rows, 0), COALESCE(data_length, 0)
FROM information_schema.tables WHERE (table_schema, table_name) IN %s
"""


def tables_of(account: MySql, schemas: Sequence[str]) -> list[str]:
    """`schema.table` of every table (no view) of some schemas that the account may see."""
    return _names(account, "BASE TABLE", schemas)


def views_of(account: MySql, schemas: Sequence[str]) -> list[str]:
    """`schema.view` of every view of some schemas that the account may see."""
    return _names(account, "VIEW", schemas)


def sizes_of(account: MySql, names: Sequence[str]) -> dict[str, Size]:
    """How large MySQL estimates these tables (`schema.table`) to be."""
    if not names:
        return {}
    with asking(account) as cursor:
        cursor.execute(_FRESH)
        cursor.execute(_SIZES, (tuple(tuple(name.split(".", 1)) for name in names),))
        return {str(name): Size(int(rows), int(octets)) for name, rows, octets in cursor.fetchall()}


def _names(account: MySql, kind: str, schemas: Sequence[str]) -> list[str]:
    with asking(account) as cursor:
        cursor.execute(_NAMES, (kind, tuple(schemas)))
        return [str(name) for (name,) in cursor.fetchall()]
