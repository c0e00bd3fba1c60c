"""Heartbeats that go on where they ended, and those that do not."""

from __future__ import annotations

import pytest

from headwater_cdc.continuity import Beat, Continuity

A, B = "server-a", "server-b"


def after(*beats: Beat) -> Continuity:
    seen = Continuity()
    for beat in beats:
        seen.take(beat)
        assert not seen.broken
    return seen


def test_beats_that_go_on() -> None:
    seen = after(Beat(7, A, 100), Beat(8, A, 103), Beat(9, A, 104))
    assert (seen.counter, seen.numbers) == (9, {A: 104})


def test_redelivered_beats_change_nothing() -> None:
    seen = after(
        Beat(7, A, 100), Beat(8, A, 103), Beat(7, A, 100), Beat(8, A, 103), Beat(9, A, 105)
    )
    assert seen.counter == 9


def test_a_failover_goes_on_with_the_other_servers_numbers() -> None:
    seen = after(Beat(7, A, 100), Beat(8, B, 3), Beat(9, B, 4), Beat(10, A, 101))
    assert seen.numbers == {A: 101, B: 4}


@pytest.mark.parametrize(
    ("beat", "says"),
    [
        (Beat(9, A, 3), "the server was reset"),
        (Beat(9, A, 103), "the server was reset"),
        (Beat(10, A, 105), "changes in between are lost"),
        (Beat(8, A, 104), "restored backup"),
        (Beat(8, B, 1), "a replica that was behind"),
    ],
)
def test_what_contradicts_is_broken_for_good(beat: Beat, says: str) -> None:
    seen = after(Beat(7, A, 100), Beat(8, A, 103))
    seen.take(beat)
    assert says in seen.broken
    again = Continuity.from_json(seen.to_json())
    again.take(Beat(11, A, 200))
    assert again.broken == seen.broken


def test_what_kafka_has_dropped_is_no_gap_of_the_server() -> None:
    seen = after(Beat(7, A, 100))
    seen.take(Beat(90, A, 900), skipped=True)
    assert not seen.broken
    seen.take(Beat(91, A, 3), skipped=True)
    assert "reset" in seen.broken


def test_a_row_that_a_snapshot_read_only_tells_the_counter() -> None:
    assert after(Beat(7, A, 100), Beat(20), Beat(21, A, 150)).counter == 21


def test_without_a_past_anything_goes() -> None:
    assert after(Beat(50, A, 1)).numbers == {A: 1}
    assert Continuity.from_json(None) == Continuity()
