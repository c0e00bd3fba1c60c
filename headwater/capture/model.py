"""The model of feeds/capture.yaml: which MySQL tables are taken into the lake, and how."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from headwater.feed.model import OnDelete, TableType
from headwater.feed.request import Duration, Part

OWN = ("mysql", "sys", "information_schema", "performance_schema", "headwater")
"""Schemas that are never captured: MySQL's own and ours."""


def _table_name(name: str) -> str:
    schema, _, table = name.partition(".")
    if not schema or not table or "." in table:
        raise ValueError("expected schema.table, or schema.* for all tables of a schema")
    if "*" in schema:
        raise ValueError("a pattern stands for tables, the schema is named: shop.*")
    if schema.lower() in OWN:
        raise ValueError(f"the schema {schema} is never captured")
    return name


TableName = Annotated[str, AfterValidator(_table_name)]


class Taken(Part):
    """How one table, or the tables of a pattern, are taken."""

    type: TableType = Field("COPY_ON_WRITE", description="Hudi table type")
    buckets: int = Field(1, ge=1, le=4096, description="buckets of the index; fixed once written")
    partition_by: str | None = Field(
        None, description="key column of type DATE, DATETIME or TIMESTAMP: one partition a day"
    )
    on_delete: OnDelete = Field("apply", description="what a delete in MySQL does in the lake")
    commit_every: Duration | None = Field(
        None, description="time between two commits at least; default: as fast as changes come"
    )
    key: tuple[str, ...] = Field(
        (), description="columns of a unique NOT NULL key, for a table without a primary key"
    )
    append_only: bool = Field(
        default=False, description="keep every change from now on, for a table without any key"
    )
    accept: tuple[str, ...] = Field(
        (), description="checks of the preflight that only warn about this table"
    )
    skip: bool = Field(default=False, description="leave this table out of the patterns")

    @model_validator(mode="after")
    def _changes_have_no_key(self) -> Self:
        if self.append_only and self.key:
            raise ValueError("append_only keeps changes, which need no key: leave `key` out")
        if self.append_only and "on_delete" in self.model_fields_set:
            raise ValueError("append_only keeps a delete as a change: leave on_delete out")
        return self


class Capture(Part):
    """The whole file."""

    tables: dict[TableName, Annotated[Taken, BeforeValidator(lambda value: value or {})]] = Field(
        default_factory=dict, description="schema.table or pattern, and how it is taken"
    )

    @model_validator(mode="after")
    def _skips_are_tables(self) -> Self:
        for name, taken in self.tables.items():
            if taken.skip and is_pattern(name):
                raise ValueError(f"{name}: skip belongs to one table; leave the pattern out")
        return self


def is_pattern(name: str) -> bool:
    """Whether the name stands for any number of tables."""
    return "*" in name
