"""Columns change while rows flow: what can simply be applied is; all else pauses its own table.

Every case has a table of its own, all are changed at once, and one `snapshot` resumes the paused.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from headwater.capture.rehearse import parse, rehearse
from headwater.captured import CapturedTable
from headwater_cdc.evolve import Change, worst
from support.stack import Stack
from support.waiting import until

pytestmark = pytest.mark.usefixtures("quiet")

DDL = f"ddl_{time.time_ns() // 10**9 % 10**6}"  # a stack that is used again still has the last one
COLUMNS = "id INT PRIMARY KEY, n INT NOT NULL, price DECIMAL(8,2), label VARCHAR(20)"
PARTS = (
    "ALTER TABLE {} PARTITION BY RANGE (id) "
    "(PARTITION p0 VALUES LESS THAN (3), PARTITION p1 VALUES LESS THAN (99))"
)
ROWS = "(1, 1, 1.10, 'one'), (2, 2, 2.20, 'two'), (3, 3, 3.30, 'three')"


@dataclass(frozen=True)
class Case:
    """What is done to a table, a row that follows, and the pause's reason (empty: it goes on).

    Without a row that follows the table is gone in MySQL.
    """

    change: tuple[str, ...]
    insert: str = "(id, n) VALUES (9, 9)"
    reason: str = ""


CASES = {
    "untouched": Case(()),
    "added": Case(
        ("ALTER TABLE added ADD COLUMN note VARCHAR(9)",), "(id, n, note) VALUES (9, 9, 'x')"
    ),
    "added_first": Case(("ALTER TABLE added_first ADD COLUMN note INT FIRST",)),
    "added_after": Case(("ALTER TABLE added_after ADD COLUMN note INT AFTER n",)),
    "widened": Case(
        ("ALTER TABLE widened MODIFY n BIGINT NOT NULL",), f"(id, n) VALUES (9, {2**40})"
    ),
    "lengthened": Case(("ALTER TABLE lengthened MODIFY label VARCHAR(200) CHARSET latin1",)),
    "indexed": Case(("ALTER TABLE indexed ADD INDEX (n), COMMENT 'x'",)),
    "reordered": Case(("ALTER TABLE reordered MODIFY label VARCHAR(20) FIRST",)),
    "narrowed": Case(("ALTER TABLE narrowed MODIFY n SMALLINT NOT NULL",)),
    "parted": Case(
        (
            PARTS.format("parted"),
            "ALTER TABLE parted REORGANIZE PARTITION p0 INTO (PARTITION p VALUES LESS THAN (3))",
        )
    ),
    "truncated": Case(("TRUNCATE TABLE truncated",)),
    "defaulted": Case(
        ("ALTER TABLE defaulted ADD COLUMN m INT NOT NULL DEFAULT 7",), reason="column m added"
    ),
    "filled_in": Case(
        ("ALTER TABLE filled_in ADD COLUMN m INT DEFAULT 7",), reason="m added with a default"
    ),
    "dropped": Case(("ALTER TABLE dropped DROP COLUMN label",), reason="label dropped"),
    "renamed": Case(
        ("ALTER TABLE renamed RENAME COLUMN label TO title",), reason="label renamed to title"
    ),
    "retyped": Case(
        ("ALTER TABLE retyped MODIFY n VARCHAR(9) NOT NULL",), reason="from int to string"
    ),
    "precise": Case(("ALTER TABLE precise MODIFY price DECIMAL(12,4)",), reason="to decimal(12,4)"),
    "rekeyed": Case(
        ("ALTER TABLE rekeyed DROP PRIMARY KEY, ADD PRIMARY KEY (n)",),
        reason="primary key changed",
    ),
    "recreated": Case(
        ("DROP TABLE recreated", "CREATE TABLE recreated (id INT PRIMARY KEY, n INT, other DATE)"),
        reason="dropped",
    ),
    "refilled": Case(
        ("DROP TABLE refilled", f"CREATE TABLE refilled ({COLUMNS})"), reason="dropped in MySQL"
    ),
    "swapped": Case(
        (
            f"CREATE TABLE _swapped_gho ({COLUMNS})",
            "INSERT INTO _swapped_gho SELECT id + 10, n, price, label FROM swapped",
            "RENAME TABLE swapped TO _swapped_del, _swapped_gho TO swapped",
        ),
        reason="_swapped_gho was renamed to it",
    ),
    "emptied": Case(
        (PARTS.format("emptied"), "ALTER TABLE emptied TRUNCATE PARTITION p0"),
        reason="TRUNCATE PARTITION took rows",
    ),
    "moved": Case(("RENAME TABLE moved TO elsewhere",), insert="", reason="renamed to"),
}
PAUSED = {name for name, case in CASES.items() if case.reason}
GONE = {name for name, case in CASES.items() if not case.insert}


@pytest.fixture(scope="module")
def changed(stack: Stack) -> Iterator[None]:
    """Every table captured, then changed, with a row before and a row after."""
    stack.mysql(f"CREATE DATABASE {DDL}")
    for name in CASES:
        stack.mysql(f"CREATE TABLE {name} ({COLUMNS})", database=DDL)
        stack.mysql(f"INSERT INTO {name} VALUES {ROWS}", database=DDL)
    named = [f"{DDL}.{name}" for name in GONE]  # no pattern fits them any more
    stack.ok("capture", f"{DDL}.*", *named, "--wait", timeout=600)
    with closing(stack.connections.mysql_root.connect(DDL)) as connection:
        cursor = connection.cursor()
        for name, case in CASES.items():
            cursor.execute(f"UPDATE {name} SET n = 8 WHERE id = 3")
            for statement in case.change:
                cursor.execute(statement)
            if case.insert:
                cursor.execute(f"INSERT INTO {name} {case.insert}")
    yield
    stack.ok("release", f"{DDL}.*", timeout=300)


def test_what_a_change_would_do_is_known_before(stack: Stack) -> None:
    """Every ALTER of CASES, tried on a table that is not changed by it."""
    stack.mysql(f"CREATE DATABASE rehearsed_{DDL}")
    database = f"rehearsed_{DDL}"
    for name in CASES:
        stack.mysql(f"CREATE TABLE {name} ({COLUMNS})", database=database)
    before = stack.mysql(
        "SELECT * FROM information_schema.columns WHERE table_schema = %s", (database,)
    )
    for name, case in CASES.items():
        if len(case.change) != 1 or name in GONE:
            continue
        table = CapturedTable(database, name, "no topic")
        found = rehearse(stack.connections.mysql, parse(case.change[0], database), table)
        pauses = worst(found).value > Change.APPLY.value
        assert pauses == bool(case.reason), (name, found)
        assert not case.reason or any(case.reason in difference.what for difference in found)
    after = stack.mysql(
        "SELECT * FROM information_schema.columns WHERE table_schema = %s", (database,)
    )
    assert before == after
    stack.mysql(f"DROP DATABASE {database}")


def test_the_command_says_what_pauses_and_what_to_do_next(stack: Stack) -> None:
    done = stack.cli("plan", "--ddl", "ALTER TABLE flights ADD COLUMN tail CHAR(6) NOT NULL")
    assert done.returncode == 0, done.stderr
    assert "column tail added as NOT NULL" in done.stdout
    assert "headwater snapshot final.flights" in done.stderr
    refused = stack.cli("plan", "--ddl", "ALTER TABLE flights DROP COLUMN tail")
    assert refused.returncode == 1
    assert "tail" in refused.stderr


def paused(stack: Stack) -> dict[str, str]:
    """The reasons of the tables that are paused."""
    tables = [table for table in stack.status()["tables"] if table["table"].startswith(DDL)]
    return {
        table["table"].partition(".")[2]: table["reason"]
        for table in tables
        if table["state"] == "paused"
    }


@pytest.mark.usefixtures("changed")
def test_each_table_goes_on_or_pauses_with_its_reason_and_a_snapshot_resumes_it(
    stack: Stack,
) -> None:
    until(lambda: set(paused(stack)) >= PAUSED, "the tables pause", timeout=240, pause=3)
    reasons = paused(stack)
    assert set(reasons) == PAUSED
    for name, reason in reasons.items():
        assert CASES[name].reason in reason, reason
    going_on = sorted(f"{DDL}.{name}" for name in CASES.keys() - PAUSED)
    stack.ok("verify", *going_on, timeout=400)

    stack.ok("release", *(f"{DDL}.{name}" for name in GONE))
    names = sorted(f"{DDL}.{name}" for name in PAUSED - GONE)
    stack.ok("snapshot", *names, timeout=600)
    assert paused(stack) == {}
    for name in PAUSED - GONE:
        stack.mysql(f"UPDATE {name} SET n = 5 WHERE id = 9", database=DDL)
    stack.ok("verify", *names, timeout=400)
