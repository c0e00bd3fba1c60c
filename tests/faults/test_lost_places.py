"""What is lost or stands still beside MySQL: it is named, and what mends it does."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from headwater.project import Project
from headwater.stack.servers import ours
from headwater.stack.service import Site
from headwater.topics import Topics
from headwater_cdc.job import REFUSED
from support.stack import Stack
from support.taken import EMPTIED, ONE, TWO, Taken, frozen, wait_health
from support.waiting import until

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture(scope="module")
def first(stack: Stack) -> dict[str, Any]:
    """The job, as it was before there was another."""
    return stack.service("job")


@pytest.fixture(scope="module")
def second(stack: Stack, first: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """Another one, started as the first was, while the first test does something else."""
    assert first["state"] == "ready"
    service = ours.job(Site(stack.settings, Project(stack.root)))
    with subprocess.Popen(
        service.command,
        env=dict(service.env),
        cwd=service.cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.usefixtures("second")
@pytest.mark.soak
def test_a_connector_that_stands_still_is_named(stack: Stack, tables: Taken) -> None:
    with frozen(int(stack.service("connect")["pid"])):
        told = wait_health(stack, "unreachable", "the last heartbeat came")
        assert "restart connect" in told["remedy"]
    with closing(stack.connections.mysql_root.connect(autocommit=False)) as connection:
        # its heartbeat waits for the row, and everything behind it
        connection.cursor().execute("SELECT * FROM headwater.heartbeat FOR UPDATE")
        told = wait_health(stack, "stalled", "says RUNNING, but its last heartbeat came")
        assert stack.cli("status").returncode == 3
        connection.rollback()
    wait_health(stack, "running")
    tables.fill("moving")


def test_a_second_job_refuses_and_the_first_goes_on(
    stack: Stack, second: subprocess.Popen[str], first: dict[str, Any]
) -> None:
    told, _ = second.communicate(timeout=240)
    assert second.returncode == REFUSED, told[-2000:]
    assert "another streaming job writes this lake: headwater-job-" in told
    assert "remedy: stop it first" in told
    stack.mysql(
        "INSERT INTO final.flights (icao24, last_contact, polled_at) "
        "VALUES ('zx0001', '2037-01-01', '2037-01-01')"
    )
    seen = "SELECT count(*) FROM flights WHERE icao24 = 'zx0001'"
    stack.wait_sql(seen, [(1,)])
    stack.mysql("DELETE FROM final.flights WHERE icao24 = 'zx0001'")
    stack.wait_sql(seen, [(0,)])
    now = stack.service("job")
    assert (now["pid"], now["restarts"]) == (first["pid"], first["restarts"])


@pytest.mark.soak
def test_topics_that_are_lost_or_overtaken_pause_their_tables(stack: Stack, tables: Taken) -> None:
    killed = stack.kill("job")
    tables.put((1, "unseen"), (3, "unseen"))
    tables.run(f"DELETE FROM {TWO} WHERE id = 2")
    tables.put((1, "unseen"), table=TWO)
    with Topics(stack.connections.kafka) as topics:
        until(
            lambda: b"unseen" in (_last(topics, tables.topic(TWO)) or b""),
            "the changes are in the topic",
        )
    delete_topic(stack, tables.topic(ONE))
    delete_records(stack, tables.topic(TWO))
    tables.put((4, "into a new topic"))
    stack.wait_ready("job", other_than=killed)
    expected = {ONE: "recreated", TWO: "retention overtook it"}

    def told() -> bool:
        found = tables.paused()
        return found.keys() == expected.keys() and all(
            words in found[name] for name, words in expected.items()
        )

    until(told, f"paused: {expected}", timeout=240, pause=2)
    tables.put((8, "the others go on"), table=EMPTIED)
    seen = f"SELECT v FROM {tables.schema}.{EMPTIED} WHERE id = 8"
    stack.wait_sql(seen, [("the others go on",)], timeout=180)
    stack.ok("snapshot", f"{tables.schema}.{ONE}", f"{tables.schema}.{TWO}", timeout=600)
    assert tables.paused() == {}
    tables.fill("read anew")
    tables.verify()


@pytest.mark.soak
def test_a_topic_made_anew_under_a_running_job(stack: Stack, tables: Taken) -> None:
    delete_topic(stack, tables.topic(EMPTIED))
    until(lambda: EMPTIED in tables.paused(), "its table pauses", timeout=180, pause=2)
    stack.ok("snapshot", f"{tables.schema}.{EMPTIED}", timeout=600)
    tables.fill("in a new topic")
    tables.verify()


def _last(topics: Topics, name: str) -> bytes | None:
    found = list(topics.messages(name, max(0, topics.end_offset(name) - 10)))
    return found[-1].value if found else None


def admin(stack: Stack) -> Any:
    """Kafka's administrator."""
    from kafka import KafkaAdminClient

    return KafkaAdminClient(**stack.connections.kafka.as_python())


def delete_topic(stack: Stack, name: str) -> None:
    """Delete it, and wait until it is gone."""
    with closing(admin(stack)) as client:
        client.delete_topics([name])
        until(lambda: name not in client.list_topics(), f"{name} is gone")


def delete_records(stack: Stack, name: str) -> None:
    """As Kafka's retention does: all that is there."""
    from kafka import TopicPartition

    with Topics(stack.connections.kafka) as topics:
        end = topics.end_offset(name)
    with closing(admin(stack)) as client:
        client.delete_records({TopicPartition(name, 0): end})
