"""What a change of a table's definition would ask of the lake, known before it is made.

MySQL itself carries it out, on an empty temporary copy that only this session sees. Our account
may change nothing but its own schema, so the table itself is out of reach.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.capture.columns import lake_type
from headwater.errors import DeclarationError
from headwater.mysql import OWN_SCHEMA, asking, quoted
from headwater_cdc import ddl
from headwater_cdc.config import TableConfig
from headwater_cdc.evolve import Change, Difference, compare
from headwater_cdc.names import lake_names
from headwater_cdc.types import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymysql.cursors import Cursor

    from headwater.captured import CapturedTable
    from headwater.connections import MySql

_NAME = r"(?:`(?:[^`]|``)+`|[\w$]+)"
_TABLE = rf"(?:(?P<schema>{_NAME})\s*\.\s*)?(?P<table>{_NAME})"
_STATEMENT = re.compile(
    rf"\s*(?P<kind>ALTER\s+TABLE|TRUNCATE(?:\s+TABLE)?|DROP\s+TABLE(?:\s+IF\s+EXISTS)?|RENAME\s+TABLE)"
    rf"\s+{_TABLE}(?P<rest>.*?);?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = re.compile(r"'(?:[^'\\]|\\.|'')*'")
_PARTITIONS = re.compile(r"\bPARTITION(?:S|ING)?\b", re.IGNORECASE)
# Of a table's definition what a temporary table must not have.
_FOREIGN_KEY = re.compile(r",\n\s*CONSTRAINT [^\n]* FOREIGN KEY [^\n]*?(?=,?\n)")
_PARTITIONED = re.compile(r"\n?/\*!\d+ PARTITION BY .*\*/\s*$", re.DOTALL)
_KEPT = Difference(Change.NONE, "its rows are kept (on_delete: ignore)")


@dataclass(frozen=True)
class Statement:
    """A statement that changes one table: its kind in capitals, the names, and what follows."""

    kind: str
    schema: str
    table: str
    rest: str

    @property
    def name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.table}"

    @property
    def text(self) -> str:
        """The statement, its names in quotes."""
        return f"{self.kind} {quoted(self.schema, self.table)}{self.rest}"


def parse(text: str, database: str) -> Statement:
    """The statement; a table without a schema is of `database`."""
    found = _STATEMENT.fullmatch(text)
    if found is None:
        raise DeclarationError(
            f"{text[:80]!r} is no change of a table's definition that we know",
            remedy="valid are ALTER, TRUNCATE, DROP and RENAME TABLE, each of one table",
        )
    kind = " ".join(found["kind"].upper().split()).removesuffix(" IF EXISTS")
    schema = _bare(found["schema"]) if found["schema"] else database
    return Statement(kind, schema, _bare(found["table"]), found["rest"])


def rehearse(account: MySql, statement: Statement, table: CapturedTable) -> list[Difference]:
    """What the change asks of the lake's table, most first; nothing where it sees none of it.

    Raises TargetError with MySQL's own words where MySQL refuses the statement.
    """
    if statement.kind.startswith("TRUNCATE"):
        kept = table.layout.on_delete == "ignore"
        return [_KEPT if kept else Difference(Change.APPLY, "its rows are removed")]
    told = ddl.unseen(statement.text, statement.schema)
    if told:
        config = TableConfig(
            table.database, table.table, table.topic, on_delete=table.layout.on_delete
        )
        found = [ddl.concerned(one, {table.name: config}).get(table.name) for one in told]
        return [_paused(one) for one in found if one] or [_KEPT]
    return _altered(account, statement, table)


def _paused(found: ddl.Unseen) -> Difference:
    return Difference(Change.REBUILD, f"{found.what}: {found.remedy}")


def _altered(account: MySql, statement: Statement, table: CapturedTable) -> list[Difference]:
    if _PARTITIONS.search(_TEXT.sub("''", statement.rest)):
        return []
    copy = quoted(OWN_SCHEMA, statement.table)
    with asking(account) as cursor:
        cursor.execute(f"SHOW CREATE TABLE {quoted(statement.schema, statement.table)}")
        ((_, definition, *_),) = cursor.fetchall()
        cursor.execute("SET SESSION foreign_key_checks = 0")
        cursor.execute(f"USE {quoted(OWN_SCHEMA)}")
        cursor.execute(temporary(str(definition)))
        before, old_key = _columns(cursor, copy, table)
        cursor.execute(f"ALTER TABLE {copy} {statement.rest}")
        after, new_key = _columns(cursor, copy, table)
        cursor.execute(f"DROP TEMPORARY TABLE {copy}")
    differences = compare(before, after)
    if old_key != new_key and not table.key and not table.layout.append_only:
        what = f"primary key changed from {old_key} to {new_key}"
        differences.insert(0, Difference(Change.REBUILD, what))
    return differences


def temporary(definition: str) -> str:
    """The definition of an empty temporary table with the same columns and keys."""
    text = _PARTITIONED.sub("", definition)
    text = _FOREIGN_KEY.sub("", text)
    return re.sub(r"^CREATE TABLE", "CREATE TEMPORARY TABLE", text)


def _columns(
    cursor: Cursor, name: str, table: CapturedTable
) -> tuple[Sequence[Column], Sequence[str]]:
    """The lake's columns of a table as MySQL shows it, and the names of its key."""
    cursor.execute(f"SHOW COLUMNS FROM {name}")
    rows = cursor.fetchall()
    originals = [row[0] for row in rows]
    names = lake_names(originals, partitioned=table.layout.partition_by is not None)
    columns = [
        Column(
            avro_name=original,
            original=original,
            name=lake_name,
            lake_type=lake_type(kind),
            nullable=null == "YES",
            default=default is not None,
        )
        for (original, kind, null, _, default, _), lake_name in zip(rows, names, strict=True)
    ]
    return columns, [row[0] for row in rows if row[3] == "PRI"]


def _bare(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name
