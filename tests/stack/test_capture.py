"""Existing MySQL tables follow into the lake, whatever is written to them meanwhile.

One set of tables is made and captured for the whole module, while a writer changes them.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quiet")

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
    "p_one": "id INT PRIMARY KEY, n INT",
    "p_two": "id INT PRIMARY KEY, n INT",
    "child": "id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p_one (id) ON DELETE CASCADE",
    "old": "id INT PRIMARY KEY",
}
# A name of its own for every run: a stack that is used again still has the rows of the last one.
SHOP = f"shop_{time.time_ns() // 10**9 % 10**6}"
BY_HAND = f"tables:\n  {SHOP}.audit: {{key: [event_id]}}\n  {SHOP}.p_*:\n"
NAMED = tuple(f"{SHOP}.{name}" for name in ("orders", "names", "words", "wide", "odd name"))


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
    "INSERT INTO p_one VALUES (1, 1), (2, 2)",
    "INSERT INTO p_two VALUES (1, 1), (2, 2)",
)


CAPTURED = (*NAMED, f"{SHOP}.audit", f"{SHOP}.p_*")


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
        engine = "MyISAM" if name == "old" else "InnoDB"
        stack.mysql(f"CREATE TABLE {SHOP}.{name} ({columns}) ENGINE={engine}")
    for statement in ROWS_OF_OURS:
        stack.mysql(statement, database=SHOP)
    writer = Writer(stack)
    thread = threading.Thread(target=writer.run)
    thread.start()
    try:
        (stack.root / "feeds" / "capture.yaml").write_text(BY_HAND)
        stack.ok("capture", *CAPTURED, "--wait")
        writer.stop.set()
        thread.join(30)
        yield writer
    finally:
        writer.stop.set()
        stack.ok("release", *CAPTURED)
        stack.mysql(f"DROP DATABASE {SHOP}")


def test_every_row_is_in_the_lake_and_equal(stack: Stack, shop: Writer) -> None:
    assert shop.failure is None
    assert shop.statements > 100
    ((rows,),) = stack.sql(f"SELECT count(*) FROM {SHOP}.orders")
    assert rows > ROWS * 0.9
    names = (*NAMED, f"{SHOP}.audit", f"{SHOP}.p_one", f"{SHOP}.p_two")
    done = stack.cli("verify", *names)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("shop")
def test_spaces_at_the_end_of_a_key_count(stack: Stack) -> None:
    rows = stack.sql(f"SELECT name, n FROM {SHOP}.names ORDER BY n")
    assert rows == [("a", 1), ("a ", 2), ("a  ", 3), ("A", 4)]


@pytest.mark.usefixtures("shop")
def test_changes_of_a_captured_table_follow(stack: Stack) -> None:
    stack.mysql(f"INSERT INTO {SHOP}.wide VALUES (9223372036854775808, NULL, '2026-11-22', 'a')")
    stack.mysql(f"DELETE FROM {SHOP}.wide WHERE id = 18446744073709551615")
    stack.wait_sql(
        f"SELECT CAST(id AS varchar), CAST(day AS varchar), kind FROM {SHOP}.wide",
        [("9223372036854775808", "2026-11-22", "a")],
    )


@pytest.mark.usefixtures("shop")
def test_what_is_declared_runs_and_shows(stack: Stack) -> None:
    assert _planned(stack) == []
    tables = {table["table"]: table for table in stack.status()["tables"]}
    assert {tables[name]["state"] for name in NAMED} == {"running"}
    assert f"{SHOP}.p_one" in tables
    assert f"{SHOP}.bare" not in tables


@pytest.mark.usefixtures("shop")
def test_what_the_binlog_cannot_show_is_refused(stack: Stack) -> None:
    declared = (stack.root / "feeds" / "capture.yaml").read_text()
    done = stack.cli("capture", f"{SHOP}.bare", f"{SHOP}.child", f"{SHOP}.old")
    assert done.returncode == 2
    for said in ("no primary key", "ON DELETE CASCADE", "its engine is MyISAM", "ALTER TABLE"):
        assert said in done.stderr
    assert f"not captured: {SHOP}.bare, {SHOP}.child, {SHOP}.old" in done.stderr
    assert (stack.root / "feeds" / "capture.yaml").read_text() == declared


@pytest.mark.usefixtures("shop")
def test_a_new_table_of_a_pattern_is_noticed(stack: Stack) -> None:
    stack.mysql(f"CREATE TABLE {SHOP}.p_new (id INT PRIMARY KEY)")
    planned = [(change["name"], change["detail"]) for change in _planned(stack)]
    assert (f"{SHOP}.p_new", "reads its rows") in planned
    stack.mysql(f"DROP TABLE {SHOP}.p_new")
    assert _planned(stack) == []


@pytest.mark.usefixtures("shop")
def test_a_table_is_read_anew(stack: Stack) -> None:
    """Rows that came and went unseen by the binlog have come and gone afterwards."""
    with closing(stack.connections.mysql_root.connect(SHOP)) as connection:
        cursor = connection.cursor()
        cursor.execute("SET SESSION sql_log_bin = 0")
        cursor.execute("INSERT INTO names VALUES ('unseen', 9)")
        cursor.execute("DELETE FROM names WHERE name = 'A'")
    stack.ok("snapshot", f"{SHOP}.names")
    rows = stack.sql(f"SELECT name, n FROM {SHOP}.names ORDER BY n")
    assert rows == [("a", 1), ("a ", 2), ("a  ", 3), ("unseen", 9)]


@pytest.mark.usefixtures("shop")
def test_a_released_table_stays_as_it_is(stack: Stack) -> None:
    done = stack.cli("release", f"{SHOP}.p_two")
    assert done.returncode == 0, done.stderr
    assert f"warehouse/{SHOP}/p_two" in done.stderr
    stack.mysql(f"UPDATE {SHOP}.p_two SET n = 100")
    stack.mysql(f"UPDATE {SHOP}.p_one SET n = 100")
    stack.wait_sql(f"SELECT DISTINCT n FROM {SHOP}.p_one", [(100,)])
    assert stack.sql(f"SELECT n FROM {SHOP}.p_two ORDER BY n") == [(1,), (2,)]
    assert f"{SHOP}.p_two" not in {table["table"] for table in stack.status()["tables"]}


def _planned(stack: Stack) -> list[dict[str, str]]:
    """What `plan` would change, but for NiFi, which these tests have stopped."""
    changes = json.loads(stack.ok("plan", "--output", "json"))
    return [change for change in changes if change["target"] != "nifi"]
