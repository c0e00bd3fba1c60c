"""From the bytes of a response to a JSON document, strictly.

Numbers are int or Decimal. NaN, Infinity and numbers of absurd size are refused, and so is an
object that gives one key two different values: choosing one of them would be a guess.
"""

from __future__ import annotations

import json
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

from headwater.errors import TransformError
from headwater.feed.jsontext import excerpt

MAX_DIGITS = 400
"""No number has more digits, before or after the point; IEEE doubles end at 309."""


def parse(body: bytes, *, max_body: int, feed: str) -> Any:  # noqa: ANN401 - any JSON value
    """The document of a response body; raises TransformError that says what is wrong with it."""
    if len(body) > max_body:
        raise TransformError(
            f"feed {feed}: the body has {len(body)} bytes, more than max_body {max_body}",
            remedy="raise max_body in the feed if the body is genuine",
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TransformError(
            f"feed {feed}: the body is not UTF-8 ({error.reason} at byte "
            f"{error.start}): {excerpt(repr(body[:80]))}"
        ) from error
    if not text.strip():
        raise TransformError(f"feed {feed}: the body is empty")
    if text.lstrip()[0] == "<":
        raise TransformError(f"feed {feed}: the body is HTML or XML, not JSON: {excerpt(text)}")
    return _document(text, feed)


def _document(text: str, feed: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise TransformError(f"feed {feed}: the body is nested too deeply") from error
    except ValueError as error:
        message = f"feed {feed}: the body is not JSON: {error}: {excerpt(text)}"
        raise TransformError(message) from error


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except DecimalException:
        _too_large(text)
    if len(text) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
        _too_large(text)
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        _too_large(text)
    return int(text)


def _too_large(text: str) -> NoReturn:
    raise ValueError(f"number beyond {MAX_DIGITS} digits: {excerpt(text, 40)}")


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        for key, value in pairs:
            if found[key] != value:
                raise ValueError(f"key {excerpt(key, 40)!r} stands twice with different values")
    return found
