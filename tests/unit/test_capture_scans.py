"""Readings are asked for once, followed by Debezium's notifications, and waited for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from headwater.capture import follow, scans
from headwater.capture.scans import Follower, Scan
from headwater.captured import CapturedTable, Layout
from headwater.clock import Clock
from headwater.errors import TargetError
from headwater.pace import Pace
from headwater.topics import NOTIFICATIONS_TOPIC
from support.mysql_told import Server

if TYPE_CHECKING:
    from headwater.connections import Connections
    from headwater.topics import Topics

ORDERS = Scan("shop.orders", "id-1", 3000, 10)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    monkeypatch.setattr(scans, "asking", found.asking)
    return found


CONNECTIONS = cast("Connections", type("C", (), {"mysql": None, "kafka": "k"}))


@dataclass
class Told:
    """A notification on its topic; the decoder of these tests leaves the value as it is."""

    offset: int
    value: dict[str, Any]


class Notifications:
    """The topic of notifications."""

    def __init__(self) -> None:
        self.list: list[Told] = []
        self.looks: list[int] = []

    def add(self, offset: int, kind: str, **data: str) -> None:
        self.list.append(Told(offset, {"type": kind, "additional_data": data}))

    def names(self) -> set[str]:
        return {NOTIFICATIONS_TOPIC}

    def end_offset(self, _: str) -> int:
        return 77

    def messages(self, _: str, start: int) -> list[Told]:
        self.looks.append(start)
        return [told for told in self.list if told.offset >= start]

    def __enter__(self) -> Notifications:  # noqa: PYI034 - there are no subclasses
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def notifications(monkeypatch: pytest.MonkeyPatch) -> Notifications:
    found = Notifications()
    decoder = type("Decoder", (), {"value": staticmethod(lambda value: value)})
    monkeypatch.setattr(scans, "Decoder", lambda _: decoder)
    monkeypatch.setattr(scans, "Topics", lambda _: found)
    monkeypatch.setattr(follow, "Topics", lambda _: found)
    return found


def follower(notifications: Notifications, *wanted: Scan) -> Follower:
    return Follower(CONNECTIONS, cast("Topics", notifications), wanted)


def test_a_scan_grows_chunk_by_chunk_to_its_end(
    server: Server, notifications: Notifications
) -> None:
    following = follower(notifications, ORDERS)
    progress = {"current_collection_in_progress": "shop.orders"}
    notifications.add(9, "TABLE_SCAN_COMPLETED", scanned_collection="shop.orders")  # before it
    notifications.add(10, "IN_PROGRESS", **progress)
    notifications.add(11, "IN_PROGRESS", current_collection_in_progress="shop.other")
    assert following.look()["shop.orders"].rows == 1024
    for offset in (12, 13, 14):
        notifications.add(offset, "IN_PROGRESS", **progress)
    assert following.look()["shop.orders"].rows == 3000
    assert notifications.looks == [10, 12]
    notifications.add(
        15,
        "TABLE_SCAN_COMPLETED",
        scanned_collection="shop.orders",
        status="SUCCEEDED",
        total_rows_scanned="2999",
    )
    found = following.look()["shop.orders"]
    assert (found.rows, found.outcome, found.complete) == (2999, "SUCCEEDED", True)
    assert server.told[-1][1] == ("SUCCEEDED", "shop.orders", "id-1")
    following.look()
    assert notifications.looks == [10, 12, 15]  # what has ended is not looked for any more


def test_a_table_that_debezium_gave_up_is_named_with_its_remedy(
    server: Server, notifications: Notifications
) -> None:
    notifications.add(
        11,
        "TABLE_SCAN_COMPLETED",
        scanned_collection="shop.orders",
        status="NO_PRIMARY_KEY",
        total_rows_scanned="0",
    )
    found = follower(notifications, ORDERS).look()["shop.orders"]
    assert not found.complete
    with pytest.raises(TargetError, match=r"shop.orders: .* NO_PRIMARY_KEY") as caught:
        found.require()
    assert "--key" in caught.value.remedy
    assert server.told


@pytest.mark.usefixtures("notifications")
def test_a_reading_is_asked_for_and_remembered_at_once(server: Server) -> None:
    server.rows = [(3000,)]
    [scan] = scans.request(CONNECTIONS, [CapturedTable("shop", "odd name", "t")])
    assert (scan.table, scan.expected_rows, scan.notified_from) == ("shop.odd name", 3000, 77)
    statements = [sql.split("(")[0].strip() for sql, _ in server.told]
    assert statements == [
        "SELECT COUNT",
        "BEGIN",
        "REPLACE INTO headwater.scan",
        "INSERT INTO headwater.signal",
        "COMMIT",
        "DELETE FROM headwater.signal WHERE id = %s",
    ]
    identity, kind, parameters = server.told[3][1]
    assert (identity, kind) == (scan.signal_id, "execute-snapshot")
    assert json.loads(parameters) == {
        "type": "incremental",
        "data-collections": ["`shop`.`odd name`"],
    }


@pytest.mark.usefixtures("notifications")
def test_a_part_of_a_table_is_read_by_a_condition(server: Server) -> None:
    server.rows = [(2,)]
    orders = CapturedTable("shop", "my.orders", "t")
    [scan] = scans.request(CONNECTIONS, [orders], {orders.name: "(`id`) IN ((1), (2))"})
    assert scan.expected_rows == 2
    assert server.told[0][0].endswith("FROM `shop`.`my.orders` WHERE (`id`) IN ((1), (2))")
    assert json.loads(server.told[3][1][2])["additional-conditions"] == [
        {"data-collection": r"shop\.my\.orders", "filter": "(`id`) IN ((1), (2))"}
    ]


def test_nothing_is_asked_for_no_table(server: Server) -> None:
    assert scans.request(CONNECTIONS, []) == []
    assert server.told == []


class Time:
    """Moves by sleeping."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_the_pace_tells_rows_rate_and_time_left() -> None:
    time = Time()
    pace = Pace(time.now)
    assert follow._line(ORDERS, pace) == "shop.orders: 0 of 3,000 rows read"
    time.sleep(2)
    line = follow._line(Scan("shop.orders", "id-1", 3000, 10, rows=2000), pace)
    assert line == "shop.orders: 2,000 of 3,000 rows read, 1,000/s, 1 s left"


@pytest.mark.usefixtures("server")
def test_a_reading_that_stands_still_is_given_up(notifications: Notifications) -> None:
    time = Time()
    following = follower(notifications, ORDERS)
    notifications.add(10, "IN_PROGRESS", current_collection_in_progress="shop.orders")
    with pytest.raises(TargetError, match=r"nothing was read of shop.orders for 300 s"):
        follow._until_read(following, lambda _: None, Clock(time.now, time.sleep))
    assert 300 < time.at < 310


def test_a_table_of_changes_is_not_read(server: Server) -> None:
    table = CapturedTable("shop", "log", "t", Layout(append_only=True))
    assert scans.request(CONNECTIONS, [table]) == []
    assert server.told == []
