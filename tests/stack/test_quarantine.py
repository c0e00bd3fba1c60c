"""Rubbish in a table's topic: kept aside, shown, replayed; the table goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from headwater.topics import SCHEMAS_TOPIC, Topics
from headwater_cdc.envelope import HEADER_LENGTH, MARKER, fingerprint_of
from support.stack import Stack
from support.waiting import until

pytestmark = pytest.mark.usefixtures("quiet")

TOPIC = "headwater.final.flights"
TABLE = "final.flights"
SEE = "SELECT callsign FROM flights WHERE icao24 = 'yy0900'"
SET = "UPDATE final.flights SET callsign = %s WHERE icao24 = 'yy0900'"


@pytest.fixture
def row(stack: Stack) -> Iterator[tuple[bytes, bytes]]:
    """A row in the lake; key and value of the message that brought it."""
    start = end_of(stack)
    stack.mysql(
        "INSERT INTO final.flights (icao24, callsign, origin_country, last_contact, polled_at) "
        "VALUES ('yy0900', 'ONE', 'Test', '2037-01-01', '2037-01-01')"
    )
    stack.wait_sql(SEE, [("ONE",)])
    with Topics(stack.connections.kafka) as topics:
        found = [m for m in topics.messages(TOPIC, start) if b"yy0900" in (m.value or b"")]
    assert found[0].key is not None
    assert found[0].value is not None
    yield found[0].key, found[0].value
    stack.mysql("DELETE FROM final.flights WHERE icao24 = 'yy0900'")


def test_rubbish_is_kept_aside_and_the_table_goes_on(
    stack: Stack, row: tuple[bytes, bytes]
) -> None:
    offset = send(stack, TOPIC, row[0], b'{"not": "avro"}')
    stack.mysql(SET, ("TWO",))
    stack.wait_sql(SEE, [("TWO",)])
    assert (TABLE, offset, "no Avro header") in waiting(stack)
    shown = json.loads(stack.ok("quarantine", "show", TABLE, str(offset), "--output", "json"))
    assert shown["key"] == {"icao24": "yy0900"}
    assert bytes.fromhex(shown["value"]) == b'{"not": "avro"}'
    assert stack.status()["quarantined"][TABLE] >= 1
    done = stack.cli("quarantine", "replay", TABLE)
    assert done.returncode == 1
    assert "still cannot be" in done.stderr
    assert stack.sql(SEE) == [("TWO",)]


def test_what_becomes_readable_is_applied_in_order(stack: Stack, row: tuple[bytes, bytes]) -> None:
    strange = renamed(row[1], "00000000000000fe")
    stack.mysql(SET, ("TWO",))
    stack.wait_sql(SEE, [("TWO",)])
    offset = send(stack, TOPIC, row[0], strange)
    until(lambda: any(entry[1] == offset for entry in waiting(stack)), "it is quarantined")
    publish(stack, "00000000000000fe", fingerprint_of(row[1]))
    assert re.search(r"[1-9]\d* applied", stack.cli("quarantine", "replay", TABLE).stderr)
    stack.wait_sql(SEE, [("ONE",)])

    late = send(stack, TOPIC, row[0], renamed(row[1], "00000000000000fd"))
    stack.mysql(SET, ("THREE",))
    stack.wait_sql(SEE, [("THREE",)])
    publish(stack, "00000000000000fd", fingerprint_of(row[1]))
    stack.cli("quarantine", "replay", TABLE)
    assert all(entry[1] not in (offset, late) for entry in waiting(stack))
    assert stack.sql(SEE) == [("THREE",)]


def waiting(stack: Stack) -> list[tuple[str, int, str]]:
    """What `headwater quarantine list` says."""
    found = json.loads(stack.ok("quarantine", "list", "--output", "json"))
    return [(entry["table"], entry["offset"], entry["reason"]) for entry in found]


def end_of(stack: Stack) -> int:
    with Topics(stack.connections.kafka) as topics:
        return topics.end_offset(TOPIC)


def send(stack: Stack, topic: str, key: bytes, value: bytes) -> int:
    """Put a message into a topic as somebody else's producer would; its offset."""
    from kafka import KafkaProducer

    servers = stack.connections.kafka.bootstrap_servers
    producer: Any = KafkaProducer(bootstrap_servers=servers, acks="all")
    with closing(producer):
        return int(producer.send(topic, key=key, value=value).get(30).offset)


def renamed(value: bytes, fingerprint: str) -> bytes:
    """The same body under another schema's name."""
    return MARKER + bytes.fromhex(fingerprint)[::-1] + value[HEADER_LENGTH:]


def publish(stack: Stack, fingerprint: str, like: str | None) -> None:
    """Make a schema known that says the same as another."""
    with Topics(stack.connections.kafka) as topics:
        known = {m.key: m.value for m in topics.messages(SCHEMAS_TOPIC, 0)}
    text = known[str(like).encode()]
    assert text is not None
    send(stack, SCHEMAS_TOPIC, fingerprint.encode(), text)
