"""Seven aircraft in MySQL, of which each filter of the Flights dashboard leaves out another one."""

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
    f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 90, %s, %s, %s, '{_FOREVER}')"
)
_REPORT = (
    "INSERT INTO flight_positions (icao24, callsign, origin_country, longitude, latitude,"
    " baro_altitude, on_ground, velocity, true_track, squawk, last_contact, time_position)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 90, %s, %s, %s)"
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
    squawk: str = "2000"


WANTED = Plane("0")
EARLIER = replace(WANTED, icao24="5", ahead=-BEFORE_S, velocity=70)
EMERGENCY = replace(WANTED, icao24="6", callsign="S", squawk="7700", place=(8.4, 47.3))
PLANES = (
    WANTED,
    replace(WANTED, icao24="1", country="Elsewhere", velocity=50),
    replace(WANTED, icao24="2", altitude=11_000, velocity=240),
    replace(WANTED, icao24="3", on_ground=1, velocity=5),
    replace(WANTED, icao24="4", callsign="E", velocity=60),
    EARLIER,
    EMERGENCY,
)


class Planted:
    """The aircraft, from now on."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.since = int(time.time())
        self.prefix = f"z{self.since % 0x10000:04x}"  # another run's history is not ours
        self.icao24, self.callsign = self.names(WANTED)
        for plane in PLANES:
            self._insert(_STATE, plane, self.since + plane.ahead)
            for back in STEPS:
                self._insert(_REPORT, plane, self.since + plane.ahead - back)

    def names(self, plane: Plane) -> tuple[str, str]:
        """Its address and its callsign."""
        return self.prefix + plane.icao24, f"T{self.prefix}{plane.callsign}"

    def _insert(self, statement: str, plane: Plane, at: int) -> None:
        moment = utc(at)
        values = (*self.names(plane), plane.country, *plane.place, plane.altitude,
                  plane.on_ground, plane.velocity, plane.squawk, moment, moment)  # fmt: skip
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
            minute = utc(self.since + WANTED.ahead - back)[:16]
            found[minute] = found.get(minute, 0) + 1
        return found

    def filters(self) -> str:
        """All five filters, as a link to the dashboard carries them."""
        return link(
            chosen(1, "country", WANTED.country),
            chosen(2, "altitude_band", "0 - 10,000 ft"),
            chosen(3, "state", "in the air"),
            chosen(4, "callsign", self.callsign),
            between(self.since, self.since + 3600),
        )

    def ours(self, seconds: int) -> str:
        """A link to all of them by their callsigns, and to what they report from now on."""
        callsigns = {self.names(plane)[1] for plane in PLANES}
        return link(
            chosen(4, "callsign", *sorted(callsigns)), between(self.since, self.since + seconds)
        )


def link(*filters: str) -> str:
    """The query of a link to the dashboard with its filters set."""
    return "?native_filters=" + quote(f"({','.join(filters)})")


def chosen(number: int, column: str, *values: str) -> str:
    """The values chosen in a filter."""
    listed = "!(" + ",".join(f"'{value}'" for value in values) + ")"
    return _mask(number, f"filters:!((col:{column},op:IN,val:{listed}))", listed)


def between(since: int, until: int) -> str:
    """The filter of time."""
    text = " : ".join(utc(at).replace(" ", "T") for at in (since, until))
    return _mask(5, f"time_range:'{text}'", f"'{text}'")


def _mask(number: int, asked: str, shown: str) -> str:
    name = f"NATIVE_FILTER-flights-{number}"
    state = f"filterState:(value:{shown}),id:{name},ownState:()"
    return f"{name}:(extraFormData:({asked}),{state})"


def utc(at: int) -> str:
    """A moment as SQL writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
