"""What `headwater capture` and `release` do to the declaration, before anything is applied."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.capture import edit, names, size
from headwater.capture.load import loads
from headwater.capture.model import Taken, is_pattern
from headwater.capture.source import sizes_of, tables_of, views_of
from headwater.captured import CAPTURE, declared, taken
from headwater.errors import DeclarationError
from headwater.lake.tables import written_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from headwater.capture.model import Capture
    from headwater.capture.size import Size
    from headwater.captured import CapturedTable
    from headwater.connections import Aws
    from headwater.targets.base import Context


VIEW = "is a view: it has no rows of its own, and no changes in the binlog"
INSTEAD_OF_VIEW = "capture its tables, and write it in Athena SQL (docs/sql.md, Views)"


def with_tables(
    context: Context, wanted: Sequence[str], options: Mapping[str, Any]
) -> tuple[Context, str]:
    """The context with these tables or patterns captured, and capture.yaml's text that says so.

    What was said of a table stays where `options` say nothing else: how it lies in the lake never
    changes, whoever chose it. Nothing is written yet; raises DeclarationError where a name or an
    option is not valid, or means no table of MySQL.
    """
    place = context.project.capture
    text = place.read_text(encoding="utf-8") if place.exists() else ""
    for name in wanted:
        entry = context.capture.tables.get(name)
        if options or entry is None or entry.skip:
            all_of = {**_said(context.capture, text, name), **options}
            text = edit.put(text, name, Taken.model_construct(set(all_of), **all_of))
    found = replace(context, capture=loads(text, source=str(place)))
    _refuse_unknown(found, wanted)
    return found, text


def by_size(
    before: Context, found: Context, text: str, wanted: Sequence[str]
) -> tuple[Context, str, dict[str, Size]]:
    """The context and text of `with_tables` with type and buckets of large tables, and their sizes.

    Only of tables that were not captured `before`, and for which nobody chose. Raises
    DeclarationError where the lake still has a table with another type, which cannot change.
    """
    captured = {table.name for table in taken(before)}
    new = [table for table in meant(found, wanted) if table.name not in captured]
    lying = _lying(before.connections.aws, new)
    said = {table.name: _said(found.capture, text, table.name) for table in new}
    unsaid = [name for name in said if name not in lying and not size.BY_HAND & set(said[name])]
    sizes = sizes_of(before.connections.mysql, unsaid)
    large = {name: of for name, of in sizes.items() if size.layout(of)}
    for name, of in large.items():
        options = {**said[name], **size.layout(of)}
        text = edit.put(text, name, Taken.model_construct(set(options), **options))
    capture = loads(text, source=str(before.project.capture))
    return replace(found, capture=capture), text, large


def _said(capture: Capture, text: str, name: str) -> dict[str, Any]:
    """The options of a table's own entry, or else of its pattern, as they are written."""
    own = capture.tables.get(name)
    fitting = [pattern for pattern in names.patterns(capture) if names.matches(pattern, name)]
    found = [name] if own and not own.skip else fitting
    return edit.said(text, found[0]) if found else {}


def _lying(aws: Aws, tables: Sequence[CapturedTable]) -> set[str]:
    """Those that the lake still has, let go before; one with another type is refused."""
    found = {table: written_type(aws, table.database, table.table) for table in tables}
    others = [
        replace(table, layout=replace(table.layout, type=kind))
        for table, kind in found.items()
        if kind not in {None, table.layout.type}
    ]
    if others:
        raise DeclarationError(
            f"the lake still has {', '.join(f'{t.name} ({t.layout.type})' for t in others)}: "
            "type and buckets are fixed once written",
            remedy="give --type and --buckets as they were, or remove the rows first: "
            + "; ".join(removal(aws, table) for table in others),
        )
    return {table.name for table, kind in found.items() if kind}


def without(context: Context, names_given: Sequence[str]) -> tuple[Context, str]:
    """The context without these tables or patterns, and capture.yaml's text that says so.

    A table that a pattern stands for is left out of it (`skip`); a pattern goes with the entries
    of its tables. Raises DeclarationError where nothing is captured under a name.
    """
    place = context.project.capture
    text = place.read_text(encoding="utf-8") if place.exists() else ""
    captured = {table.name for table in taken(context)}
    for name in names_given:
        if name not in captured and name not in context.capture.tables:
            near = _nearest(name, sorted({*captured, *context.capture.tables}))
            raise DeclarationError(f"{name} is not captured", remedy=near)
        for said in _entries(context.capture, name):
            text = edit.drop(text, said)
            if _fits_pattern(loads(text, source=str(place)), said):
                text = edit.put(text, said, Taken(skip=True))
    for name, entry in context.capture.tables.items():
        if entry.skip and not _fits_pattern(loads(text, source=str(place)), name):
            text = edit.drop(text, name)  # its pattern is gone
    return replace(context, capture=loads(text, source=str(place))), text


def _entries(capture: Capture, name: str) -> list[str]:
    """A name and, where it is a pattern, the entries of tables of their own that it stands for."""
    fitting = (own for own, entry in capture.tables.items() if not entry.skip)
    return [name, *(own for own in fitting if own != name and names.matches(name, own))]


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
    unregister = f"aws glue delete-table --database-name {table.database} --name"
    registered = (table.table.lower() + ending for ending in table.layout.endings)
    return "".join(f"{unregister} {name}; " for name in registered) + (
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
