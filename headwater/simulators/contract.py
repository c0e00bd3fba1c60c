"""OpenSky's answer to `/api/states/all`, described once; simulator and real answers satisfy it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WIDTH = 17
EXTENDED_WIDTH = 18
OLDEST_CONTACT_S = 300  # rows older than this are not reported
REMAINING = "X-Rate-Limit-Remaining"
RETRY_AFTER = "X-Rate-Limit-Retry-After-Seconds"

Check = Callable[[Any], bool]


@dataclass(frozen=True)
class Field:
    """One position of a state vector: its name, whether it may be null, and what it may hold."""

    name: str
    nullable: bool
    holds: str
    check: Check


def _text(pattern: str) -> Check:
    expression = re.compile(pattern)
    return lambda value: isinstance(value, str) and expression.fullmatch(value) is not None


def _whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _number(low: float, high: float) -> Check:
    return lambda value: type(value) in {int, float} and low <= value <= high


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _sensors(value: object) -> bool:
    return isinstance(value, list) and all(type(one) is int for one in value)


_unix_time = _whole(1_000_000_000, 9_999_999_999)

FIELDS = (
    Field("icao24", nullable=False, holds="6 hex digits", check=_text("[0-9a-f]{6}")),
    Field("callsign", nullable=True, holds="8 characters or none", check=_text("([A-Z0-9 ]{8})?")),
    Field("origin_country", nullable=False, holds="text", check=_text(r"\S.*")),
    Field("time_position", nullable=True, holds="Unix seconds", check=_unix_time),
    Field("last_contact", nullable=False, holds="Unix seconds", check=_unix_time),
    Field("longitude", nullable=True, holds="degrees", check=_number(-180, 180)),
    Field("latitude", nullable=True, holds="degrees", check=_number(-90, 90)),
    Field("baro_altitude", nullable=True, holds="metres", check=_number(-500, 20_000)),
    Field("on_ground", nullable=False, holds="true or false", check=_flag),
    Field("velocity", nullable=True, holds="m/s", check=_number(0, 700)),
    Field("true_track", nullable=True, holds="degrees", check=_number(0, 360)),
    Field("vertical_rate", nullable=True, holds="m/s", check=_number(-150, 150)),
    Field("sensors", nullable=True, holds="list of whole numbers", check=_sensors),
    Field("geo_altitude", nullable=True, holds="metres", check=_number(-500, 20_000)),
    Field("squawk", nullable=True, holds="4 octal digits", check=_text("[0-7]{4}")),
    Field("spi", nullable=False, holds="true or false", check=_flag),
    Field("position_source", nullable=False, holds="0 to 3", check=_whole(0, 3)),
    # -1 is undocumented, but real answers have it.
    Field("category", nullable=False, holds="-1 to 20", check=_whole(-1, 20)),
)
POSITION = {field.name: number for number, field in enumerate(FIELDS)}


def problems(answer: object) -> list[str]:
    """Where an answer (parsed JSON) departs from the description; empty if nowhere."""
    if not isinstance(answer, dict) or set(answer) != {"time", "states"}:
        return ["the answer is not an object of `time` and `states`"]
    time_s, states = answer["time"], answer["states"]
    if not _unix_time(time_s):
        return [f"time {time_s!r} is not Unix seconds"]
    if states is None:
        return []
    if not isinstance(states, list) or not states:
        return ["states is neither null nor a list with rows"]
    widths = {len(row) if isinstance(row, list) else 0 for row in states}
    if len(widths) != 1 or not widths <= {WIDTH, EXTENDED_WIDTH}:
        return [f"rows have {sorted(widths)} values, not {WIDTH} or {EXTENDED_WIDTH} throughout"]
    found = [problem for row in states for problem in _row_problems(row, time_s)]
    addresses = [row[0] for row in states]
    return found + ["an aircraft has two rows"] * (len(addresses) != len(set(addresses)))


def _row_problems(row: list[Any], time_s: int) -> list[str]:
    found = [
        f"{row[0]}: {field.name} is {value!r}, not {field.holds}"
        for field, value in zip(FIELDS, row, strict=False)
        if not (field.nullable if value is None else field.check(value))
    ]
    return found or _relation_problems(row, time_s)


def _relation_problems(row: list[Any], time_s: int) -> list[str]:
    """How the values of one row belong together."""
    position_s, contact_s = row[POSITION["time_position"]], row[POSITION["last_contact"]]
    found = []
    if not 0 <= time_s - contact_s <= OLDEST_CONTACT_S:
        found.append(f"{row[0]}: last contact {contact_s} does not belong to time {time_s}")
    if position_s is not None and position_s > contact_s:
        found.append(f"{row[0]}: its position is younger than its last contact")
    absent = {value is None for value in (position_s, *row[POSITION["longitude"] :][:2])}
    if len(absent) != 1:
        found.append(f"{row[0]}: time, longitude and latitude of its position are not one")
    return found
