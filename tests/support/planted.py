"""Six aircraft in MySQL, of which each filter of the Flights dashboard leaves out another one."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from support.stack import Stack

BEFORE_S, AHEAD_S = 120, 300  # of now; the range of the time filter begins now
STEPS = (60, 30, 0)  # each has three reports, so many seconds before its newest
_FOREVER = "2037-01-01"  # no poll has seen them, so they would be gone
_STATE = (
    "INSERT INTO flights (icao24, callsign, origin_country, longitude, latitude, baro_altitude,"
    " on_ground, velocity, true_track, squawk, last_contact, time_position, polled_at)"
    f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 90, '2000', %s, %s, '{_FOREVER}')"
)
_REPORT = (
    "INSERT INTO flight_positions (icao24, callsign, origin_country, longitude, latitude,"
    " baro_altitude, on_ground, velocity, true_track, squawk, last_contact, time_position)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 90, '2000', %s, %s)"
)


@dataclass(frozen=True)
class Plane:
    """What a filter can ask for; names get the run's own beginning."""

    icao24: str
    callsign: str = "A"
    country: str = "Testland"
    altitude: int = 1000
    on_ground: int = 0
    velocity: int = 100
    ahead: int = AHEAD_S
    place: tuple[float, float] = (7.6, 46.9)


WANTED = Plane("0")
PLANES = (
    WANTED,
    replace(WANTED, icao24="1", country="Elsewhere", velocity=50),
    replace(WANTED, icao24="2", altitude=11_000, velocity=240),
    replace(WANTED, icao24="3", on_ground=1, velocity=5),
    replace(WANTED, icao24="4", callsign="E", velocity=60),
    replace(WANTED, icao24="5", ahead=-BEFORE_S, velocity=70),
)


class Planted:
    """The aircraft, from now on."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.since = int(time.time())
        self.prefix = f"z{self.since % 0x10000:04x}"  # another run's history is not ours
        self.icao24, self.callsign = self._names(WANTED)
        for plane in PLANES:
            self._insert(_STATE, plane, self.since + plane.ahead)
            for back in STEPS:
                self._insert(_REPORT, plane, self.since + plane.ahead - back)

    def _names(self, plane: Plane) -> tuple[str, str]:
        return self.prefix + plane.icao24, f"T{self.prefix}{plane.callsign}"

    def _insert(self, statement: str, plane: Plane, at: int) -> None:
        moment = _utc(at)
        values = (*self._names(plane), plane.country, *plane.place, plane.altitude,
                  plane.on_ground, plane.velocity, moment, moment)  # fmt: skip
        self._stack.mysql(statement, values, database="final")

    def move(self, place: tuple[float, float]) -> None:
        """A newer report of the wanted one."""
        self._stack.mysql(
            "UPDATE flights SET longitude = %s, latitude = %s WHERE icao24 = %s",
            (*place, self.icao24),
            database="final",
        )

    def remove(self) -> None:
        """They are gone; their reports stay, as history does."""
        self._stack.mysql(
            "DELETE FROM flights WHERE icao24 LIKE %s", (f"{self.prefix}%",), database="final"
        )

    def minutes(self) -> dict[str, int]:
        """Reports of the wanted one in each minute."""
        found: dict[str, int] = {}
        for back in STEPS:
            minute = _utc(self.since + WANTED.ahead - back)[:16]
            found[minute] = found.get(minute, 0) + 1
        return found

    def filters(self) -> str:
        """All five filters, as a link to the dashboard carries them."""
        until = _utc(self.since + 3600).replace(" ", "T")
        between = f"{_utc(self.since).replace(' ', 'T')} : {until}"
        chosen = [
            _select(1, "country", WANTED.country),
            _select(2, "altitude_band", "0 - 10,000 ft"),
            _select(3, "state", "in the air"),
            _select(4, "callsign", self.callsign),
            _mask(5, f"time_range:'{between}'", f"'{between}'"),
        ]
        return "?native_filters=" + quote(f"({','.join(chosen)})")


def _select(number: int, column: str, value: str) -> str:
    return _mask(number, f"filters:!((col:{column},op:IN,val:!('{value}')))", f"!('{value}')")


def _mask(number: int, asked: str, shown: str) -> str:
    name = f"NATIVE_FILTER-flights-{number}"
    state = f"filterState:(value:{shown}),id:{name},ownState:()"
    return f"{name}:(extraFormData:({asked}),{state})"


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
