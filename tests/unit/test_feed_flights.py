"""The flights feed on real responses, against an independent reading of the files."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from headwater.errors import TransformError
from headwater.feed.load import load
from headwater.feed.result import ResponseInfo, Result
from headwater.feed.transform import transform

if TYPE_CHECKING:
    from support.shared import SharedData

FEED = load(Path(__file__).resolve().parents[2] / "feeds" / "flights.yaml")
SPEC = FEED.spec()
POLLED = datetime(2026, 11, 22, 10, 30, 0, 123456, tzinfo=UTC)
POLL = datetime(2026, 11, 22, 10, 30, 0, 123000)  # noqa: DTZ001 - rows hold naive UTC
STATE = json.loads(
    """["4b1815", "SWR12   ", "Switzerland", 1568090266, 1568090279, 8.5594, 47.4533, 403.86,
        false, 12.5, 244, -3.25, [1, 2], 410, "1021", false, 0]"""
)


def run(body: bytes) -> Result:
    return transform(SPEC, body, ResponseInfo(POLLED, "https://opensky-network.org"))


def states(*vectors: list[Any] | None) -> bytes:
    return json.dumps({"time": 1568090280, "states": list(vectors)}).encode()


def independent_row(s: list[Any]) -> tuple[Any, ...]:
    """A state vector as a row of `flights`, read by hand."""

    def moment(seconds: int | None) -> datetime | None:
        return None if seconds is None else datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001

    def text(value: str | None) -> str | None:
        return value.strip() or None if value is not None else None

    def number(value: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    return (
        s[0],
        text(s[1]),
        text(s[2]),
        moment(s[3]),
        moment(s[4]),
        number(s[5]),
        number(s[6]),
        number(s[7]),
        s[8],
        number(s[9]),
        number(s[10]),
        number(s[11]),
        None if s[12] is None else json.dumps(s[12], separators=(",", ":")),
        number(s[13]),
        text(s[14]),
        s[15],
        s[16],
        s[17] if len(s) > 17 else None,
        POLL,
    )


def assert_as_read(body: bytes) -> int:
    """Both tables are what an independent reading gives; returns the number of vectors."""
    result = run(body)
    vectors = json.loads(body, parse_float=Decimal)["states"] or []
    expected = [independent_row(vector) for vector in vectors]
    assert result.tables["flights"].rows == expected
    positions = [row[:-1] for row in expected if row[3] is not None]
    assert result.tables["flight_positions"].rows == positions
    assert result.tables["flight_positions"].skipped == len(expected) - len(positions)
    assert result.rejected == []
    return len(vectors)


@pytest.mark.parametrize(
    ("name", "aircraft"),
    [
        ("opensky_states_all_switzerland_2019-09-10T043800Z.json", 53),
        ("opensky_states_all_python-opensky_2023-05-07.json", 4),
    ],
)
def test_real_responses_give_the_rows_of_an_independent_reading(
    shared_data: SharedData, name: str, aircraft: int
) -> None:
    assert assert_as_read(shared_data(f"flights/{name}").read_bytes()) == aircraft


def test_two_thousand_consecutive_polls_give_the_rows_of_an_independent_reading(
    shared_data: SharedData,
) -> None:
    name = "flights/derived_states_all_switzerland_2018-08-01_30s.jsonl.gz"
    with gzip.open(shared_data(name)) as lines:
        # Every 20th poll: seconds instead of a minute, the same code and fields.
        counts = [assert_as_read(line) for i, line in enumerate(lines) if i % 20 == 0]
    assert len(counts) == 102


def test_no_real_value_is_rounded(shared_data: SharedData) -> None:
    name = "flights/opensky_states_all_switzerland_2019-09-10T043800Z.json"
    text = shared_data(name).read_text()
    row = run(text.encode()).tables["flights"].rows[0]
    assert row[5:8] == (Decimal("8.559400"), Decimal("47.453300"), Decimal("9197.34"))
    assert "8.5594" in text


def test_a_synthetic_vector_gives_a_row_of_every_type() -> None:
    assert assert_as_read(states(STATE, [*STATE, 6])) == 2


def test_null_states_are_zero_rows() -> None:
    result = run(b'{"time": 1, "states": null}')
    assert [table.rows for table in result.tables.values()] == [[], []]
    assert result.applied == 0


def test_a_blank_callsign_is_null_and_padding_goes() -> None:
    blank = [STATE[0], "        ", *STATE[2:]]
    rows = run(states(STATE, blank)).tables["flights"].rows
    assert [row[1] for row in rows] == ["SWR12", None]


def test_an_aircraft_without_position_is_a_flight_but_no_position() -> None:
    unseen = [*STATE[:3], None, STATE[4], None, None, None, *STATE[8:]]
    result = run(states(unseen, STATE))
    assert len(result.tables["flights"].rows) == 2
    assert len(result.tables["flight_positions"].rows) == 1
    assert result.tables["flight_positions"].skipped == 1
    assert result.rejected == []


@pytest.mark.parametrize(
    ("index", "value", "column", "reason"),
    [
        (0, None, "icao24", "is part of the key"),
        (0, "4b18151", "icao24", "has 7 characters, CHAR(6) holds 6"),
        (0, 123456, "icao24", "is a number, not a text"),
        (4, None, "last_contact", "is required"),
        (4, "1568090279", "last_contact", "is not a number"),
        (4, 99999999999, "last_contact", "out of range of TIMESTAMP"),
        (5, 8.12345678, "longitude", "has more than 6 decimals"),
        (5, 1e9, "longitude", "out of range of DECIMAL(9,6)"),
        (5, 181, "longitude_in_range", "does not hold"),
        (6, "47.1", "latitude", "is a text, not a number"),
        (8, 1, "on_ground", "is a number, not true or false"),
        (14, "12345", "squawk", "has 5 characters"),
        (16, 300, "position_source", "out of range of TINYINT"),
        (16, 0.5, "position_source", "has more than 0 decimals"),
    ],
)
def test_a_value_that_does_not_fit_rejects_its_record_only(
    index: int, value: object, column: str, reason: str
) -> None:
    wrong = [*STATE[:index], value, *STATE[index + 1 :]]
    table = run(states(STATE, wrong, STATE)).tables["flights"]
    assert len(table.rows) == 2
    [rejected] = table.rejected
    assert (rejected.table, rejected.path, rejected.column) == ("flights", "s[1]", column)
    assert reason in rejected.reason


def test_a_record_that_is_no_list_is_rejected() -> None:
    table = run(states(None, STATE)).tables["flights"]
    assert len(table.rows) == 1
    assert table.rejected[0].path == "s[0]"


def test_a_doubtful_track_warns_and_stays() -> None:
    table = run(states([*STATE[:10], 361, *STATE[11:]])).tables["flights"]
    assert len(table.rows) == 1
    assert table.warnings[0].column == "track_in_range"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "is empty"),
        (b"<html><body>Bad gateway", "is HTML or XML, not JSON: <html>"),
        (b'{"time": 1, "states": [', "is not JSON"),
        (b'{"time": NaN, "states": []}', "NaN is not a JSON number"),
        (b'{"time": "now", "states": []}', "is not accepted"),
        (b'{"time": 1, "states": "none"}', "is not accepted"),
        (b'{"time": 1}', "is not accepted"),
        (b"[]", "is not accepted"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"time": 1' + b"0" * 5000 + b"}", "number beyond 400 digits"),
        (b'{"time": 1e999999}', "number beyond 400 digits"),
        (b'{"time": 1, "time": 2}', "key 'time' stands twice with different values"),
        (b"\xff\xfe", "is not UTF-8"),
        (b" " * (16 * 1024**2 + 1), "more than max_body 16777216"),
    ],
)
def test_a_body_that_cannot_be_used_says_why(body: bytes, message: str) -> None:
    with pytest.raises(TransformError) as failure:
        run(body)
    assert failure.value.message.startswith("feed flights: ")
    assert message in failure.value.message
    assert len(failure.value.message) < 600


def test_five_minutes_are_ten_polls() -> None:
    assert FEED.gone_polls("flights") == 10
    assert FEED.gone_polls("flight_positions") is None


def test_positions_are_kept_as_history_like_flights() -> None:
    table = FEED.tables["flight_positions"]
    assert table.key == ["icao24", "time_position"]
    assert (table.keep, table.latest, table.on_delete) == ("history", None, "ignore")
    assert table.lake.partition_by == "time_position"
    assert table.retention.mysql == 7 * 86_400
    assert list(table.columns) == [c for c in FEED.tables["flights"].columns if c != "polled_at"]


def test_every_column_says_what_it_means() -> None:
    columns = [c for table in FEED.tables.values() for c in table.columns.values()]
    assert all(column.meaning for column in columns)
