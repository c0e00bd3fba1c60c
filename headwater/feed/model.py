"""The model of a feed: what its YAML can say, with `like` already resolved.

`load.load` makes a Feed from a file; `Feed.spec()` is what the transform and NiFi take.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from headwater.feed import units
from headwater.feed.request import Duration, Name, Part, Request
from headwater.feed.spec import CheckSpec, ColumnSpec, FeedSpec, Keep, TableSpec
from headwater.feed.sqltypes import SqlType

Parse = Literal[
    "epoch_s",
    "epoch_ms",
    "iso8601",
    "iso8601_utc",
    "iso8601_local",
    "date",
    "number",
    "text",
    "html",
    "hex",
    "base64",
]


TableType = Literal["COPY_ON_WRITE", "MERGE_ON_READ"]
OnDelete = Literal["apply", "ignore"]


def _sql_type(value: object) -> SqlType:
    return value if isinstance(value, SqlType) else SqlType.parse(str(value))


Size = Annotated[int, BeforeValidator(units.size)]
Type = Annotated[SqlType, BeforeValidator(_sql_type), PlainSerializer(str)]


class Column(Part):
    """One column of a table."""

    is_: str = Field(alias="is", description="JMESPath expression over the levels")
    type: Type = Field(description="SQL type")
    parse: Parse | None = Field(None, description="how the JSON value is read before it is cast")
    round: Literal["half_even", "down"] | None = Field(
        None, description="how surplus decimals are rounded; without it they reject the record"
    )
    unit: str | None = Field(None, description="unit of the value, for people")
    meaning: str = Field("", description="what the value says, for people")
    required: bool = Field(default=False, description="NOT NULL: a record without it is rejected")


class Check(Part):
    """A quality rule over the levels and `row`, the values of the columns."""

    that: str = Field(description="JMESPath expression; broken where it is false, not where null")
    else_: Literal["reject", "warn"] = Field(
        "reject", alias="else", description="reject the record, or keep it and warn"
    )


class Retention(Part):
    """How long rows are kept; without a duration, for ever."""

    mysql: Duration | None = Field(None, description="in MySQL")
    lake: Duration | None = Field(None, description="in the lake")


class Lake(Part):
    """How the table is laid out in the lake."""

    type: TableType = Field("COPY_ON_WRITE", description="Hudi table type")
    buckets: int = Field(1, ge=1, le=4096, description="buckets of the index; fixed once written")
    partition_by: Name | None = Field(
        None, description="key column of type DATE, DATETIME or TIMESTAMP: one partition a day"
    )
    on_delete: OnDelete | None = Field(
        None, description="what a delete in MySQL does; default apply, for history tables ignore"
    )
    commit_every: Duration | None = Field(
        None, description="time between two commits at least; default: as fast as changes come"
    )


class Table(Part):
    """One table that a feed fills."""

    like: Name | None = Field(None, description="table whose keys and columns are inherited")
    meaning: str = Field("", description="what a row is, for people")
    each: dict[Name, str] = Field(
        default_factory=dict, description="levels that walk into the body: name, expression"
    )
    where: str | None = Field(None, description="records for which it is false are left out")
    key: list[Name] = Field(min_length=1, description="columns of the primary key")
    keep: Keep = Field("latest", description="latest: one row per key, history: every row once")
    latest: Name | None = Field(
        None, description="ordering column of a latest table: an older reading never wins"
    )
    gone: Duration | None = Field(
        None, description="a key not seen for so long is deleted; counted over successful polls"
    )
    columns: dict[Name, Column] = Field(min_length=1, description="the columns, in order")
    checks: dict[Name, Check] = Field(default_factory=dict, description="quality rules")
    retention: Retention = Field(Retention(), description="how long rows are kept")
    lake: Lake = Field(Lake(), description="layout in the lake")

    def not_null(self, column: str) -> bool:
        """Whether a column is NOT NULL: required, part of the key, or the ordering column."""
        return column in self.key or column == self.latest or self.columns[column].required

    @property
    def on_delete(self) -> OnDelete:
        """What a delete in MySQL does in the lake, with the default filled in."""
        return self.lake.on_delete or ("ignore" if self.keep == "history" else "apply")


class Feed(Part):
    """One source API and the tables that it fills."""

    feed: Name = Field(description="name of the feed and of its file")
    meaning: str = Field("", description="what the feed is, for people")
    every: Duration = Field(description="interval between polls")
    request: Request = Field(description="what is asked of the API")
    accept: str | None = Field(
        None, description="predicate over the body: only where it is true the body counts as good"
    )
    error: str | None = Field(
        None, description="expression that gives the API's own words in a body that is an error"
    )
    max_body: Size = Field(16 * 1024**2, description="largest body in bytes")
    licence: str = Field("", description="terms under which the data comes")
    attribution: str = Field("", description="the credit to show beside the data")
    tables: dict[Name, Table] = Field(min_length=1, description="the tables that the feed fills")

    def gone_polls(self, table: str) -> int | None:
        """After how many successful polls without it a key is deleted; None is never."""
        gone = self.tables[table].gone
        return None if gone is None else math.ceil(gone / self.every)

    def spec(self) -> FeedSpec:
        """What the transform needs of this feed."""
        return FeedSpec(
            feed=self.feed,
            every_s=self.every,
            max_body=self.max_body,
            accept=self.accept,
            error=self.error,
            tables=tuple(self._table_spec(name) for name in self.tables),
        )

    def _table_spec(self, name: str) -> TableSpec:
        table = self.tables[name]
        return TableSpec(
            name=name,
            each=tuple(table.each.items()),
            where=table.where,
            key=tuple(table.key),
            keep=table.keep,
            latest=table.latest,
            gone_polls=self.gone_polls(name),
            columns=tuple(
                ColumnSpec(column, c.is_, c.type, c.parse, c.round, table.not_null(column))
                for column, c in table.columns.items()
            ),
            checks=tuple(CheckSpec(rule, c.that, c.else_) for rule, c in table.checks.items()),
        )
