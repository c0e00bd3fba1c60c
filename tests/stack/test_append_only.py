"""A table without any key, whose every change is kept once, whatever is killed meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from headwater.topics import Topics
from support.stack import Stack
from support.waiting import until

pytestmark = pytest.mark.usefixtures("quiet")

SCHEMA = f"keyless_{time.time_ns() // 10**9 % 10**6}"
NAME = f"{SCHEMA}.log"
ROWS, ROUNDS = 40, 300
# Where the connector has not moved since, the row of before the capture is among the changes.
COUNTS = f"""
SELECT _change, count(*), count(DISTINCT _change_id) FROM {NAME}
WHERE _offset >= (SELECT max(_offset) FROM {NAME} WHERE _change = 'truncate')
GROUP BY 1 ORDER BY 1
"""
# What the changes add up to: the rows that MySQL has now, and how often each.
NOW = f"""
SELECT n, word, sum(CASE WHEN _change IN ('insert', 'after') THEN 1 ELSE -1 END) FROM {NAME}
WHERE _change <> 'truncate'
  AND _offset > (SELECT coalesce(max(_offset), -1) FROM {NAME} WHERE _change = 'truncate')
GROUP BY 1, 2 HAVING sum(CASE WHEN _change IN ('insert', 'after') THEN 1 ELSE -1 END) <> 0
ORDER BY 1, 2
"""


@pytest.fixture
def log(stack: Stack) -> Iterator[None]:
    """Captured, with one row of before."""
    stack.mysql(f"CREATE DATABASE {SCHEMA}")
    stack.mysql(f"CREATE TABLE {NAME} (n INT, word VARCHAR(9))")
    stack.mysql(f"INSERT INTO {NAME} VALUES (0, 'before')")
    done = stack.cli("capture", NAME, "--append-only", "--wait")
    assert done.returncode == 0, done.stderr
    assert "the rows of before are not read" in done.stderr
    stack.mysql(f"TRUNCATE TABLE {NAME}")
    yield
    stack.ok("release", NAME)
    stack.mysql(f"DROP DATABASE {SCHEMA}")


@pytest.mark.usefixtures("log")
def test_every_change_is_kept_once(stack: Stack) -> None:
    for statement in (
        "INSERT INTO log VALUES (1, 'same'), (1, 'same'), (2, NULL)",
        "UPDATE log SET word = 'new' WHERE n = 1 LIMIT 1",
        "DELETE FROM log WHERE n = 2",
    ):
        stack.mysql(statement, database=SCHEMA)
    few = [
        ("after", 1, 1),
        ("before", 1, 1),
        ("delete", 1, 1),
        ("insert", 3, 3),
        ("truncate", 1, 1),
    ]
    stack.wait_sql(COUNTS, few, timeout=120)
    _killed_inside_a_transaction(stack)
    changed = ROWS * ROUNDS
    many = [
        ("after", changed + 1, changed + 1), ("before", changed + 1, changed + 1),
        ("delete", 1, 1), ("insert", ROWS + 3, ROWS + 3), ("truncate", 1, 1),
    ]  # fmt: skip
    stack.wait_sql(COUNTS, many, timeout=240)
    mysql = stack.mysql(
        "SELECT n, word, count(*) FROM log GROUP BY 1, 2 ORDER BY 1, 2", database=SCHEMA
    )
    assert [tuple(row) for row in stack.sql(NOW)] == [tuple(row) for row in mysql]
    done = stack.cli("verify", NAME)
    assert "the lake has its changes" in done.stderr


def _killed_inside_a_transaction(stack: Stack) -> None:
    topic = f"{stack.settings.topic_prefix}.{NAME}"
    with Topics(stack.connections.kafka) as topics:
        start = topics.end_offset(topic)
        with closing(stack.connections.mysql_root.connect(SCHEMA, autocommit=False)) as connection:
            cursor = connection.cursor()
            cursor.executemany("INSERT INTO log VALUES (%s, '0')", [(9,)] * ROWS)
            for number in range(ROUNDS):
                cursor.execute("UPDATE log SET word = %s WHERE n = 9", (str(number + 1),))
            connection.commit()
        until(
            lambda: start + ROWS < topics.end_offset(topic) < start + ROWS * ROUNDS,
            "a part of the transaction is in the topic",
            pause=0.02,
        )
    connect, job = stack.kill("connect"), stack.kill("job")
    stack.wait_ready("job", other_than=job)
    stack.wait_ready("connect", other_than=connect)
