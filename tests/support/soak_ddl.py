"""Definitions that change while everything is written, killed and read: what simply follows.

columns    nullable ones come, at any place, and are filled in part
widths     INT becomes BIGINT, texts get longer, an index comes
scratch    a table is truncated and filled again: its rows are known
bystander  a table that nobody captured comes, changes and goes
"""

from __future__ import annotations

import random
import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pymysql.constants import ER
from pymysql.err import DataError, Error, ProgrammingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymysql.cursors import Cursor

    from headwater.connections import MySql

SCRATCH = "scratch"
KEYS = {"accounts": "id", "walks": "id", "lines": "a"}
MOST_COLUMNS = 12
_WIDER = (
    "ALTER TABLE `lines` MODIFY qty BIGINT",
    "ALTER TABLE walks MODIFY step BIGINT NOT NULL",
    "ALTER TABLE walks MODIFY trail VARCHAR(80) NOT NULL",
    "ALTER TABLE accounts ADD INDEX by_balance (balance)",
    "ALTER TABLE `lines` COMMENT 'changed'",
)
_DONE_BEFORE = (ER.DUP_FIELDNAME, ER.DUP_KEYNAME)


@dataclass
class Shaper(threading.Thread):
    """Changes definitions until stopped; `rows` is what the scratch table has in the end.

    A step that a fault cuts off is done again: each can be.
    """

    account: MySql
    schema: str
    seed: int
    rows: dict[int, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._chance = random.Random(f"{self.seed}-ddl")  # noqa: S311 - reproducible
        self._columns = 0
        self._wider = list(_WIDER)
        self._filled = 0

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """One step after the other."""
        try:
            while not self.stopping.wait(0.5 + self._chance.random() * 3):
                self._finish(*self._step())
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            self.failure = error

    def _step(self) -> tuple[str, Callable[[Cursor], None]]:
        steps = {"scratch": self._scratch, "bystander": self._bystander}
        if self._columns < MOST_COLUMNS:
            steps["columns"] = self._column
        if self._wider:
            steps["widths"] = self._width
        name = self._chance.choice(sorted(steps))
        return name, steps[name]()

    def _finish(self, name: str, step: Callable[[Cursor], None]) -> None:
        """Do it, as often as it is cut off."""
        while True:
            try:
                with closing(self.account.connect(self.schema)) as connection:
                    step(connection.cursor())
            except (ProgrammingError, DataError):
                raise
            except (Error, OSError) as error:
                if error.args and error.args[0] in _DONE_BEFORE:
                    break
                threading.Event().wait(0.5)
            else:
                break
        self.counts[name] = self.counts.get(name, 0) + 1

    def _column(self) -> Callable[[Cursor], None]:
        table, name = self._chance.choice(sorted(KEYS)), f"more_{self._columns}"
        kind = self._chance.choice(("INT", "VARCHAR(20)", "DECIMAL(9,2)", "DATETIME(3)"))
        place = self._chance.choice(("", " FIRST", f" AFTER {KEYS[table]}"))
        value = "UTC_TIMESTAMP(3)" if kind.startswith("DATETIME") else str(self._columns)
        self._columns += 1

        def step(cursor: Cursor) -> None:
            if not _has(cursor, table, name):
                cursor.execute(f"ALTER TABLE `{table}` ADD COLUMN {name} {kind} NULL{place}")
            cursor.execute(f"UPDATE `{table}` SET {name} = {value} WHERE {KEYS[table]} % 3 = 0")

        return step

    def _width(self) -> Callable[[Cursor], None]:
        statement = self._wider.pop(self._chance.randrange(len(self._wider)))
        return lambda cursor: _run(cursor, statement)

    def _scratch(self) -> Callable[[Cursor], None]:
        self._filled += 1
        self.rows = {n: f"{self._filled}-{n}" for n in range(self._chance.randrange(1, 30))}
        rows = list(self.rows.items())

        def step(cursor: Cursor) -> None:
            cursor.execute(f"TRUNCATE TABLE {SCRATCH}")
            cursor.executemany(f"INSERT INTO {SCRATCH} VALUES (%s, %s)", rows)

        return step

    def _bystander(self) -> Callable[[Cursor], None]:
        name = f"`{self.schema}_other`.bystander"

        def step(cursor: Cursor) -> None:
            cursor.execute(f"DROP DATABASE IF EXISTS `{self.schema}_other`")
            cursor.execute(f"CREATE DATABASE `{self.schema}_other`")
            cursor.execute(f"CREATE TABLE {name} (id INT PRIMARY KEY)")
            cursor.execute(
                f"ALTER TABLE {name} ADD COLUMN n INT NOT NULL DEFAULT 1, RENAME TO "
                f"`{self.schema}_other`.renamed"
            )
            cursor.execute(f"DROP TABLE `{self.schema}_other`.renamed")

        return step


def _has(cursor: Cursor, table: str, column: str) -> bool:
    cursor.execute(f"SHOW COLUMNS FROM `{table}` LIKE %s", (column,))
    return bool(cursor.fetchall())


def _run(cursor: Cursor, statement: str) -> None:
    cursor.execute(statement)
