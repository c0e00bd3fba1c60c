"""Readings of tables: asked of Debezium by a signal, followed by its notifications.

A reading is an incremental snapshot: chunk by chunk between the changes, resumed after a crash,
and beside the readings of other tables. It is remembered in headwater.scan, in the same transaction
as the signal, so it is asked for once.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.errors import TargetError
from headwater.lake.messages import Decoder
from headwater.mysql import asking, quoted
from headwater.topics import NOTIFICATIONS_TOPIC, Topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from headwater.captured import CapturedTable
    from headwater.connections import Connections, MySql

CHUNK_ROWS = 1024
"""`incremental.snapshot.chunk.size` of debezium/connector.json."""

_FIND = """
SELECT table_name, signal_id, expected_rows, notified_from, COALESCE(outcome, '')
FROM headwater.scan
"""
_REMEMBER = """
REPLACE INTO headwater.scan
  (table_name, signal_id, expected_rows, notified_from, requested_at)
VALUES (%s, %s, %s, %s, UTC_TIMESTAMP(6))
"""
_END = "UPDATE headwater.scan SET outcome = %s WHERE table_name = %s AND signal_id = %s"
_SIGNAL = "INSERT INTO headwater.signal (id, type, data) VALUES (%s, %s, %s)"
_CLEAR = "DELETE FROM headwater.signal WHERE id = %s"
_SETTLE = "UPDATE headwater.scan SET outcome = 'SUCCEEDED' WHERE table_name = %s"
_FORGET = "DELETE FROM headwater.scan WHERE table_name = %s"


@dataclass(frozen=True)
class Scan:
    """A reading that was asked for.

    `notified_from` is where its notifications can begin, `rows` how many were read by now,
    `outcome` Debezium's word for its end, empty until then.
    """

    table: str
    signal_id: str
    expected_rows: int
    notified_from: int
    outcome: str = ""
    rows: int = 0

    @property
    def complete(self) -> bool:
        """All rows stand in the topic."""
        return self.outcome in {"SUCCEEDED", "EMPTY"}

    @property
    def told(self) -> str:
        """For people."""
        if self.outcome and not self.complete:
            return f"Debezium ended the reading with {self.outcome}"
        return f"{self.rows:,} of {self.expected_rows:,} rows read"

    def require(self) -> None:
        """Raise TargetError if Debezium gave the table up."""
        if self.outcome and not self.complete:
            raise TargetError(
                f"{self.table}: {self.told}",
                remedy=_REMEDIES.get(self.outcome, _LOOK),
            )


_LOOK = "`headwater logs connect` says why; `headwater snapshot TABLE` reads it again"
_REMEDIES = {
    "NO_PRIMARY_KEY": "declare a unique key: `headwater capture TABLE --key COLUMN`",
    "UNKNOWN_SCHEMA": "the account of Debezium may not see the table: GRANT SELECT on it",
}


def known(account: MySql) -> dict[str, Scan]:
    """The newest reading of each table that ever had one."""
    with asking(account) as cursor:
        cursor.execute(_FIND)
        return {row[0]: Scan(*row) for row in cursor.fetchall()}


def request(
    connections: Connections,
    tables: Sequence[CapturedTable],
    only: Mapping[str, str] | None = None,
) -> list[Scan]:
    """Ask Debezium to read these tables, each by a signal of its own.

    `only` has the condition, as MySQL writes it, of the rows that are read of a table. A table of
    changes is not read: Debezium needs a key for that, and what is there is no change.
    """
    tables = [table for table in tables if not table.layout.append_only]
    if not tables:
        return []
    with Topics(connections.kafka) as topics:
        exists = NOTIFICATIONS_TOPIC in topics.names()
        start = topics.end_offset(NOTIFICATIONS_TOPIC) if exists else 0
    conditions = only or {}
    return [
        _request(connections.mysql, table, start, conditions.get(table.name, ""))
        for table in tables
    ]


def _request(account: MySql, table: CapturedTable, start: int, condition: str) -> Scan:
    with asking(account) as cursor:
        where = f" WHERE {condition}" if condition else ""
        cursor.execute(f"SELECT COUNT(*) FROM {quoted(table.database, table.table)}{where}")  # noqa: S608 - quoted
        ((rows,),) = cursor.fetchall()
        scan = Scan(table.name, str(uuid.uuid4()), int(rows), start)
        cursor.execute("BEGIN")
        cursor.execute(_REMEMBER, (scan.table, scan.signal_id, scan.expected_rows, start))
        cursor.execute(_SIGNAL, (scan.signal_id, "execute-snapshot", signal(table, condition)))
        cursor.execute("COMMIT")
        # The binlog has it: the row itself has done its work.
        cursor.execute(_CLEAR, (scan.signal_id,))
    return scan


def stop(account: MySql, tables: Sequence[CapturedTable]) -> None:
    """Of tables that are let go nothing is read any more, and captured again they are read anew."""
    with asking(account) as cursor:
        for table in tables:
            identity = str(uuid.uuid4())
            cursor.execute(_SIGNAL, (identity, "stop-snapshot", signal(table)))
            cursor.execute(_FORGET, (table.name,))
            cursor.execute(_CLEAR, (identity,))


def forget(account: MySql, tables: Sequence[CapturedTable]) -> None:
    """All rows of these tables are read another way: no reading of before is waited for."""
    with asking(account) as cursor:
        for table in tables:
            cursor.execute(_SETTLE, (table.name,))


def signal(table: CapturedTable, condition: str = "") -> str:
    """The parameters of an incremental snapshot of one table, and of its end.

    In quotes, which Debezium reads as a name; without them it is a regular expression, as it always
    is beside a condition.
    """
    told: dict[str, object] = {
        "type": "incremental",
        "data-collections": [quoted(table.database, table.table)],
    }
    if condition:
        told["additional-conditions"] = [
            {"data-collection": re.escape(table.name), "filter": condition}
        ]
    return json.dumps(told, ensure_ascii=False)


class Follower:
    """Follows scans to their end through the notifications; keeps its place between two looks."""

    def __init__(self, connections: Connections, topics: Topics, wanted: Iterable[Scan]) -> None:
        self._account = connections.mysql
        self._topics = topics
        self._decoder = Decoder(topics)
        self._scans = {scan.table: scan for scan in wanted}
        self._next = min((s.notified_from for s in self._scans.values()), default=0)

    def look(self) -> dict[str, Scan]:
        """Every scan as it is now; an end that is seen is remembered in MySQL."""
        if not all(scan.outcome for scan in self._scans.values()):
            self._read()
        return dict(self._scans)

    def _read(self) -> None:
        if NOTIFICATIONS_TOPIC not in self._topics.names():
            return
        for message in list(self._topics.messages(NOTIFICATIONS_TOPIC, self._next)):
            self._next = message.offset + 1
            told = self._decoder.value(message.value) or {}
            data = told.get("additional_data") or {}
            name = data.get("scanned_collection") or data.get("current_collection_in_progress")
            scan = self._scans.get(name or "")
            if scan and not scan.outcome and message.offset >= scan.notified_from:
                self._scans[scan.table] = self._after(scan, told.get("type"), data)

    def _after(self, scan: Scan, kind: object, data: dict[str, str]) -> Scan:
        if kind == "IN_PROGRESS":
            rows = min(scan.rows + CHUNK_ROWS, scan.expected_rows)
            return replace(scan, rows=rows)
        if kind != "TABLE_SCAN_COMPLETED":
            return scan
        with asking(self._account) as cursor:
            cursor.execute(_END, (data["status"], scan.table, scan.signal_id))
        return replace(scan, outcome=data["status"], rows=int(data["total_rows_scanned"]))
