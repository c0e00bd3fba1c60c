"""Many writers, many faults: in the end the lake equals MySQL, and both equal the ledger.

In `make test` each kind of fault comes once;
`make soak ARGS="-k whatever_is_killed --minutes 60 --seed 7"` runs this for an hour.
The seed decides what is written and which faults come in which order, not when they meet.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from support.soak_ddl import SCRATCH, Shaper
from support.soak_faults import Injector
from support.soak_work import ACCOUNTS, EACH, TABLES, Writer, make, trail
from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quiet")

log = logging.getLogger(__name__)
WRITERS = 4
SCHEMA = f"soak_{time.time_ns() // 10**9 % 10**6}"


@dataclass
class Work:
    """Everybody who writes, and where SQL has the table of lines."""

    writers: list[Writer]
    shaper: Shaper
    lines: str

    @property
    def _threads(self) -> list[Writer | Shaper]:
        return [*self.writers, self.shaper]

    def refuse_failure(self) -> None:
        """Raise what one of them found."""
        for thread in self._threads:
            assert thread.failure is None, thread.failure

    def stop(self) -> None:
        """Everything that was begun is finished."""
        for thread in self._threads:
            thread.stopping.set()
        for thread in filter(threading.Thread.is_alive, self._threads):
            thread.join(60)
            assert not thread.is_alive()
        self.refuse_failure()


@pytest.fixture
def work(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Work]:
    """At work on captured tables; in the end these are released and dropped."""
    seed = int(request.config.getoption("--seed"))
    account = stack.connections.mysql_root
    with closing(account.connect()) as connection:
        make(connection.cursor(), SCHEMA, WRITERS)
    writers = [Writer(account, SCHEMA, number, seed) for number in range(WRITERS)]
    # the short form has no time for a compaction
    long = request.node.get_closest_marker("soak") is not None
    found = Work(writers, Shaper(account, SCHEMA, seed), "lines_rt" if long else "lines")
    for writer in writers:
        writer.start()
    try:
        if found.lines != "lines":
            stack.ok("capture", f"{SCHEMA}.lines", "--type", "MERGE_ON_READ", "--buckets", "2")
        stack.ok("capture", f"{SCHEMA}.*", "--wait", timeout=600)
        found.shaper.start()
        yield found
    finally:
        found.stop()
        stack.ok("release", f"{SCHEMA}.*", timeout=300)
        stack.mysql(f"DROP DATABASE {SCHEMA}")
        stack.mysql(f"DROP DATABASE IF EXISTS {SCHEMA}_other")


@pytest.mark.soak
def test_the_lake_equals_mysql_whatever_is_killed(
    stack: Stack, work: Work, request: pytest.FixtureRequest
) -> None:
    minutes = float(request.config.getoption("--minutes"))
    _survive(stack, work, Injector(stack, _seed(request)), minutes)


def test_the_lake_equals_mysql_when_each_is_killed_once(
    stack: Stack, work: Work, request: pytest.FixtureRequest
) -> None:
    """The short form: every kind of fault once, three at the same time."""
    _survive(stack, work, Injector(stack, _seed(request), at_once=3), 0)


def _seed(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--seed"))


def _survive(stack: Stack, work: Work, injector: Injector, minutes: float) -> None:
    """Faults for so long, and each kind as often; then everything agrees."""
    end = time.monotonic() + 60 * minutes
    injector.strike()
    while time.monotonic() < end or not injector.dealt_all:
        injector.strike()
        work.refuse_failure()
    work.stop()

    names = [f"{SCHEMA}.{table}" for table in TABLES]
    done = stack.cli("verify", *names, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    _refuse_difference(stack, work)
    counts: Counter[str] = sum((Counter(w.counts) for w in work.writers), Counter())
    report = {"minutes": minutes, "faults": injector.counts, "ddl": work.shaper.counts, **counts}
    log.info("survived: %s", json.dumps(report))
    (stack.settings.data_dir / "soak-report.json").write_text(json.dumps(report))
    assert counts["transactions"] > 10 * minutes
    assert sum(work.shaper.counts.values()) > len(work.shaper.counts) > 1


def _refuse_difference(stack: Stack, work: Work) -> None:
    """The lake against the ledger and the invariants; each key once."""
    known: dict[tuple[str, Any], Any] = {}
    for writer in work.writers:
        known |= writer.rows
    walks = stack.sql(f"SELECT id, step, trail FROM {SCHEMA}.walks")
    lines = stack.sql(f"SELECT a, b, qty FROM {SCHEMA}.{work.lines}")
    lake = [(("walks", key), step) for key, step, _ in walks]
    lake += [(("lines", (a, b)), qty) for a, b, qty in lines]
    assert len(lake) == len(dict(lake))
    assert dict(lake) == known
    assert [row for row in walks if row[2] != trail(row[0], row[1])] == []
    scratch = stack.sql(f"SELECT id, v FROM {SCHEMA}.{SCRATCH} ORDER BY id")
    assert scratch == sorted(work.shaper.rows.items())
    accounts = stack.sql(
        f"SELECT count(*), count(DISTINCT id), CAST(sum(balance) AS varchar) FROM {SCHEMA}.accounts"
    )
    assert [(n, m, Decimal(total)) for n, m, total in accounts] == [
        (ACCOUNTS, ACCOUNTS, ACCOUNTS * EACH)
    ]
