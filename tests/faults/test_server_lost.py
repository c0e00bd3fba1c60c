"""Another server in MySQL's place, and a log that was purged or reset before it was read.

A failover goes on. What is lost is named, and `snapshot --all` mends it.
"""

from __future__ import annotations

import pytest

from headwater import connections, secrets, settings
from headwater.project import DataDir
from support import replica
from support.stack import Stack
from support.taken import TABLES, Taken, gtids_read, resumed, stopped, wait_health
from support.waiting import until

pytestmark = [pytest.mark.soak, pytest.mark.usefixtures("quiet")]


def test_a_failover_there_and_back_goes_on(
    stack: Stack, tables: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.fill("on the first")
    first = replica.of(stack)
    for _ in range(3):
        first.run("FLUSH BINARY LOGS")
    with replica.replica(stack) as second:
        try:
            second.follow(first)
            tables.change_all("still on the first")
            second.take_over(first)
            port = second.account.port - stack.settings.ports.offset
            monkeypatch.setenv("HEADWATER_PORTS__MYSQL", str(port))
            stack.ok("apply", "--yes", timeout=600)
            assert second.newest_log() < first.newest_log()
            there = Taken(_again(stack), tables.schema)
            there.fill("on the second")
            there.change_all("still on the second")
            there.verify()
            first.follow(second)
            first.take_over(second)
        finally:
            first.run("SET GLOBAL read_only = OFF")  # the super one with it
            monkeypatch.delenv("HEADWATER_PORTS__MYSQL", raising=False)
            stack.ok("apply", "--yes", timeout=600)
    wait_health(stack, "running")
    tables.fill("on the first again")
    tables.verify()


def _again(stack: Stack) -> Stack:
    """The stack as the environment says now."""
    found, _ = settings.load(root=stack.root)
    known = secrets.load_or_create(DataDir(found.data_dir).secrets)
    return Stack(stack.root, found, connections.local(found, known))


def test_a_binlog_purged_while_nobody_read_it(stack: Stack, tables: Taken) -> None:
    tables.fill("before the gap")
    stopped(stack)
    tables.change_all("in the gap")
    stack.mysql("FLUSH BINARY LOGS")
    newest = stack.mysql("SHOW BINARY LOGS")[-1][0]
    stack.mysql(f"PURGE BINARY LOGS TO '{newest}'")
    resumed(stack)
    told = wait_health(stack, "lost", "purged its binlog before it was read")
    assert "snapshot --all" in told["remedy"]
    stack.ok("snapshot", "--all", timeout=600)
    wait_health(stack, "running")
    assert stack.sql(f"SELECT id FROM {tables.schema}.emptied") == []
    tables.fill("after the gap")
    tables.verify()


def test_a_server_that_was_reset(stack: Stack, tables: Taken) -> None:
    """Also when it is made to look as if it were not: then only the heartbeat tells."""
    tables.fill("before the reset")
    stack.mysql("RESET MASTER")
    tables.change_all("after the reset")
    told = wait_health(stack, "lost", "does not know transactions that were read from it")
    assert "snapshot --all" in told["remedy"]

    stopped(stack)
    read = gtids_read(stack)
    stack.mysql("UPDATE headwater.heartbeat SET counter = counter + 1")
    tables.change_all("never in the binlog")
    stack.mysql("RESET MASTER")
    stack.mysql("SET GLOBAL gtid_purged = %s", (read,))
    resumed(stack)
    until(lambda: tables.paused().keys() == set(TABLES), "every table stops", 240, pause=2)
    assert all("changes in between are lost" in why for why in tables.paused().values())
    killed = stack.kill("job")
    stack.wait_ready("job", other_than=killed)
    until(lambda: tables.paused().keys() == set(TABLES), "and stays so", 240, pause=2)

    stack.ok("snapshot", "--all", timeout=600)
    wait_health(stack, "running")
    assert tables.paused() == {}
    tables.fill("read anew")
    tables.verify()
    assert stack.cli("verify", timeout=600).returncode == 0
