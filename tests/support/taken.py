"""Tables of our own taken into the lake, for tests that take away what the pipeline rests on."""

from __future__ import annotations

import contextlib
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from headwater.targets._connect_api import ConnectApi
from headwater.targets.connect import CONNECTOR
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.stack import Rows, Stack

ONE, TWO, EMPTIED = "one", "two", "emptied"
TABLES = (ONE, TWO, EMPTIED)


@dataclass(frozen=True)
class Taken:
    """A schema whose tables (`id`, `v`) are captured; `emptied` is for losing all of its rows."""

    stack: Stack
    schema: str

    def names(self) -> list[str]:
        """`schema.table` of each."""
        return [f"{self.schema}.{table}" for table in TABLES]

    def topic(self, table: str) -> str:
        """The topic of one of them."""
        return f"{self.stack.settings.topic_prefix}.{self.schema}.{table}"

    def run(self, statement: str) -> Rows:
        """A statement within the schema."""
        return self.stack.mysql(statement, database=self.schema)

    def put(self, *values: tuple[int, str], table: str = ONE) -> None:
        """Write rows, new or there already."""
        for key, value in values:
            self.run(f"REPLACE INTO {table} VALUES ({key}, '{value}')")

    def change_all(self, value: str) -> None:
        """Rows that come, change and go in every table; in the last one all go."""
        for table in TABLES[:2]:
            self.put((1, value), (int(time.time() * 10) % 10**9, value), table=table)
            self.run(f"DELETE FROM {table} WHERE id > 1 ORDER BY id LIMIT 1")
        self.run(f"DELETE FROM {EMPTIED}")

    def fill(self, value: str) -> None:
        """A row in every table, seen in the lake."""
        for table in TABLES:
            self.put((7, value), table=table)
            seen = f"SELECT v FROM {self.schema}.{table} WHERE id = 7"
            self.stack.wait_sql(seen, [(value,)], timeout=180)

    def verify(self) -> None:
        """They are equal, in MySQL and in the lake."""
        done = self.stack.cli("verify", *self.names(), timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr

    def paused(self) -> dict[str, str]:
        """Table and reason of those that are paused."""
        listed = self.stack.status()["tables"]
        return {
            table["table"].partition(".")[2]: table["reason"]
            for table in listed
            if table["state"] == "paused" and table["table"] in self.names()
        }


@contextmanager
def taken(stack: Stack) -> Iterator[Taken]:
    """Made and captured; in the end released and dropped."""
    found = Taken(stack, f"taken_{time.time_ns() // 10**9 % 10**6}")
    stack.mysql(f"CREATE DATABASE {found.schema}")
    for table in TABLES:
        found.run(f"CREATE TABLE {table} (id INT PRIMARY KEY, v VARCHAR(20))")
        found.put((1, "first"), (2, "second"), (7, "seventh"), table=table)
    try:
        stack.ok("capture", f"{found.schema}.*", "--wait", timeout=600)
        yield found
    finally:
        stack.ok("release", f"{found.schema}.*", timeout=300)
        stack.mysql(f"DROP DATABASE {found.schema}")


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A process that stands still and does not know it."""
    os.kill(pid, 19)
    try:
        yield
    finally:
        os.kill(pid, 18)


def connector(stack: Stack) -> ConnectApi:
    """Kafka Connect, as the project asks it."""
    return ConnectApi(stack.connections.connect_url)


def gtids_read(stack: Stack) -> str:
    """The transactions that the connector has read, as it has noted."""
    return str(connector(stack).offsets(CONNECTOR)["gtids"])


def stopped(stack: Stack) -> None:
    """Stop the connector."""
    connector(stack).stop(CONNECTOR)


def resumed(stack: Stack) -> None:
    """Let it go on, whatever becomes of it."""
    with contextlib.suppress(requests.RequestException):
        connector(stack).resume(CONNECTOR)


def health(stack: Stack) -> dict[str, Any]:
    """The connector's line in the status; empty while Kafka does not answer."""
    found = stack.status()["connector"]
    return dict(found[0]) if found else {}


def wait_health(stack: Stack, state: str, says: str = "", timeout: float = 180) -> dict[str, Any]:
    """Wait until the status calls the connector so, with these words in the reason."""

    def fits() -> dict[str, Any] | None:
        found = health(stack)
        return found if found.get("state") == state and says in found["reason"] else None

    found = until(fits, f"the connector is {state}: {says}", timeout, pause=1)
    assert found is not None
    return found
