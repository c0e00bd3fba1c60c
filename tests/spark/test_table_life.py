"""One Hudi table's life on a local disk: the job's own code from messages to rows. No servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from headwater_cdc.batch import Batches
from headwater_cdc.commit import Committer
from headwater_cdc.config import OnDelete, TableConfig, TableType
from headwater_cdc.errors import MessageError, SchemaChangeError, WriterClashError
from headwater_cdc.hudi import LakeTable
from headwater_cdc.state import TableState
from support.cdc_messages import KEY, KEY_ID, ROW, Table, envelope
from support.cdc_session import frame, session

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = [
    pytest.mark.slow,
    # py4j leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

V1, V2, V3 = "0000000000000001", "0000000000000002", "0000000000000003"
NOTE: dict[str, Any] = {"name": "note", "type": ["null", "string"]}
SCHEMAS = {
    KEY_ID: KEY,
    V1: envelope(ROW, "v1"),
    V2: envelope([*ROW, NOTE], "v2"),
    V3: envelope(ROW[:1], "v3"),
}


@pytest.fixture(scope="module")
def spark() -> SparkSession:
    return session()


class Lake:
    """A table in a folder, and a job that can be started anew on it."""

    def __init__(
        self,
        spark: SparkSession,
        folder: Path,
        kind: TableType = "COPY_ON_WRITE",
        on_delete: OnDelete = "apply",
    ) -> None:
        self.spark = spark
        self.config = TableConfig("t", "t", "topic", type=kind, buckets=2, on_delete=on_delete)
        self.lake = LakeTable(spark, self.config, f"file://{folder}/t")
        self.topic = Table(V1, ["id", "v"])
        self.restart()

    def restart(self) -> None:
        state = self.lake.read_state() or TableState("topic")
        schemas: Any = type("Known", (), {"get": staticmethod(SCHEMAS.__getitem__)})
        self.committer = Committer(self.config, self.lake, state, lambda _: None)
        self.batches = Batches(self.committer, schemas)

    def take(self, *messages: tuple[int, bytearray | None, bytearray]) -> None:
        rows = (dict(zip(("offset", "key", "value"), m, strict=True)) for m in messages)
        self.batches(frame(self.spark, rows, "offset bigint, key binary, value binary"), 0)

    def rows(self) -> dict[int, Any]:
        found = self.lake.rows().collect()
        assert len({row["id"] for row in found}) == len(found)
        return {row["id"]: row["v"] for row in found}


def change(op: str, key: int, value: str | None, gtid: int) -> dict[str, Any]:
    row = None if value is None else {"id": key, "v": value}
    return {"op": op, "key": key, "row": row, "gtid": f"uuid-1:{gtid}"}


def snapshot(lake: Lake, **rows: str) -> list[tuple[int, bytearray | None, bytearray]]:
    """A scan of the table as it is."""
    flags = ["first_in_data_collection", *["true"] * len(rows)][: len(rows)]
    flags[-1] = "last_in_data_collection"
    return [
        lake.topic.message("r", int(key[1:]), {"id": int(key[1:]), "v": value}, None, flag)
        for (key, value), flag in zip(rows.items(), flags, strict=True)
    ]


@pytest.mark.parametrize("kind", ["COPY_ON_WRITE", "MERGE_ON_READ"])
def test_a_tables_life(spark: SparkSession, tmp_path: Path, kind: TableType) -> None:
    lake = Lake(spark, tmp_path, kind)
    send = lake.topic.message
    lake.take(*snapshot(lake, k1="a", k2="b", k3="c"))
    assert lake.rows() == {1: "a", 2: "b", 3: "c"}
    lake.take(
        send(**change("u", 1, "a2", 1)), send(**change("d", 2, None, 1)),
        send(**change("c", 4, "d", 2)), send(**change("u", 4, "d2", 3)),
        send(**change("d", 3, None, 4)), send(**change("c", 5, "c", 4)),
    )  # fmt: skip
    assert lake.rows() == {1: "a2", 4: "d2", 5: "c"}

    lake.restart()
    state = lake.committer.state
    assert (state.next_offset, state.gtids, state.last_server) == (9, {"uuid-1": 4}, "uuid-1")
    late = [send(**change("u", 2, "late", 1)), send(**change("c", 5, "c", 4))]
    lake.take(*late, send(**change("u", 1, "a3", 5)))
    assert lake.rows() == {1: "a3", 4: "d2", 5: "c"}

    lake.take(send("t", None, None, "uuid-1:6"), send(**change("c", 7, "new", 7)))
    assert lake.rows() == {7: "new"}
    lake.take(send(**change("d", 7, None, 8)))
    assert lake.rows() == {}
    version = (tmp_path / "t/.hoodie/hoodie.properties").read_text()
    assert "hoodie.table.version=6" in version


def test_a_snapshot_removes_what_vanished(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, tmp_path)
    send = lake.topic.message
    lake.take(*snapshot(lake, k1="a", k2="b"), send(**change("c", 3, "c", 1)))
    before = send(**change("u", 2, "b2", 2))
    again = snapshot(lake, k1="a9", k4="d")
    lake.take(before, again[0])
    assert lake.committer.state.snapshot_open
    lake.restart()  # in the middle of the snapshot
    lake.take(again[1], send(**change("c", 5, "e", 9)))
    assert lake.rows() == {1: "a9", 4: "d", 5: "e"}
    state = lake.committer.state
    assert (state.generation, state.snapshot_open, state.generation_since) == (2, False, "")


def test_a_crash_before_the_removal_is_made_up_for(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(spark, tmp_path)
    lake.take(*snapshot(lake, k1="a", k2="b"))
    monkeypatch.setattr(lake.committer, "_remove_vanished", lambda _: None)
    lake.take(*snapshot(lake, k1="a"))
    assert lake.rows() == {1: "a", 2: "b"}
    lake.restart()
    assert lake.rows() == {1: "a"}


def test_a_history_table_keeps_what_mysql_purges(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, tmp_path, on_delete="ignore")
    send = lake.topic.message
    lake.take(*snapshot(lake, k1="a", k2="b"))
    lake.take(send(**change("d", 1, None, 1)), send("t", None, None, "uuid-1:2"))
    lake.take(*snapshot(lake, k3="c"))
    assert lake.rows() == {1: "a", 2: "b", 3: "c"}


def test_a_new_column_is_applied_and_a_lost_one_pauses(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, tmp_path)
    old = lake.topic
    lake.take(*snapshot(lake, k1="a"))
    first = old.message(**change("u", 1, "a2", 1))
    new = Table(V2, ["id", "v", "note"], old.offset)
    row = {"id": 2, "v": "b", "note": "more"}
    lake.take(first, new.message("c", 2, row, "uuid-1:2"), new.message(**change("u", 1, "a3", 3)))
    assert lake.rows() == {1: "a3", 2: "b"}
    assert {r["id"]: r["note"] for r in lake.lake.rows().collect()} == {1: None, 2: "more"}

    update = new.message(**change("u", 2, "b2", 4))
    lost = Table(V3, ["id"], new.offset)
    with pytest.raises(SchemaChangeError, match="dropped") as caught:
        lake.take(update, lost.message("c", 9, {"id": 9}, "u:5"))
    assert "snapshot" in caught.value.remedy
    assert lake.rows() == {1: "a3", 2: "b2"}  # what came before the change is applied


def test_what_cannot_be_read_pauses_and_changes_nothing(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(spark, tmp_path)
    lake.take(*snapshot(lake, k1="a"))
    good = lake.topic.message(**change("u", 1, "a2", 1))
    with pytest.raises(MessageError, match=r"offset 2.*no Avro header"):
        lake.take(good, (2, good[1], bytearray(b"{}")))
    lake.restart()
    with pytest.raises(MessageError, match="without a readable key"):
        lake.take((2, None, good[2]))
    assert lake.rows() == {1: "a"}


def test_a_batch_that_comes_again_is_left_out(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, tmp_path)
    scan = snapshot(lake, k1="a", k2="b")
    lake.take(*scan)
    instant, _ = lake.lake.newest()
    lake.take(*scan)
    assert lake.lake.newest()[0] == instant


def test_another_writer_is_noticed(spark: SparkSession, tmp_path: Path) -> None:
    one, other = Lake(spark, tmp_path), Lake(spark, tmp_path)
    one.take(*snapshot(one, k1="a"))
    one.topic.offset = other.topic.offset = 1
    with pytest.raises(WriterClashError, match="another job"):
        other.take(other.topic.message(**change("u", 1, "x", 1)))
    assert one.rows() == {1: "a"}
