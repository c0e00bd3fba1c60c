"""A carried table read anew: a new generation of it, so that rows that vanished vanish here too.

What the lake last wrote before the reading, and what was neither read nor changed since, is gone in
MySQL: the streaming job removes it when the reading is applied (docs/streaming.md, "Requests"). A
table that is paused because changes were lost keeps its rows until then; one that is paused for
another reason is emptied, and goes on with whatever columns come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture import follow, scans
from headwater.errors import DeclarationError
from headwater.lake import requests
from headwater.lake.barrier import Barrier
from headwater.lake.tables import newest_instant, read_report, read_state
from headwater.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headwater.captured import CapturedTable
    from headwater.targets.base import Context

    Tell = Callable[[str], None]


def reread(context: Context, tables: Sequence[CapturedTable], tell: Tell, *, empty: bool) -> None:
    """Read these tables anew; returns when the lake has them as MySQL has.

    Cut off, it is begun anew by the next call. `empty` allows to empty a paused table that keeps
    what MySQL has purged; without it such a table raises DeclarationError.
    """
    going_on = [table for table in tables if not _is_paused(context, table)]
    before = begin(context, [t for t in tables if t not in going_on], tell, empty=empty)
    _wait_applied(context, going_on, tell)
    before |= instants(context, going_on)
    scans.request(context.connections, tables)
    follow.wait(context, tables, tell)
    remove_older(context, tables, before, tell)


def begin(
    context: Context, tables: Sequence[CapturedTable], tell: Tell, *, empty: bool
) -> dict[str, str]:
    """Let tables begin anew at the end of their topics; the newest commit of those that keep rows.

    Raises DeclarationError where a history would be emptied that `empty` does not allow.
    """
    emptied = [table for table in tables if _is_paused(context, table, keeping=False)]
    if not empty:
        _refuse_histories(emptied)
    aws = context.connections.aws
    for table in tables:
        tell(f"{table.name}: emptied, since it is paused" if table in emptied else table.name)
        requests.ask(aws, table.name, "rebuild" if table in emptied else "begin")
    for table in tables:
        requests.wait(aws, table.name)
    return instants(context, [table for table in tables if table not in emptied])


def instants(context: Context, tables: Sequence[CapturedTable]) -> dict[str, str]:
    """The newest commit of each table."""
    aws = context.connections.aws
    return {table.name: newest_instant(aws, table.database, table.table) for table in tables}


def remove_older(
    context: Context, tables: Sequence[CapturedTable], before: Mapping[str, str], tell: Tell
) -> None:
    """What was neither read nor changed since; a history keeps it. All that was read is applied."""
    aws = context.connections.aws
    for table in tables:
        state = read_state(aws, table.database, table.table)
        until = before.get(table.name)
        if not until or table.layout.on_delete == "ignore" or state is None:
            continue
        tell(f"{table.name}: removing what MySQL has no more")
        requests.ask(aws, table.name, "remove", until=until, after_offset=state.next_offset)
        requests.wait(aws, table.name)


def _is_paused(context: Context, table: CapturedTable, *, keeping: bool = True) -> bool:
    """Whether it is paused; with `keeping` false only for a reason that spoils its rows."""
    report = read_report(context.connections.aws, table.database, table.table)
    return report.get("state") == "paused" and (keeping or not report.get("keeps_rows"))


def _refuse_histories(emptied: Sequence[CapturedTable]) -> None:
    histories = [table.name for table in emptied if table.layout.on_delete == "ignore"]
    if histories:
        names = " ".join(histories)
        raise DeclarationError(
            f"{names}: paused, and keeps rows that MySQL may have purged: read anew they are lost",
            remedy=f"`headwater snapshot --empty {names}` does it all the same",
        )


def _wait_applied(context: Context, tables: Sequence[CapturedTable], tell: Tell) -> None:
    """Return when everything of before is applied and nothing is read."""
    scans.stop(context.connections.mysql, tables)
    with Topics(context.connections.kafka) as topics:
        barrier = Barrier(context.connections, topics, context.settings.topic_prefix)
        for table in tables:
            tell(f"{table.name}: waiting until the lake has applied what is there")
            barrier.wait(table)
