"""Writers with invariants: what they commit is known independently of MySQL and of the lake.

accounts  transfers between all accounts: the sum never changes
walks     each key walks a fixed sequence, in which `trail` follows from key and step
lines     a key of two columns, one of them text; rows come and go by the handful
scratch   filled and truncated by support.soak_ddl
marks     the number of each writer's newest transaction: whether a cut off commit happened
"""

from __future__ import annotations

import random
import threading
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pymysql.constants import ER
from pymysql.err import Error, OperationalError

from support.soak_ddl import SCRATCH

if TYPE_CHECKING:
    from pymysql.cursors import Cursor

    from headwater.connections import MySql

TABLES = {
    "accounts": "id INT PRIMARY KEY, balance DECIMAL(14,2) NOT NULL",
    "walks": "id INT PRIMARY KEY, step INT NOT NULL, trail VARCHAR(40) NOT NULL",
    "lines": "a INT, b VARCHAR(8), qty INT, PRIMARY KEY (a, b)",
    "marks": "writer INT PRIMARY KEY, n BIGINT NOT NULL",
    SCRATCH: "id INT PRIMARY KEY, v VARCHAR(20)",
}
ACCOUNTS, EACH = 40, Decimal("1000.00")
KEYS = 30  # of each writer, in walks
SECOND = 1_000_000  # where a key of walks goes when it changes
_ROLLED_BACK = (ER.LOCK_DEADLOCK, ER.LOCK_WAIT_TIMEOUT)
Rows = dict[tuple[str, Any], Any]


def trail(key: int, step: int) -> str:
    """What a key has at a step, wherever it stands."""
    return f"{key % SECOND}-{step}-{(key % SECOND * 7919 + step * 104729) % 9973}"


def make(cursor: Cursor, schema: str, writers: int) -> None:
    """The tables, with the accounts filled."""
    cursor.execute(f"CREATE DATABASE {schema}")
    for name, columns in TABLES.items():
        cursor.execute(f"CREATE TABLE {schema}.{name} ({columns})")
    accounts = [(number, EACH) for number in range(ACCOUNTS)]
    cursor.executemany(f"INSERT INTO {schema}.accounts VALUES (%s, %s)", accounts)
    marks = [(number, 0) for number in range(writers)]
    cursor.executemany(f"INSERT INTO {schema}.marks VALUES (%s, %s)", marks)


@dataclass
class Writer(threading.Thread):
    """One writer with keys of its own; `rows` is its ledger, of walks and lines."""

    account: MySql
    schema: str
    number: int
    seed: int
    rows: Rows = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._chance = random.Random(f"{self.seed}-{self.number}")  # noqa: S311 - reproducible
        self._n = 0
        self._unknown: Rows | None = None  # the ledger if the last commit happened

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Write until stopped; a server that is away is waited for."""
        while not self.stopping.is_set() or self._unknown is not None:
            try:
                with closing(self.account.connect(self.schema, autocommit=False)) as connection:
                    self._resolve(connection)
                    while not self.stopping.wait(self._chance.random() * 0.1):
                        self._transaction(connection)
            except (Error, OSError):
                self._count("connections lost")
                threading.Event().wait(0.5)
            except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
                self.failure = error
                return

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _resolve(self, connection: Any) -> None:
        """Whether the commit that was cut off happened: the mark tells."""
        cursor = connection.cursor()
        cursor.execute("SELECT n FROM marks WHERE writer = %s", (self.number,))
        ((n,),) = cursor.fetchall()
        if self._unknown is not None:
            self._count("commits cut off")
            if n == self._n + 1:
                self.rows = self._unknown
        assert n in (self._n, self._n + 1), f"writer {self.number}: MySQL has {n} of {self._n}"
        self._n, self._unknown = n, None

    def _transaction(self, connection: Any) -> None:
        draft = dict(self.rows)
        cursor = connection.cursor()
        try:
            for _ in range(self._chance.choice((1, 1, 2, 3, 8))):
                self._chance.choice((self._transfer, self._walk, self._walk, self._line))(
                    cursor, draft
                )
            mark = (self._n + 1, self.number)
            cursor.execute("UPDATE marks SET n = %s WHERE writer = %s", mark)
        except OperationalError as error:
            if error.args[0] not in _ROLLED_BACK:
                raise
            connection.rollback()
            return
        if self._chance.random() < 0.1:
            connection.rollback()
            self._count("rolled back")
            return
        self._unknown = draft
        connection.commit()
        self.rows, self._unknown, self._n = draft, None, self._n + 1
        self._count("transactions")

    def _transfer(self, cursor: Cursor, _: Rows) -> None:
        giver, taker = self._chance.sample(range(ACCOUNTS), 2)
        amount = Decimal(self._chance.randrange(1, 5000)) / 100
        for account, change in ((giver, -amount), (taker, amount)):
            cursor.execute(
                "UPDATE accounts SET balance = balance + %s WHERE id = %s", (change, account)
            )

    def _walk(self, cursor: Cursor, draft: Rows) -> None:
        base = self.number * 1000 + self._chance.randrange(KEYS)
        here = next((k for k in (base, base + SECOND) if ("walks", k) in draft), None)
        if here is None:
            cursor.execute(
                "INSERT INTO walks (id, step, trail) VALUES (%s, 0, %s)", (base, trail(base, 0))
            )
            draft["walks", base] = 0
            return
        step, chance = draft.pop(("walks", here)), self._chance.random()
        if chance < 0.2:
            cursor.execute("DELETE FROM walks WHERE id = %s", (here,))
            return
        there = (base + SECOND if here == base else base) if chance < 0.4 else here
        cursor.execute(
            "UPDATE walks SET id = %s, step = %s, trail = %s WHERE id = %s AND step = %s",
            (there, step + 1, trail(there, step + 1), here, step),
        )
        assert cursor.rowcount == 1, f"walks {here}: not at step {step}"
        draft["walks", there] = step + 1

    def _line(self, cursor: Cursor, draft: Rows) -> None:
        first = self.number * 1000 + self._chance.randrange(20)
        keys = [(first, name) for name in self._chance.sample(("a", "b", "c", "d"), 2)]
        if self._chance.random() < 0.3:
            cursor.executemany("DELETE FROM `lines` WHERE a = %s AND b = %s", keys)
            for key in keys:
                draft.pop(("lines", key), None)
            return
        qty = self._chance.randrange(10**6)
        cursor.executemany(
            "INSERT INTO `lines` (a, b, qty) VALUES (%s, %s, %s) "
            "ON DUPLICATE KEY UPDATE qty = VALUES(qty)",
            [(*key, qty) for key in keys],
        )
        draft |= {("lines", key): qty for key in keys}
