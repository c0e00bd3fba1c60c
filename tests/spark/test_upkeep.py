"""Compaction, cleaning and archiving beside commits, on a local disk. No servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import pytest

from headwater_cdc import hudi
from headwater_cdc.config import TableConfig, TableType
from headwater_cdc.hudi import LakeTable
from headwater_cdc.state import TableState
from headwater_cdc.upkeep import Upkeep
from support.cdc_session import session
from support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from headwater_cdc.config import JobConfig

pytestmark = [
    pytest.mark.slow,
    # py4j leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

KEYS, STEP, LAST = 8, 6, 36


class Lake:
    """A table whose every commit moves a window of keys on by one."""

    def __init__(self, folder: Path, kind: TableType) -> None:
        self.folder = folder / "orders"
        self.config = TableConfig("shop", "orders", "topic", type=kind)
        self.table = LakeTable(session(), self.config, f"file://{self.folder}")
        self.expected: dict[int, str] = {}

    def commit(self, number: int, *, due: bool = False) -> None:
        rows = session().range(number % KEYS, number % KEYS + 3)
        made = rows.selectExpr(
            "int(id) as id", f"'v{number}' as v", "int(0) as n", "false as _hoodie_is_deleted"
        )
        state = TableState("t", next_offset=number)
        planned = hudi.compaction(self.config, due=due, columns_changed=False)
        self.table.write(made, ("id",), state, planned)
        self.expected |= {number % KEYS + n: f"v{number}" for n in range(3)}

    def rows(self) -> dict[int, str]:
        return {row["id"]: row["v"] for row in self.table.rows().collect()}

    def timeline(self, kind: str) -> list[str]:
        return sorted(
            path.name.partition(".")[0]
            for path in (self.folder / ".hoodie").iterdir()
            if re.fullmatch(rf"\d+\.{kind}", path.name)
        )


def upkeep_of(lake: Lake) -> Upkeep:
    folder = lake.folder.parent
    places = {"path_of": lambda _, table: f"file://{folder}/{table.table}", "query_seconds": 0}
    return Upkeep(session(), cast("JobConfig", type("Places", (), places)()))


@pytest.mark.parametrize("kind", ["COPY_ON_WRITE", "MERGE_ON_READ"])
def test_beside_commits_it_bounds_what_is_kept_and_loses_nothing(
    tmp_path: Path, kind: TableType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hudi, "KEEP_COMMITS", 4)
    monkeypatch.setattr(hudi, "ARCHIVE_BEHIND", (2, 4))
    monkeypatch.setattr(hudi, "COMPACT_AFTER", ("3", "0"))
    lake = Lake(tmp_path, kind)
    upkeep = upkeep_of(lake)
    upkeep.start()
    try:
        for number in range(LAST):
            due = number % STEP == STEP - 1
            lake.commit(number, due=due)
            if due:
                upkeep.ask(lake.config, ("id",))
    finally:
        upkeep.stop()
        upkeep.join()
    lake.table.maintain(("id",), 0)  # of what was asked last
    state = lake.table.read_state()
    assert lake.rows() == lake.expected
    assert state is not None
    assert state.next_offset == LAST - 1
    assert len(lake.timeline("(delta)?commit")) <= 4 + 4 + STEP  # of 36 and the compactions
    assert lake.timeline("clean")
    assert bool(lake.timeline("compaction.requested")) == (kind == "MERGE_ON_READ")
    assert not lake.table.awaits_compaction()
    files = [path for path in lake.folder.iterdir() if path.suffix == ".parquet"]
    assert len(files) <= 4 + 1 + STEP


def test_a_planned_compaction_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hudi, "COMPACT_AFTER", ("3", "0"))
    lake = Lake(tmp_path, "MERGE_ON_READ")
    assert not lake.table.awaits_compaction()
    for number in range(5):
        lake.commit(number, due=True)
    assert lake.table.awaits_compaction()
    again = LakeTable(session(), lake.config, lake.table.path)  # as a job that starts
    assert again.awaits_compaction()
    again.maintain(("id",), 120)
    assert not lake.table.awaits_compaction()
    assert lake.rows() == lake.expected


def test_a_widened_column_is_compacted_at_once_for_other_readers(tmp_path: Path) -> None:
    """hudi-rs merges no two log files over a base file of a narrower type."""
    from hudi import HudiReadOptions, HudiTableBuilder

    lake = Lake(tmp_path, "MERGE_ON_READ")
    lake.commit(0)
    for number, changed in ((1, True), (2, False), (3, False)):
        rows = (
            session()
            .range(3)
            .selectExpr(
                "int(id) as id", "'w' as v", f"bigint({number}) as n", "false as _hoodie_is_deleted"
            )
        )
        planned = hudi.compaction(lake.config, due=False, columns_changed=changed)
        lake.table.write(rows, ("id",), TableState("t", next_offset=number), planned)
        assert lake.table.awaits_compaction() == changed
        lake.table.maintain(("id",), 120)
    table = HudiTableBuilder.from_base_uri(lake.table.path).build()
    read = [row for batch in table.read_stream(HudiReadOptions()) for row in batch.to_pylist()]
    assert {row["id"]: row["n"] for row in read} == dict.fromkeys(range(3), 3)


def test_a_failure_is_told_and_the_next_table_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lake = Lake(tmp_path, "COPY_ON_WRITE")
    upkeep = upkeep_of(lake)
    upkeep.ask(TableConfig("shop", "missing", "topic"), ("id",))  # its files are not there
    lake.commit(0)
    lake.commit(1)
    upkeep.ask(lake.config, ("id",))
    with caplog.at_level("INFO", "headwater_cdc.upkeep"):
        upkeep.start()
        until(lambda: "shop.orders" in caplog.text, "the second table has had its turn")
        upkeep.stop()
        upkeep.join()
    assert "shop.missing: its upkeep failed" in caplog.text
    assert "shop.orders: compacted" in caplog.text
