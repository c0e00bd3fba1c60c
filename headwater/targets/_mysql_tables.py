"""Tables as MySQL describes them: made from the feeds, and written as DDL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.ingest.statements import RESPONSES
from headwater.targets._nifi_flow import moment_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.feed.model import Column, Feed, Table
    from headwater.feed.sqltypes import SqlType

COLLATION = "utf8mb4_0900_bin"
"""Keys that differ in case are different keys, in MySQL as in the lake."""


@dataclass(frozen=True)
class SqlColumn:
    """One column; `type` as information_schema writes it."""

    name: str
    type: str
    nullable: bool
    comment: str = ""

    @property
    def ddl(self) -> str:
        """Its line in CREATE TABLE."""
        null = "NULL" if self.nullable else "NOT NULL"
        comment = f" COMMENT {quoted(self.comment)}" if self.comment else ""
        return f"`{self.name}` {self.type} {null}{comment}"


@dataclass(frozen=True)
class SqlTable:
    """One table; `indexes` by name."""

    name: str
    columns: tuple[SqlColumn, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    comment: str = ""

    def ddl(self, database: str) -> str:
        """CREATE TABLE."""
        lines = [column.ddl for column in self.columns]
        lines.append(f"PRIMARY KEY ({names(self.key)})")
        lines += [index_ddl(name, columns) for name, columns in self.indexes]
        body = ",\n  ".join(lines)
        return (
            f"CREATE TABLE IF NOT EXISTS `{database}`.`{self.name}` (\n  {body}\n)"
            f" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={COLLATION}"
            f" COMMENT={quoted(self.comment)}"
        )


def tables(feeds: Iterable[Feed]) -> list[SqlTable]:
    """Every table of the feeds, and the one that counts responses."""
    found = [_table(name, table) for feed in feeds for name, table in feed.tables.items()]
    return [*found, API_RESPONSES]


def schema_ddl(database: str) -> str:
    """CREATE SCHEMA."""
    return f"CREATE SCHEMA IF NOT EXISTS `{database}` DEFAULT CHARSET utf8mb4 COLLATE {COLLATION}"


def names(columns: Sequence[str]) -> str:
    """Column names for a statement."""
    return ", ".join(f"`{column}`" for column in columns)


def index_ddl(name: str, columns: Sequence[str]) -> str:
    """An index inside a statement."""
    return f"KEY `{name}` ({names(columns)})"


def quoted(text: str) -> str:
    """A string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _table(name: str, table: Table) -> SqlTable:
    indexes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    if table.keep == "history" and table.retention.mysql:
        indexes = (("by_age", (moment_column(name, table),)),)
    columns = tuple(
        SqlColumn(column, sql_type(c.type), not table.not_null(column), _comment(c))
        for column, c in table.columns.items()
    )
    return SqlTable(name, columns, tuple(table.key), indexes, table.meaning)


def _comment(column: Column) -> str:
    unit = f"[{column.unit}]" if column.unit else ""
    return " ".join(part for part in (column.meaning, unit) if part)


def sql_type(declared: SqlType) -> str:
    """As information_schema.columns.column_type writes it."""
    return "tinyint(1)" if declared.name == "BOOLEAN" else str(declared).lower()


API_RESPONSES = SqlTable(
    name=RESPONSES,
    columns=(
        SqlColumn("response_id", "char(36)", nullable=False, comment="UUID of the NiFi FlowFile"),
        SqlColumn("feed", "varchar(48)", nullable=False, comment="feed that asked"),
        SqlColumn("fetched_at", "timestamp(3)", nullable=False, comment="when the answer came"),
        SqlColumn("url", "varchar(2000)", nullable=False, comment="what was asked, no secrets"),
        SqlColumn("status", "smallint unsigned", nullable=True, comment="HTTP; null: no answer"),
        SqlColumn("bytes", "bigint unsigned", nullable=False, comment="size of the body"),
        SqlColumn("sha256", "char(64)", nullable=True, comment="hash of the body"),
        SqlColumn("raw_key", "varchar(255)", nullable=True, comment="the body in the raw zone"),
        SqlColumn(
            "outcome",
            "enum('applied','rejected','backoff','failed')",
            nullable=False,
            comment="applied: its rows are in the tables",
        ),
        SqlColumn("rows_applied", "int unsigned", nullable=False, comment="rows, all tables"),
        SqlColumn("rows_rejected", "int unsigned", nullable=False, comment="records left out"),
        SqlColumn("error", "varchar(1000)", nullable=True, comment="what was wrong, in words"),
        SqlColumn("retry_at", "timestamp(3)", nullable=True, comment="no poll before"),
        SqlColumn(
            "source",
            "enum('live','simulator','replay')",
            nullable=False,
            comment="where the answer came from",
        ),
    ),
    key=("response_id",),
    indexes=(("by_feed", ("feed", "outcome", "fetched_at")),),
    comment="Every response of an API, good or bad",
)
