"""What Athena can read: Hudi table version 6, and locations that begin with s3://."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

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
