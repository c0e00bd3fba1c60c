"""A carried table read anew: a new generation of it, so that rows that vanished vanish here too.

What the lake last wrote before the reading, and what was neither read nor changed since, is gone in
MySQL: the streaming job removes it when the reading is applied (docs/streaming.md, "Requests"). A
paused table is emptied instead, and goes on with whatever columns come.
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
    from collections.abc import Callable, Sequence

    from headwater.captured import CapturedTable
    from headwater.targets.base import Context


def reread(
    context: Context, tables: Sequence[CapturedTable], tell: Callable[[str], None], *, empty: bool
) -> None:
    """Read these tables anew; returns when the lake has them as MySQL has.

    Cut off, it is begun anew by the next call. `empty` allows to empty a paused table that keeps
    what MySQL has purged; without it such a table raises DeclarationError.
    """
    paused = [table for table in tables if _is_paused(context, table)]
    if not empty:
        _refuse_histories(paused)
    for table in tables:
        if table in paused:
            tell(f"{table.name}: emptied, since it is paused")
            requests.ask(context.connections.aws, table.name, "rebuild")
            requests.wait(context.connections.aws, table.name)
    before = _instants(context, [table for table in tables if table not in paused], tell)
    scans.request(context.connections, tables)
    follow.wait(context, tables, tell)
    _remove(context, [table for table in tables if before.get(table.name)], before, tell)


def _is_paused(context: Context, table: CapturedTable) -> bool:
    report = read_report(context.connections.aws, table.database, table.table)
    return report.get("state") == "paused"


def _refuse_histories(paused: Sequence[CapturedTable]) -> None:
    histories = [table.name for table in paused if table.layout.on_delete == "ignore"]
    if histories:
        names = " ".join(histories)
        raise DeclarationError(
            f"{names}: paused, and keeps rows that MySQL may have purged: read anew they are lost",
            remedy=f"`headwater snapshot --empty {names}` does it all the same",
        )


def _instants(
    context: Context, tables: Sequence[CapturedTable], tell: Callable[[str], None]
) -> dict[str, str]:
    """The newest commit of each table, once everything of before is applied and nothing is read."""
    scans.stop(context.connections.mysql, tables)
    with Topics(context.connections.kafka) as topics:
        barrier = Barrier(context.connections, topics, context.settings.topic_prefix)
        for table in tables:
            tell(f"{table.name}: waiting until the lake has applied what is there")
            barrier.wait(table)
    aws = context.connections.aws
    return {table.name: newest_instant(aws, table.database, table.table) for table in tables}


def _remove(
    context: Context,
    tables: Sequence[CapturedTable],
    before: dict[str, str],
    tell: Callable[[str], None],
) -> None:
    """What was neither read nor changed since; a history keeps it. All that was read is applied."""
    aws = context.connections.aws
    for table in tables:
        state = read_state(aws, table.database, table.table)
        if table.layout.on_delete == "ignore" or state is None:
            continue
        tell(f"{table.name}: removing what MySQL has no more")
        until = before[table.name]
        requests.ask(aws, table.name, "remove", until=until, after_offset=state.next_offset)
        requests.wait(aws, table.name)
