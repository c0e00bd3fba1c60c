"""Existing MySQL tables follow into the lake, whatever is written to them meanwhile.

One set of tables is made and captured for the whole module, while a writer changes them.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from support.stack import Stack

ROWS = 20_000
DIGITS = "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5"
DIGITS += " UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)"
NUMBERS = "SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM "
NUMBERS += ", ".join(f"{DIGITS} {name}" for name in "abce")

TABLES = {
    # a composite key, half of which is unsigned and beyond the signed range
    "orders": "region CHAR(2), id INT UNSIGNED, amount DECIMAL(12,2) NOT NULL, note VARCHAR(40),"
    " at DATETIME(6) NOT NULL, PRIMARY KEY (region, id)",
    # spaces at the end count in this collation
    "names": "name VARCHAR(20) COLLATE utf8mb4_0900_bin PRIMARY KEY, n INT",
    # neither case nor accents nor, in this one, spaces at the end count
    "words": "word VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, n INT",
    "wide": "id BIGINT UNSIGNED PRIMARY KEY, bits BINARY(4), day DATE, kind ENUM('a','b')",
    "audit": "event_id INT NOT NULL, said VARCHAR(20), UNIQUE KEY (event_id)",
    "bare": "said VARCHAR(20)",
    "`odd name`": "`the key` INT PRIMARY KEY, `select` INT",
}
# A name of its own for every run: a stack that is used again still has the rows of the last one.
SHOP = f"shop_{time.time_ns() // 10**9 % 10**6}"
CAPTURED = tuple(f"{SHOP}.{name}" for name in ("orders", "names", "words", "wide", "odd name"))


ROWS_OF_OURS = (
    *(
        f"INSERT INTO orders SELECT '{region}', n, n / 7, CONCAT('row ', n), NOW(6)"
        f" FROM ({NUMBERS}) AS numbers"
        for region in ("CH", "DE")
    ),
    "INSERT INTO names VALUES ('a', 1), ('a ', 2), ('a  ', 3), ('A', 4)",
    f"INSERT INTO words SELECT CONCAT('Wört', n), n FROM ({NUMBERS}) AS numbers WHERE n < 100",
    "INSERT INTO wide VALUES (18446744073709551615, x'01020000', '0001-01-01', 'b')",
    "INSERT INTO `odd name` VALUES (1, 2)",
    "INSERT INTO audit VALUES (7, 'x'), (8, NULL)",
)


@dataclass
class Writer:
    """Changes orders and words until stopped: inserts, updates, deletes, changed keys."""

    stack: Stack
    stop: threading.Event = field(default_factory=threading.Event)
    statements: int = 0
    failure: BaseException | None = None

    def run(self) -> None:
        """In a thread of its own; a failure is kept for the test."""
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - handed to the fixture
            self.failure = error

    def _run(self) -> None:
        chance = random.Random(5)  # noqa: S311 - reproducible, not secret
        with closing(self.stack.connections.mysql_root.connect(SHOP)) as connection:
            cursor = connection.cursor()
            while not self.stop.wait(0.02):
                key = chance.randrange(ROWS // 2)
                row = f"id = {key} AND region = '{chance.choice(('CH', 'DE'))}'"
                cursor.execute(
                    chance.choice(
                        (
                            f"UPDATE orders SET amount = amount + 1 WHERE {row}",
                            f"DELETE FROM orders WHERE {row}",
                            f"INSERT IGNORE INTO orders VALUES ('ZZ', {key}, 1, NULL, NOW(6))",
                            f"UPDATE IGNORE orders SET region = 'YY' WHERE {row}",
                            f"UPDATE words SET word = UPPER(word) WHERE n = {key % 100}",
                            f"UPDATE words SET word = LOWER(word) WHERE n = {key % 100}",
                        )
                    )
                )
                self.statements += 1


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Iterator[Writer]:
    """A schema of shop tables, captured while it is written to; released and dropped in the end."""
    stack.mysql(f"CREATE DATABASE {SHOP}")
    for name, columns in TABLES.items():
        stack.mysql(f"CREATE TABLE {SHOP}.{name} ({columns})")
    for statement in ROWS_OF_OURS:
        stack.mysql(statement, database=SHOP)
    writer = Writer(stack)
    thread = threading.Thread(target=writer.run)
    thread.start()
    try:
        stack.ok("capture", *CAPTURED, "--wait")
        yield writer
    finally:
        writer.stop.set()
        thread.join(30)
        stack.ok("release", *CAPTURED)
        stack.mysql(f"DROP DATABASE {SHOP}")
    assert writer.failure is None


def test_every_row_is_in_the_lake_and_equal(stack: Stack, shop: Writer) -> None:
    ((rows,),) = stack.sql(f"SELECT count(*) FROM {SHOP}.orders")
    assert rows > ROWS
    done = stack.cli("verify", *CAPTURED)
    assert done.returncode == 0, done.stdout + done.stderr
    assert shop.statements > 100


def test_spaces_at_the_end_of_a_key_count(stack: Stack, shop: Writer) -> None:
    assert shop.failure is None
    rows = stack.sql(f"SELECT name, n FROM {SHOP}.names ORDER BY n")
    assert rows == [("a", 1), ("a ", 2), ("a  ", 3), ("A", 4)]
