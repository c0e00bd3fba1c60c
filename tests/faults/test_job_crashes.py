"""The streaming job killed at named points while a writer works: no loss, no duplicate."""

from __future__ import annotations

import shutil
from contextlib import closing

from headwater.topics import Topics
from support.ledger import Ledger, agree
from support.stack import Stack
from support.waiting import until

POINTS = ("before_commit", "mid_commit", "after_commit")
KEYS, ROUNDS = 40, 1000


def test_killed_at_every_point(stack: Stack, ledger: Ledger) -> None:
    order = stack.settings.data_dir / "job" / "crash-at"
    for point in POINTS:
        job = int(stack.service("job")["pid"])
        order.write_text(point)
        # It is obeyed by a commit of ours: so each job has come as far as committing.
        until(lambda: not order.exists(), f"the job reaches {point}", timeout=180)
        stack.wait_ready("job", other_than=job)
    agree(stack, ledger)


def test_without_its_checkpoint_nothing_changes(stack: Stack, ledger: Ledger) -> None:
    folder = stack.settings.data_dir / "job" / "tmp"
    for path in until(lambda: list(folder.glob("headwater-*")), "Spark's checkpoints are there"):
        shutil.rmtree(path, ignore_errors=True)  # under a running query
    seen = ledger.transactions + 20
    until(lambda: ledger.transactions > seen, "the writer goes on")
    checkpoints = until(lambda: list(folder.glob("headwater-*")), "there are others")
    killed = stack.kill("job")
    stack.wait_ready("job", other_than=killed)
    assert not [path for path in checkpoints if path.exists()]
    agree(stack, ledger)


def test_both_killed_inside_one_transaction(stack: Stack) -> None:
    topic = f"{stack.settings.topic_prefix}.final.flights"
    with Topics(stack.connections.kafka) as topics:
        start = topics.end_offset(topic)
        _change_every_key_many_times(stack)
        inside = until(
            lambda: range(start + KEYS, start + KEYS * ROUNDS).count(topics.end_offset(topic)),
            "a part of the transaction is in the topic",
            pause=0.02,
        )
        assert inside
    connect, job = stack.kill("connect"), stack.kill("job")
    stack.wait_ready("job", other_than=job)
    stack.wait_ready("connect", other_than=connect)
    seen = "SELECT COUNT(*), COUNT(DISTINCT icao24), MIN(callsign), MAX(callsign) FROM flights "
    last = f"V{ROUNDS - 1:04d}"
    stack.wait_sql(seen + "WHERE icao24 LIKE 'zy%'", [(KEYS, KEYS, last, last)], timeout=180)
    stack.mysql("DELETE FROM final.flights WHERE icao24 LIKE 'zy%%'")
    stack.wait_sql(seen + "WHERE icao24 LIKE 'zy%'", [(0, 0, None, None)], timeout=120)


def _change_every_key_many_times(stack: Stack) -> None:
    rows = [(f"zy{n:04d}", "2037-01-01", "2037-01-01") for n in range(KEYS)]
    with closing(stack.connections.mysql_root.connect("final", autocommit=False)) as connection:
        cursor = connection.cursor()
        cursor.executemany(
            "INSERT INTO flights (icao24, origin_country, last_contact, polled_at) "
            "VALUES (%s, 'Test', %s, %s)",
            rows,
        )
        for number in range(ROUNDS):
            value = f"V{number:04d}"
            cursor.execute("UPDATE flights SET callsign = %s WHERE icao24 LIKE 'zy%%'", (value,))
        connection.commit()
