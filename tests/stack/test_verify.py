"""`verify` says equal where MySQL and the lake are equal, and names what differs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from support.stack import Stack

KEYS = ("yv0001", "yv0002", "yv0003", "yv0004", "yv0005")
NEW = (
    "INSERT INTO final.flights (icao24, callsign, squawk, origin_country, last_contact, polled_at) "
    "VALUES (%s, %s, %s, 'Test', '2037-01-01', '2037-01-01')"
)
UNSEEN = "SET SESSION sql_log_bin = 0"
# A comparison in pages of five rows that kills itself at the third.
KILLED = """
import os
from headwater.cli.app import App
from headwater.lake.verify import Options, verify

looks = []

def progress(line):
    looks.append(line)
    if len(looks) == 3:
        os.kill(os.getpid(), 9)

app = App({})
options = Options(page_rows=5, folder=app.data.of("verify"), keep_every=0)
verify(app.context, ["flight_positions"], progress=progress, options=options)
"""


def _unseen(stack: Stack, statement: str) -> None:
    """Change MySQL behind the binlog's back."""
    connection = stack.connections.mysql_root.connect("final")
    try:
        cursor = connection.cursor()
        cursor.execute(UNSEEN)
        cursor.execute(statement)
    finally:
        connection.close()


@pytest.fixture
def rows(stack: Stack) -> Iterator[None]:
    """Rows of our own in MySQL and in the lake, the same in both."""
    stack.mysql("DELETE FROM final.flights WHERE icao24 LIKE 'yv%%'", ())
    for number, key in enumerate(KEYS):
        stack.mysql(NEW, (key, f"C{number}", "1000"))
    expected = [(key,) for key in KEYS]
    stack.wait_sql("SELECT icao24 FROM flights WHERE icao24 LIKE 'yv%' ORDER BY 1", expected)
    yield
    for key in KEYS:  # bring both back to the same: an update each way, then a delete
        _unseen(stack, f"DELETE FROM flights WHERE icao24 = '{key}'")
        stack.mysql(NEW, (key, "X", None))
        stack.mysql("DELETE FROM final.flights WHERE icao24 = %s", (key,))
    stack.wait_sql("SELECT icao24 FROM flights WHERE icao24 LIKE 'yv%'", [])


def test_equal_while_rows_flow(stack: Stack) -> None:
    done = stack.cli("verify", "--output", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    tables = {report["table"]: report for report in json.loads(done.stdout)}
    of_the_feed = {"final.flights", "final.flight_positions", "final.api_responses"}
    assert of_the_feed | {"headwater.metrics"} == set(tables)


def test_a_killed_comparison_goes_on_where_it_stopped(stack: Stack) -> None:
    stack.wait_sql("SELECT count(*) > 15 FROM flight_positions", [(True,)])
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=stack.root, check=False)
    assert killed.returncode == -9
    for times in (1, 0):  # then it is complete, and the next one begins anew
        (report,) = json.loads(stack.ok("verify", "flight_positions", "--output", "json"))
        notes = [note for note in report["notes"] if note.startswith("went on from 10 rows")]
        assert (report["result"], len(notes)) == ("equal", times)


@pytest.mark.usefixtures("rows")
def test_repair_sets_right_what_is_missing_extra_and_changed(stack: Stack) -> None:
    _unseen(stack, "DELETE FROM flights WHERE icao24 = 'yv0001'")
    _unseen(stack, "UPDATE flights SET callsign = 'Z' WHERE icao24 IN ('yv0002', 'yv0003')")
    _unseen(stack, NEW % ("'yv0000'", "'N'", "NULL"))
    try:
        done = stack.cli("verify", "flights", "--repair")
        assert done.returncode == 0, done.stdout + done.stderr
        for key in ("yv0000", "yv0001", "yv0002", "yv0003"):
            assert f"to be set right: final.flights icao24={key}" in done.stderr
        stack.wait_sql(
            "SELECT icao24, callsign FROM flights WHERE icao24 LIKE 'yv%' ORDER BY 1",
            [
                ("yv0000", "N"), ("yv0002", "Z"), ("yv0003", "Z"),
                ("yv0004", "C3"), ("yv0005", "C4"),
            ],
        )  # fmt: skip
    finally:
        stack.mysql("DELETE FROM final.flights WHERE icao24 = 'yv0000'", ())


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("DELETE FROM flights WHERE icao24 = 'yv0001'", ["yv0001"]),
        ("UPDATE flights SET callsign = 'Z' WHERE icao24 = 'yv0002'", ["yv0002", "callsign"]),
        ("UPDATE flights SET callsign = NULL WHERE icao24 = 'yv0003'", ["yv0003", "callsign"]),
        ("UPDATE flights SET callsign = '' WHERE icao24 = 'yv0003'", ["yv0003", "callsign"]),
        ("UPDATE flights SET callsign = squawk, squawk = 'C3' WHERE icao24 = 'yv0004'", ["yv0004"]),
        (
            (
                "INSERT INTO flights (icao24, last_contact, polled_at) "
                "VALUES ('yv0009', '2037-01-01', '2037-01-01')"
            ),
            ["yv0009"],
        ),
    ],
)
def test_a_planted_difference_is_named(stack: Stack, planted: str, named: list[str]) -> None:
    _unseen(stack, planted)
    try:
        done = stack.cli("verify", "flights")
    finally:
        _unseen(stack, "DELETE FROM flights WHERE icao24 = 'yv0009'")
    assert done.returncode == 1, done.stdout + done.stderr
    assert all(word in done.stderr for word in named), done.stderr
