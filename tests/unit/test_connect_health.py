"""What is said of a connector, by what Connect says and how old the last heartbeat is."""

from __future__ import annotations

import pytest

from headwater.targets._connect_api import Status
from headwater.targets._connect_health import STALLED_S, judged

RUNNING = Status("RUNNING", ("RUNNING",))
PURGED = (
    "io.debezium.DebeziumException: trying to read change stream starting at 1, "
    "but this is no longer available on the server."
)


@pytest.mark.parametrize(
    ("status", "age", "state", "says", "remedy"),
    [
        (RUNNING, 1.0, "running", "", ""),
        (RUNNING, None, "running", "", ""),
        (RUNNING, STALLED_S + 1, "stalled", "says RUNNING, but its last heartbeat", "logs connect"),
        (Status("STOPPED"), 99.0, "stopped", "", "headwater apply"),
        (Status("RUNNING", ("FAILED",), PURGED), 99.0, "failed", "trying to read", "--all"),
    ],
)
def test_a_connector_is_judged_by_what_moves(
    status: Status, age: float | None, state: str, says: str, remedy: str
) -> None:
    found = judged(status, age)
    assert found.state == state
    assert says in found.reason
    assert remedy in found.remedy
    assert found.heartbeat_s == age
