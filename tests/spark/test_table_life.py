"""One Hudi table's life on a local disk: the job's own code from messages to rows. No servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from headwater_cdc import names, quarantine
from headwater_cdc.batch import Batches
from headwater_cdc.commit import Committer
from headwater_cdc.config import OnDelete, TableConfig, TableType
from headwater_cdc.errors import (
    QuarantineFullError,
    SchemaChangeError,
    UnknownSchemaError,
    WriterClashError,
)
from headwater_cdc.hudi import LakeTable
from headwater_cdc.quarantine import Quarantine
from headwater_cdc.state import TableState
from headwater_cdc.storage import Storage
from support.cdc_messages import KEY, KEY_ID, ROW, Table, envelope
from support.cdc_session import frame, session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

pytestmark = [
    pytest.mark.slow,
    # py4j leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

Message = tuple[int, bytearray | None, bytearray]
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
        *,
        append_only: bool = False,
    ) -> None:
        self.spark = spark
        self.config = TableConfig(
            "t", "t", "topic", type=kind, buckets=2, on_delete=on_delete, append_only=append_only
        )
        self.lake = LakeTable(spark, self.config, f"file://{folder}/t")
        self.topic = Table(V1, ["id", "v"])
        self.known = dict(SCHEMAS)
        self.kept = Quarantine(Storage(spark), f"file://{folder}/control", self.config)
        self.restart()

    def restart(self) -> None:
        state = self.lake.read_state() or TableState("topic")
        schemas: Any = type("Known", (), {"get": staticmethod(self.schema)})
        self.committer = Committer(self.config, self.lake, state, lambda *_: None)
        self.batches = Batches(self.committer, schemas, self.kept)

    def schema(self, fingerprint: str) -> str:
        if fingerprint not in self.known:
            raise UnknownSchemaError(f"schema {fingerprint} is not in the topic")
        return self.known[fingerprint]

    def take(self, *messages: Message) -> None:
        self.batches(self.frame(messages), 0)

    def frame(self, messages: Sequence[Message]) -> DataFrame:
        rows = (dict(zip(("offset", "key", "value"), m, strict=True)) for m in messages)
        return frame(self.spark, rows, "offset bigint, key binary, value binary")

    def quarantined(self) -> dict[int, str]:
        return {message.offset: message.reason for message in self.kept.all()}

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


def test_a_merge_on_read_table_is_compacted_when_its_columns_change(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(spark, tmp_path, "MERGE_ON_READ")
    told: list[bool] = []
    lake.committer._committed = lambda _, upkeep: told.append(upkeep)
    lake.take(*snapshot(lake, k1="a"))
    lake.take(lake.topic.message(**change("u", 1, "a2", 1)))
    assert not lake.lake.awaits_compaction()
    new = Table(V2, ["id", "v", "note"], lake.topic.offset)
    lake.take(new.message("u", 1, {"id": 1, "v": "a3", "note": "more"}, "uuid-1:2"))
    assert lake.lake.awaits_compaction()
    assert told == [False, False, True]


def test_what_cannot_be_read_is_kept_aside_and_the_rest_goes_on(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(spark, tmp_path)
    first = lake.topic.message(**change("c", 1, "a", 1))
    lake.take((0, first[1], bytearray(b"{}")))  # before the table has any row
    lake.topic.offset = 1
    lake.take(*snapshot(lake, k1="a", k2="b"))
    rubbish, short, keyless = (lake.topic.message(**change("u", 1, "x", n)) for n in (1, 2, 3))
    good = lake.topic.message(**change("u", 2, "b2", 4))
    lake.take(
        (rubbish[0], rubbish[1], bytearray(b"{}")), (short[0], short[1], short[2][:12]),
        (keyless[0], None, keyless[2]), good,
    )  # fmt: skip
    assert lake.rows() == {1: "a", 2: "b2"}
    assert lake.quarantined() == {
        0: "no Avro header", 3: "no Avro header", 4: "its body does not fit its schema",
        5: "a row without a readable key",
    }  # fmt: skip
    lake.restart()
    assert lake.committer.state.next_offset == 7
    only_bad = lake.topic.message(**change("u", 1, "y", 5))
    lake.take((only_bad[0], only_bad[1], bytearray(b"[]")))
    found = lake.lake.read_state()
    assert found is not None
    assert found.next_offset == lake.committer.state.next_offset == 8


def test_a_replay_applies_what_is_kept_and_nothing_older_than_what_came_later(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(spark, tmp_path)
    lake.take(*snapshot(lake, k1="a", k2="b", k5="e"))
    lost = Table("00000000000000ff", ["id", "v"], lake.topic.offset)
    strange = [lost.message(**change("u", key, "lost", n)) for n, key in enumerate((1, 2, 5), 1)]
    bad = lost.message(**change("u", 5, "never", 4))
    later = Table(V1, ["id", "v"], lost.offset)
    after = [later.message(**change("u", 2, "later", 5)), later.message(**change("c", 3, "c", 6))]
    everything = [*strange, (bad[0], bad[1], bytearray(b"{}")), *after]
    lake.take(*everything)
    assert lake.rows() == {1: "a", 2: "later", 3: "c", 5: "e"}
    assert sorted(lake.quarantined()) == [3, 4, 5, 6]

    lake.known["00000000000000ff"] = SCHEMAS[V1]
    state = lake.committer.state
    applied = lake.batches.replay(lake.frame(everything), lake.kept.all())
    lake.kept.release(applied)
    assert lake.rows() == {1: "lost", 2: "later", 3: "c", 5: "lost"}
    assert sorted(lake.quarantined()) == [6]
    assert (lake.committer.state.next_offset, lake.committer.state.gtids) == (9, state.gtids)


def test_a_topic_of_another_format_is_not_quarantined_message_by_message(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "LIMIT", 3)
    lake = Lake(spark, tmp_path)
    lake.take(*snapshot(lake, k1="a"))
    with pytest.raises(QuarantineFullError, match="3 messages and more"):
        lake.take(*((offset, None, bytearray(b"{}")) for offset in range(1, 6)))
    assert lake.quarantined() == {}
    assert lake.committer.state.next_offset == 1


def test_rows_of_an_older_generation_are_removed_when_asked(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(spark, tmp_path)
    lake.take(*snapshot(lake, k1="a", k2="b", k3="c"))
    until, _ = lake.lake.newest()
    reading = [lake.topic.message("r", k, {"id": k, "v": v}, "uuid-1:1", "incremental")
               for k, v in ((1, "a"), (3, "c3"))]  # fmt: skip
    lake.take(*reading)
    assert lake.batches.shape is not None
    lake.committer.remove_older(until, lake.batches.shape)
    assert lake.rows() == {1: "a", 3: "c3"}
    assert lake.committer.state.generation == 2


def test_rows_are_removed_by_their_keys_unless_they_were_written_since(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(spark, tmp_path)
    lake.take(*snapshot(lake, k1="a", k2="b", k3="c"))
    until, _ = lake.lake.newest()
    lake.take(lake.topic.message(**change("u", 2, "b2", 1)))
    assert lake.batches.shape is not None
    found = lake.lake.rows().select("id", names.RECORD_KEY).collect()
    keys = {row["id"]: row[names.RECORD_KEY] for row in found}
    lake.committer.remove_older(until, lake.batches.shape, (keys[1], keys[2]))
    assert lake.rows() == {2: "b2", 3: "c"}
    assert lake.committer.state.generation == 1


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


def kept(lake: Lake) -> list[tuple[Any, ...]]:
    """The changes that the lake has, in their order."""
    rows = lake.lake.rows().orderBy(names.OFFSET, names.CHANGE).collect()
    return [(row[names.CHANGE], row["id"], row["v"]) for row in rows]


@pytest.mark.parametrize("kind", ["COPY_ON_WRITE", "MERGE_ON_READ"])
def test_a_table_without_a_key_keeps_every_change_once(
    spark: SparkSession, tmp_path: Path, kind: TableType
) -> None:
    lake = Lake(spark, tmp_path, kind, "ignore", append_only=True)
    a, b, c = ({"id": 1, "v": v} for v in "abc")
    send = lake.topic.message

    def transaction() -> list[Message]:
        return [
            send("c", None, a, "u:2", place=(500, 0)), send("c", None, a, "u:2", place=(500, 1)),
            send("u", None, b, "u:2", before=a, place=(600, 0)),
            send("d", None, None, "u:2", before=a, place=(700, 0)),
        ]  # fmt: skip

    inserted, updated = [("insert", 1, "a")] * 2, [("after", 1, "b"), ("before", 1, "a")]
    changes = [*inserted, *updated, ("delete", 1, "a")]
    lake.take(*snapshot(lake, k1="a", k2="b"))  # what is only read is no change
    assert kept(lake) == []
    lake.take(*transaction()[:3])
    assert kept(lake) == changes[:4]
    lake.restart()
    lake.topic.offset = 5
    lake.take(*transaction()[3:], *transaction())  # the transaction comes again
    assert sorted(kept(lake)) == sorted(changes)
    lake.restart()
    late = send("c", None, a, "u:1", place=(400, 0))
    emptied = send("t", None, None, "u:3", place=(800, 0))
    keyed = send("c", 1, c, "u:4", place=(900, 0))  # it got a primary key
    lake.take(late, emptied, keyed)
    assert kept(lake)[-2:] == [("truncate", None, None), ("insert", 1, "c")]
    assert len(kept(lake)) == 7


def test_a_kept_change_that_could_not_be_read_is_replayed(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(spark, tmp_path, on_delete="ignore", append_only=True)
    row = {"id": 1, "v": "a"}
    first = lake.topic.message("c", None, row, "u:1", place=(100, 0))
    lost = Table("00000000000000ff", ["id", "v"], lake.topic.offset)
    told = [first, lost.message("c", None, row, "u:2", place=(200, 0))]
    lake.take(*told)
    assert (len(kept(lake)), list(lake.quarantined())) == (1, [1])
    lake.known["00000000000000ff"] = SCHEMAS[V1]
    lake.kept.release(lake.batches.replay(lake.frame(told), lake.kept.all()))
    assert (kept(lake), lake.quarantined()) == ([("insert", 1, "a")] * 2, {})
