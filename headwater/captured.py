"""Which tables the pipeline carries from MySQL to the lake, and how each lies there.

The connector, the streaming job's document, the status and verify all go by this one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.ingest.statements import RESPONSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.feed.model import Lake, OnDelete, TableType
    from headwater.targets.base import Context


@dataclass(frozen=True)
class Layout:
    """How a table lies in the lake (docs/contracts.md, "The streaming job's desired state")."""

    type: TableType = "COPY_ON_WRITE"
    buckets: int = 1
    partition_by: str | None = None
    on_delete: OnDelete = "apply"

    @classmethod
    def of(cls, lake: Lake, on_delete: OnDelete) -> Layout:
        """As a declaration says it."""
        return cls(lake.type, lake.buckets, lake.partition_by, on_delete)


@dataclass(frozen=True)
class CapturedTable:
    """One table on its way; `origin` is the file that declares it."""

    database: str
    table: str
    topic: str
    layout: Layout = Layout()
    origin: str = ""

    @property
    def name(self) -> str:
        """As everywhere else: `database.table`."""
        return f"{self.database}.{self.table}"


def declared(context: Context) -> list[CapturedTable]:
    """Every table that the project's declarations ask for."""
    prefix = context.settings.topic_prefix
    return [
        CapturedTable(database, table, f"{prefix}.{database}.{table}", layout, origin)
        for database, table, layout, origin in _of_feeds(context)
    ]


def _of_feeds(context: Context) -> Iterator[tuple[str, str, Layout, str]]:
    """The tables that the feeds fill, and the history of responses that all feeds share."""
    database = context.settings.database
    for feed in context.feeds:
        for name, table in feed.tables.items():
            layout = Layout.of(table.lake, table.on_delete)
            yield database, name, layout, f"feeds/{feed.feed}.yaml"
    yield database, RESPONSES, Layout(on_delete="ignore"), "feeds"
