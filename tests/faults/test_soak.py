"""Many writers, many faults: in the end the lake equals MySQL, and both equal the ledger.

`make soak ARGS="-k whatever_is_killed --minutes 60 --seed 7"` runs this for an hour.
The seed decides what is written and which faults come in which order, not when they meet.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from support.soak_faults import Injector
from support.soak_work import ACCOUNTS, EACH, TABLES, Writer, make, trail
from support.stack import Stack

log = logging.getLogger(__name__)
pytestmark = pytest.mark.soak
WRITERS = 4
SCHEMA = f"soak_{time.time_ns() // 10**9 % 10**6}"


@pytest.fixture
def writers(stack: Stack, request: pytest.FixtureRequest) -> Iterator[list[Writer]]:
    """At work on captured tables; in the end these are released and dropped."""
    seed = int(request.config.getoption("--seed"))
    with closing(stack.connections.mysql_root.connect()) as connection:
        make(connection.cursor(), SCHEMA, WRITERS)
    account = stack.connections.mysql_root
    found = [Writer(account, SCHEMA, number, seed) for number in range(WRITERS)]
    for writer in found:
        writer.start()
    try:
        stack.ok("capture", f"{SCHEMA}.*", "--wait", timeout=600)
        yield found
    finally:
        _stop(found)
        stack.ok("release", f"{SCHEMA}.*", timeout=300)
        stack.mysql(f"DROP DATABASE {SCHEMA}")


def test_the_lake_equals_mysql_whatever_is_killed(
    stack: Stack, writers: list[Writer], request: pytest.FixtureRequest
) -> None:
    minutes = float(request.config.getoption("--minutes"))
    injector = Injector(stack, int(request.config.getoption("--seed")))
    end = time.monotonic() + 60 * minutes
    injector.strike()
    while time.monotonic() < end or not injector.dealt_all:
        injector.strike()
        for writer in writers:
            assert writer.failure is None, writer.failure
    _stop(writers)

    names = [f"{SCHEMA}.{table}" for table in TABLES]
    done = stack.cli("verify", *names, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    _refuse_difference(stack, writers)
    counts: Counter[str] = sum((Counter(writer.counts) for writer in writers), Counter())
    report = {"minutes": minutes, "faults": injector.counts, **counts}
    log.info("survived: %s", json.dumps(report))
    (stack.settings.data_dir / "soak-report.json").write_text(json.dumps(report))
    assert counts["transactions"] > 10 * minutes


def _stop(writers: list[Writer]) -> None:
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive()
        assert writer.failure is None, writer.failure


def _refuse_difference(stack: Stack, writers: list[Writer]) -> None:
    """The lake against the ledger and the invariants; each key once."""
    known: dict[tuple[str, Any], Any] = {}
    for writer in writers:
        known |= writer.rows
    walks = stack.sql(f"SELECT id, step, trail FROM {SCHEMA}.walks")
    lines = stack.sql(f"SELECT a, b, qty FROM {SCHEMA}.lines")
    lake = [(("walks", key), step) for key, step, _ in walks]
    lake += [(("lines", (a, b)), qty) for a, b, qty in lines]
    assert len(lake) == len(dict(lake))
    assert dict(lake) == known
    assert [row for row in walks if row[2] != trail(row[0], row[1])] == []
    accounts = stack.sql(
        f"SELECT count(*), count(DISTINCT id), CAST(sum(balance) AS varchar) FROM {SCHEMA}.accounts"
    )
    assert [(n, m, Decimal(total)) for n, m, total in accounts] == [
        (ACCOUNTS, ACCOUNTS, ACCOUNTS * EACH)
    ]
