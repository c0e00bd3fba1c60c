"""From a JSON value to the Python value of a SQL column, or a reason why it does not fit.

Only `type`, `parse` and `round` decide. Nothing is cut, rounded or guessed: a value that the
column cannot hold exactly is refused, unless the column declares how to round. FLOAT and DOUBLE
are approximate by nature and take the nearest number.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from headwater.errors import TransformError
from headwater.feed import jsontext
from headwater.feed.exact import quantize
from headwater.feed.parsing import PARSERS, Moment
from headwater.feed.sqltypes import INTEGER_BITS, TEXT_BYTES, Kind, SqlType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = str | int | float | Decimal | datetime | date | bytes | bool | None
"""What a column holds: ready for a MySQL driver. Moments are naive, TIMESTAMP in UTC."""

_FLOAT_MAX = {"FLOAT": 3.4028234663852886e38, "DOUBLE": math.inf}
_TIMESTAMP_FIRST = datetime(1970, 1, 1, 0, 0, 1)  # noqa: DTZ001 - naive UTC, as the driver needs
_TIMESTAMP_END = datetime(2038, 1, 19, 3, 14, 8)  # noqa: DTZ001
_DATE_FIRST = date(1000, 1, 1)


def cast(value: Any, sql_type: SqlType, parse: str | None, rounding: str | None) -> Value:  # noqa: ANN401
    """The value for a column of `sql_type`; null and, in CHAR and VARCHAR, blank text give None.

    Raises TransformError with the reason where the value does not fit.
    """
    if value is None:
        return None
    try:
        parsed = PARSERS[parse](value) if parse else value
        return None if parsed is None else _CASTS[sql_type.kind](parsed, sql_type, rounding)
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise TransformError(str(error) or type(error).__name__) from error


def _number(value: Any) -> Decimal | int:  # noqa: ANN401 - any JSON value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"is {_kind(value)}, not a number")
    return value


def _integer(value: Any, sql_type: SqlType, rounding: str | None) -> int:  # noqa: ANN401
    number = _number(value)
    whole = number if isinstance(number, int) else int(quantize(number, 0, rounding))
    bits = INTEGER_BITS[sql_type.name]
    low, high = (0, 2**bits) if sql_type.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1))
    if not low <= whole < high:
        raise ValueError(f"out of range of {sql_type}")
    return whole


def _decimal(value: Any, sql_type: SqlType, rounding: str | None) -> Decimal:  # noqa: ANN401
    exact = quantize(_number(value), sql_type.scale, rounding)
    if exact and exact.adjusted() >= sql_type.size - sql_type.scale:
        raise ValueError(f"out of range of {sql_type}")
    # MySQL knows no negative zero.
    return exact or abs(exact)


def _float(value: Any, sql_type: SqlType, _: str | None) -> float:  # noqa: ANN401
    nearest = float(_number(value))
    if math.isinf(nearest) or abs(nearest) > _FLOAT_MAX[sql_type.name]:
        raise ValueError(f"out of range of {sql_type}")
    return nearest


def _boolean(value: Any, _sql_type: SqlType, _: str | None) -> bool:  # noqa: ANN401
    if not isinstance(value, bool):
        raise TypeError(f"is {_kind(value)}, not true or false")
    return value


def _string(value: Any, sql_type: SqlType, _: str | None) -> str | None:  # noqa: ANN401
    text = _text(value).strip()
    if len(text) > sql_type.size:
        raise ValueError(f"has {len(text)} characters, {sql_type} holds {sql_type.size}")
    return text or None


def _long_text(value: Any, sql_type: SqlType, _: str | None) -> str:  # noqa: ANN401
    text = _text(value)
    size, most = len(text.encode()), TEXT_BYTES[sql_type.name]
    if size > most:
        raise ValueError(f"has {size} bytes, {sql_type} holds {most}")
    return text


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if not isinstance(value, str):
        raise TypeError(f"is {_kind(value)}, not a text")
    value.encode()  # UnicodeEncodeError, a ValueError, for half a surrogate pair
    return value


def _binary(value: Any, sql_type: SqlType, _: str | None) -> bytes:  # noqa: ANN401
    if not isinstance(value, bytes):
        raise TypeError(f"is {_kind(value)}, not bytes: parse hex or base64")
    fits = (
        len(value) <= sql_type.size
        if sql_type.name == "VARBINARY"
        else (len(value) == sql_type.size)
    )
    if not fits:
        raise ValueError(f"has {len(value)} bytes, {sql_type} holds {sql_type.size}")
    return value


def _date(value: Any, _sql_type: SqlType, _: str | None) -> date:  # noqa: ANN401
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"is {_kind(value)}, not a date: parse date")
    if value < _DATE_FIRST:
        raise ValueError("before the year 1000")
    return value


def _moment(value: Any, sql_type: SqlType, rounding: str | None) -> datetime:  # noqa: ANN401
    if not isinstance(value, Moment):
        raise TypeError(f"is {_kind(value)}, not a moment: parse epoch_s, epoch_ms or iso8601")
    if sql_type.name == "TIMESTAMP" and not value.utc:
        raise ValueError("has no offset from UTC: parse iso8601_utc, or type DATETIME")
    moment = value.rounded(sql_type.size, rounding)
    if sql_type.name == "TIMESTAMP" and not _TIMESTAMP_FIRST <= moment < _TIMESTAMP_END:
        raise ValueError("out of range of TIMESTAMP (1970 to 2038-01-19)")
    if moment.date() < _DATE_FIRST:
        raise ValueError("before the year 1000")
    return moment


def _json(value: Any, _sql_type: SqlType, _: str | None) -> str:  # noqa: ANN401
    text = jsontext.dumps(value)
    text.encode()
    return text


def _kind(value: Any) -> str:  # noqa: ANN401 - any JSON value
    names = {bool: "true or false", str: "a text", list: "a list", dict: "an object"}
    numbers = (int, Decimal)
    return "a number" if type(value) in numbers else names.get(type(value), type(value).__name__)


_CASTS: Mapping[Kind, Callable[[Any, SqlType, str | None], Value]] = {
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "boolean": _boolean,
    "string": _string,
    "text": _long_text,
    "binary": _binary,
    "date": _date,
    "moment": _moment,
    "json": _json,
}
