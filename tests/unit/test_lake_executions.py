"""Executions end once, are found by their token, and outlive a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.lake.athena.executions import (
    CANCELLED,
    FAILED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    Execution,
    History,
)
from headwater.lake.athena.protocol import ApiError
from headwater.lake.athena.values import Column

if TYPE_CHECKING:
    from pathlib import Path


def execution(sql: str = "SELECT 1", token: str = "") -> Execution:
    return Execution(sql, "DML", "awsdatacatalog", "final", "primary", "s3://b/r/", token=token)


def test_the_same_token_gives_the_same_execution(tmp_path: Path) -> None:
    history = History(tmp_path)
    first = history.add(execution(token="t"))
    assert history.add(execution(token="t")) is first
    with pytest.raises(ApiError, match="Idempotent parameters do not match"):
        history.add(execution("SELECT 2", token="t"))


def test_the_first_end_counts(tmp_path: Path) -> None:
    history = History(tmp_path)
    one = history.add(execution())
    assert one.state == QUEUED
    assert history.start(one)
    assert one.state == RUNNING
    assert history.finish(one, CANCELLED, reason="stopped")
    assert not history.finish(one, SUCCEEDED)
    assert not history.start(one)
    assert (one.state, one.reason) == (CANCELLED, "stopped")


def test_finished_executions_outlive_a_restart_and_running_ones_have_failed(tmp_path: Path) -> None:
    history = History(tmp_path)
    done, running = history.add(execution()), history.add(execution("SELECT 2"))
    done.columns = [Column("c", "bigint", {"rawType": "bigint"})]
    history.finish(done, SUCCEEDED)
    history.start(running)
    again = History(tmp_path)
    assert again.get(done.id) == done
    assert again.get(running.id).state == FAILED
    assert "restarted" in again.get(running.id).reason
    assert [e.id for e in again.newest("primary")] == [running.id, done.id]


def test_the_history_is_bounded_but_never_forgets_what_runs(tmp_path: Path) -> None:
    history = History(tmp_path, limit=2)
    running = history.add(execution("SELECT 0"))
    for number in range(1, 4):
        history.finish(history.add(execution(f"SELECT {number}")), SUCCEEDED)
    assert history.get(running.id) is running
    assert len(history.newest("primary")) == 2
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_a_damaged_record_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(ApiError, match="QueryExecution x was not found"):
        History(tmp_path).get("x")


def test_what_a_failed_execution_says(tmp_path: Path) -> None:
    history = History(tmp_path)
    one = history.add(execution())
    history.finish(one, FAILED, reason="TABLE_NOT_FOUND: …", category=2, error_type=1000)
    status = one.as_json()["Status"]
    assert status["State"] == "FAILED"
    assert status["AthenaError"]["ErrorCategory"] == 2
    assert one.location == f"s3://b/r/{one.id}.csv"
