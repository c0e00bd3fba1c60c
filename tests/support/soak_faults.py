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
    from collections.abc import Mapping
    from pathlib import Path

    from support.stack import Stack

log = logging.getLogger(__name__)
SERVERS = ("job", "connect", "kafka", "mysql", "s3")
CUT = "connections"
# Only a snapshot passes the last point, and here is none.
KINDS = (*SERVERS, CUT, *(f"job at {point}" for point in POINTS[:-1]))
READY_S = 300.0


def _server(kind: str) -> str:
    """The server whose process a fault ends; empty where it ends none."""
    return "" if kind == CUT else kind.partition(" ")[0]


@dataclass
class Injector:
    """Deals the kinds of faults like cards, so many at once: each comes before any comes again."""

    stack: Stack
    seed: int
    at_once: int = 1
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.seed}-faults")  # noqa: S311 - reproducible
        self._deck: list[str] = []

    @property
    def dealt_all(self) -> bool:
        """Whether every kind has come as often."""
        return not self._deck

    def strike(self) -> None:
        """Faults, after a pause; returns when everything is ready again."""
        until(lambda: self._chance.random() < 0.2, "a moment", pause=0.5)
        if not self._deck:
            self._deck = self._chance.sample(KINDS, len(KINDS))
        dealt = [self._deck.pop() for _ in range(min(self.at_once, len(self._deck)))]
        log.info("faults: %s", ", ".join(dealt))
        # Last what kills the job where it is: it has to come as far as committing.
        before = {name: self._pid(name) for name in map(_server, dealt) if name}
        for kind in sorted(dealt, key=lambda kind: kind not in (CUT, *SERVERS)):
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self._do(kind, before)
        until(
            lambda: (
                not self._order.exists()
                and all(self._pid(name) not in (pid, 0) for name, pid in before.items())
                and self._all_ready()
            ),
            f"{', '.join(dealt)}: everything is ready again",
            timeout=READY_S,
        )

    @property
    def _order(self) -> Path:
        return self.stack.settings.data_dir / "job" / "crash-at"

    def _do(self, kind: str, pids: Mapping[str, int]) -> None:
        if kind == CUT:
            self._cut()
        elif kind in SERVERS:
            with suppress(ProcessLookupError):  # it went with what it rests on
                os.kill(pids[kind], 9)
        else:
            self._order.write_text(kind.rpartition(" ")[2])

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
        with (
            suppress(Error),  # it is down already
            closing(self.stack.connections.mysql_root.connect()) as connection,
        ):
            cursor = connection.cursor()
            cursor.execute(
                "SELECT id FROM information_schema.processlist "
                "WHERE id <> CONNECTION_ID() AND user <> 'system user'"
            )
            for (number,) in cursor.fetchall():
                with suppress(Error):  # it has ended by itself
                    cursor.execute(f"KILL {number}")
