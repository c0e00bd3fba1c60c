"""Services killed while an independent writer works: no loss, no duplicate."""

from __future__ import annotations

from support.ledger import Ledger, agree
from support.stack import Stack
from support.waiting import until


def test_killed_under_load(stack: Stack, ledger: Ledger) -> None:
    for service in ("connect", "kafka", "s3", "glue"):
        killed = stack.kill(service)
        before = ledger.transactions
        stack.wait_ready(service, other_than=killed)
        until(lambda done=before: ledger.transactions > done, "the writer goes on")  # type: ignore[misc]
    agree(stack, ledger)


def test_nifi_killed_polls_again(stack: Stack) -> None:
    killed = stack.kill("nifi")
    stack.wait_ready("nifi", other_than=killed)
    applied = "SELECT MAX(fetched_at) FROM final.api_responses WHERE outcome = 'applied'"
    before = stack.mysql(applied)
    until(lambda: stack.mysql(applied) > before, "a poll after the restart", timeout=180)


def test_restart_of_one_service(stack: Stack) -> None:
    before = stack.service("trino")["pid"]
    stack.ok("restart", "trino")
    stack.wait_ready("trino", other_than=before)
    until(lambda: stack.sql("SELECT 1") == [(1,)], "SQL answers again", forgive=(Exception,))


def test_up_after_down_keeps_data(stack: Stack) -> None:
    stack.mysql(
        "REPLACE INTO final.flights (icao24, callsign, origin_country, last_contact, polled_at) "
        "VALUES ('yk0001', 'KEPT', 'Test', '2037-01-01', '2037-01-01')"
    )
    kept = "SELECT callsign FROM flights WHERE icao24 = 'yk0001'"
    stack.wait_sql(kept, [("KEPT",)])
    stack.ok("down")
    stack.ok("up", "--detach", "--wait", "--timeout", "600", timeout=700)
    stack.wait_sql(kept, [("KEPT",)], timeout=120)
    stack.mysql("DELETE FROM final.flights WHERE icao24 = 'yk0001'")
    stack.wait_sql(kept, [])
    assert stack.cli("verify").returncode == 0
