"""A MySQL on RDS: knows its accounts, its schemas and tables by name, and RDS's own procedures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import pymysql
from pymysql.converters import escape_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.connections import MySql

_CREATED = re.compile(r"CREATE (SCHEMA|DATABASE|TABLE) (?:IF NOT EXISTS )?([`\w.]+)")


class Server:
    """Answers as RDS does; `accounts` may sign in.

    `answers` has what statements that begin so are answered; `rows` is what was inserted at once;
    `raised` is told of each barrier.
    """

    def __init__(self) -> None:
        self.accounts = {"admin"}
        self.hours: str | None = None
        self.said: list[str] = []
        self.schemas = {"mysql"}
        self.tables: set[str] = set()
        self.rows: list[tuple[Any, ...]] = []
        self.answers: dict[str, list[tuple[Any, ...]]] = {}
        self.counter = 0
        self.raised: Callable[[int], object] = lambda _: None
        self.away = False

    def connect(self, account: MySql) -> Session:
        if self.away or account.user not in self.accounts:
            raise pymysql.err.OperationalError(1045, "Access denied")
        return Session(self)

    def take(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Remember what a statement makes; what it answers."""
        self.said.append(sql)
        if sql.startswith("CREATE USER"):
            self.accounts.add(values[0])
        if created := _CREATED.match(sql):
            kept = self.tables if created[1] == "TABLE" else self.schemas
            kept.add(created[2].replace("`", ""))
        if sql.startswith("UPDATE headwater.heartbeat"):
            self.counter += 1
            self.raised(self.counter)
        if "LAST_INSERT_ID()" in sql:
            return [(self.counter,)]
        if "rds_set_configuration" in sql:
            self.hours = sql.rpartition(", ")[2].rstrip(")")
        if "rds_show_configuration" in sql:
            return [("source delay", "0", ""), ("binlog retention hours", self.hours, "")]
        for begin, answer in self.answers.items():
            if sql.lstrip().startswith(begin):
                return answer
        return [(name,) for name in self.schemas] if "schemata" in sql else []


class Session:
    """A connection, and its own cursor."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._answer: list[tuple[Any, ...]] = []

    def cursor(self, *_: object) -> Session:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass

    @property
    def connection(self) -> Session:
        return self

    def literal(self, value: object) -> str:
        return str(escape_item(value, "utf8mb4"))

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        """Rows that are answered, or that are changed."""
        self._answer = self._server.take(sql, values)
        return len(self._answer) or 1

    def executemany(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        self._server.take(sql, ())
        self._server.rows += rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._answer

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(iter(self._answer), None)
