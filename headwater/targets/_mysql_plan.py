"""Tables as they are in a MySQL server, and the statements that make them as declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.targets._mysql_tables import SqlColumn, SqlTable, index_ddl, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymysql.cursors import Cursor


@dataclass(frozen=True)
class Statement:
    """One statement; `by_hand` if it may lose data or take long, so that a person runs it."""

    table: str
    sql: str
    creates: bool = False
    by_hand: bool = False


def observe(cursor: Cursor, database: str) -> dict[str, SqlTable]:
    """The tables of a schema, from information_schema."""
    columns: dict[str, list[SqlColumn]] = {}
    for row in _rows(cursor, _COLUMNS, database):
        column = SqlColumn(row[1], row[2].lower(), row[3] == "YES", row[4])
        columns.setdefault(row[0], []).append(column)
    indexes: dict[str, dict[str, list[str]]] = {}
    for table, index, column_name in _rows(cursor, _INDEXES, database):
        indexes.setdefault(table, {}).setdefault(index, []).append(column_name)
    return {
        name: SqlTable(
            name,
            tuple(found),
            tuple(indexes.get(name, {}).get("PRIMARY", ())),
            tuple((i, tuple(c)) for i, c in indexes.get(name, {}).items() if i != "PRIMARY"),
        )
        for name, found in columns.items()
    }


_COLUMNS = (
    "SELECT table_name, column_name, column_type, is_nullable, column_comment"
    " FROM information_schema.columns WHERE table_schema = %s"
    " ORDER BY table_name, ordinal_position"
)
_INDEXES = (
    "SELECT table_name, index_name, column_name FROM information_schema.statistics"
    " WHERE table_schema = %s ORDER BY table_name, index_name, seq_in_index"
)


def _rows(cursor: Cursor, sql: str, database: str) -> list[Any]:
    cursor.execute(sql, (database,))
    return list(cursor.fetchall())


def statements(database: str, wanted: SqlTable, found: SqlTable | None) -> Iterator[Statement]:
    """What makes one table as declared."""
    if found is None:
        yield Statement(wanted.name, wanted.ddl(database), creates=True)
        return
    alter = f"ALTER TABLE `{database}`.`{wanted.name}`"
    existing = {column.name: column for column in found.columns}
    before = "FIRST"
    for column in wanted.columns:
        yield from _column(alter, wanted.name, column, existing.get(column.name), before)
        before = f"AFTER `{column.name}`"
    for name in existing.keys() - {column.name for column in wanted.columns}:
        yield Statement(wanted.name, f"{alter} DROP COLUMN `{name}`", by_hand=True)
    if wanted.key != found.key:
        change = f"{alter} DROP PRIMARY KEY, ADD PRIMARY KEY ({names(wanted.key)})"
        yield Statement(wanted.name, change, by_hand=True)
    for name, columns in set(wanted.indexes) - set(found.indexes):
        yield Statement(wanted.name, f"{alter} ADD {index_ddl(name, columns)}")


def _column(
    alter: str, table: str, wanted: SqlColumn, found: SqlColumn | None, before: str
) -> Iterator[Statement]:
    if found is None:
        add = f"{alter} ADD COLUMN {wanted.ddl} {before}"
        yield Statement(table, add, by_hand=not wanted.nullable)
    elif (found.type, found.nullable) != (wanted.type, wanted.nullable):
        yield Statement(table, f"{alter} MODIFY COLUMN {wanted.ddl}", by_hand=True)
    elif found.comment != wanted.comment:
        yield Statement(table, f"{alter} MODIFY COLUMN {wanted.ddl}")
