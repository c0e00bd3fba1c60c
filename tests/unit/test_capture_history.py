"""What the connector knows of tables, read from its schema history; and how it is taught one."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest

from headwater.capture import history
from headwater.captured import CapturedTable
from headwater.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.connections import Connections, MySql

ORDERS = CapturedTable("shop", "orders", "headwater.shop.orders")
CREATED = "CREATE TABLE `orders` (\n  `id` int NOT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB"


def record(kind: str, *ids: str) -> bytes:
    return json.dumps({"tableChanges": [{"type": kind, "id": name} for name in ids]}).encode()


def test_a_table_is_known_from_its_creation_to_its_end() -> None:
    records = [
        b'{"ddl": "SET character_set_server=utf8mb4", "tableChanges": []}',
        record("CREATE", '"shop"."orders"', '"shop"."odd ""name"""'),
        record("CREATE", '"shop"."gone"'),
        record("ALTER", '"shop"."orders"'),
        record("DROP", '"shop"."gone"'),
        None,
    ]
    assert history.tables_in(records) == {"shop.orders", 'shop.odd "name"'}


class Server:
    """MySQL as far as teaching goes; the order of all statements is kept."""

    def __init__(self, created: str = CREATED) -> None:
        self.created = created
        self.told: list[str] = []

    @contextmanager
    def asking(self, _: MySql) -> Iterator[Server]:
        yield self

    def execute(self, sql: str) -> None:
        self.told.append(sql)

    def fetchone(self) -> tuple[str, str]:
        return "orders", self.created


class Topics:
    """The schema history and nothing else."""

    def __init__(self, *records: bytes) -> None:
        self.records = records

    def __enter__(self) -> Topics:  # noqa: PYI034 - there are no subclasses
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def messages(self, _topic: str, _start: int) -> list[Any]:
        return [type("Message", (), {"value": value}) for value in self.records]


def teach(monkeypatch: pytest.MonkeyPatch, server: Server, topics: Topics) -> list[str]:
    waited: list[str] = []

    class Barrier:
        def __init__(self, *_: object) -> None:
            pass

        def wait_carried(self) -> None:
            waited.append(server.told[-1])

    monkeypatch.setattr(history, "Topics", lambda _: topics)
    monkeypatch.setattr(history, "asking", server.asking)
    monkeypatch.setattr(history, "Barrier", Barrier)
    connections = type("C", (), {"kafka": "k", "mysql_root": None})
    history.teach(cast("Connections", connections), "headwater", [ORDERS])
    return waited


def test_a_known_table_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    assert teach(monkeypatch, server, Topics(record("CREATE", '"shop"."orders"'))) == []
    assert server.told == []


def test_a_table_is_taught_while_nobody_can_alter_it(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    waited = teach(monkeypatch, server, Topics(record("CREATE", '"shop"."other"')))
    assert server.told == [
        "BEGIN",
        "SELECT 1 FROM `shop`.`orders` LIMIT 1",
        "SHOW CREATE TABLE `shop`.`orders`",
        CREATED.replace("CREATE TABLE `orders`", "CREATE TABLE IF NOT EXISTS `shop`.`orders`"),
        "COMMIT",
    ]
    assert waited == ["COMMIT"]


def test_a_view_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("CREATE ALGORITHM=UNDEFINED VIEW `orders` AS select 1")
    with pytest.raises(TargetError, match=r"shop.orders is no table that can be captured"):
        teach(monkeypatch, server, Topics())
