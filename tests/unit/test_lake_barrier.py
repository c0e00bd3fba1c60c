"""A barrier is passed when its heartbeat was carried and the table's topic is applied up to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self, cast

import pytest

from headwater.captured import CapturedTable
from headwater.errors import VerifyError
from headwater.lake import tables
from headwater.lake.avro_reader import read
from headwater.lake.barrier import Barrier
from headwater_cdc.state import TableState
from support.beats import FINGERPRINT, SCHEMA, beat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.connections import Connections
    from headwater.topics import Topics

WIRE = Path(__file__).parent / "fixtures" / "wire"
TABLE = CapturedTable("final", "t", "headwater.final.t")
BEATS = "headwater.headwater.heartbeat"


@dataclass
class Message:
    """As kafka-python gives it."""

    offset: int
    value: bytes
    key: bytes = b""


class FakeTopics:
    """Topics as lists; `markers` are offsets at the end of a topic that hold no message."""

    def __init__(self, markers: int = 0) -> None:
        self.markers = markers
        self.lists: dict[str, list[Message]] = {
            "_headwater.schemas": [Message(0, json.dumps(SCHEMA).encode(), FINGERPRINT.encode())],
            BEATS: [],
        }

    def names(self) -> set[str]:
        return set(self.lists)

    def end_offset(self, topic: str) -> int:
        messages = self.lists[topic]
        return (messages[-1].offset + 1 if messages else 0) + self.markers

    def messages(self, topic: str, start: int) -> Iterator[Message]:
        yield from [m for m in self.lists[topic] if m.offset >= start]


class FakeMySql:
    """A counter that `after` is told of."""

    def __init__(self, after: Any) -> None:
        self.counter = 41
        self.after = after

    def connect(self) -> FakeMySql:
        return self

    cursor = connect

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass

    def execute(self, sql: str) -> int:
        if sql.startswith("UPDATE"):
            self.counter += 1
            self.after(self.counter)
        return 1

    def fetchall(self) -> list[tuple[int]]:
        return [(self.counter,)]


class Clock:
    """Time that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def barrier(topics: FakeTopics, after: Any) -> Barrier:
    connections = SimpleNamespace(mysql=FakeMySql(after), aws=None)
    clock = Clock()
    return Barrier(
        cast("Connections", connections),
        cast("Topics", topics),
        "headwater",
        timeout=5,
        clock=clock,
        sleep=clock.sleep,
    )


def carry(topics: FakeTopics) -> Any:
    def after(counter: int) -> None:
        offset = topics.end_offset(BEATS)
        topics.lists[BEATS] += [
            Message(offset, beat(counter - 1)),
            Message(offset + 1, beat(counter)),
        ]

    return after


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the lake says: the table's next offset and the job's report."""
    lake: dict[str, Any] = {"next": iter([0]), "report": {}, "last": 0}

    def state(*_: object) -> TableState:
        lake["last"] = next(lake["next"], lake["last"])
        return TableState(TABLE.topic, next_offset=lake["last"])

    monkeypatch.setattr(tables, "read_state", state)
    monkeypatch.setattr(tables, "read_report", lambda *_: lake["report"])
    return lake


def test_passed_when_everything_is_applied(applied: dict[str, Any]) -> None:
    topics = FakeTopics()
    topics.lists[TABLE.topic] = [Message(n, b"") for n in range(5)]
    applied["next"] = iter([2, 3, 5])
    barrier(topics, carry(topics)).wait(TABLE)
    assert applied["last"] == 5


def test_the_markers_of_transactions_are_not_waited_for(applied: dict[str, Any]) -> None:
    topics = FakeTopics(markers=3)
    topics.lists[TABLE.topic] = [Message(n, b"") for n in range(5)]
    applied["next"] = iter([5])
    barrier(topics, carry(topics)).wait(TABLE)


def test_a_table_without_a_topic_has_nothing_to_apply(applied: dict[str, Any]) -> None:
    topics = FakeTopics()
    barrier(topics, carry(topics)).wait(TABLE)
    assert applied["last"] == 0


def test_a_heartbeat_that_does_not_come_is_said(applied: dict[str, Any]) -> None:
    topics = FakeTopics()
    topics.lists[BEATS] = [Message(0, beat(41))]
    with pytest.raises(VerifyError, match="has not carried heartbeat 42"):
        barrier(topics, lambda _: None).wait(TABLE)
    assert applied["last"] == 0


def test_a_table_that_does_not_move_is_said(applied: dict[str, Any]) -> None:
    topics = FakeTopics()
    topics.lists[TABLE.topic] = [Message(n, b"") for n in range(5)]
    applied["next"] = iter([2])
    with pytest.raises(VerifyError, match="applied up to offset 2 of 5"):
        barrier(topics, carry(topics)).wait(TABLE)
    applied["report"] = {"state": "paused", "reason": "a column changed", "remedy": "rebuild"}
    with pytest.raises(VerifyError, match="is paused: a column changed"):
        barrier(topics, carry(topics)).wait(TABLE)


def test_the_small_avro_reader_reads_real_messages() -> None:
    schemas = json.loads((WIRE / "schemas.json").read_text())
    for name in ("everything", "items", "pairs"):
        for message in json.loads((WIRE / f"{name}.json").read_text())["messages"]:
            body = bytes.fromhex(message["value_hex"])[10:]
            value = read(schemas[message["value_schema"]], body)
            expected = message["decoded"]["value"]
            assert value["op"] == expected["op"]
            for side in ("before", "after"):
                assert _plain(value[side]) == _plain(expected[side])


def _plain(row: dict[str, Any] | None) -> dict[str, Any]:
    """The columns that need no logical type to be read."""
    return {k: v for k, v in (row or {}).items() if isinstance(v, int | None)}
