"""What the model's types cannot say: whether names, expressions and types of a feed fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.feed.checks_request import request_problems
from headwater.feed.parsing import NEEDED_FOR, VALID_FOR
from headwater.feed.references import mistakes
from headwater.feed.yamltree import Path, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from headwater.feed.model import Column, Feed, Table

    Scope = dict[str, Collection[str] | None]

SEEN = "response.fetched_at"
_RESERVED = ("doc", "response", "row")
_ROUNDED = ("integer", "decimal", "moment")
_ORDERED = ("integer", "decimal", "date", "moment")
_NO_KEY = ("text", "json", "float")
_MAX_ROW, _MAX_KEY, _CHARACTER = 65_535, 3_072, 4


def problems(feed: Feed) -> list[Problem]:
    """Every mistake in a feed that is well-formed by itself."""
    return [*_problems(feed)]


def _problems(feed: Feed) -> Iterator[Problem]:
    scope: Scope = {"doc": None, "response": ("fetched_at", "url", "values")}
    yield from request_problems(feed.request)
    for key, text in (("accept", feed.accept), ("error", feed.error)):
        yield from _expression((key,), text, scope)
    if feed.request.pages:
        yield from _expression(("request", "pages", "next"), feed.request.pages.next, scope)
    for name, table in feed.tables.items():
        path: Path = ("tables", name)
        yield from _levels(path, table, scope)
        yield from _key(path, table)
        yield from _keeping(path, table, feed.every)
        yield from _lake(path, table)
        yield from _sizes(path, table)
        for column_name, column in table.columns.items():
            yield from _column((*path, "columns", column_name), column)


def _expression(path: Path, text: str | None, scope: Scope) -> Iterator[Problem]:
    if text is not None:
        yield from (Problem(path, mistake) for mistake in mistakes(text, scope))


def _levels(path: Path, table: Table, outer: Scope) -> Iterator[Problem]:
    scope = dict(outer)
    for level, text in table.each.items():
        if level in _RESERVED:
            yield Problem((*path, "each", level), f"{level!r} is taken; choose another name")
        yield from _expression((*path, "each", level), text, scope)
        scope[level] = None
    yield from _expression((*path, "where"), table.where, scope)
    for name, column in table.columns.items():
        yield from _expression((*path, "columns", name, "is"), column.is_, scope)
    scope["row"] = table.columns.keys()
    for name, check in table.checks.items():
        yield from _expression((*path, "checks", name, "that"), check.that, scope)


def _column(path: Path, column: Column) -> Iterator[Problem]:
    kind, valid = column.type.kind, VALID_FOR[column.type.kind]
    if column.parse is None and kind in NEEDED_FOR:
        yield Problem(path, f"{column.type} needs parse: {' or '.join(valid)}")
    if column.parse is not None and column.parse not in valid:
        options = f"valid are {', '.join(valid)}" if valid else "it takes no parse"
        yield Problem((*path, "parse"), f"{column.parse!r} does not give {column.type}; {options}")
    if column.round is not None and kind not in _ROUNDED:
        yield Problem((*path, "round"), f"{column.type} is never rounded; drop the key")


def _key(path: Path, table: Table) -> Iterator[Problem]:
    at = (*path, "key")
    if len(set(table.key)) < len(table.key):
        yield Problem(at, f"names a column twice: {', '.join(table.key)}")
    for name in table.key:
        column = table.columns.get(name)
        if column is None:
            yield Problem(at, f"no column {name!r}; columns are {', '.join(table.columns)}")
        elif column.type.kind in _NO_KEY:
            yield Problem(at, f"{name!r} is {column.type}, which cannot be in a key")
        elif "required" in column.model_fields_set and not column.required:
            where = (*path, "columns", name, "required")
            yield Problem(where, "a column of the key cannot be null; drop the key")


def _keeping(path: Path, table: Table, every: int) -> Iterator[Problem]:
    if table.keep == "history":
        for name in ("latest", "gone"):
            if getattr(table, name) is not None:
                yield Problem((*path, name), "belongs to a table with keep: latest; drop the key")
        return
    if table.latest is None:
        yield Problem(path, "'latest' is missing: the ordering column, or keep: history")
    elif table.latest not in table.columns:
        options = ", ".join(table.columns)
        yield Problem((*path, "latest"), f"no column {table.latest!r}; columns are {options}")
    elif table.columns[table.latest].type.kind not in _ORDERED:
        kind = table.columns[table.latest].type
        yield Problem((*path, "latest"), f"{kind} gives no order; use a number or a moment")
    if table.gone is not None and all(c.is_ != SEEN for c in table.columns.values()):
        yield Problem((*path, "gone"), f"needs a column with is: {SEEN}, when a key was last seen")
    if table.gone is not None and table.gone < every:
        yield Problem((*path, "gone"), f"{table.gone} s is less than one poll ({every} s)")


def _lake(path: Path, table: Table) -> Iterator[Problem]:
    at, by = (*path, "lake", "partition_by"), table.lake.partition_by
    if by is not None:
        column = table.columns.get(by)
        if by not in table.key or column is None or column.type.kind not in {"date", "moment"}:
            yield Problem(at, f"{by!r} is no DATE, DATETIME or TIMESTAMP column of the key")
        if "day" in table.columns:
            yield Problem(at, "the partition is named 'day': no column can have that name")
    if table.retention.mysql is not None and by is None:
        yield Problem((*path, "retention", "mysql"), "needs lake.partition_by, which gives the age")
    if table.retention.mysql is not None and table.on_delete == "apply":
        why = "would delete from the lake too; set lake.on_delete: ignore"
        yield Problem((*path, "retention", "mysql"), why)


def _sizes(path: Path, table: Table) -> Iterator[Problem]:
    row = sum(map(_bytes, table.columns.values()))
    if row > _MAX_ROW:
        yield Problem(path, f"a row takes {row} bytes, MySQL holds {_MAX_ROW}; use TEXT")
    key = sum(_bytes(table.columns[name]) for name in table.key if name in table.columns)
    if key > _MAX_KEY:
        yield Problem((*path, "key"), f"the key takes {key} bytes, MySQL holds {_MAX_KEY}")


def _bytes(column: Column) -> int:
    """Bytes in a row at most; text, JSON and small types count as a dozen."""
    width = {"string": _CHARACTER, "binary": 1}.get(column.type.kind)
    return 12 if width is None else column.type.size * width + 2
