"""What MySQL says of itself and of the tables, as values that checks can be asked about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headwater.mysql import asking, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymysql.cursors import Cursor

    from headwater.captured import CapturedTable
    from headwater.connections import Connections, MySql

_TABLE = """
SELECT engine, table_type, row_format FROM information_schema.tables
WHERE table_schema = %s AND table_name = %s
"""
_COLUMNS = """
SELECT column_name, data_type, column_type, is_nullable = 'YES',
       COALESCE(character_octet_length, 0), COALESCE(numeric_precision, 0)
FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
ORDER BY ordinal_position
"""
_KEYS = """
SELECT index_name, column_name FROM information_schema.statistics
WHERE table_schema = %s AND table_name = %s AND non_unique = 0
ORDER BY index_name = 'PRIMARY' DESC, index_name, seq_in_index
"""
_CASCADES = """
SELECT r.constraint_name, r.referenced_table_name, r.update_rule, r.delete_rule,
       k.referenced_table_schema, k.column_name, k.referenced_column_name
FROM information_schema.referential_constraints AS r
JOIN information_schema.key_column_usage AS k
  USING (constraint_schema, constraint_name, table_name)
WHERE r.constraint_schema = %s AND r.table_name = %s
ORDER BY r.constraint_name, k.ordinal_position
"""
_RIGHTS = "SELECT privilege_type FROM information_schema.user_privileges"
_RDS = "SELECT value FROM mysql.rds_configuration WHERE name = 'binlog retention hours'"
_STATUS = "SHOW BINARY LOG STATUS"
_STATUS_BEFORE_8_2 = "SHOW MASTER STATUS"
_SESSIONS = """
SELECT variable_name, COUNT(*) FROM performance_schema.variables_by_thread
WHERE (variable_name = 'sql_log_bin' AND variable_value = 'OFF')
   OR (variable_name = 'binlog_format' AND variable_value <> 'ROW')
   OR (variable_name = 'binlog_row_image' AND variable_value <> 'FULL')
   OR (variable_name = 'binlog_row_value_options' AND variable_value <> '')
GROUP BY variable_name
"""


@dataclass(frozen=True)
class Server:
    """Variables by name, the rights of Debezium's account, and what else tells of the binlog.

    `retention_s` is how long the binlog is kept, None for ever; `sessions` counts those that
    write the binlog otherwise than the server does, by variable.
    """

    variables: Mapping[str, str]
    rights: frozenset[str] = frozenset()
    account: str = "debezium"
    is_replica: bool = False
    left_out: str = ""
    retention_s: int | None = None
    on_rds: bool = False
    sessions: Mapping[str, int] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """A variable in upper case; empty where this server does not know it."""
        return self.variables.get(name, "").upper()

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor."""
        major, minor, *_ = (*self.variables.get("version", "8.0").split("."), "0")
        return int(major), int("".join(filter(str.isdigit, minor)) or 0)


@dataclass(frozen=True)
class Column:
    """One column; `octets` is the most it can take, 0 for numbers."""

    name: str
    data_type: str
    column_type: str = ""
    nullable: bool = False
    octets: int = 0
    precision: int = 0


@dataclass(frozen=True)
class Cascade:
    """A foreign key of this table."""

    constraint: str
    parent: str
    on_update: str
    on_delete: str
    parent_schema: str = ""
    columns: tuple[str, ...] = ()
    parent_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table as it stands in MySQL; `keys` are its unique keys, the primary one first."""

    captured: CapturedTable
    engine: str = "InnoDB"
    columns: Sequence[Column] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cascades: Sequence[Cascade] = ()
    readable: bool = True
    server: Server = field(default_factory=lambda: Server({}))
    others: Sequence[CapturedTable] = ()

    @property
    def name(self) -> str:
        """The table's name for statements."""
        return quoted(self.captured.database, self.captured.table)

    def column(self, name: str) -> Column | None:
        """A column; MySQL does not tell its case."""
        return next((c for c in self.columns if c.name.lower() == name.lower()), None)


def server(connections: Connections) -> Server:
    """Ask the server."""
    with asking(connections.mysql) as cursor:
        variables = {str(n): str(v) for n, v in _rows(cursor, "SHOW GLOBAL VARIABLES")}
        rds = _optional(cursor, _RDS)
        sessions = {str(name): int(count) for name, count in _optional(cursor, _SESSIONS)}
        status = _optional(cursor, _STATUS) or _optional(cursor, _STATUS_BEFORE_8_2)
        replica = bool(_optional(cursor, "SHOW REPLICA STATUS"))
    with asking(connections.mysql_debezium) as cursor:
        rights = frozenset(str(right) for (right,) in _rows(cursor, _RIGHTS))
    seconds = int(variables.get("binlog_expire_logs_seconds", "0"))
    hours = rds[0][0] if rds else None
    kept = int(hours or 0) * 3600 if rds else seconds or None
    left_out = ", ".join(str(part) for part in (status[0][2:4] if status else ()) if part)
    return Server(
        variables=variables,
        rights=rights,
        account=connections.mysql_debezium.user,
        is_replica=replica,
        left_out=left_out,
        retention_s=kept,
        on_rds=bool(rds),
        sessions=sessions,
    )


def tables(connections: Connections, wanted: Sequence[CapturedTable], of: Server) -> list[Table]:
    """Ask about these tables; one that MySQL does not have is left out."""
    with asking(connections.mysql) as cursor:
        found = [_table(cursor, table, of, wanted) for table in wanted]
    return [
        Table(**{**vars(table), "readable": _readable(connections.mysql_debezium, table)})
        for table in found
        if table is not None
    ]


def _table(
    cursor: Cursor, captured: CapturedTable, of: Server, wanted: Sequence[CapturedTable]
) -> Table | None:
    where = (captured.database, captured.table)
    declared = _rows(cursor, _TABLE, where)
    if not declared or declared[0][1] != "BASE TABLE":
        return None
    keys: dict[str, tuple[str, ...]] = {}
    for index, column in _rows(cursor, _KEYS, where):
        keys[index] = (*keys.get(index, ()), column)  # None: a part that is an expression
    return Table(
        captured=captured,
        engine=str(declared[0][0]),
        columns=tuple(
            Column(n, d, t, bool(null), int(octets), int(precision))
            for n, d, t, null, octets, precision in _rows(cursor, _COLUMNS, where)
        ),
        keys={index: key for index, key in keys.items() if None not in key},
        cascades=_cascades(_rows(cursor, _CASCADES, where)),
        server=of,
        others=[other for other in wanted if other != captured],
    )


def _cascades(rows: Sequence[Any]) -> tuple[Cascade, ...]:
    found: dict[str, Cascade] = {}
    for constraint, parent, on_update, on_delete, schema, column, parent_column in rows:
        before = found.get(constraint)
        found[constraint] = Cascade(
            constraint, parent, on_update, on_delete, schema,
            (*(before.columns if before else ()), column),
            (*(before.parent_columns if before else ()), parent_column),
        )  # fmt: skip
    return tuple(found.values())


def _readable(account: MySql, table: Table) -> bool:
    with asking(account) as cursor:
        return _try(cursor, f"SELECT 1 FROM {table.name} LIMIT 0") is not None  # noqa: S608 - quoted


def _rows(cursor: Cursor, sql: str, where: Sequence[str] | None = None) -> Sequence[Any]:
    cursor.execute(sql, where)
    return cursor.fetchall()


def _optional(cursor: Cursor, sql: str) -> Sequence[Any]:
    """Rows of what not every server has or shows; none there."""
    return _try(cursor, sql) or ()


def _try(cursor: Cursor, sql: str) -> Sequence[Any] | None:
    from pymysql.constants import CR  # noqa: PLC0415
    from pymysql.err import MySQLError, OperationalError  # noqa: PLC0415 - only where MySQL is asked

    try:
        return _rows(cursor, sql)
    except OperationalError as error:
        if error.args[0] in {CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST}:
            raise
    except MySQLError:
        pass
    return None
