"""Which state counts of a table that began anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from headwater_cdc.rebuild import Rebuilds
from headwater_cdc.state import TableState
from headwater_cdc.topics import Topic

if TYPE_CHECKING:
    from headwater_cdc.storage import Storage

TOPIC = Topic("t", "new", 1, 3, 9)
OLD = TableState("t", "old", 100, "k", "v", generation=2, gtids={"a": 5}, last_server="a")


class Files(dict[str, str]):
    """As much of `Storage` as is needed."""

    def read(self, uri: str) -> str | None:
        return self.get(uri)

    def write(self, uri: str, text: str) -> None:
        self[uri] = text

    def delete(self, uri: str) -> None:
        self.pop(uri, None)


def begun(old: TableState | None, topic: Topic | None = TOPIC) -> tuple[Rebuilds, TableState]:
    rebuilds = Rebuilds(cast("Storage", Files()), "control")
    rebuilds.begin("table", topic, old)
    state = rebuilds.state_of("table", old)
    assert state is not None
    return rebuilds, state


def test_a_table_that_keeps_its_rows_forgets_where_they_came_from() -> None:
    _, state = begun(OLD)
    assert (state.topic_id, state.next_offset, state.generation) == ("new", 9, 3)
    assert (state.gtids, state.last_server, state.schema_id) == ({}, "", "v")


def test_a_table_that_is_emptied_forgets_its_columns_too() -> None:
    files = Files({"path": "rows"})
    rebuilds = Rebuilds(cast("Storage", files), "control")
    rebuilds.empty("table", "path", TOPIC, OLD)
    state = rebuilds.state_of("table", None)
    assert state == TableState("t", "new", 9, generation=3)
    assert "path" not in files


def test_a_topic_that_is_gone_is_read_from_its_beginning() -> None:
    _, state = begun(OLD, None)
    assert (state.topic_id, state.next_offset) == ("", 0)


def test_the_first_commit_after_it_counts_again() -> None:
    rebuilds, state = begun(OLD)
    committed = state.advance(
        next_offset=12, key_schema_id="k", schema_id="v", gtids={"a": 1},
        last_server="a", source_ts_ms=0, applied_ts_ms=0,
    )  # fmt: skip
    assert rebuilds.state_of("table", committed) is committed
    assert committed.gtids == {"a": 1}
    rebuilds.done("table")
    assert rebuilds.state_of("table", OLD) is OLD
    assert rebuilds.state_of("table", None) is None
