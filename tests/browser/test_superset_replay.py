"""Charts over recorded responses: what Superset answers, against the recording itself."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean
from typing import TYPE_CHECKING, Any

import pytest

from support import recorded
from support.dashboards import ViewerPages
from support.planted import between, link, utc
from support.recorded import ALTITUDE, COUNTRY, HEARD, ICAO24, ON_GROUND, REPORTED, SQUAWK, VELOCITY
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from support.recorded import State
    from support.shared import SharedData
    from support.stack import Stack

POLLS = 40
AHEAD_S, LEFT_OUT_S = 900, 900
BINS, LISTED = 16, 8  # of the charts


@dataclass(frozen=True)
class Replay:
    """What the chosen range of time holds of the recording."""

    since: int
    until: int
    flying: list[State]
    grounded: list[State]
    reports: list[State]

    @property
    def heard(self) -> list[State]:
        """Every aircraft with its newest state."""
        return self.flying + self.grounded


@pytest.fixture
def given(stack: Stack, shared_data: SharedData, tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    """Real responses of three years, in MySQL as if they were of the next half hour."""
    ((latest,),) = stack.mysql(
        "SELECT GREATEST(MAX(time_position), UTC_TIMESTAMP()) FROM flight_positions",
        database="final",
    )
    start = int(latest.replace(tzinfo=UTC).timestamp()) + AHEAD_S
    responses = recorded.moved(_responses(shared_data), start)
    try:
        recorded.plant(stack, responses, tmp_path / "tape.jsonl")
        yield responses
    finally:
        recorded.remove(stack)


@pytest.fixture
def replay(stack: Stack, given: list[dict[str, Any]]) -> Replay:
    """All of them are in the lake; the range leaves out the first."""
    newest, reports = recorded.newest(given), recorded.reports(given)
    before = given[0]["time"] - AHEAD_S // 2
    _wait_for(stack, "flights", "last_contact", (before, len(newest)))
    _wait_for(stack, "flight_positions", "time_position", (before, len(reports)))
    since = given[0]["time"] + LEFT_OUT_S
    shown = [state for state in newest if state[HEARD] >= since]
    later = [state for state in reports if state[REPORTED] >= since]
    assert len(shown) < len(newest)
    assert len(later) < len(reports)
    return Replay(
        since,
        since + 3600,
        [state for state in shown if not state[ON_GROUND]],
        [state for state in shown if state[ON_GROUND]],
        later,
    )


def _responses(shared_data: SharedData) -> list[dict[str, Any]]:
    many = shared_data("flights/derived_states_all_switzerland_2018-08-01_30s.jsonl.gz")
    with gzip.open(many, "rt") as file:
        found = [json.loads(line) for line, _ in zip(file, range(POLLS), strict=False)]
    single = (
        "flights/opensky_states_all_switzerland_2019-09-10T043800Z.json",
        "flights/opensky_states_all_python-opensky_2023-05-07.json",
    )
    return [*found, *(json.loads(shared_data(name).read_text()) for name in single)]


def _wait_for(stack: Stack, table: str, column: str, expected: tuple[int, int]) -> None:
    since, rows = expected
    counted = f"SELECT count(*) FROM {table} WHERE {column} >= TIMESTAMP '{utc(since)}'"
    stack.wait_sql(counted, [(rows,)], 120)


def test_charts_show_what_the_recording_holds(
    stack: Stack, viewers: ViewerPages, replay: Replay
) -> None:
    view = viewers.open(stack)
    view.go("flights", link(between(replay.since, replay.until)))
    asked = f"TIMESTAMP '{utc(replay.since)}"
    data = {title: view.answer(title, asked)["data"] for title in (*NUMBERS, *OTHERS)}
    numbers = {title: next(iter(data[title][0].values())) for title in NUMBERS}
    assert numbers == _numbers(replay)
    until(lambda: view.number("In the air") == len(replay.flying), "the number is shown")
    assert list(data["Altitude distribution"][0].values()) == _altitudes(replay.flying)
    _expect_top(data["Top countries"], Counter(state[COUNTRY] for state in replay.heard))
    _expect_top(data["Busiest minutes"], _aircraft_by_minute(replay.reports))
    for name, of in (("maximum", max), ("average", mean)):
        shown = {row["time_position"] // 1000: row[name] for row in data["Speed over time"]}
        assert shown == _speeds(replay.reports, of)


NUMBERS = ("In the air", "On the ground", "Average speed", "Emergencies")
OTHERS = ("Altitude distribution", "Top countries", "Busiest minutes", "Speed over time")


def _numbers(replay: Replay) -> dict[str, Any]:
    alarmed = [state for state in replay.heard if state[SQUAWK] in {"7500", "7600", "7700"}]
    return {
        "In the air": len(replay.flying),
        "On the ground": len(replay.grounded),
        "Average speed": _rounded(mean(_kmh(replay.flying))),
        "Emergencies": len(alarmed),
    }


def _kmh(states: Iterable[State]) -> list[float]:
    return [state[VELOCITY] * 3.6 for state in states if state[VELOCITY] is not None]


def _rounded(kmh: float) -> Any:
    """The views give a tenth of a km/h."""
    return pytest.approx(kmh, abs=0.05 + 1e-6)


def _altitudes(states: list[State]) -> list[int]:
    """How many are in each of equally wide steps from the lowest to the highest."""
    feet = [round(s[ALTITUDE] / 0.3048) for s in states if s[ALTITUDE] is not None]
    lowest, width = min(feet), max(feet) - min(feet)
    found = Counter(min(BINS * (one - lowest) // width, BINS - 1) for one in feet)
    return [found[number] for number in range(BINS)]


def _expect_top(rows: list[dict[str, Any]], counts: Counter[str]) -> None:
    """The largest are listed; which of equal ones come last is open."""
    shown = dict(tuple(row.values()) for row in rows)
    largest = [number for _, number in counts.most_common(LISTED)]
    assert sorted(shown.values(), reverse=True) == largest
    assert shown == {name: counts[name] for name in shown}


def _aircraft_by_minute(reports: Iterable[State]) -> Counter[str]:
    seen = {(datetime.fromtimestamp(_minute(s), UTC), s[ICAO24]) for s in reports}
    return Counter(f"{at:%b} {at.day}, {at:%H:%M}" for at, _ in seen)


def _speeds(reports: list[State], of: Callable[[list[float]], float]) -> dict[int, Any]:
    """Of the speeds of the aircraft in the air in each minute, by its Unix time."""
    flying = [state for state in reports if not state[ON_GROUND]]
    found = {at: _kmh(s for s in flying if _minute(s) == at) for at in set(map(_minute, flying))}
    return {at: _rounded(of(speeds)) if speeds else None for at, speeds in found.items()}


def _minute(report: State) -> int:
    return int(report[REPORTED] - report[REPORTED] % 60)
