"""Whether the connector moves: what it says of itself, its heartbeat, and its place in the binlog.

A connector may say RUNNING and read nothing. The heartbeat shows it, for its beats travel the same
way as every change; and MySQL tells whether it still has what comes next, by sets of GTIDs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.errors import TargetError
from headwater.mysql import asking
from headwater.targets._connect_api import ConnectApi, remedy_of
from headwater.targets._msk_connect import MskConnectApi
from headwater.targets.connect import CONNECTOR
from headwater.topics import Topics, heartbeat_topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.targets._connect_api import Status
    from headwater.targets.base import Context

STALLED_S = 30.0
"""Six beats."""
PATIENCE_S = 5.0
BEGIN_ANEW = "`headwater snapshot --all` begins anew and reads every table"
_LOOK = "`headwater logs connect` says more; `headwater restart connect` starts it anew"
_PLACE = "SELECT GTID_SUBTRACT(%s, @@gtid_executed), GTID_SUBTRACT(@@gtid_purged, %s)"


@dataclass(frozen=True)
class Health:
    """`state` is running, stalled, lost, failed, unreachable, or Connect's own word.

    `heartbeat_s` is the age of the newest beat in Kafka, None where there is none.
    """

    connector: str = CONNECTOR
    state: str = "running"
    heartbeat_s: float | None = None
    reason: str = ""
    remedy: str = ""


def health(context: Context, clock: Callable[[], float] = time.time) -> Health:
    """Ask Connect, Kafka and MySQL; raises what Kafka and MySQL raise."""
    age = _heartbeat_age(context, clock)
    deployment = context.connections.deployment
    if deployment:
        return judged(MskConnectApi(deployment).status(CONNECTOR), age)
    api = ConnectApi(context.connections.connect_url, patience_s=PATIENCE_S)
    try:
        status, gtids = api.status(CONNECTOR), str(api.offsets(CONNECTOR).get("gtids") or "")
    except TargetError as error:
        told = f"{error.message}; the last heartbeat came {_ago(age)}"
        return Health(state="unreachable", heartbeat_s=age, reason=told, remedy=_LOOK)
    lost = _lost(context, gtids) if gtids else ""
    if lost:
        return Health(state="lost", heartbeat_s=age, reason=lost, remedy=BEGIN_ANEW)
    return judged(status, age)


def judged(status: Status, age: float | None) -> Health:
    """By Connect's own word and the age of the newest beat in seconds."""
    if status.failed:
        return Health(
            state="failed", heartbeat_s=age, reason=status.reason, remedy=remedy_of(status.trace)
        )
    if not status.running:
        state = status.connector.lower()
        return Health(state=state, heartbeat_s=age, remedy="`headwater apply` lets it go on")
    if age is not None and age > STALLED_S:
        told = f"says RUNNING, but its last heartbeat came {_ago(age)}"
        return Health(state="stalled", heartbeat_s=age, reason=told, remedy=_LOOK)
    return Health(heartbeat_s=age)


def _lost(context: Context, read: str) -> str:
    """Why the connector's place in the binlog means nothing to the server; empty if it does."""
    with asking(context.connections.mysql) as cursor:
        cursor.execute(_PLACE, (read, read))
        ((unknown, purged),) = cursor.fetchall()
    if unknown:
        return (
            f"MySQL does not know transactions that were read from it ({_one_line(unknown)}): it "
            "was reset, restored, or is a replica that lacks them"
        )
    if purged:
        return f"MySQL has purged its binlog before it was read ({_one_line(purged)})"
    return ""


def _heartbeat_age(context: Context, clock: Callable[[], float]) -> float | None:
    with Topics(context.connections.kafka) as topics:
        newest = topics.newest_ms(heartbeat_topic(context.settings.topic_prefix))
    return None if newest is None else round(max(0.0, clock() - newest / 1000), 1)


def _ago(age: float | None) -> str:
    return "never" if age is None else f"{age:.0f} s ago"


def _one_line(gtids: str) -> str:
    return " ".join(str(gtids).split())
