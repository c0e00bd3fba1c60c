"""A barrier: a moment of MySQL's that is known to have reached the lake.

The heartbeat row's counter is raised in MySQL. Debezium carries changes in the binlog's order, so
when that counter is seen in the heartbeat's topic, all that was committed before stands in its own
topic. A table has passed the barrier when its applied offset leaves nothing in the topic up to the
end as it was then.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from headwater.errors import VerifyError
from headwater.lake import tables
from headwater.lake.messages import Decoder
from headwater.topics import heartbeat_topic
from headwater_cdc.envelope import SNAPSHOT_READ

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.captured import CapturedTable
    from headwater.connections import Connections
    from headwater.topics import Topics

TIMEOUT = 120.0
PAUSE = 0.1
_RAISE = (
    "UPDATE headwater.heartbeat SET counter = LAST_INSERT_ID(counter + 1), "
    "server_uuid = @@server_uuid, beat_at = UTC_TIMESTAMP(6) WHERE id = 1"
)
_LOOK = "`headwater status` shows every stage; `headwater logs connect` and `logs job` say more"


class Barrier:
    """Raises the counter and waits for it."""

    def __init__(
        self,
        connections: Connections,
        topics: Topics,
        prefix: str,
        *,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connections = connections
        self._topics = topics
        self._heartbeat = heartbeat_topic(prefix)
        self._timeout = timeout
        self._clock = clock
        self._sleep = sleep
        self._decoder = Decoder(topics)

    def wait(self, table: CapturedTable, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Return when the lake's table holds everything that MySQL has committed by now.

        `meanwhile` is called again and again while there is nothing to do but wait.
        """
        self.wait_carried(meanwhile)
        self.wait_applied(table, meanwhile)

    def wait_carried(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Return when Debezium has read everything that MySQL has committed by now."""
        deadline = self._clock() + self._timeout
        start = self._topics.end_offset(self._heartbeat) if self._exists() else 0
        counter = self._raise_counter()
        while True:
            if self._exists():
                for message in list(self._topics.messages(self._heartbeat, start)):
                    start = message.offset + 1
                    if self._counter(message.value) >= counter:
                        return
            if self._clock() > deadline:
                raise VerifyError(
                    f"Debezium has not carried heartbeat {counter} from MySQL to "
                    f"{self._heartbeat} within {self._timeout:.0f} s",
                    remedy=_LOOK,
                )
            meanwhile()
            self._sleep(PAUSE)

    def wait_applied(
        self, table: CapturedTable, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Return when the lake's table holds everything that its topic has by now."""
        if table.topic not in self._topics.names():
            return  # a table in which nothing ever happened has no topic
        end = self._topics.end_offset(table.topic)
        deadline, before = self._clock() + self._timeout, -1
        while True:
            state = tables.read_state(self._connections.aws, table.database, table.table)
            applied = state.next_offset if state else 0
            if self._nothing_between(table.topic, applied, end):
                return
            self._check_running(table)
            if applied > before:  # it moves: the time counts from here
                deadline, before = self._clock() + self._timeout, applied
            if self._clock() > deadline:
                raise VerifyError(
                    f"{table.name}: applied up to offset {applied} of {end}, and nothing more "
                    f"for {self._timeout:.0f} s",
                    remedy=_LOOK,
                )
            meanwhile()
            self._sleep(PAUSE)

    def _nothing_between(self, topic: str, start: int, end: int) -> bool:
        """Whether no message stands there; the markers of transactions are none."""
        if start >= end:
            return True
        first = next(iter(self._topics.messages(topic, start)), None)
        return first is None or first.offset >= end

    def _check_running(self, table: CapturedTable) -> None:
        report = tables.read_report(self._connections.aws, table.database, table.table)
        if report.get("state") == "paused":
            raise VerifyError(
                f"{table.name} is paused: {report.get('reason', 'no reason given')}",
                remedy=str(report.get("remedy", _LOOK)),
            )

    def _exists(self) -> bool:
        return self._heartbeat in self._topics.names()

    def _raise_counter(self) -> int:
        with (
            closing(self._connections.mysql.connect()) as connection,
            connection.cursor() as cursor,
        ):
            if cursor.execute(_RAISE) != 1:
                raise VerifyError(
                    "MySQL's headwater.heartbeat has no row to write a barrier to",
                    remedy="`headwater apply` makes it",
                )
            cursor.execute("SELECT LAST_INSERT_ID()")
            ((counter,),) = cursor.fetchall()
            return int(counter)

    def _counter(self, message: bytes) -> int:
        """The counter in a beat; -1 in what is none, such as a row that a snapshot read."""
        record = self._decoder.value(message) or {}
        row = (record.get("after") or {}) if record.get("op") != SNAPSHOT_READ else {}
        counter = row.get("counter", -1)
        # BIGINT UNSIGNED travels as a decimal: its digits as a big-endian number.
        return int.from_bytes(counter, signed=True) if isinstance(counter, bytes) else int(counter)
