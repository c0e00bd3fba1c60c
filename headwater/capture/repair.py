"""Rows that a comparison found different, set right while both sides go on changing.

What the lake lacks or has otherwise, Debezium reads again, these rows only; what MySQL does not
have, the streaming job removes, unless it was written since the comparison began. A table that
keeps deleted rows (`on_delete: ignore`) keeps them here, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture import follow, scans
from headwater.captured import declared
from headwater.errors import VerifyError
from headwater.lake import requests
from headwater.lake.tables import read_state
from headwater.lake.verify.shape import read_shape
from headwater.lake.verify.sides import LakeSide, MySqlSide
from headwater.mysql import asking
from headwater.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pymysql.cursors import Cursor

    from headwater.captured import CapturedTable
    from headwater.connections import Connections
    from headwater.lake.verify import Difference, TableReport
    from headwater.lake.verify.shape import Shape
    from headwater.lake.verify.sides import Key
    from headwater.targets.base import Context

    Tell = Callable[[str], None]


def repair(context: Context, reports: Sequence[TableReport], tell: Tell) -> None:
    """Set the rows right that these reports name; returns when the lake has them.

    Raises VerifyError while one of the tables is still being read.
    """
    known = {table.name: table for table in declared(context)}
    wrong = {known[report.table]: report for report in reports if report.different}
    _refuse_reading(context.connections, list(wrong))
    with asking(context.connections.mysql) as cursor:
        shapes = {table: read_shape(cursor, context.connections.aws, table) for table in wrong}
        conditions = dict(_conditions(cursor, shapes, wrong))
    reread = [table for table in wrong if table.name in conditions]
    scans.request(context.connections, reread, conditions)
    follow.wait(context, reread, tell)
    for table, report in wrong.items():
        if table.layout.on_delete == "ignore":
            continue
        tell(f"{table.name}: removing what MySQL does not have")
        _remove(context.connections, shapes[table], report)


def _refuse_reading(connections: Connections, tables: Sequence[CapturedTable]) -> None:
    """A table has one reading at a time."""
    asked = scans.known(connections.mysql)
    wanted = [asked[table.name] for table in tables if table.name in asked]
    with Topics(connections.kafka) as topics:
        found = scans.Follower(connections, topics, wanted).look()
    reading = sorted(name for name, scan in found.items() if not scan.outcome)
    if reading:
        raise VerifyError(
            f"{', '.join(reading)}: still being read, which may set right what differs",
            remedy="`headwater status` shows how far; then run `headwater verify --repair` again",
        )


def _conditions(
    cursor: Cursor,
    shapes: Mapping[CapturedTable, Shape],
    wrong: Mapping[CapturedTable, TableReport],
) -> Iterator[tuple[str, str]]:
    """Of each table the condition of the rows that are read again."""
    for table, report in wrong.items():
        keys = [_key(found) for found in report.differences if found.kind != "extra"]
        if keys:
            yield table.name, MySqlSide(cursor, shapes[table], 1, 1).condition(keys)


def _remove(connections: Connections, shape: Shape, report: TableReport) -> None:
    table = shape.captured
    extra = [_key(found) for found in report.differences if found.kind == "extra"]
    state = read_state(connections.aws, table.database, table.table)
    if not extra or state is None:
        return
    named = LakeSide(connections.aws, shape, 1, None).record_keys(extra)
    requests.ask(
        connections.aws,
        table.name,
        "remove",
        until=report.since,
        after_offset=state.next_offset,
        record_keys=named,
    )
    requests.wait(connections.aws, table.name)


def _key(difference: Difference) -> Key:
    return tuple(difference.key.values())
