"""Which tables the pipeline carries from MySQL to the lake, and how each lies there.

The connector, the streaming job's document, the status and verify all go by this one list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.capture import names
from headwater.capture.source import tables_of
from headwater.ingest.statements import RESPONSES
from headwater.topics import topic_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.capture.model import Taken
    from headwater.feed.model import Lake, OnDelete, TableType
    from headwater.targets.base import Context

CAPTURE = "feeds/capture.yaml"
MEASUREMENTS = "headwater.metrics"
TELLING_S = 10  # what the pipeline tells of itself costs a commit every so many seconds


@dataclass(frozen=True)
class Layout:
    """How a table lies in the lake (docs/contracts.md, "The streaming job's desired state")."""

    type: TableType = "COPY_ON_WRITE"
    buckets: int = 1
    partition_by: str | None = None
    on_delete: OnDelete = "apply"
    commit_every: int = 0  # seconds
    append_only: bool = False

    @property
    def endings(self) -> tuple[str, ...]:
        """What its names in SQL add to the table's; the last has the newest rows."""
        return ("_ro", "_rt") if self.type == "MERGE_ON_READ" else ("",)

    @classmethod
    def of(cls, lake: Lake | Taken, on_delete: OnDelete, *, append_only: bool = False) -> Layout:
        """As a declaration says it; of a table of changes nothing ever goes."""
        kept: OnDelete = "ignore" if append_only else on_delete
        every = lake.commit_every or 0
        return cls(lake.type, lake.buckets, lake.partition_by, kept, every, append_only)


@dataclass(frozen=True)
class CapturedTable:
    """One table on its way; `origin` is the file that declares it.

    `key` names the columns of a unique key where the table has no primary key, `accept` the
    checks of the preflight that only warn.
    """

    database: str
    table: str
    topic: str
    layout: Layout = Layout()
    origin: str = ""
    key: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As everywhere else: `database.table`."""
        return f"{self.database}.{self.table}"


def declared(context: Context) -> list[CapturedTable]:
    """Every table that the project's declarations ask for.

    MySQL is asked only where capture.yaml has patterns; raises TargetError if it does not answer.
    """
    return [*_of_feeds(context), _measurements(context), *taken(context)]


def taken(context: Context) -> list[CapturedTable]:
    """The tables of capture.yaml, its patterns resolved by what MySQL has.

    What a feed fills is the feed's, whatever pattern fits it.
    """
    of_feeds = {table.name for table in _of_feeds(context)}
    schemas = sorted({pattern.partition(".")[0] for pattern in names.patterns(context.capture)})
    existing = tables_of(context.connections.mysql, schemas) if schemas else []
    return [
        replace(
            _table(context, name, _layout(entry), CAPTURE),
            key=entry.key,
            accept=entry.accept,
        )
        for name, entry in names.resolve(context.capture, existing).items()
        if name not in of_feeds
    ]


def _layout(entry: Taken) -> Layout:
    return Layout.of(entry, entry.on_delete, append_only=entry.append_only)


def _of_feeds(context: Context) -> Iterator[CapturedTable]:
    """The tables that the feeds fill, and the history of responses that all feeds share."""
    database = context.settings.database
    for feed in context.feeds:
        for name, table in feed.tables.items():
            layout = Layout.of(table.lake, table.on_delete)
            yield _table(context, f"{database}.{name}", layout, f"feeds/{feed.feed}.yaml")
    layout = Layout(on_delete="ignore", commit_every=TELLING_S)
    yield _table(context, f"{database}.{RESPONSES}", layout, "feeds")


def _measurements(context: Context) -> CapturedTable:
    """What the pipeline says of itself (headwater.recorder)."""
    layout = Layout(partition_by="measured_at", on_delete="ignore", commit_every=TELLING_S)
    return _table(context, MEASUREMENTS, layout, "sql/mysql/headwater.sql")


def _table(context: Context, name: str, layout: Layout, origin: str) -> CapturedTable:
    database, _, table = name.partition(".")
    topic = topic_of(f"{context.settings.topic_prefix}.{name}")
    return CapturedTable(database, table, topic, layout, origin)
