"""How a JSON value is read before it is cast: what `parse` can say.

A parser takes the JSON value and gives what the cast expects; it raises TypeError or ValueError
with the reason where it cannot.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from headwater.feed import expressions, jsontext
from headwater.feed.exact import EXACT, quantize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headwater.feed.sqltypes import Kind

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments are naive UTC, as the driver needs them
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(\.\d{1,12})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class Moment:
    """Exact seconds since 1970-01-01: of UTC, or (`utc` false) of an unnamed wall clock."""

    seconds: Decimal
    utc: bool

    def rounded(self, digits: int, rounding: str | None) -> datetime:
        """As a naive datetime with `digits` decimals of a second; ValueError where that cuts."""
        micros = quantize(self.seconds, digits, rounding).scaleb(6, EXACT)
        try:
            return _EPOCH + timedelta(microseconds=int(micros))
        except OverflowError as error:
            raise ValueError("beyond the years 1 to 9999") from error


def _epoch(scale: int) -> Callable[[Any], Moment]:
    def parse(value: Any) -> Moment:  # noqa: ANN401 - any JSON value
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise TypeError(f"is not a number: {jsontext.excerpt(value)}")
        return Moment(Decimal(value).scaleb(-scale, EXACT), utc=True)

    return parse


def _iso8601(value: Any) -> Moment:  # noqa: ANN401 - any JSON value
    """With an offset, the instant; without, a wall clock's reading."""
    wall, offset = _clock(value)
    if offset is None:
        return Moment(wall, utc=False)
    return Moment(wall - _offset_seconds(offset), utc=True)


def _iso8601_utc(value: Any) -> Moment:  # noqa: ANN401 - any JSON value
    wall, offset = _clock(value)
    return Moment(wall - _offset_seconds(offset or "Z"), utc=True)


def _iso8601_local(value: Any) -> Moment:  # noqa: ANN401 - any JSON value
    return Moment(_clock(value)[0], utc=False)


def _clock(value: Any) -> tuple[Decimal, str | None]:  # noqa: ANN401 - any JSON value
    shape = _ISO.fullmatch(_text(value).strip())
    if shape is None:
        raise ValueError(f"is no ISO 8601 date and time: {jsontext.excerpt(value)}")
    day, minutes, seconds, fraction, offset = shape.groups()
    whole = datetime.fromisoformat(f"{day}T{minutes}:{seconds or '00'}") - _EPOCH
    exact = Decimal(whole.days * 86_400 + whole.seconds) + Decimal(fraction or 0)
    return exact, offset


def _offset_seconds(offset: str) -> int:
    if offset == "Z":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - a clock
        raise ValueError(f"offset {offset} is no time")
    return (hours * 3600 + minutes * 60) * (-1 if offset[0] == "-" else 1)


def _date(value: Any) -> date:  # noqa: ANN401 - any JSON value
    text = _text(value).strip()
    if not _DATE.fullmatch(text):
        raise ValueError(f"is no date like 2026-11-22: {jsontext.excerpt(value)}")
    return date.fromisoformat(text)


def _number(value: Any) -> int | Decimal | None:  # noqa: ANN401 - any JSON value
    text = _text(value).strip()
    found = expressions.number(text)
    if text and found is None:
        raise ValueError(f"is no number: {jsontext.excerpt(value)}")
    return found


def _plain(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise TypeError(f"is neither text nor number: {jsontext.excerpt(value)}")
    return str(value)


def _html(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return html.unescape(_text(value))


def _hex(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    return bytes.fromhex(_text(value))


def _base64(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    return base64.b64decode(_text(value), validate=True)


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if not isinstance(value, str):
        raise TypeError(f"is not a text: {jsontext.excerpt(value)}")
    return value


PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "epoch_s": _epoch(0),
    "epoch_ms": _epoch(3),
    "iso8601": _iso8601,
    "iso8601_utc": _iso8601_utc,
    "iso8601_local": _iso8601_local,
    "date": _date,
    "number": _number,
    "text": _plain,
    "html": _html,
    "hex": _hex,
    "base64": _base64,
}

_MOMENTS = ("epoch_s", "epoch_ms", "iso8601", "iso8601_utc", "iso8601_local")
_TEXTS = ("text", "html")
VALID_FOR: Mapping[Kind, tuple[str, ...]] = {
    "integer": ("number",),
    "decimal": ("number",),
    "float": ("number",),
    "boolean": (),
    "string": _TEXTS,
    "text": _TEXTS,
    "binary": ("hex", "base64"),
    "date": ("date",),
    "moment": _MOMENTS,
    "json": (),
}
"""Which parsers make sense for which kind of column."""

NEEDED_FOR: frozenset[Kind] = frozenset({"binary", "date", "moment"})
"""Kinds that no JSON value is by itself, so that the column has to name a parser."""
