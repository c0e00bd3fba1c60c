from __future__ import annotations

import pytest

from headwater_cdc.pace import Pace


class Time:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def pace(self, every_s: float) -> Pace:
        return Pace(every_s, 1000, self.wait, lambda: self.now)


@pytest.mark.parametrize(
    ("every_s", "offsets", "rests_s"),
    [(10, 3, 10), (10, 999, 10), (10, 1000, 0), (0, 3, 0)],
    ids=["few changes", "nearly full", "behind", "as fast as they come"],
)
def test_changes_gather_unless_the_table_is_behind(
    every_s: float, offsets: int, rests_s: float
) -> None:
    time = Time()
    pace = time.pace(every_s)

    pace.begin()
    pace.rest(offsets, lambda: False)

    assert time.now == pytest.approx(100.0 + rests_s)


def test_the_time_of_the_batch_counts() -> None:
    time = Time()
    pace = time.pace(10)

    pace.begin()
    time.wait(7)
    pace.rest(3, lambda: False)

    assert time.now == pytest.approx(110.0)


def test_a_request_or_the_end_cuts_the_rest_short() -> None:
    time = Time()
    pace = time.pace(3600)

    pace.begin()
    pace.rest(3, lambda: time.now > 101)

    assert time.now < 102
