"""The statements that write rows, on the real MySQL, in a schema of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pymysql
import pytest

from headwater.feed.load import load
from headwater.feed.spec import FeedSpec
from headwater.ingest.verdict import Verdict
from headwater.ingest.writer import Purge, Writer
from headwater.targets import _mysql_plan as plans
from headwater.targets import _mysql_tables as declared
from support.stack import Stack

Connection: TypeAlias = "pymysql.Connection[Any]"
SCHEMA = "headwater_guarded_writes"
FEED = load(Path(__file__).resolve().parents[2] / "feeds" / "flights.yaml")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def connection(stack: Stack) -> Iterator[Connection]:
    with closing(stack.connections.mysql_root.connect()) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION sql_log_bin = 0")
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA}")
            cursor.execute(declared.schema_ddl(SCHEMA))
            for table in declared.tables([FEED]):
                cursor.execute(table.ddl(SCHEMA))
        connection.select_db(SCHEMA)
        yield connection
        connection.query(f"DROP SCHEMA {SCHEMA}")


@pytest.fixture
def spec() -> FeedSpec:
    return FEED.spec()


def test_what_was_created_is_what_was_declared(connection: Connection) -> None:
    with connection.cursor() as cursor:
        found = plans.observe(cursor, SCHEMA)
    for table in declared.tables([FEED]):
        assert list(plans.statements(SCHEMA, table, found[table.name])) == []


def test_an_older_reading_never_wins(connection: Connection, spec: FeedSpec) -> None:
    writer = Writer(connection, spec)
    writer.write(_poll(1, contact=30, altitude="9000.00"))
    writer.write(_poll(2, contact=20, altitude="1.00"))
    assert _flight(connection) == ("9000.00", _at(30), _at(2, 60))
    writer.write(_poll(3, contact=40, altitude="9100.00"))
    assert _flight(connection) == ("9100.00", _at(40), _at(3, 60))


def test_of_equal_readings_the_later_poll_wins(connection: Connection, spec: FeedSpec) -> None:
    writer = Writer(connection, spec)
    writer.write(_poll(2, contact=30, altitude="2.00"))
    writer.write(_poll(1, contact=30, altitude="1.00"))
    assert _flight(connection) == ("2.00", _at(30), _at(2, 60))
    writer.write(_poll(3, contact=30, altitude="3.00"))
    assert _flight(connection) == ("3.00", _at(30), _at(3, 60))


def test_the_same_response_is_written_once(connection: Connection, spec: FeedSpec) -> None:
    writer = Writer(connection, spec)
    assert not writer.write(_poll(1, contact=30)).repeated
    with connection.cursor() as cursor:
        cursor.execute("UPDATE flights SET callsign = 'MINE'")
    connection.commit()
    assert writer.write(_poll(1, contact=30)).repeated
    assert _all(connection, "SELECT callsign FROM flights") == [("MINE",)]


def test_too_long_a_text_is_refused_whole_and_counted(
    connection: Connection, spec: FeedSpec
) -> None:
    writer = Writer(connection, spec)
    written = writer.write(_poll(1, contact=30, callsign="NINE CHARS LONG"))
    assert written.verdict.outcome == "rejected"
    assert _all(connection, "SELECT COUNT(*) FROM flights") == [(0,)]
    stored = _all(connection, "SELECT outcome, rows_applied, rows_rejected FROM api_responses")
    assert stored == [("rejected", 0, 2)]


def test_rows_vanish_after_the_declared_polls_and_not_by_time(
    connection: Connection, spec: FeedSpec
) -> None:
    polls = spec.tables[0].gone_polls
    assert polls
    writer = Writer(connection, spec)
    writer.write(_poll(0, contact=30))
    empty: dict[str, list[list[Any]]] = {"flights": [], "flight_positions": []}
    for number in range(1, polls):
        # Days of silence and failures in between count for nothing.
        failed = replace(_poll(number), outcome="failed", tables={}, response_id=f"failed {number}")
        writer.write(failed)
        assert writer.write(replace(_poll(number * 1000), tables=empty)).gone == 0
    assert writer.write(replace(_poll(polls * 1000), tables=empty)).gone == 1
    assert _all(connection, "SELECT COUNT(*) FROM flights") == [(0,)]
    assert _all(connection, "SELECT COUNT(*) FROM flight_positions") == [(1,)]


def test_a_history_is_purged_by_its_age(connection: Connection, spec: FeedSpec) -> None:
    writer = Writer(connection, spec, [Purge("flight_positions", "time_position", 3600)])
    assert writer.write(_poll(1, contact=30, day="2001-01-01")).purged == 1
    assert _all(connection, "SELECT COUNT(*) FROM flight_positions") == [(0,)]


def _poll(
    number: int,
    contact: int = 0,
    altitude: str = "100.00",
    callsign: str = "SWR1",
    day: str = "2026-11-22",
) -> Verdict:
    """A poll `number` minutes after noon; it hears one aircraft, `contact` seconds after noon."""
    fetched_at = f"{NOON + timedelta(minutes=number):%Y-%m-%d %H:%M:%S}.000"
    heard = f"{day} 12:00:{contact:02}"
    values = {
        "icao24": "4b1815",
        "callsign": callsign,
        "time_position": heard,
        "last_contact": heard,
        "baro_altitude": altitude,
        "polled_at": fetched_at,
    }
    rows = {t.name: [[values.get(n) for n in t.column_names]] for t in FEED.spec().tables}
    return Verdict(
        response_id=f"poll {number}", feed="flights", fetched_at=fetched_at, url="test", status=200,
        bytes=1, sha256=None, raw_key=None, outcome="applied", rows_applied=2, rows_rejected=0,
        error=None, retry_at=None, source="simulator", tables=rows,
    )  # fmt: skip


def _at(units: int, seconds: int = 1) -> datetime:
    return (NOON + timedelta(seconds=units * seconds)).replace(tzinfo=None)


def _flight(connection: Connection) -> tuple[Any, ...]:
    [row] = _all(connection, "SELECT baro_altitude, last_contact, polled_at FROM flights")
    return (str(row[0]), *row[1:])


def _all(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
