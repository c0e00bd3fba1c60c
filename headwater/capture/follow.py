"""From a requested reading to rows that SQL sees: progress, and the wait for its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture import scans
from headwater.clock import Clock
from headwater.errors import TargetError
from headwater.lake.barrier import Barrier
from headwater.pace import Pace
from headwater.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.capture.scans import Scan
    from headwater.captured import CapturedTable
    from headwater.targets.base import Context

PAUSE_S = 0.5
STALL_S = 300.0


def wait(
    context: Context,
    tables: Sequence[CapturedTable],
    tell: Callable[[str], None],
    clock: Clock | None = None,
) -> None:
    """Return when every row of these tables is in the lake; raises where that cannot come."""
    clock = clock or Clock()
    wanted = scans.known(context.connections.mysql)
    with Topics(context.connections.kafka) as topics:
        asked = [wanted[table.name] for table in tables if table.name in wanted]
        _until_read(scans.Follower(context.connections, topics, asked), tell, clock)
        prefix = context.settings.topic_prefix
        barrier = Barrier(context.connections, topics, prefix, timeout=STALL_S)
        for table in tables:
            tell(f"{table.name}: waiting until the lake has applied what was read")
            barrier.wait(table)


def _until_read(follower: scans.Follower, tell: Callable[[str], None], clock: Clock) -> None:
    paces: dict[str, Pace] = {}
    seen: dict[str, Scan] = {}
    moved = clock.now()
    while True:
        found = follower.look()
        if found != seen:
            seen, moved = found, clock.now()
        for scan in found.values():
            scan.require()
        left = [scan for scan in found.values() if not scan.complete]
        if not left:
            return
        paces = {scan.table: paces.get(scan.table) or Pace(clock.now) for scan in left}
        tell("; ".join(_line(scan, paces[scan.table]) for scan in left))
        if clock.now() - moved > STALL_S:
            raise TargetError(
                f"nothing was read of {', '.join(paces)} for {STALL_S:.0f} s",
                remedy="`headwater status` shows every stage; `headwater logs connect` says more",
            )
        clock.sleep(PAUSE_S)


def _line(scan: Scan, pace: Pace) -> str:
    """`shop.orders: 4,096 of 20,000 rows read, 1,024/s, 15 s left`."""
    return f"{scan.table}: {scan.told}{pace.told(scan.rows, scan.expected_rows)}"
