"""When an API asks to be left alone: for how long, and whether that time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STANDARD_HEADER = "Retry-After"
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503
LONGEST = timedelta(days=2)
"""A header that asks for more is taken for a mistake: a feed must not stop for ever unnoticed."""


def retry_at(
    status: int | None, headers: Mapping[str, str], header: str | None, fetched_at: datetime
) -> datetime | None:
    """The moment before which the API must not be asked again; None if it did not say.

    `headers` may hold anything beside the response's headers; their case does not matter.
    """
    if status not in {TOO_MANY_REQUESTS, UNAVAILABLE}:
        return None
    lower = {name.lower(): value for name, value in headers.items()}
    for name in (header, STANDARD_HEADER):
        wait = _wait(lower.get(name.lower(), ""), fetched_at) if name else None
        if wait is not None:
            return fetched_at + min(max(wait, timedelta()), LONGEST)
    return None


def _wait(value: str, fetched_at: datetime) -> timedelta | None:
    text = value.strip()
    try:
        return timedelta(seconds=float(text))
    except (ValueError, OverflowError):
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware - fetched_at
