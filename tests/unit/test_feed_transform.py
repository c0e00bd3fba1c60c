"""The transform on anything at all, and the rules that the real feeds do not show."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headwater.errors import TransformError
from headwater.feed.casts import Value
from headwater.feed.load import load, loads
from headwater.feed.result import ResponseInfo, Result, plain
from headwater.feed.transform import transform

ROOT = Path(__file__).resolve().parents[2]
FEEDS = [
    load(path).spec()
    for path in [ROOT / "feeds" / "flights.yaml", *(ROOT / "tests/unit/feeds").glob("*.yaml")]
]
INFO = ResponseInfo(datetime(2026, 11, 22, tzinfo=UTC), "https://api.example", {"trip": {}})
KEYS = st.sampled_from(
    [
        *("time", "states", "trips", "tripOption", "slice", "saleTotal", "id", "hourly", "daily"),
        *("data", "currently", "latitude", "items", "itemId", "success", "quotes", "error", "kind"),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["EUR1.00", "qpxExpress#tripsSearch", "\ud800", "2026-11-22T00:00"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS | st.text(), inner),
    max_leaves=30,
)
PREFIX = """
feed: probe
every: 1h
request: {get: "https://api.example"}
tables:
  probe:
"""


def probe(table: str, doc: object, **info: Any) -> Result:
    lines = [f"    {line}" for line in table.strip().splitlines()]
    spec = loads(PREFIX + "\n".join(lines), source="probe.yaml").spec()
    response = ResponseInfo(**{"fetched_at": INFO.fetched_at, "url": INFO.url, **info})
    return transform(spec, json.dumps(doc).encode(), response)


@given(st.binary())
@example(b"\xef\xbb\xbf{}")
@example(b'"\\ud800"')
@example(b'{"a": 1e400}')
@example(b'{"time": ' + b"[" * 990 + b"]" * 990 + b"}")
def test_any_bytes_give_rows_or_a_transform_error(body: bytes) -> None:
    for feed in FEEDS:
        with contextlib.suppress(TransformError):
            transform(feed, body, INFO)


@given(JSON, st.integers(0, len(FEEDS) - 1))
def test_any_json_gives_rows_or_a_transform_error(doc: object, index: int) -> None:
    with contextlib.suppress(TransformError):
        transform(FEEDS[index], json.dumps(doc).encode(), INFO)


@given(st.lists(st.lists(SCALARS, max_size=18) | JSON, max_size=5))
def test_any_states_are_rows_rejected_or_skipped(states: list[object]) -> None:
    flights = next(feed for feed in FEEDS if feed.feed == "flights")
    try:
        result = transform(flights, json.dumps({"time": 1, "states": states}).encode(), INFO)
    except TransformError:
        return
    for table in result.tables.values():
        assert len(table.rows) + len(table.rejected) + table.skipped == len(states)
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert all(len(record.value) <= 200 for record in table.rejected)


def test_depth_that_python_can_parse_but_not_write_rejects_the_record() -> None:
    table = "each: {r: doc}\nkey: [id]\nkeep: history\ncolumns:\n"
    table += "  id: {is: r.id, type: INT}\n  deep: {is: r.deep, type: JSON}"
    deep: Any = None
    for _ in range(400):
        deep = [deep]
    result = probe(table, [{"id": 1, "deep": deep}, {"id": 2, "deep": 1}]).tables["probe"]
    assert 2 in [row[0] for row in result.rows]
    assert len(result.rows) + len(result.rejected) == 2


def test_without_levels_the_body_is_one_record() -> None:
    table = "key: [id]\nkeep: history\ncolumns:\n  id: {is: doc.id, type: INT}"
    assert probe(table, {"id": 7}).tables["probe"].rows == [(7,)]
    [rejected] = probe(table, {}).tables["probe"].rejected
    assert str(rejected) == "probe: the body: id = 'null' has no value, but is part of the key"


def test_a_level_that_is_no_list_is_an_error_of_the_body() -> None:
    table = "each: {r: doc.rows}\nkey: [id]\nkeep: history\ncolumns:\n  id: {is: r, type: INT}"
    with pytest.raises(TransformError, match=r"table probe: level r \(doc.rows\) is no list: many"):
        probe(table, {"rows": "many"})


def test_fan_out_values_and_the_url_can_be_columns() -> None:
    table = "key: [city]\nkeep: history\ncolumns:\n"
    table += "  city: {is: response.values.city, type: VARCHAR(20)}\n"
    table += "  url: {is: response.url, type: VARCHAR(50)}"
    result = probe(table, {}, values={"city": "San Diego"}, url="https://x/y")
    assert result.tables["probe"].rows == [("San Diego", "https://x/y")]


def test_fetched_at_is_utc_in_milliseconds() -> None:
    table = "key: [at]\nkeep: history\ncolumns:\n"
    table += "  at: {is: response.fetched_at, type: TIMESTAMP(3), parse: iso8601}"
    east = datetime(2026, 11, 22, 12, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    [[at]] = probe(table, {}, fetched_at=east).tables["probe"].rows
    assert at == datetime(2026, 11, 22, 10, 0, 0, 999_000)  # noqa: DTZ001 - rows hold naive UTC
    with pytest.raises(TransformError, match="has no time zone"):
        probe(table, {}, fetched_at=datetime(2026, 11, 22))  # noqa: DTZ001


def test_a_rule_is_broken_by_false_and_not_by_null() -> None:
    table = "each: {r: doc}\nkey: [id]\nkeep: history\ncolumns:\n"
    table += "  id: {is: r.id, type: INT}\n  day: {is: r.day, type: DATE, parse: date}\n"
    table += 'checks:\n  new: {that: "row.id > `5` && r.id != `9`"}'
    result = probe(table, [{"id": 4}, {"id": 6}, {"id": 9}]).tables["probe"]
    assert [row[0] for row in result.rows] == [6]
    assert [(r.path, r.column) for r in result.rejected] == [("r[0]", "new"), ("r[2]", "new")]
    table = table.replace("row.id", "row.day")
    assert len(probe(table, [{"id": 4}, {"id": 6}]).tables["probe"].rows) == 2


def test_an_expression_that_fails_rejects_its_record() -> None:
    table = "each: {r: doc}\nkey: [n]\nkeep: history\ncolumns:\n"
    table += "  n: {is: abs(r.n), type: INT}"
    result = probe(table, [{"n": -4}, {"n": "x"}]).tables["probe"]
    assert result.rows == [(4,)]
    assert "expression 'abs(r.n)' failed" in result.rejected[0].reason


def test_a_predicate_that_fails_rejects_its_record() -> None:
    table = "each: {r: doc}\nwhere: r.n < r.m\nkey: [n]\nkeep: history\ncolumns:\n"
    table += "  n: {is: r.n, type: INT}"
    result = probe(table, [{"n": 4, "m": "5"}, {"n": 4, "m": 5}, {"n": 5, "m": 4}])
    found = result.tables["probe"]
    assert (len(found.rows), len(found.rejected), found.skipped) == (1, 1, 1)
    assert found.rejected[0].column == "where"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("0.000000"), "0.000000"),
        (Decimal("1E+3"), "1000"),
        (datetime(2026, 11, 22, 10, 30, 0, 5000), "2026-11-22 10:30:00.005000"),  # noqa: DTZ001
        (datetime(2026, 11, 22).date(), "2026-11-22"),  # noqa: DTZ001
        (b"\x00\xff", "0x00ff"),
        (None, None),
        (True, True),
        ("a", "a"),
        (5, 5),
    ],
)
def test_values_have_a_plain_form_that_mysql_reads(value: Value, expected: object) -> None:
    assert plain(value) == expected
