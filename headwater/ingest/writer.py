"""Writing a verdict to MySQL: one transaction, and none of it twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pymysql

from headwater.ingest import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymysql.cursors import Cursor

    from headwater.feed.spec import FeedSpec, TableSpec
    from headwater.ingest.verdict import Verdict

ROWS_PER_STATEMENT = 500
PURGED_PER_POLL = 1000

Refusals = (pymysql.err.DataError, pymysql.err.IntegrityError, pymysql.err.NotSupportedError)
"""MySQL will refuse the same rows again; every other error may pass, so it is tried again."""


@dataclass(frozen=True)
class Purge:
    """Rows of a history table go when `column` is older than `seconds`."""

    table: str
    column: str
    seconds: int


@dataclass(frozen=True)
class Written:
    """What became of a verdict; `repeated` if an earlier try had already committed it."""

    verdict: Verdict
    repeated: bool = False
    gone: int = 0
    purged: int = 0


class Writer:
    """Writes over one connection, whose session it makes strict."""

    def __init__(
        self, connection: pymysql.Connection[Any], spec: FeedSpec, purges: Sequence[Purge] = ()
    ) -> None:
        self._connection = connection
        self._tables = {table.name: table for table in spec.tables}
        self._purges = purges
        with connection.cursor() as cursor:
            cursor.execute(statements.SESSION)

    def write(self, verdict: Verdict) -> Written:
        """Commit a verdict; rows that MySQL refuses for good turn it into a rejected one."""
        try:
            return self._transaction(verdict)
        except Refusals as error:
            return self._transaction(verdict.refused(f"MySQL: {error.args[-1]}"))

    def _transaction(self, verdict: Verdict) -> Written:
        self._connection.begin()
        try:
            with self._connection.cursor() as cursor:
                written = self._write(cursor, verdict)
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()
        return written

    def _write(self, cursor: Cursor, verdict: Verdict) -> Written:
        row = [getattr(verdict, name) for name in statements.RESPONSE_COLUMNS]
        if not cursor.execute(statements.insert_response(), row):
            return Written(verdict, repeated=True)
        for name, rows in verdict.tables.items():
            _insert(cursor, self._tables[name], rows)
        if verdict.outcome != "applied":
            return Written(verdict)
        return Written(verdict, gone=self._gone(cursor, verdict), purged=self._purged(cursor))

    def _gone(self, cursor: Cursor, verdict: Verdict) -> int:
        deleted = 0
        for table in self._tables.values():
            if table.gone_polls and statements.polled_column(table):
                parameters = (verdict.feed, table.gone_polls - 1)
                deleted += cursor.execute(statements.delete_gone(table), parameters)
        return deleted

    def _purged(self, cursor: Cursor) -> int:
        return sum(
            cursor.execute(
                statements.purge(purge.table, purge.column), (purge.seconds, PURGED_PER_POLL)
            )
            for purge in self._purges
        )


def _insert(cursor: Cursor, table: TableSpec, rows: Sequence[Sequence[Any]]) -> None:
    binary = [column.type.kind == "binary" for column in table.columns]
    for part in _parts(rows):
        values = [_value(v, b) for row in part for v, b in zip(row, binary, strict=True)]
        cursor.execute(statements.insert_rows(table, len(part)), values)


def _parts(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield rows[start : start + ROWS_PER_STATEMENT]


def _value(value: Any, binary: bool) -> Any:  # noqa: ANN401, FBT001 - a column's value
    return bytes.fromhex(value[2:]) if binary and value is not None else value


def purges_from_json(content: Sequence[Mapping[str, Any]]) -> tuple[Purge, ...]:
    """Read what the flow says about retention."""
    return tuple(Purge(**entry) for entry in content)
