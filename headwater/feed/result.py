"""What the transform takes besides the body, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from headwater.errors import TransformError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.feed.casts import Value

Row = tuple["Value", ...]


@dataclass(frozen=True)
class ResponseInfo:
    """How a body was fetched: when (aware), from where (no secrets), for which fan-out values."""

    fetched_at: datetime
    url: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def scope(self) -> dict[str, Any]:
        """What expressions see as `response`: fetched_at (ISO 8601 UTC, milliseconds), url, values.

        Raises TransformError where `fetched_at` has no time zone.
        """
        if self.fetched_at.tzinfo is None:
            raise TransformError(f"fetched_at {self.fetched_at} has no time zone")
        # Milliseconds, because api_responses.fetched_at has them: both name the same poll.
        fetched_at = self.fetched_at.astimezone(UTC).isoformat(timespec="milliseconds")
        return {"fetched_at": fetched_at, "url": self.url, "values": dict(self.values)}


@dataclass(frozen=True)
class Rejected:
    """A record that was left out: where it stood, the column and value at fault, and why."""

    table: str
    path: str
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        at = f"{self.table}: {self.path or 'the body'}"
        return f"{at}: {self.column} = {self.value!r} {self.reason}"


@dataclass
class TableRows:
    """The rows of one table in the order of the body, each in the order of `columns`.

    `skipped` counts records that `where` leaves out; `warnings` are kept records that break a
    rule of the kind `warn`.
    """

    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[Rejected] = field(default_factory=list)
    skipped: int = 0


@dataclass(frozen=True)
class Result:
    """All tables of a response, by name in the order of the declaration."""

    feed: str
    tables: Mapping[str, TableRows]

    @property
    def applied(self) -> int:
        """Rows of all tables together."""
        return sum(len(table.rows) for table in self.tables.values())

    @property
    def rejected(self) -> list[Rejected]:
        """Rejected records of all tables together."""
        return [record for table in self.tables.values() for record in table.rejected]


def plain(value: Value) -> str | int | float | bool | None:
    """A value in JSON, exactly as MySQL reads it: text for DECIMAL and moments, 0x… for bytes."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return f"0x{value.hex()}" if isinstance(value, bytes) else value
