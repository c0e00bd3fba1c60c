"""An independent writer that keeps its own account of what it committed."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymysql.constants import ER
from pymysql.err import OperationalError

if TYPE_CHECKING:
    from headwater.connections import MySql
    from support.stack import Stack

TABLE = "final.flights"
COLUMNS = ("icao24", "callsign", "origin_country", "last_contact", "polled_at")


@dataclass
class Ledger:
    """Random inserts, updates and deletes on keys of its own (`zz0000` …), one transaction each.

    `rows` is what must be in the lake when it has caught up: key → callsign. Transactions of
    several statements and rolled-back ones are among them.
    """

    account: MySql
    seed: int
    keys: int = 40
    rows: dict[str, str] = field(default_factory=dict)
    transactions: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _failure: BaseException | None = None

    def start(self) -> None:
        """Write in the background until stopped."""
        self._thread = threading.Thread(target=self._guarded, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop writing; what went wrong in the background is raised here."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(30)
        if self._failure is not None:
            raise self._failure

    def _guarded(self) -> None:
        try:
            self._write()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            self._failure = error

    def _write(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - reproducible, not secret
        with closing(self.account.connect("final", autocommit=False)) as connection:
            while not self._stop.wait(0.1):
                draft = dict(self.rows)
                cursor = connection.cursor()
                try:
                    for _ in range(chance.choice((1, 1, 1, 2, 5))):
                        self._change(cursor, draft, chance)
                except OperationalError as error:
                    if error.args[0] != ER.LOCK_DEADLOCK:  # MySQL has rolled it back
                        raise
                    continue
                if chance.random() < 0.1:
                    connection.rollback()
                    continue
                connection.commit()
                self.rows = draft
                self.transactions += 1

    def _change(self, cursor: Any, draft: dict[str, str], chance: random.Random) -> None:
        key = f"zz{chance.randrange(self.keys):04d}"
        value = f"V{chance.randrange(10**6)}"
        if key not in draft:
            cursor.execute(
                f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) "
                "VALUES (%s, %s, 'Ledger', '2037-01-01', '2037-01-01')",
                (key, value),
            )
            draft[key] = value
        elif chance.random() < 0.3:
            cursor.execute(f"DELETE FROM {TABLE} WHERE icao24 = %s", (key,))
            del draft[key]
        else:
            cursor.execute(f"UPDATE {TABLE} SET callsign = %s WHERE icao24 = %s", (value, key))
            draft[key] = value


def agree(stack: Stack, writer: Ledger) -> None:
    """Stop the writer; the lake has exactly its rows, each once, and `verify` says equal."""
    writer.stop()
    stack.wait_sql(
        "SELECT icao24, callsign FROM flights WHERE icao24 LIKE 'zz%' ORDER BY icao24",
        sorted(writer.rows.items()),
        timeout=180,
    )
    done = stack.cli("verify", "flights")
    assert done.returncode == 0, done.stdout + done.stderr
