"""What the connector knows of a table's columns: its schema history.

Debezium reads a row of the binlog with the columns that its history has for the table; a table that
is not there stops the connector at its first row. The history has every table that was there when
the connector began, and every one made since. One that is missing is taught without stopping
anything: CREATE TABLE IF NOT EXISTS does nothing in MySQL, but stands in the binlog, in order.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from headwater.errors import TargetError
from headwater.lake.barrier import Barrier
from headwater.mysql import asking, quoted
from headwater.topics import HISTORY_TOPIC, Topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymysql.cursors import Cursor

    from headwater.captured import CapturedTable
    from headwater.connections import Connections

_CREATE = "CREATE TABLE "
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def teach(connections: Connections, prefix: str, tables: Sequence[CapturedTable]) -> None:
    """Make the connector know these tables; returns when it does."""
    if not tables:
        return
    with Topics(connections.kafka) as topics:
        known = tables_in(message.value for message in topics.messages(HISTORY_TOPIC, 0))
        missing = [table for table in tables if table.name not in known]
        if missing:
            for table in missing:
                _repeat_creation(connections, table)
            Barrier(connections, topics, prefix).wait_carried()


def tables_in(records: Iterable[bytes | None]) -> set[str]:
    """`schema.table` of every table that the records of a schema history leave in place."""
    found: set[str] = set()
    for record in records:
        for change in (json.loads(record) if record else {}).get("tableChanges") or ():
            name = _name(change)
            if change.get("type") == "DROP":
                found.discard(name)
            else:
                found.add(name)
    return found


def _name(change: dict[str, Any]) -> str:
    """From Debezium's notation: `"shop"."orders"`, a quote within a name doubled."""
    parts = _QUOTED.findall(str(change.get("id", "")))
    return ".".join(part.replace('""', '"') for part in parts)


def _repeat_creation(connections: Connections, table: CapturedTable) -> None:
    """In the binlog once more; the open transaction keeps others from altering it meanwhile."""
    name = quoted(table.database, table.table)
    account = connections.mysql_root
    with asking(account) as holder, asking(account) as writer:
        holder.execute("BEGIN")
        holder.execute(f"SELECT 1 FROM {name} LIMIT 1")  # noqa: S608 - quoted
        writer.execute(_creation(holder, table))
        holder.execute("COMMIT")


def _creation(cursor: Cursor, table: CapturedTable) -> str:
    cursor.execute(f"SHOW CREATE TABLE {quoted(table.database, table.table)}")
    row = cursor.fetchone()
    statement = str(row[1]) if row else ""
    head = f"{_CREATE}{quoted(table.table)}"
    if not statement.startswith(head):
        raise TargetError(
            f"{table.name} is no table that can be captured: {statement[:60]}",
            remedy="capture the table that it is made of",
        )
    name = quoted(table.database, table.table)
    return f"{_CREATE}IF NOT EXISTS {name}{statement.removeprefix(head)}"
