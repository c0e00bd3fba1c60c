"""Spark does what the model says: real messages decoded, random histories reduced. No servers."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater_cdc import apply, decode
from headwater_cdc.envelope import Gtid
from headwater_cdc.order import Event, Progress, collect, reduce
from headwater_cdc.shape import Shape, append_only_shape, shape
from headwater_cdc.state import TableState
from headwater_cdc.types import Column
from support.cdc_session import frame, session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = [
    pytest.mark.slow,
    # py4j leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

WIRE = Path(__file__).parents[1] / "unit" / "fixtures" / "wire"
ID = Column("id", "id", "id", "int", nullable=False)
V = Column("v", "v", "v", "int", nullable=True)
SHAPE = Shape("00", "01", "", "", "", "", (ID,), (ID, V))
SERVERS = ("aaaa-1", "bbbb-2")
CHANGES = (
    "offset bigint, key binary, key_id binary, value_id binary, tombstone boolean, "
    "unreadable string, op string, "
    "kind string, ts_ms bigint, server string, number bigint, k struct<id:int>, "
    "row struct<id:int,v:int>"
)


@pytest.fixture(scope="module")
def spark() -> SparkSession:
    return session()


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Streams of two servers, with parts that come again."""
    events: list[Event] = []
    numbers = dict.fromkeys(SERVERS, 0)
    for _ in range(draw(st.integers(1, 8))):
        server = draw(st.sampled_from(SERVERS))
        numbers[server] += 1
        for _ in range(draw(st.integers(1, 3))):
            op = draw(st.sampled_from("cuudr" if len(events) % 7 else "cut"))
            key = None if op == "t" else (draw(st.integers(0, 3)),)
            row = None if op in "dt" else {"id": key and key[0], "v": len(events)}
            gtid = None if op == "r" else Gtid(server, numbers[server])
            events.append(Event(len(events), op, key, row, gtid))
        if draw(st.integers(0, 3)) == 0:
            back = draw(st.integers(1, 6))
            events += [
                Event(len(events) + i, e.op, e.key, e.row, e.gtid)
                for i, e in enumerate(events[-back:])
            ]
    return events


def changes_of(spark: SparkSession, events: list[Event]) -> DataFrame:
    rows = (
        {
            "offset": event.offset,
            "key": None if event.key is None else bytes(event.key),  # type: ignore[arg-type]
            "key_id": None if event.key is None else b"\0",
            "value_id": b"\1",
            "tombstone": False,
            "unreadable": None,
            "op": event.op,
            "kind": "stream",
            "ts_ms": event.offset,
            "server": event.gtid.server if event.gtid else None,
            "number": event.gtid.number if event.gtid else None,
            "k": None if event.key is None else {"id": event.key[0]},
            "row": event.row,
        }
        for event in events
    )
    return frame(spark, rows, CHANGES)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=histories(), cut=st.integers(0, 30))
def test_spark_reduces_as_the_model_does(
    spark: SparkSession, events: list[Event], cut: int
) -> None:
    state, progress = TableState("t"), Progress()
    for part in (events[: cut % len(events)], events[cut % len(events) :]):
        if not part:
            continue
        model = reduce(part, progress)
        changes = changes_of(spark, part)
        groups = apply.summary(changes)
        assert sum(group.count for group in groups) == len(part)
        if apply.may_be_redelivered(groups, state):
            changes = apply.live(changes, state)
            groups = apply.summary(changes)
        else:
            assert model.dropped == 0
        truncates = [g.last_truncate for g in groups if g.last_truncate is not None]
        assert bool(truncates) == model.truncated
        if truncates:
            changes = changes.where(f"offset > {max(truncates)}")
        rows = apply.reduced(changes, SHAPE, with_deletes=True, partition_by=None).collect()
        found = {(r["id"],): None if r["_hoodie_is_deleted"] else r["v"] for r in rows}
        assert found == {key: row and row["v"] for key, row in model.rows.items()}
        assert len(rows) == len(model.rows)
        progress = model.progress
        state = state.advance(
            next_offset=part[-1].offset + 1,
            key_schema_id="00",
            schema_id="01",
            gtids=apply.highest(groups),
            last_server=apply.last_server(groups),
            source_ts_ms=0,
            applied_ts_ms=0,
        )
        assert (dict(state.gtids), state.last_server) == (progress.gtids, progress.last_server)


def captured(spark: SparkSession, topic: str) -> tuple[list[dict[str, Any]], DataFrame]:
    messages = json.loads((WIRE / f"{topic}.json").read_text())["messages"]
    rows = (
        {
            "offset": offset,
            "key": bytes.fromhex(message.get("key_hex") or "") or None,
            "value": bytes.fromhex(message.get("value_hex") or "") or None,
        }
        for offset, message in enumerate(messages)
    )
    return messages, frame(spark, rows, "offset bigint, key binary, value binary")


def decoded(spark: SparkSession, topic: str) -> list[tuple[dict[str, Any], Any]]:
    """Each captured message with what Spark makes of it."""
    texts = json.loads((WIRE / "schemas.json").read_text())
    schemas = {k: v if isinstance(v, str) else json.dumps(v) for k, v in texts.items()}
    messages, records = captured(spark, topic)
    key = next(m["key_schema"] for m in messages if m.get("key_schema"))
    pairs = []
    for value in dict.fromkeys(m["value_schema"] for m in messages if m.get("value_schema")):
        made = shape(key, schemas[key], value, schemas[value], partitioned=False)
        rows = decode.changes(decode.headers(records), made).collect()
        pairs += [
            (m, row)
            for m, row in zip(messages, rows, strict=True)
            if m.get("value_schema") == value
        ]
    return pairs


@pytest.mark.parametrize("topic", ["items", "pairs"])
def test_real_messages_are_decoded(spark: SparkSession, topic: str) -> None:
    for message, row in decoded(spark, topic):
        value = message["decoded"]["value"]
        assert row["op"] == value["op"] == message["op"]
        gtid = value["source"]["gtid"]
        assert (f"{row['server']}:{row['number']}" if gtid else None) == (gtid or None)
        if row["op"] == "t":
            assert row["key_id"] is None
            continue
        assert list(row["k"].asDict()) == list(message["decoded"]["key"])
        after = value["after"]
        if after is not None:
            assert [plain(v) for v in row["row"]] == [plain(v) for v in after.values()]


def test_every_change_of_real_messages_is_kept_as_the_model_says(spark: SparkSession) -> None:
    texts = json.loads((WIRE / "schemas.json").read_text())
    messages, records = captured(spark, "items")
    for value in dict.fromkeys(m["value_schema"] for m in messages if m.get("value_schema")):
        text = texts[value] if isinstance(texts[value], str) else json.dumps(texts[value])
        made = append_only_shape("", value, text, partitioned=False)
        changes = decode.changes(decode.headers(records), made)
        rows = apply.appended(changes, partition_by=None).collect()
        events = [
            event_of(offset, m["decoded"]["value"])
            for offset, m in enumerate(messages)
            if m.get("value_schema") == value
        ]
        wanted, _ = collect(events, Progress())
        columns = [column.name for column in made.values]
        found = {
            row["_change_id"]: (row["_offset"], row["_change"], [plain(row[c]) for c in columns])
            for row in rows
        }
        assert len(rows) == len(found)
        assert found == {
            name: (
                offset,
                image,
                [plain(v) for v in shown.values()] if shown else [None] * len(columns),
            )
            for name, (offset, image, shown) in wanted.items()
        }


def event_of(offset: int, value: dict[str, Any]) -> Event:
    """A decoded message as the model knows it."""
    source = value["source"]
    server, _, number = (source["gtid"] or "").rpartition(":")
    return Event(
        offset=offset,
        op=value["op"],
        row=value["after"],
        before=value["before"],
        gtid=Gtid(server, int(number)) if number else None,
        place=(source["file"], source["pos"], source["row"]),
        ts_ms=source["ts_ms"],
    )


def plain(value: object) -> object:
    """A value so that fixtures (JSON) and Spark's rows can be compared."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return str(value)
    return value


def test_a_body_that_does_not_fit_is_found_with_its_offset(spark: SparkSession) -> None:
    _, whole = captured(spark, "items")
    broken = whole.selectExpr(
        "offset", "key", "if(offset = 3, substring(value, 1, 14), value) as value"
    )
    texts = json.loads((WIRE / "schemas.json").read_text())
    message = json.loads((WIRE / "items.json").read_text())["messages"][3]
    schemas = [texts[message[name]] for name in ("key_schema", "value_schema")]
    key, value = (s if isinstance(s, str) else json.dumps(s) for s in schemas)
    made = shape(message["key_schema"], key, message["value_schema"], value, partitioned=False)
    groups = apply.summary(decode.changes(decode.headers(broken), made))
    assert [g.first_offset for g in groups if g.unreadable] == [3]
