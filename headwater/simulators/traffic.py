"""The simulated world: any number of aircraft, as OpenSky state vectors.

A world keeps no state. Its answer follows from (seed, aircraft, time), so that a restart, or a
second process, continues the same flights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.errors import ConfigError
from headwater.simulators import draw
from headwater.simulators.aircraft import Aircraft, Place
from headwater.simulators.reception import Receiver, hear, receiver
from headwater.simulators.registry import MOST_AIRCRAFT

if TYPE_CHECKING:
    from headwater.simulators.geo import Box, Point

Value = str | int | float | bool | None
StateVector = list[Value]

BARO_STEP_M = 7.62  # transponders report altitude in 25 ft
RATE_STEP_M_S = 0.32512  # and vertical rate in 64 ft/min
SPURIOUS_ALTITUDE_M = 9197.34  # seen in a real response, on a row that stood on the ground
EMERGENCIES = ("7500", "7600", "7700")
TRAP_WINDOW_S = 300
# How often things go wrong, as shares of flights, of aircraft or of windows of time.
EMERGENCY_SHARE = 0.01
UNNAMED_SHARE = 0.04
NO_SQUAWK_SHARE = 0.12
NO_CATEGORY_SHARE = 0.1
NO_GROUND_ALTITUDE_SHARE = 0.7
SPURIOUS_SHARE = 0.003
NO_BARO_SHARE = 0.01
NO_GEO_SHARE = 0.04
IDENT_SHARE = 0.001
EMERGENCY_BETWEEN = (0.3, 0.9)  # of the way


@dataclass(frozen=True)
class Sighting:
    """A state vector (18 values) and where the aircraft was last seen, for the bounding box."""

    vector: StateVector
    last_seen_at: Point


class World:
    """`count` aircraft flying in the world of `seed`; more aircraft never change the others."""

    def __init__(self, seed: int, count: int) -> None:
        if not 0 <= count <= MOST_AIRCRAFT:
            raise ConfigError(
                f"{count} aircraft cannot be simulated",
                remedy=f"set simulator_aircraft to a number from 0 to {MOST_AIRCRAFT}",
            )
        self.seed = seed
        self.count = count
        self._fleet: list[tuple[Aircraft, Receiver]] = []
        for index in range(count):
            aircraft = Aircraft(seed, index)
            self._fleet.append((aircraft, receiver(aircraft)))

    def states(self, time_s: float, box: Box | None = None) -> list[StateVector]:
        """The state vectors (18 values each) of all aircraft heard at a Unix time in a box.

        A row without a position is kept where its last known one was inside.
        """
        sightings = (see(aircraft, how, time_s) for aircraft, how in self._fleet)
        return [
            sighting.vector
            for sighting in sightings
            if sighting is not None and (box is None or box.holds(sighting.last_seen_at))
        ]


def see(aircraft: Aircraft, how: Receiver, time_s: float) -> Sighting | None:
    """What is reported of one aircraft at a Unix time; None where nothing is."""
    heard = hear(aircraft, how, time_s)
    if heard is None:
        return None
    place = aircraft.at(heard.contact_s)
    seen_at = aircraft.at(heard.last_position_s).point
    motion = place.motion
    positioned = heard.position_s is not None
    baro_m, geo_m = _altitudes(aircraft, place, heard.contact_s)
    climb = round(motion.vertical_m_s / RATE_STEP_M_S) * RATE_STEP_M_S
    vector: StateVector = [
        aircraft.icao24,
        _call_sign(aircraft, place),
        aircraft.country,
        heard.position_s,
        heard.contact_s,
        _number(seen_at.longitude, 4) if positioned else None,
        _number(seen_at.latitude, 4) if positioned else None,
        baro_m,
        motion.on_ground,
        _number(motion.speed_m_s, 2),
        _number(place.track_deg, 2) % 360,
        None if motion.on_ground else _number(climb, 2),
        None,
        geo_m,
        _squawk(aircraft, place),
        _special(aircraft, heard.contact_s),
        how.source,
        _category(aircraft),
    ]
    return Sighting(vector, seen_at)


def _number(value: float, digits: int) -> int | float:
    """Rounded; whole numbers lose their point, as in OpenSky's answers."""
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def _call_sign(aircraft: Aircraft, place: Place) -> str | None:
    """Padded to 8 characters; on some flights blank, empty or missing."""
    flight = (aircraft.seed, aircraft.index, place.cycle, place.number)
    if draw.chance(UNNAMED_SHARE, *flight, "unnamed"):
        return draw.choice((None, " " * 8, " " * 8, ""), *flight, "how unnamed")
    return aircraft.call_sign(place).ljust(8)


def _altitudes(aircraft: Aircraft, place: Place, time_s: int) -> tuple[Value, Value]:
    """Barometric and geometric altitude in metres, null as often as in real answers."""
    window = (aircraft.seed, aircraft.index, time_s // TRAP_WINDOW_S)
    true_m = place.motion.altitude_m
    if place.motion.on_ground:
        if draw.chance(NO_GROUND_ALTITUDE_SHARE, *window, "ground altitude"):
            return None, None
        spurious = draw.chance(SPURIOUS_SHARE, *window, "spurious")
        return SPURIOUS_ALTITUDE_M if spurious else _baro(true_m), None
    pressure_m = draw.between(-60, 180, aircraft.seed, aircraft.index, "pressure")
    return (
        None if draw.chance(NO_BARO_SHARE, *window, "no baro") else _baro(true_m),
        None if draw.chance(NO_GEO_SHARE, *window, "no geo") else _baro(true_m + pressure_m),
    )


def _baro(altitude_m: float) -> int | float:
    return _number(round(altitude_m / BARO_STEP_M) * BARO_STEP_M, 2)


def _squawk(aircraft: Aircraft, place: Place) -> str | None:
    """The transponder code of the flight; rarely an emergency between take-off and landing."""
    flight = (aircraft.seed, aircraft.index, place.cycle, place.number)
    flown = place.motion.distance_m / place.leg.profile.distance_m
    first, last = EMERGENCY_BETWEEN
    if first < flown < last and draw.chance(EMERGENCY_SHARE, *flight, "emergency"):
        return draw.choice(EMERGENCIES, *flight, "which")
    if draw.chance(NO_SQUAWK_SHARE, *flight, "no squawk"):
        return None
    if aircraft.private:
        return "7000"
    return "".join(str(draw.integer(0, 7, *flight, "squawk", digit)) for digit in range(4))


def _special(aircraft: Aircraft, time_s: int) -> bool:
    """Special purpose indicator: now and then a pilot is asked to identify."""
    return draw.chance(IDENT_SHARE, aircraft.seed, aircraft.index, "spi", time_s // 20)


def _category(aircraft: Aircraft) -> int:
    """Emitter category; 0 where the aircraft does not tell."""
    untold = draw.chance(NO_CATEGORY_SHARE, aircraft.seed, aircraft.index, "category")
    return 0 if untold else aircraft.kind.category
