"""What runs on AWS and what it says: the counterparts of the local stack's state and log files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from headwater.deployment import asking
from headwater.errors import ConfigError, HeadwaterError
from headwater.targets._msk_connect import MskConnectApi
from headwater.targets.emr import ALIVE, EmrTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headwater.deployment import Deployment
    from headwater.targets.base import Context

FOLLOW_S = 5.0
LOOK_BACK_S = 3600
Row = dict[str, Any]


def services(context: Context, deployment: Deployment) -> list[Row]:
    """One row each for the connector, the job and what ECS runs; `ready` as locally."""
    asked = {
        "connect": lambda: _connector(deployment),
        "job": lambda: _job(context, deployment),
        "nifi": lambda: _container(deployment, "nifi"),
        "superset": lambda: _container(deployment, "superset"),
        "recorder": lambda: _container(deployment, "recorder"),
    }
    return [_row(name, ask) for name, ask in asked.items()]


def _row(name: str, ask: Callable[[], tuple[bool, str]]) -> Row:
    try:
        ready, message = ask()
    except HeadwaterError as error:
        ready, message = False, error.message
    return {"name": name, "state": "ready" if ready else "failed", "message": message}


def _connector(deployment: Deployment) -> tuple[bool, str]:
    status = MskConnectApi(deployment).status(deployment.name)
    return status.running, status.connector if status.running else status.reason


def _job(context: Context, deployment: Deployment) -> tuple[bool, str]:
    runs = EmrTarget(context, deployment).runs(ALIVE)
    states = ", ".join(f"{run['id']} {run['state']}" for run in runs)
    return any(run["state"] == "RUNNING" for run in runs), states or "no run is alive"


def _container(deployment: Deployment, name: str) -> tuple[bool, str]:
    service = f"{deployment.name}-{name}"
    with asking("ECS"):
        answer = deployment.client("ecs").describe_services(
            cluster=deployment.name, services=[service]
        )
    found = next(iter(answer["services"]), {"runningCount": 0, "desiredCount": 1})
    running, desired = found["runningCount"], found["desiredCount"]
    return running >= desired > 0, f"{running} of {desired} tasks run"


def logs(deployment: Deployment, name: str | None, lines: int) -> Iterator[tuple[str, str]]:
    """The newest lines of the last hour: (service, line)."""
    for service, group in _groups(deployment, name).items():
        events = _events(deployment, group, _now_ms() - LOOK_BACK_S * 1000)
        yield from ((service, event["message"].rstrip()) for event in events[-lines:])


def follow(deployment: Deployment, name: str | None) -> Iterator[tuple[str, str]]:
    """What is written from now on; never ends."""
    groups = _groups(deployment, name)
    seen: dict[str, set[str]] = {group: set() for group in groups.values()}
    while True:
        since = _now_ms() - int(6 * FOLLOW_S * 1000)  # CloudWatch shows events late
        for service, group in groups.items():
            events = _events(deployment, group, since)
            fresh = [event for event in events if event["eventId"] not in seen[group]]
            seen[group] = {event["eventId"] for event in events}
            yield from ((service, event["message"].rstrip()) for event in fresh)
        time.sleep(FOLLOW_S)


def publish(deployment: Deployment, tables: list[Row]) -> float | None:
    """Put the slowest table's freshness and all that waits where terraform's alarms look.

    None where nothing is told: the alarm takes silence for the failure that it is.
    """
    # A table in which nothing ever happened has no topic, and nothing to be late with.
    carried = [row for row in tables if row["topic_end"] is not None]
    ages = [row["freshness_s"] for row in carried]
    if not ages or None in ages:
        return None
    waiting = sum(row["pending"] for row in carried)
    told = (("FreshnessSeconds", max(ages), "Seconds"), ("PendingChanges", waiting, "Count"))
    where = [{"Name": "Deployment", "Value": deployment.name}]
    with asking("CloudWatch"):
        deployment.client("cloudwatch").put_metric_data(
            Namespace="Headwater",
            MetricData=[
                {"MetricName": name, "Dimensions": where, "Value": value, "Unit": unit}
                for name, value, unit in told
            ],
        )
    return float(max(ages))


def _groups(deployment: Deployment, name: str | None) -> dict[str, str]:
    groups = deployment.log_groups
    if name is None:
        return groups
    if name not in groups:
        raise ConfigError(f"there is no log of {name!r}", remedy=f"one of {', '.join(groups)}")
    return {name: groups[name]}


def _events(deployment: Deployment, group: str, since_ms: int) -> list[Row]:
    pages = deployment.client("logs").get_paginator("filter_log_events")
    with asking("CloudWatch Logs"):
        found = [
            event
            for page in pages.paginate(logGroupName=group, startTime=since_ms)
            for event in page["events"]
        ]
    return sorted(found, key=lambda event: int(event["timestamp"]))


def _now_ms() -> int:
    return int(time.time() * 1000)
