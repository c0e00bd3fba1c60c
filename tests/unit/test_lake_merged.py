"""When the log files of a MERGE_ON_READ table can be read by hudi-rs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from headwater.errors import TargetError
from headwater.lake.athena import merged
from headwater.lake.athena.merged import open_table, planned
from support.folder_s3 import FolderAws, FolderS3

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.connections import Aws

FIRST, SECOND = "20261128171435686", "20261128171535686"


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        ([], set()),
        ([f"{FIRST}.deltacommit", f"{FIRST}.deltacommit.requested"], set()),
        ([f"{FIRST}.compaction.requested"], {FIRST}),
        ([f"{FIRST}.compaction.requested", f"{FIRST}.compaction.inflight"], {FIRST}),
        ([f"{FIRST}.compaction.requested", f"{FIRST}.commit"], set()),
        ([f"{FIRST}.compaction.requested", f"{SECOND}.commit"], {FIRST}),
        ([f"{FIRST}.commit.requested", f"{SECOND}.compaction.requested"], {SECOND}),
    ],
)
def test_a_compaction_is_under_way_until_its_commit(
    timeline: list[str], expected: set[str]
) -> None:
    assert planned(f"warehouse/shop/orders/.hoodie/{name}" for name in timeline) == expected


def test_a_compaction_that_nobody_completes_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merged, "COMPACTION_S", 0.0)
    timeline = tmp_path / "lake" / "warehouse" / "shop" / "orders" / ".hoodie"
    timeline.mkdir(parents=True)
    (timeline / f"{FIRST}.compaction.requested").touch()
    with pytest.raises(TargetError, match=FIRST) as caught:
        open_table(cast("Aws", FolderAws(FolderS3(tmp_path))), "s3://lake/warehouse/shop/orders")
    assert "headwater status" in caught.value.remedy
