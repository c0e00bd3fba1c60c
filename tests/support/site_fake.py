"""A lake made of lists, for the live map's tests: states, reports, and failures on demand."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headwater.site.lake import COLUMNS, Plain, Positions, Row
from headwater.site.picture import About

if TYPE_CHECKING:
    from headwater.errors import HeadwaterError

ABOUT = About(
    "simulator", 4.0, 60.0, "The OpenSky Network", "terms", (5.9962, 45.8389, 10.5226, 47.8229)
)
_STATE: dict[str, Plain] = {
    "icao24": "4b1815",
    "callsign": "SWR123",
    "origin_country": "Switzerland",
    "time_position": 1000,
    "last_contact": 1000,
    "longitude": 8.0,
    "latitude": 47.0,
    "baro_altitude": 3000.0,
    "geo_altitude": 3050.0,
    "on_ground": False,
    "velocity": 200.0,
    "true_track": 90.0,
    "vertical_rate": 0.0,
    "squawk": "1000",
    "category": 4,
    "polled_at": 1000.0,
}


def flight(icao24: str, **changes: Plain) -> Row:
    """A row of the flights table."""
    state = {**_STATE, "icao24": icao24, **changes}
    return tuple(state[name] for name in COLUMNS)


@dataclass
class FakeLake:
    """What the server reads."""

    rows: list[Row]
    alive: bool = False  # every reading is of a new poll: ages stay, times move on
    made: float = field(default_factory=time.time)
    error: HeadwaterError | None = None
    reports: list[tuple[str, Row]] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)

    def report(
        self, icao24: str, at: float, place: tuple[float, float] = (8.0, 47.0), *, commit: str
    ) -> None:
        """A position report that becomes visible with a commit."""
        self.reports.append((commit, (icao24, at, *place, 3000.0, False)))

    def flights(self) -> list[Row]:
        """As `Lake.flights`."""
        if self.error:
            raise self.error
        return [self._moved_on(row) for row in self.rows] if self.alive else self.rows

    def _moved_on(self, row: Row) -> Row:
        later = time.time() - self.made
        values = list(row)
        for name in ("time_position", "last_contact", "polled_at"):
            at = values[COLUMNS.index(name)]
            if isinstance(at, int | float):
                values[COLUMNS.index(name)] = at + later
        return tuple(values)

    def positions(self, since: float, after: str) -> Positions:
        """As `Lake.positions`."""
        self.asked.append((since, after))
        if self.error:
            raise self.error
        found = [(c, r) for c, r in self.reports if float(str(r[1])) > since and c > after]
        found.sort(key=lambda report: float(str(report[1][1])))
        newest = max((commit for commit, _ in found), default=after)
        return Positions([row for _, row in found], newest)
