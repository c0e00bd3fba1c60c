"""The copy of a MERGE_ON_READ table that the local SQL engine is shown. No servers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from headwater.lake.athena.merged import PREFIX, Merged
from headwater_cdc.catalog import table_inputs
from headwater_cdc.config import TableConfig
from headwater_cdc.hudi import LakeTable
from headwater_cdc.state import TableState
from support.cdc_session import session
from support.folder_s3 import FolderAws, FolderS3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import Aws

pytestmark = [
    pytest.mark.slow,
    # py4j leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

KEPT_S = 120
COLUMNS = [("id", "int"), ("word", "string"), ("note", "string")]


class Lake:
    """A table on a disk, its copies beside it."""

    def __init__(self, folder: Path) -> None:
        self.clock = 0.0
        self.s3 = FolderS3(folder / "s3")
        self.table = LakeTable(
            session(), TableConfig("shop", "orders", "topic", type="MERGE_ON_READ"),
            f"file://{folder}/orders",
        )  # fmt: skip
        aws = cast("Aws", FolderAws(self.s3))
        self.merged = Merged(aws, folder / "spool", KEPT_S, lambda: self.clock)
        self.entry = table_inputs(self.table.config, self.table.path, COLUMNS)[1]
        # Glue's locations are s3://; these files are on a disk.
        self.entry["StorageDescriptor"]["Location"] = self.table.path
        self.commits = 0

    def commit(self, *columns: str, ids: Sequence[int], gone: str = "false") -> None:
        self.commits += 1
        rows = session().range(max(ids) + 1).where(f"id in ({', '.join(map(str, ids))})")
        made = rows.selectExpr("int(id) as id", *columns, f"{gone} as _hoodie_is_deleted")
        self.table.write(made, ("id",), TableState("t", next_offset=self.commits))

    def shown(self) -> tuple[str, dict[int, tuple[str, str | None]]]:
        """Where the engine finds the copy, and the rows in it."""
        from pyarrow import parquet

        location = self.merged.entry(self.entry)["StorageDescriptor"]["Location"]
        rows = {}
        for key in self.s3.keys("lake", location.removeprefix("s3://lake/")):
            for row in parquet.read_table(self.s3.root / "lake" / key).to_pylist():
                assert row["id"] not in rows
                rows[row["id"]] = (row["word"], row.get("note"))
        return location, rows


def test_the_copy_has_what_log_files_say(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit("'first' as word", ids=[1, 2, 3])
    base = lake.shown()
    assert base[1] == {1: ("first", None), 2: ("first", None), 3: ("first", None)}
    lake.commit("'second' as word", ids=[2, 3], gone="id = 3")
    lake.commit("'third' as word", "nullif('new', '') as note", ids=[4])
    newest = lake.shown()
    assert newest[1] == {1: ("first", None), 2: ("second", None), 4: ("third", "new")}
    assert newest[0] != base[0]
    assert lake.shown() == newest


def test_a_copy_is_made_once_and_kept_for_its_readers(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    left = f"{PREFIX}{tmp_path}/orders/20200101000000000/0.parquet"
    lake.s3.upload_file(__file__, "lake", left)
    lake.commit("'first' as word", ids=[1])
    first, _ = lake.shown()
    assert lake.merged.entry(lake.entry)["StorageDescriptor"]["Location"] == first
    assert left not in lake.s3.keys("lake"), "what an earlier endpoint left"
    lake.commit("'second' as word", ids=[1])
    second, _ = lake.shown()
    places = {f"s3://lake/{key}".rpartition("/")[0] + "/" for key in lake.s3.keys("lake")}
    assert places == {first, second}
    lake.clock += KEPT_S + 1
    lake.shown()
    assert all(f"s3://lake/{key}".startswith(second) for key in lake.s3.keys("lake"))


def test_the_entry_is_a_plain_table_with_its_days_as_a_column(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit("'first' as word", ids=[1])
    lake.entry["PartitionKeys"] = [{"Name": "day", "Type": "string"}]
    shown = lake.merged.entry(lake.entry)
    names = [column["Name"] for column in shown["StorageDescriptor"]["Columns"]]
    assert names[-4:] == ["id", "word", "note", "day"]
    assert shown["PartitionKeys"] == []
    assert "hudi" not in shown["StorageDescriptor"]["InputFormat"]
