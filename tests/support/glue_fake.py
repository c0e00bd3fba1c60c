"""The part of Glue that the Athena endpoint asks: databases and tables, a page each."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headwater_cdc.catalog import REALTIME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class FakeGlue:
    """Databases with their tables; counts how often it is asked for all of them."""

    tables: dict[str, list[dict[str, Any]]]
    looks: int = 0
    failure: Exception | None = None
    _answers: dict[str, Callable[..., dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self._answers = {"get_databases": self._databases, "get_tables": self._tables}

    def get_paginator(self, operation: str) -> Paginator:
        """As boto3's client."""
        return Paginator(self._answers[operation])

    def _databases(self) -> dict[str, Any]:
        self.looks += 1
        if self.failure is not None:
            raise self.failure
        return {"DatabaseList": [{"Name": name} for name in self.tables]}

    def _tables(self, DatabaseName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"TableList": self.tables[DatabaseName]}


@dataclass
class Paginator:
    """One page."""

    answer: Callable[..., dict[str, Any]]

    def paginate(self, **arguments: str) -> Iterator[dict[str, Any]]:
        """As boto3's paginator."""
        yield self.answer(**arguments)


def entry(name: str, *, realtime: bool = False) -> dict[str, Any]:
    """A table, or what shows a MERGE_ON_READ table with its log files."""
    return {"Name": name, "StorageDescriptor": {"InputFormat": REALTIME if realtime else "base"}}


def view(name: str, sql: str, schema: str) -> dict[str, Any]:
    """A view as Trino and Athena write it."""
    definition = json.dumps({"originalSql": sql, "schema": schema, "columns": []})
    text = f"/* Presto View: {base64.b64encode(definition.encode()).decode()} */"
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "ViewOriginalText": text,
        "StorageDescriptor": {},
    }
