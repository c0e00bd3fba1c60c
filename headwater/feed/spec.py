"""What the transform has to know of a feed: plain data with a JSON form.

`model.Feed.spec()` makes it from the declaration; NiFi gets it as JSON text. Version 1.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from headwater.errors import TransformError
from headwater.feed.sqltypes import SqlType

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1

Keep = Literal["latest", "history"]


@dataclass(frozen=True)
class ColumnSpec:
    """One column: `is_` is its expression; `required` means NOT NULL."""

    name: str
    is_: str
    type: SqlType
    parse: str | None = None
    round: str | None = None
    required: bool = False


@dataclass(frozen=True)
class CheckSpec:
    """A quality rule: a record for which `that` is false is rejected, or only noted."""

    name: str
    that: str
    otherwise: Literal["reject", "warn"] = "reject"


@dataclass(frozen=True)
class TableSpec:
    """One table: `each` are the levels (name, expression) that walk into the body."""

    name: str
    each: tuple[tuple[str, str], ...]
    where: str | None
    key: tuple[str, ...]
    keep: Keep
    latest: str | None
    gone_polls: int | None
    columns: tuple[ColumnSpec, ...]
    checks: tuple[CheckSpec, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns in the order of a row."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class FeedSpec:
    """A feed as the transform sees it; `every_s` is the interval in seconds."""

    feed: str
    every_s: int
    max_body: int
    accept: str | None
    error: str | None
    tables: tuple[TableSpec, ...]


def to_json(spec: FeedSpec) -> str:
    """The JSON text of a spec; the same spec gives the same text."""
    content = {"version": VERSION, **asdict(spec)}
    for table, source in zip(content["tables"], spec.tables, strict=True):
        for column, origin in zip(table["columns"], source.columns, strict=True):
            column["type"] = str(origin.type)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> FeedSpec:
    """Read what `to_json` wrote; raises TransformError for anything else."""
    try:
        content = json.loads(text)
        return _feed(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TransformError(
            f"not the JSON form of a feed: {type(error).__name__}: {error}",
            remedy="render it again: headwater render",
        ) from error


def _feed(content: dict[str, Any]) -> FeedSpec:
    if content.pop("version") != VERSION:
        raise ValueError(f"its version is not {VERSION}")
    tables = tuple(_table(table) for table in content.pop("tables"))
    return FeedSpec(tables=tables, **content)


def _table(content: Mapping[str, Any]) -> TableSpec:
    parts = dict(content)
    parts["each"] = tuple((name, expression) for name, expression in parts["each"])
    parts["key"] = tuple(parts["key"])
    parts["columns"] = tuple(
        ColumnSpec(**{**column, "type": SqlType.parse(column["type"])})
        for column in parts["columns"]
    )
    parts["checks"] = tuple(CheckSpec(**check) for check in parts["checks"])
    return TableSpec(**parts)
