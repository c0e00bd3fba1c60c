"""A response becomes rows: a pure function of the feed, the body and how it was fetched.

No I/O, no clock, no YAML. A body that cannot be used raises TransformError; a record that cannot
be used is rejected with the reason, and the others go on.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from headwater.errors import TransformError
from headwater.feed import body as bodies
from headwater.feed.casts import Value, cast
from headwater.feed.expressions import compiled, is_true
from headwater.feed.jsontext import excerpt
from headwater.feed.result import Rejected, ResponseInfo, Result, Row, TableRows, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.feed.spec import ColumnSpec, FeedSpec, TableSpec

Scope = dict[str, Any]


def transform(feed: FeedSpec, body: bytes, response: ResponseInfo) -> Result:
    """The rows of every table of `feed` in `body`.

    Raises TransformError where the body is no JSON, is not accepted (`accept`, `error`) or does
    not have the shape that the outermost level of a table walks into.
    """
    doc = bodies.parse(body, max_body=feed.max_body, feed=feed.feed)
    scope = {"doc": doc, "response": response.scope()}
    _accept(feed, scope)
    return Result(feed.feed, {table.name: _rows(table, scope) for table in feed.tables})


def _accept(feed: FeedSpec, scope: Scope) -> None:
    message = compiled(feed.error)(scope) if feed.error else None
    accepted = is_true(compiled(feed.accept)(scope)) if feed.accept else message is None
    if not accepted:
        said = f"the API says {excerpt(message, 300)!r}" if message is not None else "no reason"
        raise TransformError(
            f"feed {feed.feed}: the body is not accepted ({said}): {excerpt(scope['doc'])}",
            remedy=f"accept: {feed.accept}" if feed.accept else "",
        )


def _rows(table: TableSpec, scope: Scope) -> TableRows:
    found = TableRows(table.column_names)
    for path, inner in _walk(table, scope, found):
        try:
            if table.where and not is_true(compiled(table.where)(inner)):
                found.skipped += 1
                continue
            row = tuple(_value(table, column, path, inner) for column in table.columns)
            found.warnings += _broken_rules(table, path, row, inner)
            found.rows.append(row)
        except _RejectError as error:
            found.rejected.append(error.record)
        except TransformError as error:
            found.rejected.append(Rejected(table.name, path, "where", "", error.message))
    return found


class _Level(NamedTuple):
    """One level of a table: `name` takes the records that `expression` gives."""

    table: str
    name: str
    expression: str
    outermost: bool


def _walk(table: TableSpec, scope: Scope, found: TableRows) -> Iterator[tuple[str, Scope]]:
    """Every record as (path, scope), outer levels first; what cannot be walked is rejected."""
    places: Iterator[tuple[str, Scope]] = iter([("", scope)])
    for depth, (name, expression) in enumerate(table.each):
        places = _into(_Level(table.name, name, expression, depth == 0), places, found)
    return places


def _into(
    level: _Level, places: Iterator[tuple[str, Scope]], found: TableRows
) -> Iterator[tuple[str, Scope]]:
    for path, scope in places:
        try:
            records = _records(compiled(level.expression)(scope), level)
        except TransformError as error:
            if level.outermost:
                raise TransformError(f"table {level.table}: {error.message}") from error
            found.rejected.append(Rejected(level.table, path, level.name, "", error.message))
            continue
        for index, record in enumerate(records):
            yield f"{path}{'.' if path else ''}{level.name}[{index}]", {**scope, level.name: record}


def _records(value: Any, level: _Level) -> list[Any]:  # noqa: ANN401 - any JSON value
    """Null is no record, an object is one, a list is its elements."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise TransformError(
            f"level {level.name} ({level.expression}) is no list: {excerpt(value)}"
        )
    return value


class _RejectError(Exception):
    """Carries the record to where the next one is taken up."""

    def __init__(self, record: Rejected) -> None:
        super().__init__(record)
        self.record = record


def _value(table: TableSpec, column: ColumnSpec, path: str, scope: Scope) -> Value:
    raw = None
    try:
        raw = compiled(column.is_)(scope)
        value = cast(raw, column.type, column.parse, column.round)
    except TransformError as error:
        raise _RejectError(
            Rejected(table.name, path, column.name, excerpt(raw), error.message)
        ) from error
    if value is None and column.required:
        why = "is part of the key" if column.name in table.key else "is required"
        raise _RejectError(
            Rejected(table.name, path, column.name, excerpt(raw), f"has no value, but {why}")
        )
    return value


def _broken_rules(table: TableSpec, path: str, row: Row, scope: Scope) -> list[Rejected]:
    if not table.checks:
        return []
    # As in SQL, a rule is broken where it is false; unknown (null) passes.
    values = {**scope, "row": dict(zip(table.column_names, map(_comparable, row), strict=True))}
    broken = []
    for check in table.checks:
        if compiled(check.that)(values) is False:
            record = Rejected(table.name, path, check.name, check.that, "does not hold")
            if check.otherwise == "reject":
                raise _RejectError(record)
            broken.append(record)
    return broken


def _comparable(value: Value) -> Any:  # noqa: ANN401 - a number, a boolean, text or null
    return value if isinstance(value, Decimal | str | int) else plain(value)
