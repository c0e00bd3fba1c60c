"""What a commit keeps of a table's past."""

from __future__ import annotations

import pytest

from headwater_cdc.hudi import KEEP_COMMITS, before, retention


@pytest.mark.parametrize(
    ("instant", "seconds", "expected"),
    [
        ("20261122210606667", 600, "20261122205606667"),
        ("20260101000001000", 2, "20251231235959000"),
    ],
)
def test_an_instant_some_seconds_earlier(instant: str, seconds: int, expected: str) -> None:
    assert before(instant, seconds) == expected


@pytest.mark.parametrize("recent", [0, 5, 150, 2000])
def test_what_readers_may_hold_stays_and_the_timeline_is_bounded(recent: int) -> None:
    made = retention(recent)
    kept = int(made["hoodie.clean.commits.retained"])
    assert kept >= max(recent, KEEP_COMMITS)
    least, most = (int(made[f"hoodie.keep.{which}.commits"]) for which in ("min", "max"))
    assert kept < least < most <= kept + 20
