"""A table read anew: in which order what is asked of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from headwater.capture import follow, reread, scans
from headwater.captured import CapturedTable, Layout
from headwater.errors import DeclarationError
from headwater.lake import requests
from headwater_cdc.state import TableState

if TYPE_CHECKING:
    from headwater.targets.base import Context

ORDERS = CapturedTable("shop", "orders", "headwater.shop.orders")
HISTORY = CapturedTable("shop", "log", "headwater.shop.log", Layout(on_delete="ignore"))


class World:
    """MySQL, Debezium, the job: keeps the order of what they are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.paused: set[str] = set()
        self.keeping: set[str] = set()
        self.instant = "20261122100000000"
        world = self

        class Barrier:
            def __init__(self, *_: object) -> None:
                pass

            def wait(self, table: CapturedTable) -> None:
                world.asked.append(f"barrier {table.table}")

        class Topics:
            def __init__(self, _: object) -> None:
                pass

            def __enter__(self) -> Topics:  # noqa: PYI034 - there are no subclasses
                return self

            def __exit__(self, *_: object) -> None:
                pass

        def told(what: str) -> Any:
            return lambda *given: self.asked.append(f"{what} {_names(given[1])}")

        def ask(_: object, table: str, action: str, until: str = "", after_offset: int = 0) -> None:
            where = f" {until} {after_offset}" if until else ""
            self.asked.append(f"{action} {table}{where}")

        monkeypatch.setattr(reread, "Barrier", Barrier)
        monkeypatch.setattr(reread, "Topics", Topics)
        monkeypatch.setattr(scans, "stop", told("stop"))
        monkeypatch.setattr(scans, "request", told("read"))
        monkeypatch.setattr(follow, "wait", told("follow"))
        monkeypatch.setattr(requests, "ask", ask)
        monkeypatch.setattr(requests, "wait", told("done"))
        monkeypatch.setattr(reread, "newest_instant", lambda *_: self.instant)
        state = TableState("t", next_offset=77)
        monkeypatch.setattr(reread, "read_state", lambda *_: state)
        monkeypatch.setattr(
            reread,
            "read_report",
            lambda _, __, table: {
                "state": "paused" if table in self.paused else "running",
                "keeps_rows": table in self.keeping,
            },
        )

    def reread(self, *tables: CapturedTable, empty: bool = False) -> list[str]:
        context = type("C", (), {})()
        context.connections = type("K", (), {})()
        context.connections.aws = context.connections.mysql = None
        context.connections.kafka = "k"
        context.settings = type("S", (), {"topic_prefix": "headwater"})
        reread.reread(cast("Context", context), tables, lambda _: None, empty=empty)
        return self.asked


def _names(given: Any) -> str:
    return given if isinstance(given, str) else ",".join(table.table for table in given)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_the_newest_commit_is_noted_when_all_of_before_is_applied(world: World) -> None:
    assert world.reread(ORDERS) == [
        "stop orders",
        "barrier orders",
        "read orders",
        "follow orders",
        "remove shop.orders 20261122100000000 77",
        "done shop.orders",
    ]


def test_a_history_keeps_what_mysql_has_no_more(world: World) -> None:
    assert world.reread(HISTORY) == ["stop log", "barrier log", "read log", "follow log"]


def test_a_table_that_was_never_written_has_nothing_to_remove(world: World) -> None:
    world.instant = ""
    assert world.reread(ORDERS)[-1] == "follow orders"


def test_a_paused_table_is_emptied_and_read(world: World) -> None:
    world.paused = {"orders"}
    assert world.reread(ORDERS, HISTORY) == [
        "rebuild shop.orders",
        "done shop.orders",
        "stop log",
        "barrier log",
        "read orders,log",
        "follow orders,log",
    ]


def test_a_paused_table_that_lost_changes_keeps_its_rows_until_it_is_read(world: World) -> None:
    world.paused = world.keeping = {"orders", "log"}
    assert world.reread(ORDERS, HISTORY) == [
        "begin shop.orders",
        "begin shop.log",
        "done shop.orders",
        "done shop.log",
        "stop ",
        "read orders,log",
        "follow orders,log",
        "remove shop.orders 20261122100000000 77",
        "done shop.orders",
    ]


def test_a_paused_history_is_only_emptied_when_it_is_said(world: World) -> None:
    world.paused = {"log"}
    with pytest.raises(DeclarationError, match=r"shop.log: paused") as caught:
        world.reread(HISTORY)
    assert "--empty shop.log" in caught.value.remedy
    assert world.asked == []
    assert world.reread(HISTORY, empty=True)[0] == "rebuild shop.log"
