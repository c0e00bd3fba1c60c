"""How an aircraft moves along one route: distance, altitude and speed as functions of time.

A flight is a chain of phases. Within each, speed and altitude change linearly with time, so the
distance flown is exact and what a poll sees agrees with every other poll.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

FLIGHT_LEVEL_M = 304.8  # 1,000 ft
TAXI_M_S = 7.0
MIN_CRUISE_S = 60.0
MIN_HEIGHT_M = 300.0


@dataclass(frozen=True)
class Kind:
    """What an aircraft can do: speeds in m/s, cruising altitudes in m, ADS-B emitter category."""

    name: str
    category: int
    takeoff_m_s: float
    cruise_m_s: float
    climb_m_s: float
    descent_m_s: float
    cruise_m: tuple[float, float]
    shortest_m: float


LIGHT = Kind("light", 2, 33, 62, 3.5, 3.0, (1800, 3200), 30_000)
TURBOPROP = Kind("turboprop", 3, 55, 140, 7.0, 6.0, (4500, 7600), 60_000)
JET = Kind("jet", 4, 72, 232, 11.0, 8.0, (9000, 11900), 90_000)
HEAVY = Kind("heavy", 6, 80, 248, 9.0, 8.0, (10000, 12200), 150_000)


@dataclass(frozen=True)
class Motion:
    """Where on its route an aircraft is: metres, m/s; vertical rate positive upwards."""

    distance_m: float
    altitude_m: float
    speed_m_s: float
    vertical_m_s: float
    on_ground: bool


@dataclass(frozen=True)
class Phase:
    """A stretch of constant acceleration and constant vertical rate."""

    name: str
    lasts_s: float
    speed_m_s: tuple[float, float]
    altitude_m: tuple[float, float]
    on_ground: bool

    @property
    def distance_m(self) -> float:
        """Ground covered."""
        return sum(self.speed_m_s) / 2 * self.lasts_s

    def at(self, into_s: float, before_m: float) -> Motion:
        """The motion `into_s` seconds into the phase, which starts `before_m` along the route."""
        start, end = self.speed_m_s
        low, high = self.altitude_m
        share = into_s / self.lasts_s if self.lasts_s else 1.0
        speed = start + (end - start) * share
        return Motion(
            distance_m=before_m + (start + speed) / 2 * into_s,
            altitude_m=low + (high - low) * share,
            speed_m_s=speed,
            vertical_m_s=(high - low) / self.lasts_s if self.lasts_s else 0.0,
            on_ground=self.on_ground,
        )


class Profile:
    """The phases of one flight, from stand to stand."""

    def __init__(self, phases: tuple[Phase, ...]) -> None:
        self.phases = phases
        self._starts = [0.0]
        self._before = [0.0]
        for phase in phases:
            self._starts.append(self._starts[-1] + phase.lasts_s)
            self._before.append(self._before[-1] + phase.distance_m)
        self.lasts_s = self._starts[-1]
        self.distance_m = self._before[-1]

    def at(self, into_s: float) -> Motion:
        """The motion `into_s` seconds after the aircraft left its stand."""
        index = min(max(bisect_right(self._starts, into_s) - 1, 0), len(self.phases) - 1)
        into_phase_s = min(into_s - self._starts[index], self.phases[index].lasts_s)
        return self.phases[index].at(into_phase_s, self._before[index])


def plan(
    kind: Kind, distance_m: float, elevations_m: tuple[float, float], wish_m: float
) -> Profile:
    """The profile of a flight that covers `distance_m`, cruising at `wish_m` or lower if short."""
    wish_m = max(wish_m, max(elevations_m) + MIN_HEIGHT_M + 2 * FLIGHT_LEVEL_M)
    cruise_m = round(wish_m / FLIGHT_LEVEL_M) * FLIGHT_LEVEL_M
    while cruise_m > max(elevations_m) + MIN_HEIGHT_M:
        phases = _phases(kind, distance_m, elevations_m, cruise_m)
        if phases is not None:
            return Profile(phases)
        cruise_m -= FLIGHT_LEVEL_M
    raise ValueError(f"{distance_m:.0f} m is too short a flight for a {kind.name} aircraft")


def _phases(
    kind: Kind, distance_m: float, elevations_m: tuple[float, float], cruise_m: float
) -> tuple[Phase, ...] | None:
    """All phases, or None where climb and descent leave no room to cruise."""
    share = min(1.0, cruise_m / kind.cruise_m[0])
    cruise_m_s = kind.takeoff_m_s + (kind.cruise_m_s - kind.takeoff_m_s) * share
    start_m, end_m = elevations_m
    landing_m_s = kind.takeoff_m_s * 0.95
    climb_s = (cruise_m - start_m) / kind.climb_m_s
    descent_s = (cruise_m - end_m) / kind.descent_m_s
    before = (
        _ground("start", 10, 0, TAXI_M_S, start_m),
        _ground("taxi out", 140, TAXI_M_S, TAXI_M_S, start_m),
        _ground("take-off", 30, TAXI_M_S, kind.takeoff_m_s, start_m),
        Phase(
            "climb", climb_s, (kind.takeoff_m_s, cruise_m_s), (start_m, cruise_m), on_ground=False
        ),
    )
    after = (
        Phase("descent", descent_s, (cruise_m_s, landing_m_s), (cruise_m, end_m), on_ground=False),
        _ground("landing", 30, landing_m_s, TAXI_M_S, end_m),
        _ground("taxi in", 140, TAXI_M_S, TAXI_M_S, end_m),
        _ground("stop", 10, TAXI_M_S, 0, end_m),
    )
    rest_m = distance_m - sum(phase.distance_m for phase in before + after)
    cruise_s = rest_m / cruise_m_s
    if cruise_s < MIN_CRUISE_S:
        return None
    level = Phase(
        "cruise", cruise_s, (cruise_m_s, cruise_m_s), (cruise_m, cruise_m), on_ground=False
    )
    return (*before, level, *after)


def _ground(name: str, lasts_s: float, start: float, end: float, elevation_m: float) -> Phase:
    return Phase(name, lasts_s, (start, end), (elevation_m, elevation_m), on_ground=True)
