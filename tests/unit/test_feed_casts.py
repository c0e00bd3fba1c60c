"""Casts: what fits arrives exactly, what does not is refused, nothing is cut."""

from __future__ import annotations

import contextlib
import json
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headwater.errors import TransformError
from headwater.feed import body, jsontext
from headwater.feed.casts import cast
from headwater.feed.exact import ROUNDINGS
from headwater.feed.model import Column, Parse
from headwater.feed.parsing import PARSERS, VALID_FOR
from headwater.feed.sqltypes import INTEGER_BITS, SqlType

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments are naive UTC
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
TYPES = st.sampled_from(
    [
        *INTEGER_BITS,
        *(f"{name} UNSIGNED" for name in INTEGER_BITS),
        *("DECIMAL(1,0)", "DECIMAL(9,6)", "DECIMAL(30,30)", "DECIMAL(65,30)"),
        *("FLOAT", "DOUBLE", "BOOLEAN", "CHAR(1)", "CHAR(6)", "VARCHAR(8)", "TEXT", "MEDIUMTEXT"),
        *("BINARY(4)", "VARBINARY(4)", "DATE", "DATETIME", "DATETIME(6)", "TIMESTAMP(3)", "JSON"),
    ]
).map(SqlType.parse)


def as_type(
    value: object, sql_type: str, parse: str | None = None, rounding: str | None = None
) -> Any:
    return cast(value, SqlType.parse(sql_type), parse, rounding)


@given(JSON, TYPES, st.sampled_from([None, *PARSERS]), st.sampled_from([None, *ROUNDINGS]))
def test_a_cast_gives_a_value_or_a_reason(
    value: object, sql_type: SqlType, parse: str | None, rounding: str | None
) -> None:
    with contextlib.suppress(TransformError):
        cast(value, sql_type, parse, rounding)


@given(st.integers(-(2**65), 2**65), st.sampled_from(list(INTEGER_BITS)), st.booleans())
def test_whole_numbers_arrive_exactly_or_not_at_all(value: int, name: str, unsigned: bool) -> None:  # noqa: FBT001
    bits = INTEGER_BITS[name]
    low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    sql_type = f"{name} UNSIGNED" if unsigned else name
    if low <= value <= high:
        assert as_type(value, sql_type) == value
        assert as_type(Decimal(value), sql_type) == value
        assert as_type(str(value), sql_type, "number") == value
    else:
        with pytest.raises(TransformError, match="out of range"):
            as_type(value, sql_type)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12),
    st.integers(1, 20),
    st.integers(0, 20),
)
@example(Decimal("9.9999999"), 7, 6)
@example(Decimal("99.9999995"), 8, 6)
def test_decimals_arrive_exactly_or_not_at_all(value: Decimal, size: int, scale: int) -> None:
    scale = min(scale, size)
    try:
        found = as_type(value, f"DECIMAL({size},{scale})")
    except TransformError:
        exact = (Fraction(value) * 10**scale).denominator == 1
        assert not (exact and abs(value) < 10 ** (size - scale))
    else:
        assert found == value
        assert -found.as_tuple().exponent == scale
        assert len(found.as_tuple().digits) <= max(size, 1)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-999, max_value=999))
def test_declared_rounding_rounds_and_only_then(value: Decimal) -> None:
    try:
        found = as_type(value, "DECIMAL(9,2)", rounding="half_even")
    except TransformError:
        pytest.fail("a declared rounding never refuses for decimals")
    assert abs(found - value) <= Decimal("0.005")
    assert abs(as_type(value, "DECIMAL(9,2)", rounding="down")) <= abs(value)


def test_half_even_can_carry_out_of_range() -> None:
    assert as_type(Decimal("9.985"), "DECIMAL(3,2)", rounding="half_even") == Decimal("9.98")
    with pytest.raises(TransformError, match="out of range"):
        as_type(Decimal("9.995"), "DECIMAL(3,2)", rounding="half_even")


@given(st.text(), st.integers(1, 20))
def test_text_is_trimmed_and_never_cut(value: str, size: int) -> None:
    trimmed = value.strip()
    try:
        found = as_type(value, f"VARCHAR({size})")
    except TransformError:
        assert len(trimmed) > size
    else:
        assert found == (trimmed or None)


@given(st.text())
def test_long_text_stays_as_it_is(value: str) -> None:
    assert as_type(value, "TEXT") == value


def test_long_text_is_measured_in_bytes() -> None:
    assert as_type("é" * 32_767, "TEXT")
    with pytest.raises(TransformError, match=r"has 65536 bytes, TEXT holds 65535"):
        as_type("é" * 32_768, "TEXT")


@given(st.datetimes(EPOCH + timedelta(seconds=1), datetime(2038, 1, 19, 3, 14, 7)))  # noqa: DTZ001
def test_moments_arrive_exactly_from_every_form(moment: datetime) -> None:
    seconds = Decimal((moment - EPOCH) // timedelta(microseconds=1)).scaleb(-6)
    assert as_type(seconds, "TIMESTAMP(6)", "epoch_s") == moment
    assert as_type(seconds * 1000, "DATETIME(6)", "epoch_ms") == moment
    east = moment.replace(tzinfo=UTC).isoformat()
    assert as_type(east, "TIMESTAMP(6)", "iso8601") == moment
    assert as_type(moment.isoformat(), "TIMESTAMP(6)", "iso8601_utc") == moment
    assert as_type(moment.isoformat(), "DATETIME(6)", "iso8601") == moment
    if moment.microsecond:
        with pytest.raises(TransformError, match="has more than 0 decimals"):
            as_type(seconds, "TIMESTAMP", "epoch_s")
    assert as_type(seconds, "TIMESTAMP", "epoch_s", "down") == moment.replace(microsecond=0)


@given(st.dates(date(1000, 1, 1)))
def test_dates_arrive_exactly(day: date) -> None:
    assert as_type(day.isoformat(), "DATE", "date") == day


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_arrive_exactly(value: float) -> None:
    assert as_type(Decimal(value), "DOUBLE") == value


@given(st.binary(max_size=8))
def test_bytes_arrive_exactly_or_not_at_all(value: bytes) -> None:
    if len(value) <= 4:
        assert as_type(value.hex(), "VARBINARY(4)", "hex") == value
    else:
        with pytest.raises(TransformError, match="bytes"):
            as_type(value.hex(), "VARBINARY(4)", "hex")


@given(JSON)
def test_json_columns_lose_nothing(value: object) -> None:
    text = as_type(value, "JSON")
    if value is None:
        assert text is None
    else:
        assert json.loads(text, parse_float=Decimal) == value
        assert body.parse(text.encode(), max_body=10**6, feed="f") == value


@pytest.mark.parametrize(
    ("value", "sql_type", "parse", "reason"),
    [
        (True, "INT", None, "is true or false, not a number"),
        ("1", "INT", None, "is a text, not a number"),
        ("1,5", "DECIMAL(9,2)", "number", "is no number: 1,5"),
        ("NaN", "DOUBLE", "number", "is no number"),
        ("1e999", "DOUBLE", "number", "out of range"),
        (Decimal("1e400"), "DOUBLE", None, "out of range"),
        (Decimal("3.5e38"), "FLOAT", None, "out of range"),
        (Decimal("1e400"), "BIGINT", None, "out of range"),
        (1, "BOOLEAN", None, "is a number, not true or false"),
        (5, "VARCHAR(8)", None, "is a number, not a text"),
        (True, "VARCHAR(8)", "text", "is neither text nor number"),
        ({}, "VARCHAR(8)", None, "is an object, not a text"),
        ("\ud800", "VARCHAR(8)", None, "surrogates not allowed"),
        (["\ud800"], "JSON", None, "surrogates not allowed"),
        ("00", "BINARY(4)", "hex", "has 1 bytes, BINARY(4) holds 4"),
        ("2026-02-30", "DATE", "date", "day"),
        ("20260230", "DATE", "date", "is no date like 2026-11-22"),
        ("0999-12-31", "DATE", "date", "before the year 1000"),
        (0, "TIMESTAMP", "epoch_s", "out of range of TIMESTAMP"),
        (Decimal("1568090266." + "0" * 40 + "1"), "TIMESTAMP", "epoch_s", "more than 0 decimals"),
        (2**31, "TIMESTAMP", "epoch_s", "out of range of TIMESTAMP"),
        (10**18, "DATETIME", "epoch_s", "beyond the years 1 to 9999"),
        ("2026-11-22T10:00", "TIMESTAMP", "iso8601", "has no offset from UTC"),
        ("2026-11-22T10:00+99:00", "TIMESTAMP", "iso8601", "offset +99:00 is no time"),
        ("2026-11-22T10:00:60Z", "TIMESTAMP", "iso8601", "second"),
        ("today", "TIMESTAMP", "iso8601", "is no ISO 8601 date and time: today"),
        ("1568090266", "TIMESTAMP", "epoch_s", "is not a number"),
    ],
)
def test_what_does_not_fit_says_why(
    value: object, sql_type: str, parse: str | None, reason: str
) -> None:
    with pytest.raises(TransformError) as failure:
        as_type(value, sql_type, parse)
    assert reason in failure.value.message


@pytest.mark.parametrize(
    ("value", "sql_type", "parse", "expected"),
    [
        ("  ", "CHAR(4)", None, None),
        ("  ", "DECIMAL(9,2)", "number", None),
        (504312210, "VARCHAR(14)", "text", "504312210"),
        (Decimal("1.50"), "VARCHAR(14)", "text", "1.50"),
        ("&lt;b&gt; &amp;amp;", "TEXT", "html", "<b> &amp;"),
        ("-2.50", "DECIMAL(9,2)", "number", Decimal("-2.50")),
        (Decimal("5.0"), "INT", None, 5),
        (Decimal("-0.0"), "DECIMAL(3,1)", None, Decimal("0.0")),
        ("3q2+7w==", "BINARY(4)", "base64", b"\xde\xad\xbe\xef"),
        ("2016-04-30T08:50+02:00", "DATETIME", "iso8601_local", datetime(2016, 4, 30, 8, 50)),  # noqa: DTZ001
        ("2016-04-30T08:50+0530", "DATETIME", "iso8601", datetime(2016, 4, 30, 3, 20)),  # noqa: DTZ001
        (-1, "DATETIME", "epoch_s", EPOCH - timedelta(seconds=1)),
    ],
)
def test_what_fits_arrives(
    value: object, sql_type: str, parse: str | None, expected: object
) -> None:
    found = as_type(value, sql_type, parse)
    assert found == expected
    assert str(found) == str(expected)


def test_the_model_offers_every_parser() -> None:
    assert set(get_args(Parse)) == set(PARSERS)
    assert {parse for parses in VALID_FOR.values() for parse in parses} == set(PARSERS)
    assert set(get_args(get_args(Column.model_fields["round"].annotation)[0])) == set(ROUNDINGS)


@given(TYPES)
def test_types_are_written_as_they_are_read(sql_type: SqlType) -> None:
    assert SqlType.parse(str(sql_type)) == sql_type


@pytest.mark.parametrize(
    "text",
    [
        *("VARCHR(5)", "VARCHAR", "VARCHAR(0)", "VARCHAR(20000)", "CHAR(256)", "BINARY(256)"),
        *("DECIMAL", "DECIMAL(66,0)", "DECIMAL(5,6)", "DECIMAL(40,31)", "DOUBLE UNSIGNED"),
        *("INT(11)", "TEXT(5)", "JSON(1)", "TIMESTAMP(7)", "TIMESTAMP(3,1)", "", "INT; DROP"),
    ],
)
def test_a_wrong_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"SQL type"):
        SqlType.parse(text)


def test_numbers_beyond_a_double_keep_their_digits() -> None:
    text = "[12345678901234567890.12345678901234567890,1E+300,0.1]"
    assert jsontext.dumps(body.parse(text.encode(), max_body=100, feed="f")) == text
    assert math.isfinite(as_type(Decimal("1E+300"), "DOUBLE"))
