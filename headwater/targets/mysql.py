"""MySQL: the tables of the feeds, and our own schema.

render  sql/mysql/final.sql
plan    what is missing or different, by information_schema
apply   creates what is missing and adds nullable columns; a change that could lose data or take
        long is never made here: DriftError names the statement
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import DriftError
from headwater.mysql import OWN_SCHEMA, asking
from headwater.settings import Settings
from headwater.targets import _mysql_plan as plans
from headwater.targets import _mysql_tables as declared
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymysql.cursors import Cursor

    from headwater.targets.base import Context

FILE = Path("sql/mysql/final.sql")
OWN_FILE = Path("sql/mysql/headwater.sql")
_CREATED = re.compile(r"CREATE\s+TABLE\s+IF\s+NOT\s+EXISTS\s+`?(\w+)`?\.`?(\w+)`?", re.IGNORECASE)


class MysqlTarget:
    """The tables that the feeds declare, in one MySQL server."""

    name = "mysql"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._database = context.settings.database

    def render(self) -> Mapping[Path, str]:
        """The DDL of every feed's tables."""
        database = str(Settings.model_fields["database"].default)
        found = [declared.schema_ddl(database)]
        found += [table.ddl(database) for table in declared.tables(self._context.feeds)]
        head = (
            "-- Rendered from feeds/*.yaml by `headwater render`: change those, not this file.\n"
            "-- Moments are UTC. Units stand in [brackets] behind the meaning of a column.\n\n"
        )
        return {FILE: head + ";\n\n".join(found) + ";\n"}

    def plan(self) -> list[Change]:
        """What is missing or different; `by hand` marks what apply refuses to do."""
        with asking(self._context.connections.mysql_root) as cursor:
            return [_change(statement) for statement in self._statements(cursor)]

    def apply(self) -> list[Change]:
        """Create what is missing; nothing at all is changed where something needs a person."""
        with asking(self._context.connections.mysql_root) as cursor:
            statements = list(self._statements(cursor))
            by_hand = [statement.sql for statement in statements if statement.by_hand]
            if by_hand:
                raise DriftError(
                    "MySQL tables differ from the feeds in a way that apply does not mend",
                    remedy="change the feed, or run: " + "; ".join(by_hand),
                )
            for statement in statements:
                cursor.execute(statement.sql)
            return [_change(statement) for statement in statements]

    def _statements(self, cursor: Cursor) -> Iterator[plans.Statement]:
        cursor.execute("SELECT schema_name FROM information_schema.schemata")
        schemas = {row[0] for row in cursor.fetchall()}
        if self._database not in schemas:
            sql = declared.schema_ddl(self._database)
            yield plans.Statement(self._database, sql, creates=True)
        found = plans.observe(cursor, self._database)
        for table in declared.tables(self._context.feeds):
            yield from plans.statements(self._database, table, found.get(table.name))
        yield from self._own(cursor)

    def _own(self, cursor: Cursor) -> Iterator[plans.Statement]:
        """The whole file of our own schema, if any of its tables is missing."""
        text = (self._context.project.root / OWN_FILE).read_text()
        wanted = {match[1] for match in _CREATED.findall(text) if match[0] == OWN_SCHEMA}
        if wanted - plans.observe(cursor, OWN_SCHEMA).keys():
            for sql in split(text):
                yield plans.Statement(OWN_SCHEMA, sql, creates=True)


def split(text: str) -> list[str]:
    """The statements of a file: `--` comments left out, each ends with a semicolon at line end."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    parts = re.split(r";\s*$", "\n".join(lines), flags=re.MULTILINE)
    return [part.strip() for part in parts if part.strip()]


def _change(statement: plans.Statement) -> Change:
    detail = " ".join(statement.sql.split())
    detail = f"by hand: {detail}" if statement.by_hand else detail
    return Change("mysql", "create" if statement.creates else "update", statement.table, detail)
