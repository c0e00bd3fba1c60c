"""The connector begun anew, and every table with it: after a binlog that was purged or reset.

Debezium's place in the binlog means nothing any more, and neither do the GTIDs that the tables have
applied. Stopped, so that nothing comes in between, everything forgets them; then Debezium reads
all rows once and goes on from MySQL's present end. Rows that are not among them are removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture import reread, scans
from headwater.captured import declared
from headwater.clock import Clock
from headwater.errors import TargetError
from headwater.lake import files
from headwater.lake.barrier import Barrier
from headwater.lake.tables import read_report
from headwater.targets.connect import ConnectTarget
from headwater.topics import Topics
from headwater_cdc.continuity import FILE

if TYPE_CHECKING:
    from headwater.capture.reread import Tell
    from headwater.captured import CapturedTable
    from headwater.connections import Aws
    from headwater.targets.base import Context

JOB_S, LOOK_S = 120.0, 0.5
READING_S = 24 * 3600.0
"""The first beat comes when all rows are read, and how long that takes is up to the tables."""


def begin_anew(context: Context, tell: Tell, *, empty: bool) -> list[CapturedTable]:
    """Read every declared table from a new beginning of the connector; the tables.

    Cut off, it is begun anew by the next call.
    """
    connections = context.connections
    tables, connector = declared(context), ConnectTarget(context)
    tell("stopping the connector")
    connector.forget()
    with Topics(connections.kafka) as topics:
        barrier = Barrier(connections, topics, context.settings.topic_prefix, timeout=READING_S)
        _drain(context, barrier, tables, tell)
        before = reread.begin(context, tables, tell, empty=empty)
        _forget_beats(connections.aws)
        scans.forget(connections.mysql, tables)
        connector.apply()
        tell("Debezium reads every table")
        barrier.wait_carried()
        for table in tables:
            tell(f"{table.name}: waiting until the lake has applied what was read")
            barrier.wait_applied(table)
    reread.remove_older(context, tables, before, tell)
    return tables


def _forget_beats(aws: Aws, clock: Clock | None = None) -> None:
    """The job no longer compares the beats with those of before; returns when it knows."""
    clock, place = clock or Clock(), f"{files.CONTROL}/{FILE}"
    files.remove(aws, place)
    end = clock.now() + JOB_S
    while files.read_text(aws, place) is None:
        if clock.now() > end:
            raise TargetError(
                f"the streaming job has not looked at {place} for {JOB_S:.0f} s",
                remedy="`headwater status` shows whether it runs",
            )
        clock.sleep(LOOK_S)


def _drain(context: Context, barrier: Barrier, tables: list[CapturedTable], tell: Tell) -> None:
    """What was read before the loss is applied still; a paused table applies nothing."""
    for table in tables:
        report = read_report(context.connections.aws, table.database, table.table)
        if report.get("state") != "paused":
            tell(f"{table.name}: waiting until the lake has applied what is there")
            barrier.wait_applied(table)
