"""Faults at random moments: servers killed with -9, the job at named points, connections cut."""

from __future__ import annotations

import logging
import os
import random
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pymysql.err import Error

from headwater.stack import state
from headwater_cdc.faults import POINTS
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.stack import Stack

log = logging.getLogger(__name__)
SERVERS = ("job", "connect", "kafka", "mysql", "s3")
CUT = "connections"
# Only a snapshot passes the last point, and here is none.
KINDS = (*SERVERS, CUT, *(f"job at {point}" for point in POINTS[:3]))
READY_S = 300.0


@dataclass
class Injector:
    """Deals the kinds of faults like cards: each comes once before any comes again."""

    stack: Stack
    seed: int
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.seed}-faults")  # noqa: S311 - reproducible
        self._deck: list[str] = []

    @property
    def dealt_all(self) -> bool:
        """Whether every kind has come as often."""
        return not self._deck

    def strike(self) -> None:
        """One fault, after a pause; returns when everything is ready again."""
        until(lambda: self._chance.random() < 0.2, "a moment", pause=0.5)
        if not self._deck:
            self._deck = self._chance.sample(KINDS, len(KINDS))
        kind = self._deck.pop()
        self.counts[kind] = self.counts.get(kind, 0) + 1
        log.info("fault: %s", kind)
        if kind == CUT:
            self._cut()
        elif kind in SERVERS:
            self._killed(kind, lambda pid: os.kill(pid, 9))
        else:
            order = self.stack.settings.data_dir / "job" / "crash-at"
            self._killed("job", lambda _: order.write_text(kind.rpartition(" ")[2]))

    def _killed(self, name: str, how: Callable[[int], object]) -> None:
        pid = self._pid(name)
        how(pid)
        until(
            lambda: self._pid(name) not in (pid, 0) and self._all_ready(),
            f"{name} is killed, and everything is ready again",
            timeout=READY_S,
        )

    def _pid(self, name: str) -> int:
        known = state.read(self.stack.settings.data_dir)
        return known.services[name].pid if known else 0

    def _all_ready(self) -> bool:
        known = state.read(self.stack.settings.data_dir)
        return known is not None and all(
            service.state is state.State.READY for service in known.services.values()
        )

    def _cut(self) -> None:
        """Every connection to MySQL, the reader of the binlog's among them."""
        with closing(self.stack.connections.mysql_root.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(
                "SELECT id FROM information_schema.processlist "
                "WHERE id <> CONNECTION_ID() AND user <> 'system user'"
            )
            for (number,) in cursor.fetchall():
                with suppress(Error):  # it has ended by itself
                    cursor.execute(f"KILL {number}")
