"""Who waits for a table's upkeep, and who does not."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import pytest

from headwater_cdc.config import JobConfig, TableConfig
from headwater_cdc.hudi import LakeTable
from headwater_cdc.upkeep import Upkeep
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

ORDERS, ITEMS = TableConfig("shop", "orders", "t"), TableConfig("shop", "items", "t")
PATIENCE_S = 30.0  # how long what must happen may take


class Work:
    """Upkeep that lasts as long as a test wants."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_end = threading.Event()

    def maintain(self, lake: LakeTable, _keys: object, _query_s: int) -> None:
        self.begun.append(lake.config.name)
        assert self.may_end.wait(PATIENCE_S)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    made = Work()
    method = lambda *given: made.maintain(*given)  # noqa: E731, PLW0108 - a bound one loses the table
    monkeypatch.setattr(LakeTable, "maintain", method)
    return made


@pytest.fixture
def upkeep(work: Work) -> Iterator[Upkeep]:
    found = Upkeep(cast("SparkSession", None), JobConfig({}, "s3://lake/warehouse", ()))
    found.start()
    found.ask(ORDERS, ("id",))
    until(lambda: work.begun, "the first table has its turn")
    yield found
    work.may_end.set()
    found.stop()
    found.join(PATIENCE_S)
    assert not found.is_alive()


def leaving(upkeep: Upkeep, table: TableConfig) -> threading.Thread:
    thread = threading.Thread(target=upkeep.leave, args=(table.name,), daemon=True)
    thread.start()
    return thread


def test_whoever_removes_a_tables_files_waits_for_its_upkeep(upkeep: Upkeep, work: Work) -> None:
    thread = leaving(upkeep, ORDERS)
    upkeep.leave(ITEMS.name)  # another table waits for nobody
    assert thread.is_alive()
    work.may_end.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_a_table_that_left_has_no_turn_and_asks_once(upkeep: Upkeep, work: Work) -> None:
    for _ in range(3):
        upkeep.ask(ITEMS, ("id",))
    upkeep.leave(ITEMS.name)
    upkeep.ask(ORDERS, ("id",))
    upkeep.ask(ORDERS, ("id",))
    work.may_end.set()
    until(lambda: len(work.begun) == 2, "it has its second turn")
    upkeep.leave(ORDERS.name)
    assert work.begun == [ORDERS.name, ORDERS.name]


def test_where_all_ends_nobody_waits(upkeep: Upkeep) -> None:
    thread = leaving(upkeep, ORDERS)
    upkeep.stop()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert upkeep.is_alive()  # at work still
