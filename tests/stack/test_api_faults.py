"""A source API on its bad days: nothing stored changes, everything is counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.simulator import Simulator
from support.stack import Stack
from support.waiting import until

ORDERED = {
    "http_500": 3,
    "http_503": 1,
    "truncated_json": 2,
    "malformed_json": 1,
    "html": 2,
}
STORED = {(500, "failed"): 3, (503, "failed"): 1, (200, "rejected"): 5}


def _planes(stack: Stack) -> dict[str, tuple[Any, ...]]:
    columns = "icao24, callsign, last_contact, longitude, latitude, velocity, squawk"
    return {row[0]: row for row in stack.mysql(f"SELECT {columns} FROM final.flights")}


def _counts(stack: Stack) -> Counter[tuple[int | None, str]]:
    rows = stack.mysql(
        "SELECT status, outcome, COUNT(*) FROM final.api_responses "
        "WHERE feed = 'flights' GROUP BY status, outcome"
    )
    return Counter({(status, outcome): count for status, outcome, count in rows})


def _status_counts(stack: Stack) -> Counter[tuple[int | None, str]]:
    rows = [row for row in stack.status()["api_responses"] if row["feed"] == "flights"]
    return Counter({(row["status"], row["outcome"]): row["responses"] for row in rows})


def _settle(stack: Stack, simulator: Simulator) -> None:
    """Wait until every ordered fault was served and a good answer came after them."""
    until(lambda: simulator.pending() == 0, "all faults served", timeout=180)
    applied = _counts(stack)[200, "applied"]
    until(lambda: _counts(stack)[200, "applied"] > applied, "a good answer afterwards")


def test_bad_answers_change_nothing_and_each_is_counted(stack: Stack, simulator: Simulator) -> None:
    simulator.freeze()
    _settle(stack, simulator)
    planes, counts = _planes(stack), _counts(stack)
    for kind, count in ORDERED.items():
        simulator.order(kind, count)
    _settle(stack, simulator)
    new = _counts(stack) - counts
    del new[200, "applied"]
    assert new == STORED
    assert _planes(stack) == planes
    until(
        lambda: _status_counts(stack)[200, "rejected"] == _counts(stack)[200, "rejected"],
        "status counts as MySQL does",
    )


def test_back_off_is_obeyed(stack: Stack, simulator: Simulator) -> None:
    simulator.order("http_429", 1, retry_after_s=12)
    _settle(stack, simulator)
    ((fetched_at, retry_at),) = stack.mysql(
        "SELECT fetched_at, retry_at FROM final.api_responses "
        "WHERE outcome = 'backoff' ORDER BY fetched_at DESC LIMIT 1"
    )
    assert 11 <= (retry_at - fetched_at).total_seconds() <= 13
    polls = stack.mysql(
        "SELECT COUNT(*) FROM final.api_responses "
        "WHERE feed = 'flights' AND fetched_at > %s AND fetched_at < %s",
        (fetched_at, retry_at),
    )
    assert polls == [(0,)]


def test_a_broken_connection_is_recorded_without_a_status(
    stack: Stack, simulator: Simulator
) -> None:
    before = _counts(stack)
    simulator.order("reset", 4)
    _settle(stack, simulator)
    assert (_counts(stack) - before)[None, "failed"] >= 1


def test_one_wrong_record_does_not_hold_up_the_others(stack: Stack, simulator: Simulator) -> None:
    simulator.order("wrong_types", 1)
    _settle(stack, simulator)
    ((applied, rejected, error),) = stack.mysql(
        "SELECT rows_applied, rows_rejected, error FROM final.api_responses "
        "WHERE rows_rejected > 0 ORDER BY fetched_at DESC LIMIT 1"
    )
    assert applied > 0
    assert rejected > 0
    assert error


@pytest.mark.slow
def test_a_body_of_100_mb_is_refused_and_kept(stack: Stack, simulator: Simulator) -> None:
    simulator.order("huge", 1, size_bytes=100_000_000)
    found = "SELECT outcome, raw_key, error FROM final.api_responses WHERE bytes = 100000000"
    until(lambda: len(stack.mysql(found)) == 1, "the answer, which smaller ones overtake, is told")
    ((outcome, raw_key, error),) = stack.mysql(found)
    assert outcome == "rejected"
    assert "100000000 bytes" in error
    aws = stack.connections.aws
    until(  # it is compressed and stored beside the judgement, which may be done first
        lambda: aws.client("s3").head_object(Bucket=aws.bucket, Key=raw_key)["ContentLength"] > 0,
        "the body is in the raw zone",
        forgive=(ClientError,),
    )
