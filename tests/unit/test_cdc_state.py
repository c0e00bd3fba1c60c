"""The state of a table, the envelope's header, names and GTIDs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater_cdc import ends, faults
from headwater_cdc.envelope import Gtid, fingerprint_of, kind_of, parse_gtid
from headwater_cdc.errors import TablePausedError, TopicLostError
from headwater_cdc.names import HUDI_COLUMNS, lake_names
from headwater_cdc.state import TableState
from headwater_cdc.topics import Topic, refuse_lost


def advanced(state: TableState, to: int, **gtids: int) -> TableState:
    return state.advance(
        next_offset=to,
        key_schema_id="k",
        schema_id="v",
        gtids=gtids,
        last_server=max(gtids, default=""),
        source_ts_ms=5,
        applied_ts_ms=6,
    )


def test_a_state_survives_its_json() -> None:
    state = advanced(TableState("t", "id"), 8, a=3).begin_snapshot("2026")
    assert TableState.from_json(state.to_json()) == state
    assert json.loads(state.to_json())["version"] == 1


def test_a_newer_state_is_not_guessed_at() -> None:
    with pytest.raises(TablePausedError, match="version 2"):
        TableState.from_json('{"version": 2, "topic": "t"}')


def test_what_a_later_version_adds_is_ignored() -> None:
    assert TableState.from_json('{"version": 1, "topic": "t", "new": 1}') == TableState("t")


@given(st.dictionaries(st.sampled_from("abc"), st.integers(1, 9)), st.integers(0, 9))
def test_offsets_and_gtids_only_grow(gtids: dict[str, int], to: int) -> None:
    state = advanced(TableState("t"), 5, a=4, b=5)
    if to < 5:
        with pytest.raises(ValueError, match="go back"):
            advanced(state, to, **gtids)
        return
    after = advanced(state, to, **gtids)
    assert after.gtids == {k: max(gtids.get(k, 0), {"a": 4, "b": 5}.get(k, 0)) for k in after.gtids}


def test_the_first_snapshot_is_the_first_generation() -> None:
    assert TableState("t").begin_snapshot("").generation == 1
    assert advanced(TableState("t"), 5).begin_snapshot("1").generation == 2


def test_a_message_names_its_schema() -> None:
    assert fingerprint_of(bytes.fromhex("c301a357265d587e3bb002")) == "b03b7e585d2657a3"
    assert fingerprint_of(b'{"id":1}......') is None
    assert fingerprint_of(b"\xc3\x01short") is None


def test_gtids_with_and_without_a_tag() -> None:
    assert parse_gtid("c350-1:218") == Gtid("c350-1", 218)
    assert parse_gtid("c350-1:blue:7") == Gtid("c350-1:blue", 7)
    assert parse_gtid(None) is None
    with pytest.raises(ValueError, match="not a GTID"):
        parse_gtid("c350-1")


@pytest.mark.parametrize(
    ("op", "flag", "kind"),
    [
        ("c", None, "stream"),
        ("r", "first", "first"),
        ("r", "first_in_data_collection", "first"),
        ("r", "true", "snapshot"),
        ("r", "last_in_data_collection", "last"),
        ("r", "last", "last"),
        ("r", "incremental", "stream"),
    ],
)
def test_kinds_of_messages(op: str, flag: str | None, kind: str) -> None:
    assert kind_of(op, flag) == kind


@given(st.lists(st.text(max_size=8), max_size=8))
def test_lake_names_are_valid_and_unique(originals: list[str]) -> None:
    names = lake_names(originals, partitioned=True)
    assert len(set(names)) == len(originals)
    assert not {*HUDI_COLUMNS, "day"} & set(names)
    assert all(name.isidentifier() and name == name.lower() for name in names)


def test_lake_names_of_usual_columns_stay() -> None:
    assert lake_names(["icao24", "Last_Contact", "2nd", "a b", "a-b"]) == [
        "icao24",
        "last_contact",
        "_2nd",
        "a_b",
        "a_b_",
    ]


@pytest.mark.parametrize(
    ("topic", "says"),
    [
        (Topic("t", "new", 1, 0, 9), "recreated"),
        (Topic("t", "id", 1, 7, 9), "overtook"),
        (Topic("t", "id", 1, 0, 3), "lost messages"),
        (Topic("t", "id", 3, 0, 9), "exactly one"),
    ],
)
def test_a_topic_that_cannot_be_read_on_is_refused(topic: Topic, says: str) -> None:
    with pytest.raises(TopicLostError, match=says) as caught:
        refuse_lost(topic, TableState("t", "id", next_offset=5))
    assert caught.value.remedy


def test_a_topic_that_goes_on_is_taken() -> None:
    refuse_lost(Topic("t", "id", 1, 5, 5), TableState("t", "id", next_offset=5))
    refuse_lost(Topic("t", "other", 1, 3, 5), TableState("t"))


def test_points_of_death_are_harmless_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADWATER_CRASH_AT", raising=False)
    monkeypatch.delenv("HEADWATER_CRASH_FILE", raising=False)
    for point in faults.POINTS:
        faults.reach(point)
        with faults.during(point):
            pass


def test_ends_of_topics_as_java_prints_them() -> None:
    text = "{headwater.final.flights-0=12, headwater.shop.odd_name-0=0, a-1-0=9223372036854775807}"
    assert ends.parse(text) == {
        "headwater.final.flights": 12,
        "headwater.shop.odd_name": 0,
        "a-1": 9223372036854775807,
    }
    assert ends.parse("{}") == {}
