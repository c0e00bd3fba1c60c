"""What the page shows, read from the lake with the two statements that it needs."""

# ruff: noqa: S608 - the values are times and commit instants that this module formats itself
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from headwater.lake.sql import query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import Aws

COLUMNS = (
    "icao24",
    "callsign",
    "origin_country",
    "time_position",
    "last_contact",
    "longitude",
    "latitude",
    "baro_altitude",
    "geo_altitude",
    "on_ground",
    "velocity",
    "true_track",
    "vertical_rate",
    "squawk",
    "category",
    "polled_at",
)
FLAGS = ("on_ground",)
_FLIGHTS = f"SELECT {', '.join(COLUMNS)} FROM flights ORDER BY icao24"
_POSITIONS = """
SELECT _hoodie_commit_time, icao24, time_position, longitude, latitude, baro_altitude, on_ground
FROM flight_positions
WHERE day >= '{since:%Y-%m-%d}' AND time_position > TIMESTAMP '{since:%Y-%m-%d %H:%M:%S}'
  AND longitude IS NOT NULL AND latitude IS NOT NULL AND _hoodie_commit_time > '{after}'
ORDER BY time_position
"""

Plain = str | float | int | bool | None
Row = tuple[Plain, ...]


@dataclass(frozen=True)
class Positions:
    """Position reports as (icao24, Unix seconds, longitude, latitude, metres, on ground).

    `commit` is the newest of their commits: what is written later has a later one.
    """

    rows: list[Row]
    commit: str


@dataclass(frozen=True)
class Lake:
    """The tables of the flights feed, through Athena SQL."""

    aws: Aws
    database: str

    def flights(self) -> list[Row]:
        """The newest state of every aircraft; times are Unix seconds, the rest as in the table."""
        found = query(self.aws, _FLIGHTS, self.database).rows
        flags = [COLUMNS.index(name) for name in FLAGS]
        return [_row(row, flags) for row in found]

    def positions(self, since: float, after: str = "") -> Positions:
        """The reports of a time later than `since` that were committed later than `after`."""
        start = datetime.fromtimestamp(since, UTC)
        found = query(self.aws, _POSITIONS.format(since=start, after=after), self.database).rows
        commits = [str(row[0]) for row in found]
        return Positions([_row(row[1:], [5]) for row in found], max(commits, default=after))


def _row(values: Sequence[Any], flags: Sequence[int]) -> Row:
    plain = [_plain(value) for value in values]
    for index in flags:
        plain[index] = bool(plain[index])
    return tuple(plain)


def _plain(value: object) -> Plain:
    """A value of SQL as one of JSON."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        seconds = (value - datetime(1970, 1, 1)) / timedelta(seconds=1)  # noqa: DTZ001 - UTC, as all of the lake's
        return int(seconds) if seconds.is_integer() else seconds
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a column of the page has a value of type {type(value).__name__}")
