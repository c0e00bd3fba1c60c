"""What `headwater capture` and `release` do to the declaration, before anything is applied."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.capture import edit, names
from headwater.capture.load import loads
from headwater.capture.model import Taken, is_pattern
from headwater.capture.source import tables_of, views_of
from headwater.captured import CAPTURE, declared, taken
from headwater.errors import DeclarationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from headwater.capture.model import Capture
    from headwater.captured import CapturedTable
    from headwater.connections import Aws
    from headwater.targets.base import Context


VIEW = "is a view: it has no rows of its own, and no changes in the binlog"
INSTEAD_OF_VIEW = "capture its tables, and write it in Athena SQL (docs/sql.md, Views)"


def with_tables(
    context: Context, wanted: Sequence[str], options: Mapping[str, Any]
) -> tuple[Context, str]:
    """The context with these tables or patterns captured, and capture.yaml's text that says so.

    An entry that is there keeps its options where none are given. Nothing is written yet; raises
    DeclarationError where a name or an option is not valid, or means no table of MySQL.
    """
    place = context.project.capture
    text = place.read_text(encoding="utf-8") if place.exists() else ""
    for name in wanted:
        entry = context.capture.tables.get(name)
        if options or entry is None or entry.skip:
            text = edit.put(text, name, Taken.model_construct(set(options), **options))
    found = replace(context, capture=loads(text, source=str(place)))
    _refuse_unknown(found, wanted)
    return found, text


def without(context: Context, names_given: Sequence[str]) -> tuple[Context, str]:
    """The context without these tables or patterns, and capture.yaml's text that says so.

    A table that a pattern stands for is left out of it (`skip`). Raises DeclarationError where
    nothing is captured under a name.
    """
    place = context.project.capture
    text = place.read_text(encoding="utf-8") if place.exists() else ""
    captured = {table.name for table in taken(context)}
    for name in names_given:
        if name not in captured and name not in context.capture.tables:
            near = _nearest(name, sorted({*captured, *context.capture.tables}))
            raise DeclarationError(f"{name} is not captured", remedy=near)
        text = edit.drop(text, name)
        if _fits_pattern(loads(text, source=str(place)), name):
            text = edit.put(text, name, Taken(skip=True))
    for name, entry in context.capture.tables.items():
        if entry.skip and not _fits_pattern(loads(text, source=str(place)), name):
            text = edit.drop(text, name)  # its pattern is gone
    return replace(context, capture=loads(text, source=str(place))), text


def _fits_pattern(capture: Capture, name: str) -> bool:
    return any(names.matches(pattern, name) for pattern in names.patterns(capture))


def meant(context: Context, wanted: Sequence[str]) -> list[CapturedTable]:
    """The captured tables that names and patterns stand for."""
    return [
        table
        for table in taken(context)
        if any(table.name == name or names.matches(name, table.name) for name in wanted)
    ]


def views(context: Context, wanted: Sequence[str]) -> list[str]:
    """MySQL's views that patterns would stand for, if a view were captured."""
    patterns = [name for name in wanted if is_pattern(name)]
    schemas = sorted({name.partition(".")[0] for name in patterns})
    existing = views_of(context.connections.mysql, schemas) if schemas else []
    return [view for view in existing if any(names.matches(p, view) for p in patterns)]


def carried(context: Context, wanted: Sequence[str]) -> list[CapturedTable]:
    """Tables of feeds or captured ones by name (`table` or `schema.table`)."""
    known = {table.name: table for table in declared(context)}
    full = [name if "." in name else f"{context.settings.database}.{name}" for name in wanted]
    for name in full:
        if name not in known:
            raise DeclarationError(f"{name} is not captured", remedy=_nearest(name, sorted(known)))
    return [known[name] for name in full]


def removal(aws: Aws, table: CapturedTable) -> str:
    """The commands that remove a released table's rows, and the job's memory of it, for good."""
    where = f"--database-name {table.database} --name {table.table.lower()}"
    return (
        f"aws glue delete-table {where}; "
        f"aws s3 rm --recursive '{aws.warehouse}/{table.database}/{table.table}'; "
        f"aws s3 rm 's3://{aws.bucket}/_headwater/status/{table.name}.json'"
    )


def _refuse_unknown(context: Context, wanted: Sequence[str]) -> None:
    schemas = sorted({name.partition(".")[0] for name in wanted})
    existing = tables_of(context.connections.mysql, schemas)
    others = {table.name: table.origin for table in declared(context)}
    for name in wanted:
        if is_pattern(name):
            if not any(names.matches(name, table) for table in existing):
                raise DeclarationError(
                    f"{name} fits no table of MySQL", remedy=_nearest(name, existing)
                )
        elif name not in existing:
            raise _not_a_table(context, name, existing)
        elif others.get(name, CAPTURE) != CAPTURE:
            raise DeclarationError(
                f"{name} is filled by {others[name]}", remedy="it is in the lake already"
            )


def _not_a_table(context: Context, name: str, existing: Sequence[str]) -> DeclarationError:
    if name in views_of(context.connections.mysql, [name.partition(".")[0]]):
        return DeclarationError(f"{name} {VIEW}", remedy=INSTEAD_OF_VIEW)
    return DeclarationError(f"MySQL has no table {name}", remedy=_nearest(name, existing))


def _nearest(name: str, existing: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, existing, n=3) or existing[:5]
    if not near:
        return f"there is no table in schema {name.partition('.')[0]} that we may see"
    return f"did you mean {', '.join(near)}?"
