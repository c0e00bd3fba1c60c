"""What a network of receivers hears of an aircraft, and when: the traps of the real API.

Every answer follows from (seed, aircraft, time), as the flight itself does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from headwater.simulators import draw

if TYPE_CHECKING:
    from headwater.simulators.aircraft import Aircraft

LINGER_S = 60.0  # a row stays so long after the last message, growing older
POSITION_VALID_S = 15.0  # OpenSky's own limit: an older position is reported as null
COVERAGE_WINDOW_S = 420
COVERAGE_LOSS = 0.03
POSITION_WINDOW_S = 90
POSITION_LOSS = 0.02
STAND_ON_S = 240.0  # a transponder stays on so long after parking and comes on so long before


@dataclass(frozen=True)
class Heard:
    """Unix times of the last message and of the last position; None if that is too old."""

    contact_s: int
    position_s: int | None
    last_position_s: int


@dataclass(frozen=True)
class Receiver:
    """How an aircraft is heard: seconds between messages and positions, and by what means."""

    contact_every_s: int
    position_every_s: int
    source: int  # OpenSky's position_source: 0 ADS-B, 1 ASTERIX, 2 MLAT, 3 FLARM


ADS_B = (Receiver(1, 1, 0), Receiver(1, 1, 0), Receiver(1, 2, 0), Receiver(2, 4, 0))
OTHERS = (Receiver(5, 10, 2), Receiver(2, 8, 2), Receiver(4, 12, 1))
FLARM = Receiver(4, 4, 3)
OTHERS_SHARE = 0.1
FLARM_SHARE = 0.15  # of private aircraft


def receiver(aircraft: Aircraft) -> Receiver:
    """The way an aircraft is heard."""
    key = (aircraft.seed, aircraft.index)
    if aircraft.private and draw.chance(FLARM_SHARE, *key, "flarm"):
        return FLARM
    options = OTHERS if draw.chance(OTHERS_SHARE, *key, "other") else ADS_B
    return draw.choice(options, *key, "receiver")


def hear(aircraft: Aircraft, how: Receiver, time_s: float) -> Heard | None:
    """What is known of an aircraft at a Unix time; None where its row has vanished."""
    until_s = _heard_until(aircraft, time_s)
    if until_s is None:
        return None
    contact_s = _tick(until_s, how.contact_every_s)
    window = contact_s // POSITION_WINDOW_S
    fix_s: float = contact_s
    while _lost(aircraft, "position", window, POSITION_LOSS):
        fix_s = window * POSITION_WINDOW_S
        window -= 1
    fix_s = _tick(fix_s, how.position_every_s)
    known = contact_s - fix_s <= POSITION_VALID_S
    return Heard(contact_s, int(fix_s) if known else None, int(fix_s))


def _heard_until(aircraft: Aircraft, time_s: float) -> float | None:
    """The last moment up to `time_s` at which a message came; None if that is long ago."""
    until_s = time_s
    place = aircraft.at(time_s)
    if STAND_ON_S < place.parked_for_s < place.leg.parked_s - STAND_ON_S:
        until_s = time_s - (place.parked_for_s - STAND_ON_S)
    window = floor(time_s / COVERAGE_WINDOW_S)
    while _lost(aircraft, "coverage", window, COVERAGE_LOSS):
        until_s = min(until_s, window * COVERAGE_WINDOW_S)
        window -= 1
    return until_s if time_s - until_s <= LINGER_S else None


def _lost(aircraft: Aircraft, what: str, window: int, share: float) -> bool:
    return draw.chance(share, aircraft.seed, aircraft.index, what, window)


def _tick(time_s: float, every_s: int) -> int:
    return floor(time_s / every_s) * every_s
