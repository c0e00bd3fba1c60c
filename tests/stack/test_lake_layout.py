"""What Athena can read: Hudi table version 6, and locations that begin with s3://.

And every table of the lake, whatever test made it, is the same to a reader of another kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from headwater.lake import tables
from headwater.lake.sql import identifier, query
from headwater_cdc.names import RECORD_KEY
from support import second_reader
from support.second_reader import Snapshot, Texts
from support.stack import Stack
from support.waiting import until

pytestmark = pytest.mark.stack

PROPERTIES = ".hoodie/hoodie.properties"


def versions(stack: Stack) -> dict[str, str]:
    """Each table of the lake with its version."""
    aws = stack.connections.aws
    client = aws.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=aws.bucket, Prefix="warehouse/")
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
    return {
        key.removesuffix(f"/{PROPERTIES}"): _version(client.get_object(Bucket=aws.bucket, Key=key))
        for key in keys
        if key.endswith(PROPERTIES)
    }


def _version(answer: dict[str, Any]) -> str:
    content: str = answer["Body"].read().decode()
    pairs = dict(line.split("=", 1) for line in content.splitlines() if "=" in line)
    return pairs["hoodie.table.version"]


def locations(stack: Stack) -> Iterator[tuple[str, str]]:
    """Each entry of the catalog, partitions included, with its location."""
    client = stack.connections.aws.client("glue")
    for database in client.get_databases()["DatabaseList"]:
        where = {"DatabaseName": database["Name"]}
        for table in _all(client, "get_tables", "TableList", **where):
            name = f"{database['Name']}.{table['Name']}"
            if table.get("TableType") != "VIRTUAL_VIEW":
                yield name, table["StorageDescriptor"]["Location"]
            for part in _all(
                client, "get_partitions", "Partitions", **where, TableName=table["Name"]
            ):
                yield f"{name} {part['Values']}", part["StorageDescriptor"]["Location"]


def _all(client: Any, operation: str, field: str, **where: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**where):
        yield from page[field]


def test_every_table_is_one_that_athena_reads(stack: Stack) -> None:
    own = {f"warehouse/{stack.settings.database}/{name}" for name in ("flights", "api_responses")}
    until(lambda: own <= versions(stack).keys(), "the feed's tables in the lake")
    assert {table: version for table, version in versions(stack).items() if version != "6"} == {}
    found = dict(locations(stack))
    assert f"{stack.settings.database}.flights" in found
    assert {name: place for name, place in found.items() if not place.startswith("s3://")} == {}


def through_sql(stack: Stack, database: str, name: str, like: Snapshot) -> dict[str, Texts]:
    """An entry's rows through Athena SQL, as texts in the order of the snapshot's columns."""
    types = tables.columns(stack.connections.aws, database, name)
    assert not like.rows or set(like.columns) <= types.keys(), (name, like.columns, types)
    shown = [second_reader.sql_text(column, types[column]) for column in like.columns]
    place = f"{identifier(database)}.{identifier(name)}"
    sql = f"SELECT {', '.join((RECORD_KEY, *shown))} FROM {place}"
    mend = [second_reader.number if types[c] in {"float", "double"} else str for c in like.columns]
    return {
        row[0]: tuple(v if v is None else f(v) for f, v in zip(mend, row[1:], strict=True))
        for row in query(stack.connections.aws, sql, database).rows
    }


def both(stack: Stack, database: str, table: str) -> tuple[dict[str, Texts], dict[str, Texts]]:
    """A table as hudi-rs and as Athena SQL read it, both between two commits."""
    aws = stack.connections.aws

    def read() -> tuple[dict[str, Texts], dict[str, Texts]] | None:
        instant = tables.newest_instant(aws, database, table)
        seen = second_reader.read(aws, f"{database}/{table}", base_files_only=True)
        suffix = "_ro" if seen.type == "MERGE_ON_READ" else ""
        told = through_sql(stack, database, f"{table.lower()}{suffix}", seen)
        still = tables.newest_instant(aws, database, table) == instant
        return (seen.texts(), told) if still else None

    found = until(read, f"{database}.{table} read twice between two commits", pause=0)
    assert found is not None
    return found


@pytest.mark.last
def test_every_table_reads_the_same_elsewhere(stack: Stack) -> None:
    aws = stack.connections.aws
    compared = {}
    for place, version in versions(stack).items():
        assert version == "6", place
        _, database, table = place.split("/")
        name = table.lower()
        if not any(tables.columns(aws, database, entry) for entry in (name, f"{name}_ro")):
            continue  # let go, and then Glue lost its memory: nobody can ask for it
        seen, told = both(stack, database, table)
        assert seen == told, f"{database}.{table}: {differing(seen, told)}"
        compared[f"{database}.{table}"] = len(seen)
    feeds = {f"{stack.settings.database}.{t}" for t in ("flights", "flight_positions")}
    assert feeds <= compared.keys()
    assert all(compared[name] for name in feeds)


def differing(seen: dict[str, Texts], told: dict[str, Texts]) -> str:
    """How many rows differ, and the first of them."""
    keys = sorted(k for k in seen.keys() | told.keys() if seen.get(k) != told.get(k))
    first = next(iter(keys), "")
    return f"{len(keys)} rows, first {first}: {seen.get(first)} in the files, {told.get(first)}"
