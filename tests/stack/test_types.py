"""Every row of docs/types.md: each MySQL type with its edges, by a snapshot and from the stream."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from headwater.capture.columns import lake_type
from headwater.lake.sql import identifier, query
from headwater.lake.tables import columns
from support.mysql_types import ROWS, Row, Value
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quiet")

# A name of its own for every run: a stack that is used again still has the rows of the last one.
SCHEMA = f"types_{time.time_ns() // 10**9 % 10**6}"
TABLE = f"{SCHEMA}.every"
STREAMED = 100
GENERATED = {"id*2": 2, "id*3": 3}
DECLARED = [(row, kind, values) for row in ROWS for kind, values in row.columns]
COUNT = max(len(values) for _, _, values in DECLARED) + 1  # the last one is all NULL

ODD = (
    ("two words", "two_words"),
    ("two_words", "two_words_"),
    ('quote"s', "quote_s"),
    ("back`tick", "back_tick"),
    ("select", "select"),
    ("Größe", "gr__e"),
    ("1st", "_1st"),
    ("_hoodie_commit_time", "_hoodie_commit_time_"),
    ("x" * 64, "x" * 64),
)
ODD_TABLE = "Odd table"
ODD_IN_LAKE = f"{SCHEMA}.{identifier(ODD_TABLE.lower())}"


# A row of 16 MB passes, also when it is changed; one of 24 MB is more than a message may have.
MEGABYTE = 2**20
LARGE = f"{SCHEMA}.large"


def _value(kind: str, values: tuple[Value, ...], number: int) -> Value:
    """What row `number` (from 0) holds: each value in turn, and NULL in the last row."""
    if number == COUNT - 1 and "NOT NULL" not in kind and "GENERATED" not in kind:
        return "NULL", None
    return values[number % len(values)]


@dataclass
class Captured:
    """What Athena SQL shows: texts by id and column, and the lake's types by column."""

    texts: dict[tuple[int, int], str | None]
    srids: dict[tuple[int, int], Any]
    types: dict[str, str]


def _insert(stack: Stack, first: int) -> None:
    with closing(stack.connections.mysql_root.connect(SCHEMA, autocommit=False)) as connection:
        cursor = connection.cursor()
        cursor.execute("SET SESSION sql_mode = '', time_zone = '+00:00'")
        names = ", ".join(["id", *(f"c{place}" for place in range(len(DECLARED)))])
        for number in range(COUNT):
            literals = [_value(kind, values, number)[0] for _, kind, values in DECLARED]
            row = ", ".join([str(first + number), *literals])
            cursor.execute(f"INSERT INTO every ({names}) VALUES ({row})")
        names = ", ".join("`" + name.replace("`", "``") + "`" for name, _ in ODD)
        values = ", ".join(str(first + place) for place in range(len(ODD)))
        cursor.execute(f"INSERT INTO `{ODD_TABLE}` (id, {names}) VALUES ({first}, {values})")
        connection.commit()


def _create(stack: Stack) -> None:
    with closing(stack.connections.mysql_root.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("SET SESSION sql_mode = ''")
        cursor.execute(f"CREATE DATABASE {SCHEMA}")
        cursor.execute(f"USE {SCHEMA}")
        typed = ", ".join(f"c{place} {kind}" for place, (_, kind, _) in enumerate(DECLARED))
        cursor.execute(f"CREATE TABLE every (id INT PRIMARY KEY, {typed})")
        odd = ", ".join("`" + name.replace("`", "``") + "` INT" for name, _ in ODD)
        cursor.execute(f"CREATE TABLE `{ODD_TABLE}` (id INT PRIMARY KEY, {odd})")
        cursor.execute("CREATE TABLE large (id INT PRIMARY KEY, note VARCHAR(9), body LONGBLOB)")
        cursor.execute("INSERT INTO large VALUES (1, 'read', 'r')")


def _read(stack: Stack) -> Captured:
    aws = stack.connections.aws
    shown = [row.shown.replace("{c}", f"c{place}") for place, (row, _, _) in enumerate(DECLARED)]
    rows = query(aws, f"SELECT id, {', '.join(shown)} FROM every", SCHEMA).rows
    texts = {(row[0], place): row[place + 1] for row in rows for place in range(len(DECLARED))}
    types = dict(columns(aws, SCHEMA, "every"))
    shapes = [place for place in range(len(DECLARED)) if f"c{place}_srid" in types]
    wanted = ", ".join(f"c{place}_srid" for place in shapes)
    found = query(aws, f"SELECT id, {wanted} FROM every", SCHEMA).rows
    srids = {(row[0], place): row[n + 1] for row in found for n, place in enumerate(shapes)}
    return Captured(texts, srids, types)


@pytest.fixture(scope="module")
def captured(stack: Stack) -> Iterator[Captured]:
    """A table with a column of every kind, one with odd names; rows of a snapshot and streamed."""
    _create(stack)
    tables = (TABLE, f"{SCHEMA}.{ODD_TABLE}", LARGE)
    try:
        _insert(stack, 0)
        stack.ok("capture", *tables, "--wait")
        _insert(stack, STREAMED)
        stack.wait_sql(f"SELECT count(*) FROM {TABLE}", [(2 * COUNT,)], 240)
        stack.wait_sql(f"SELECT count(*) FROM {ODD_IN_LAKE}", [(2,)], 240)
        yield _read(stack)
    finally:
        stack.ok("release", *tables)
        stack.mysql(f"DROP DATABASE {SCHEMA}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: re.sub(r"\W+", "-", row.mysql)[:40])
@pytest.mark.parametrize("first", [0, STREAMED], ids=["snapshot", "stream"])
def test_a_row_of_the_table_of_types(captured: Captured, row: Row, first: int) -> None:
    wrong = []
    for place, (of, kind, values) in enumerate(DECLARED):
        if of is not row:
            continue
        for number in range(COUNT):
            literal, expected = _value(kind, values, number)
            if expected in GENERATED:
                expected = str(GENERATED[expected] * (first + number))
            if first == 0:
                expected = dict(row.snapshot).get(expected or "", expected)
            found = captured.texts[first + number, place]
            if found != expected:
                wrong.append(f"{kind} {literal[:60]}: {str(found)[:80]}, expected {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: re.sub(r"\W+", "-", row.mysql)[:40])
def test_the_lake_type_is_the_documented_one(captured: Captured, row: Row) -> None:
    places = [place for place, (of, _, _) in enumerate(DECLARED) if of is row]
    found = {captured.types[f"c{place}"] for place in places}
    assert row.lake == "as the type" or found == {row.lake}


def test_a_geometry_keeps_its_reference_system(captured: Captured) -> None:
    for (number, place), srid in captured.srids.items():
        _, kind, values = DECLARED[place]
        literal, text = _value(kind, values, number % STREAMED)
        expected = None if text is None else 4326 if "4326" in literal else 0
        assert srid == expected, f"{kind} {literal}"


@pytest.mark.usefixtures("captured")
def test_odd_names_are_mended_and_none_is_lost(stack: Stack) -> None:
    names = ", ".join(identifier(name) for _, name in ODD)
    statement = f"SELECT id, {names} FROM {ODD_IN_LAKE} ORDER BY id"
    expected = [(first, *(first + place for place in range(len(ODD)))) for first in (0, STREAMED)]
    assert stack.sql(statement) == expected


@pytest.mark.usefixtures("captured")
def test_verify_finds_both_tables_equal(stack: Stack) -> None:
    done = stack.cli("verify", TABLE, f"{SCHEMA}.{ODD_TABLE}")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("captured")
def test_a_large_row_arrives_and_a_too_large_one_stops_nothing(stack: Stack) -> None:
    with closing(stack.connections.mysql_root.connect(SCHEMA, autocommit=False)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"INSERT INTO large VALUES (2, 'new', REPEAT('n', {16 * MEGABYTE}))")
        cursor.execute("UPDATE large SET note = 'changed' WHERE id = 2")
        cursor.execute(f"INSERT INTO large VALUES (3, 'too large', REPEAT('t', {24 * MEGABYTE}))")
        cursor.execute("INSERT INTO large VALUES (4, 'after', '')")
        connection.commit()
    expected = [(1, "read", 1), (2, "changed", 16 * MEGABYTE), (4, "after", 0)]
    stack.wait_sql(f"SELECT id, note, length(body) FROM {LARGE} ORDER BY id", expected, 240)
    listed = stack.ok("quarantine", "list", "--output", "json")
    ((kept,),) = [[m] for m in json.loads(listed) if m["table"] == LARGE]
    assert "too large" in kept["reason"]
    stack.mysql(f"UPDATE {LARGE} SET body = 'short' WHERE id = 3")
    stack.wait_sql(f"SELECT length(body) FROM {LARGE} WHERE id = 3", [(5,)], 240)


def test_what_is_said_of_a_change_before_it_is_made_knows_the_same_types(
    stack: Stack, captured: Captured
) -> None:
    found = {
        name: lake_type(kind) for name, kind, *_ in stack.mysql(f"SHOW COLUMNS FROM {TABLE}", ())
    }
    assert found == {name: kind for name, kind in captured.types.items() if name in found}
