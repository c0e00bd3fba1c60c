"""One aircraft: who it is, the tour it repeats, and where it is at any time.

An aircraft flies the same tour (home, a few other airports, home) again and again, with a turn
at each stand. Its state at a time therefore follows from its seed and number alone.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise

from headwater.simulators import draw, registry
from headwater.simulators.airports import INSIDE, OUTSIDE, OVERFLIGHTS, Airport
from headwater.simulators.geo import Point, along, bearing_deg, distance_m
from headwater.simulators.profile import (
    HEAVY,
    JET,
    LIGHT,
    TURBOPROP,
    Kind,
    Motion,
    Profile,
    plan,
)

LOCAL_SHARE = 0.72  # of all aircraft: stay between airports of the default box
VISITOR_SHARE = 0.18  # from a Swiss airport abroad and back; the rest fly over
TURN_S = (900.0, 2400.0)


@dataclass(frozen=True)
class Leg:
    """One flight of a tour, and how long the aircraft stands afterwards (seconds)."""

    origin: Airport
    destination: Airport
    profile: Profile
    parked_s: float

    @property
    def lasts_s(self) -> float:
        """From leaving a stand to leaving the next."""
        return self.profile.lasts_s + self.parked_s


@dataclass(frozen=True)
class Place:
    """A moment of a tour: which flight, how far into it, and where that is."""

    cycle: int
    number: int
    leg: Leg
    into_s: float
    motion: Motion
    point: Point
    track_deg: float

    @property
    def parked_for_s(self) -> float:
        """Seconds since the aircraft reached its stand; negative before."""
        return self.into_s - self.leg.profile.lasts_s


class Aircraft:
    """Identity and tour of aircraft number `index` in the world of `seed`."""

    def __init__(self, seed: int, index: int) -> None:
        self.seed = seed
        self.index = index
        self.kind, stops = _tour(seed, index)
        self.private = self.kind is LIGHT
        if self.private:
            self.country = draw.choice(list(registry.REGISTRATIONS), seed, index, "country")
            self.code = registry.registration(seed, index, self.country)
        else:
            swiss = 0.7 if stops[0] in INSIDE else 0.0
            flown_by = registry.operator(seed, index, swiss=swiss)
            self.country, self.code = flown_by.country, flown_by.code
        self.icao24 = registry.icao24(seed, index, self.country)
        self.legs = tuple(
            _leg(self.kind, origin, destination, (seed, index, number))
            for number, (origin, destination) in enumerate(pairwise(stops))
        )
        self._ends = list(accumulate(leg.lasts_s for leg in self.legs))
        self._offset_s = draw.between(0, self._ends[-1], seed, index, "offset")

    def at(self, time_s: float) -> Place:
        """Where the aircraft is at a Unix time."""
        cycle, into_cycle_s = divmod(time_s + self._offset_s, self._ends[-1])
        number = min(bisect_right(self._ends, into_cycle_s), len(self.legs) - 1)
        leg = self.legs[number]
        into_s = into_cycle_s - (self._ends[number] - leg.lasts_s)
        motion = leg.profile.at(into_s)
        start, end = leg.origin.point, leg.destination.point
        share = min(1.0, motion.distance_m / leg.profile.distance_m)
        point = along(start, end, share)
        # The last metres have no direction of their own; a standing aircraft keeps its heading.
        ahead = bearing_deg(along(start, end, min(share, 0.999)), end)
        return Place(int(cycle), number, leg, into_s, motion, point, ahead)

    def call_sign(self, place: Place) -> str:
        """The call sign of the flight under way."""
        if self.private:
            return self.code
        return registry.flight_number(self.code, self.seed, self.index, place.cycle, place.number)


def _tour(seed: int, index: int) -> tuple[Kind, list[Airport]]:
    lot = draw.fraction(seed, index, "tour")
    if lot < LOCAL_SHARE:
        kind = draw.choice((LIGHT, LIGHT, TURBOPROP, JET), seed, index, "kind")
        return kind, _round_trip(kind, INSIDE, INSIDE, (seed, index))
    if lot < LOCAL_SHARE + VISITOR_SHARE:
        kind = draw.choice((TURBOPROP, JET, JET), seed, index, "kind")
        return kind, _round_trip(kind, INSIDE, OUTSIDE, (seed, index))
    kind = draw.choice((JET, JET, HEAVY), seed, index, "kind")
    first, second = draw.choice(OVERFLIGHTS, seed, index, "pair")
    return kind, [first, second, first]


def _round_trip(
    kind: Kind, homes: tuple[Airport, ...], others: tuple[Airport, ...], key: tuple[int, int]
) -> list[Airport]:
    """Home, two or three other airports, home."""
    allowed = [airport for airport in homes if airport.jets or kind is not JET]
    stops = [draw.choice(allowed, *key, "home")]
    for number in range(draw.integer(1, 2, *key, "stops")):
        stops.append(draw.choice(_reachable(kind, stops[-1], stops[0], others), *key, number))
        stops.append(draw.choice(_reachable(kind, stops[-1], stops[0], homes), *key, number, "hub"))
    if stops[-1] is not stops[0]:
        stops.append(stops[0])
    return stops


def _reachable(
    kind: Kind, origin: Airport, home: Airport, airports: tuple[Airport, ...]
) -> list[Airport]:
    """Airports far enough from both, so that every leg (also the one home) can be flown."""
    return [
        airport
        for airport in airports
        if (airport.jets or kind is not JET)
        and distance_m(origin.point, airport.point) >= kind.shortest_m
        and (airport is home or distance_m(home.point, airport.point) >= kind.shortest_m)
    ]


def _leg(kind: Kind, origin: Airport, destination: Airport, key: tuple[int, int, int]) -> Leg:
    profile = plan(
        kind,
        distance_m(origin.point, destination.point),
        (origin.elevation_m, destination.elevation_m),
        draw.between(*kind.cruise_m, *key, "cruise"),
    )
    return Leg(origin, destination, profile, draw.between(*TURN_S, *key, "turn"))
