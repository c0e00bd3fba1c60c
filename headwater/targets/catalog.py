"""The lake: what the streaming job is asked to keep, and what the catalog says of it.

render  nothing: the document holds addresses of this installation
plan    entries of the job's document that differ, and Glue entries that are missing or lead astray
apply   writes the document; the job follows within seconds and keeps Glue itself
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from headwater.captured import declared
from headwater.errors import TargetError
from headwater.lake.files import DOCUMENT
from headwater.targets.base import Change
from headwater.topics import HISTORY_TOPIC, SCHEMAS_TOPIC, heartbeat_topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from headwater.captured import CapturedTable
    from headwater.targets.base import Context


class CatalogTarget:
    """The tables of the lake, as the streaming job is told of them and as Glue knows them."""

    name = "catalog"

    def __init__(self, context: Context) -> None:
        self._context = context
        self._aws = context.connections.aws

    def render(self) -> Mapping[Path, str]:
        """Nothing stands in the repository."""
        return {}

    def plan(self) -> list[Change]:
        """What the job is not yet asked to do, and what Glue does not say as it should."""
        return [*self._differences(self._read()), *self._astray()]

    def apply(self) -> list[Change]:
        """Write the document if it differs."""
        changes = list(self._differences(self._read()))
        if changes:
            body = json.dumps(self.document(), indent=1).encode()
            try:
                self._aws.client("s3").put_object(Bucket=self._aws.bucket, Key=DOCUMENT, Body=body)
            except Exception as error:
                raise self._failure("write", error) from error
        return changes

    def document(self) -> dict[str, Any]:
        """The desired state of the streaming job (docs/contracts.md)."""
        connections = self._context.connections
        glue = {"region": self._aws.region}
        if self._aws.glue_endpoint:
            glue["endpoint"] = self._aws.glue_endpoint
        return {
            "kafka": {
                "bootstrap.servers": connections.kafka.bootstrap_servers,
                **connections.kafka.as_java(),
            },
            "schemas_topic": SCHEMAS_TOPIC,
            "heartbeat_topic": heartbeat_topic(self._context.settings.topic_prefix),
            "history_topic": HISTORY_TOPIC,
            "warehouse": self._aws.warehouse,
            "glue": glue,
            "query_seconds": self._context.settings.kept_seconds,
            "tables": [_entry(table) for table in declared(self._context)],
        }

    def _differences(self, found: dict[str, Any] | None) -> Iterator[Change]:
        wanted = self.document()
        found = found or {}
        before = {_name(entry): entry for entry in found.get("tables", ())}
        after = {_name(entry): entry for entry in wanted["tables"]}
        for name, entry in after.items():
            if name not in before:
                yield Change(self.name, "create", name, f"from topic {entry['topic']}")
            elif entry != before[name]:
                yield Change(self.name, "update", name, _detail(before[name], entry))
        for name in before.keys() - after.keys():
            yield Change(self.name, "delete", name, "its rows stay in the lake")
        head = [key for key in wanted if key != "tables" and wanted[key] != found.get(key)]
        if found and head:
            yield Change(self.name, "update", DOCUMENT, ", ".join(head))

    def _read(self) -> dict[str, Any] | None:
        client = self._aws.client("s3")
        try:
            body = client.get_object(Bucket=self._aws.bucket, Key=DOCUMENT)["Body"].read()
        except client.exceptions.NoSuchKey:
            return None
        except Exception as error:
            raise self._failure("read", error) from error
        document = json.loads(body)
        return document if isinstance(document, dict) else None

    def _astray(self) -> Iterator[Change]:
        """Tables that have rows but that Glue does not list, or lists with an s3a:// location."""
        tables = declared(self._context)
        for database in sorted({table.database for table in tables}):
            written = self._written(database)
            locations = self._locations(database) if written else {}
            for table in tables:
                if table.database == database and table.table in written:
                    yield from self._misplaced(table, locations)

    def _misplaced(self, table: CapturedTable, locations: Mapping[str, str]) -> Iterator[Change]:
        for suffix in table.layout.endings:
            entry = f"{table.name}{suffix}"
            location = locations.get(f"{table.table}{suffix}".lower())
            if location is None:
                detail = "not in Glue yet; the streaming job adds it"
                yield Change(self.name, "create", entry, detail)
            elif not location.startswith("s3://"):
                detail = f"location {location}; the streaming job corrects it"
                yield Change(self.name, "update", entry, detail)

    def _written(self, database: str) -> set[str]:
        """The tables that have a folder in the lake."""
        client = self._aws.client("s3")
        prefix = f"warehouse/{database}/"
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=self._aws.bucket, Prefix=prefix, Delimiter="/"
        )
        return {
            entry["Prefix"].removeprefix(prefix).rstrip("/")
            for page in pages
            for entry in page.get("CommonPrefixes", ())
        }

    def _locations(self, database: str) -> dict[str, str]:
        client = self._aws.client("glue")
        try:
            pages = list(client.get_paginator("get_tables").paginate(DatabaseName=database))
        except client.exceptions.EntityNotFoundException:
            return {}
        return {
            table["Name"]: table["StorageDescriptor"]["Location"]
            for page in pages
            for table in page["TableList"]
        }

    def _failure(self, what: str, error: Exception) -> TargetError:
        return TargetError(
            f"s3://{self._aws.bucket}/{DOCUMENT}: cannot {what}: {error}",
            remedy="`headwater status` shows whether S3 runs",
        )


def _entry(table: CapturedTable) -> dict[str, Any]:
    head = {"database": table.database, "table": table.table, "topic": table.topic}
    return {**head, **asdict(table.layout)}


def _name(entry: Mapping[str, Any]) -> str:
    return f"{entry['database']}.{entry['table']}"


def _detail(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    return ", ".join(f"{key}: {before.get(key)} -> {after.get(key)}" for key in keys)
