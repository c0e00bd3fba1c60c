"""A database with foreign keys, triggers, views and rare types follows into the lake.

Half of its tables is COPY_ON_WRITE, the other half MERGE_ON_READ, whose base and log files are read
by hudi-rs, too. `verify` compares them all.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from headwater.lake import tables
from headwater.lake.barrier import Barrier
from headwater.topics import Topics
from support import ferry, second_reader
from support.second_reader import Texts
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quiet")

# A name of its own for every run: a stack that is used again still has the rows of the last one.
SCHEMA = f"ferry_{time.time_ns() // 10**9 % 10**6}"
MERGED = ("bookings", "ports", "tickets", "vessels")
TYPES = (
    "SELECT column_name, data_type, column_type FROM information_schema.columns"
    f" WHERE table_schema = '{SCHEMA}' AND table_name = %s ORDER BY ordinal_position"
)


@dataclass
class Sample:
    """What `capture` said before and after the foreign key was mended."""

    refused: str
    taken: str


@pytest.fixture(scope="module")
def sample(stack: Stack) -> Iterator[Sample]:
    """The sample database, captured and then changed; released and dropped in the end."""
    ferry.create(stack.connections.mysql_root, SCHEMA)
    every = f"{SCHEMA}.*"
    try:
        refused = stack.cli("capture", every)
        assert refused.returncode == 2, refused.stderr
        for statement in mending(refused.stderr):
            stack.mysql(statement)
        merged = [f"{SCHEMA}.{table}" for table in MERGED]
        stack.ok("capture", *merged, "--type", "MERGE_ON_READ", "--buckets", "2")
        done = stack.cli("capture", every, "--wait", timeout=600)
        assert done.returncode == 0, done.stderr
        assert ferry.change(stack.connections.mysql_root, SCHEMA) > ferry.CHANGES / 2
        yield Sample(refused.stderr, done.stderr)
    finally:
        stack.cli("release", every, *(f"{SCHEMA}.{table}" for table in MERGED))
        stack.mysql(f"DROP DATABASE {SCHEMA}")


def mending(said: str) -> list[str]:
    """The statements that the refusal names."""
    found = re.search(r"(ALTER TABLE .*?); (ALTER TABLE .*?) — ", said)
    assert found, said
    return list(found.groups())


def test_a_cascade_is_refused_with_the_statements_that_mend_it(sample: Sample) -> None:
    assert "foreign key ticket_of to bookings acts by ON DELETE CASCADE" in sample.refused
    assert f"not captured: {SCHEMA}.tickets" in sample.refused
    assert "ticket_of" not in sample.taken


def test_views_are_left_out_and_said_to_be(stack: Stack, sample: Sample) -> None:
    for view in ferry.VIEWS:
        assert f"{SCHEMA}.{view} is left out: it is a view" in sample.taken
        done = stack.cli("capture", f"{SCHEMA}.{view}")
        assert done.returncode == 2
        assert f"{SCHEMA}.{view} is a view" in done.stderr


@pytest.mark.usefixtures("sample")
def test_what_triggers_changed_is_in_the_lake(stack: Stack) -> None:
    names = [f"{SCHEMA}.{table}" for table in ferry.TABLES]
    done = stack.cli("verify", *names, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    ((lake,),) = stack.sql(f"SELECT count(*) FROM {SCHEMA}.history WHERE what = 'removed'")
    ((mysql,),) = stack.mysql(f"SELECT count(*) FROM {SCHEMA}.history WHERE what = 'removed'")
    assert lake == mysql > 0


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("table", MERGED)
def test_a_merge_on_read_table_is_equal_to_a_reader_of_log_files(stack: Stack, table: str) -> None:
    aws = stack.connections.aws
    (captured,) = [t for t in tables.captured(aws) if t.name == f"{SCHEMA}.{table}"]
    with Topics(stack.connections.kafka) as topics:
        Barrier(stack.connections, topics, stack.settings.topic_prefix).wait(captured)
    seen = second_reader.read(aws, f"{SCHEMA}/{table}")
    assert seen.type == "MERGE_ON_READ"
    expected = in_mysql(stack, table, seen.columns)
    assert sorted(seen.texts().values(), key=str) == sorted(expected, key=str)
    assert (
        seen.texts() != second_reader.read(aws, f"{SCHEMA}/{table}", base_files_only=True).texts()
    )


@pytest.mark.usefixtures("sample")
def test_a_view_follows_the_log_files(stack: Stack) -> None:
    renamed = f"SELECT count(*) FROM {SCHEMA}.ports_{{}} WHERE name = 'Newhaven'"
    stack.sql(f"CREATE VIEW {SCHEMA}.harbours AS SELECT name FROM {SCHEMA}.ports_rt")
    try:
        stack.mysql(f"UPDATE {SCHEMA}.ports SET name = 'Newhaven' ORDER BY code LIMIT 1")
        stack.wait_sql(renamed.format("rt"), [(1,)])
        stack.wait_sql(f"SELECT count(*) FROM {SCHEMA}.harbours WHERE name = 'Newhaven'", [(1,)])
        assert stack.sql(renamed.format("ro")) == [(0,)]
    finally:
        stack.sql(f"DROP VIEW {SCHEMA}.harbours")


def in_mysql(stack: Stack, table: str, columns: tuple[str, ...]) -> list[Texts]:
    """MySQL's rows as texts, with these columns in this order."""
    kinds = {name: (kind, full) for name, kind, full in stack.mysql(TYPES, (table,))}
    shown = [shown_by_mysql(column, *kinds.get(column, ("srid", ""))) for column in columns]
    found = stack.mysql(f"SELECT {', '.join(shown)} FROM {SCHEMA}.{table}")
    return [tuple(map(second_reader.text, row)) for row in found]


def shown_by_mysql(column: str, kind: str, full: str) -> str:
    """The column, where MySQL's form of it is not that of the lake (docs/types.md)."""
    if kind == "srid":
        return f"ST_SRID({column.removesuffix('_srid')})"
    if full == "bit(1)":
        return f"IF({column}, 'true', 'false')"
    if kind == "bit":  # BIT(12): two bytes, the lower one first
        return f"UNHEX(CONCAT(LPAD(HEX({column} & 255), 2, '0'), LPAD(HEX({column} >> 8), 2, '0')))"
    if kind in {"point", "polygon"}:
        return f"ST_AsWKB({column}, 'axis-order=long-lat')"
    return column
