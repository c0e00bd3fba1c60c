"""What a batch means: properties of the model against a table that applies every change in turn."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from headwater_cdc.envelope import Gtid
from headwater_cdc.order import Event, Progress, apply, collect, reduce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater_cdc.order import Kept, Key, Row

SERVERS = ("aaaa-1", "bbbb-2")


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Transactions of one to four changes; now and then another server writes."""
    events: list[Event] = []
    numbers = dict.fromkeys(SERVERS, 0)
    for _ in range(draw(st.integers(1, 12))):
        server = draw(st.sampled_from(SERVERS))
        numbers[server] += draw(st.integers(1, 3))
        for _ in range(draw(st.integers(1, 4))):
            op = draw(st.sampled_from("cuuudt"))
            key = None if op == "t" else (draw(st.integers(0, 4)),)
            row = {"v": len(events)} if op in "cu" else None
            events.append(Event(len(events), op, key, row, Gtid(server, numbers[server])))
    return events


def naive(events: Sequence[Event]) -> dict[Key, Row]:
    table: dict[Key, Row] = {}
    for event in events:
        if event.op == "t":
            table.clear()
        elif event.op == "d":
            table.pop(event.key or (), None)
        else:
            table[event.key or ()] = event.row or {}
    return table


def in_batches(events: Sequence[Event], cuts: Sequence[int]) -> dict[Key, Row]:
    table: dict[Key, Row] = {}
    progress = Progress()
    edges = sorted({0, len(events), *(cut % (len(events) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(edges):
        batch = reduce(events[start:end], progress)
        table, progress = apply(table, batch), batch.progress
    return table


@given(histories(), st.lists(st.integers(0, 60), max_size=5))
def test_batches_of_any_size_end_in_the_same_table(events: list[Event], cuts: list[int]) -> None:
    assert in_batches(events, cuts) == naive(events)


@given(histories(), st.integers(0, 60), st.integers(0, 60), st.lists(st.integers(0, 90)))
def test_redelivery_from_any_point_changes_nothing(
    events: list[Event], crash: int, back: int, cuts: list[int]
) -> None:
    crash %= len(events) + 1
    resumed = max(0, crash - back)
    told = [*events[:crash], *events[resumed:]]
    numbered = [Event(i, e.op, e.key, e.row, e.gtid) for i, e in enumerate(told)]
    assert in_batches(numbered, cuts) == naive(events)


@given(histories())
def test_order_is_the_offset_not_the_position_in_the_batch(events: list[Event]) -> None:
    assert reduce(reversed(events), Progress()).rows == reduce(events, Progress()).rows


def test_a_key_change_is_a_delete_and_an_insert() -> None:
    table: dict[Key, Row] = {(1,): {"v": 1}}
    gtid = Gtid("aaaa-1", 7)
    swap = [Event(10, "d", (1,), None, gtid), Event(11, "c", (2,), {"v": 1}, gtid)]
    assert apply(table, reduce(swap, Progress())) == {(2,): {"v": 1}}


def test_two_rows_that_swap_their_keys() -> None:
    table: dict[Key, Row] = {(1,): {"v": "one"}, (2,): {"v": "two"}}
    gtid = Gtid("aaaa-1", 7)
    events = [
        Event(1, "d", (1,), None, gtid),
        Event(2, "c", (9,), {"v": "one"}, gtid),
        Event(3, "d", (2,), None, gtid),
        Event(4, "c", (1,), {"v": "two"}, gtid),
        Event(5, "d", (9,), None, gtid),
        Event(6, "c", (2,), {"v": "one"}, gtid),
    ]
    assert apply(table, reduce(events, Progress())) == {(1,): {"v": "two"}, (2,): {"v": "one"}}


def test_an_older_update_that_comes_again_after_a_delete_stays_out() -> None:
    before = Progress({"aaaa-1": 9}, "aaaa-1")
    late = reduce([Event(50, "u", (1,), {"v": "old"}, Gtid("aaaa-1", 8))], before)
    assert late.rows == {}
    assert late.dropped == 1
    assert late.progress == before


def test_snapshot_rows_are_never_dropped() -> None:
    rows = reduce([Event(50, "r", (1,), {"v": "seen"})], Progress({"aaaa-1": 9}))
    assert rows.rows == {(1,): {"v": "seen"}}


def test_a_truncate_voids_what_precedes_it() -> None:
    gtid = Gtid("aaaa-1", 1)
    batch = reduce(
        [
            Event(1, "c", (1,), {"v": 1}, gtid),
            Event(2, "t", None, None, gtid),
            Event(3, "c", (2,), {"v": 2}, gtid),
        ],
        Progress(),
    )
    assert batch.truncated
    assert apply({(7,): {"v": 7}}, batch) == {(2,): {"v": 2}}


def test_what_a_former_primary_wrote_last_is_not_applied_again_over_its_successor() -> None:
    old, new = Gtid("aaaa-1", 5), Gtid("bbbb-2", 1)
    events = [
        Event(1, "u", (1,), {"v": "old"}, old),
        Event(2, "u", (1,), {"v": "new"}, new),
        Event(3, "u", (2,), {"v": "x"}, Gtid("bbbb-2", 2)),
    ]
    again = [Event(e.offset + 10, e.op, e.key, e.row, e.gtid) for e in events]
    assert in_batches([*events, *again], [3])[(1,)] == {"v": "new"}


@st.composite
def keyless(draw: st.DrawFn) -> list[Event]:
    """Transactions on a table without a key, in which equal rows come and go, and its truncates."""
    events: list[Event] = []
    rows: list[Row] = []
    for number in range(1, draw(st.integers(2, 10))):
        for row in range(draw(st.integers(1, 4))):
            told = {"v": draw(st.integers(0, 2))}
            before = draw(st.sampled_from(rows)) if rows else None
            op = draw(st.sampled_from("cudt" if before else "c"))
            if op == "t":
                rows.clear()
            if op in "ud" and before:
                rows.remove(before)
            if op in "cu":
                rows.append(told)
            event = Event(len(events), op, None, told if op in "cu" else None)
            event = replace(event, gtid=Gtid("aaaa-1", number), place=("log.1", number * 100, row))
            events.append(replace(event, before=before if op in "ud" else None, ts_ms=number))
    return events


def kept_in_batches(events: Sequence[Event], cuts: Sequence[int]) -> dict[str, Kept]:
    table: dict[str, Kept] = {}
    progress = Progress()
    edges = sorted({0, len(events), *(cut % (len(events) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(edges):
        found, progress = collect(events[start:end], progress)
        table |= found
    return table


def images(events: Sequence[Event]) -> list[tuple[str, Row | None]]:
    made: list[tuple[str, Row | None]] = []
    for event in events:
        if event.op == "u":
            made += [("before", event.before), ("after", event.row)]
        else:
            name = {"c": "insert", "d": "delete", "t": "truncate"}[event.op]
            made.append((name, event.before if event.op == "d" else event.row))
    return made


def now(kept: dict[str, Kept]) -> Counter[object]:
    """The rows that a table of changes adds up to."""
    last = max((at for at, image, _ in kept.values() if image == "truncate"), default=-1)
    found: Counter[object] = Counter()
    for at, image, row in kept.values():
        if at > last and row is not None:
            found[row["v"]] += 1 if image in ("insert", "after") else -1
    return +found


@given(keyless(), st.integers(0, 60), st.integers(0, 60), st.lists(st.integers(0, 90)))
def test_every_change_of_a_table_without_a_key_is_kept_once(
    events: list[Event], crash: int, back: int, cuts: list[int]
) -> None:
    crash %= len(events) + 1
    told = [*events[:crash], *events[max(0, crash - back) :]]
    numbered = [replace(event, offset=offset) for offset, event in enumerate(told)]
    kept = kept_in_batches(numbered, cuts)
    in_order = sorted(kept.values(), key=lambda k: (k[0], k[1] != "before"))
    assert [(image, row) for _, image, row in in_order] == images(events)
    rows: Counter[object] = Counter()
    for event in events:
        if event.op == "t":
            rows.clear()
        rows.subtract([event.before["v"]] if event.before else [])
        rows.update([event.row["v"]] if event.row else [])
    assert now(kept) == +rows


def test_a_server_that_was_reset_does_not_overwrite_the_changes_of_before() -> None:
    old = Event(1, "c", None, {"v": 1}, Gtid("aaaa-1", 1), place=("log.1", 100, 0), ts_ms=1000)
    new = replace(old, offset=9, row={"v": 2}, ts_ms=2000)
    kept = collect([old], Progress())[0] | collect([new], Progress())[0]
    assert [row for _, _, row in kept.values()] == [{"v": 1}, {"v": 2}]
