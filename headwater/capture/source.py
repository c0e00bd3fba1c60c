"""What MySQL has to be captured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.mysql import asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import MySql

_NAMES = """
SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables
WHERE table_type = %s AND table_schema IN %s ORDER BY 1
"""


def tables_of(account: MySql, schemas: Sequence[str]) -> list[str]:
    """`schema.table` of every table (no view) of some schemas that the account may see."""
    return _names(account, "BASE TABLE", schemas)


def views_of(account: MySql, schemas: Sequence[str]) -> list[str]:
    """`schema.view` of every view of some schemas that the account may see."""
    return _names(account, "VIEW", schemas)


def _names(account: MySql, kind: str, schemas: Sequence[str]) -> list[str]:
    with asking(account) as cursor:
        cursor.execute(_NAMES, (kind, tuple(schemas)))
        return [str(name) for (name,) in cursor.fetchall()]
