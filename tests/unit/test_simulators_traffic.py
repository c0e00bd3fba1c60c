"""The simulated world: reproducible, plausible, and with the traps of the real one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from headwater.errors import ConfigError
from headwater.simulators.aircraft import Aircraft
from headwater.simulators.contract import EXTENDED_WIDTH, POSITION
from headwater.simulators.geo import SWITZERLAND, Point, distance_m
from headwater.simulators.profile import JET, LIGHT, plan
from headwater.simulators.traffic import StateVector, World

NOON = 1_790_000_000
HOUR = 3600


def get(vector: StateVector, name: str) -> Any:
    return vector[POSITION[name]]


def by_address(vectors: list[StateVector]) -> dict[str, StateVector]:
    return {get(vector, "icao24"): vector for vector in vectors}


@pytest.fixture(scope="module")
def many() -> list[StateVector]:
    """Rows of 300 aircraft over three hours, as many polls would see them."""
    world = World(7, 300)
    return [row for minute in range(0, 180, 6) for row in world.states(NOON + 60 * minute)]


def test_same_seed_and_time_give_the_same_states_after_a_restart() -> None:
    world = World(1, 40)
    world.states(NOON - HOUR)  # whatever was asked before makes no difference
    assert world.states(NOON) == World(1, 40).states(NOON)


def test_a_flight_is_the_same_on_every_machine() -> None:
    row = World(1, 4).states(NOON)[2]
    assert row[:4] == ["4b0173", "EZS984V ", "Switzerland", NOON]
    assert row[5:9] == [7.7103, 47.5818, 1417.32, False]
    assert row[9:] == [90.65, 273.75, -8.13, None, 1592.58, "6557", False, 0, 4]


def test_another_seed_gives_other_traffic() -> None:
    assert (
        by_address(World(1, 20).states(NOON)).keys() != by_address(World(2, 20).states(NOON)).keys()
    )


def test_more_aircraft_leave_the_others_as_they_are() -> None:
    few, more = by_address(World(1, 10).states(NOON)), by_address(World(1, 50).states(NOON))
    assert few.items() <= more.items()


def test_addresses_are_distinct_and_of_their_country() -> None:
    fleet = [Aircraft(3, index) for index in range(800)]
    assert len({aircraft.icao24 for aircraft in fleet}) == 800
    swiss = {aircraft.icao24[:2] for aircraft in fleet if aircraft.country == "Switzerland"}
    assert swiss == {"4b"}


def test_most_aircraft_that_are_heard_are_inside_the_default_box() -> None:
    world = World(1, 60)
    for hour in range(24):
        heard = world.states(NOON + hour * HOUR)
        inside = world.states(NOON + hour * HOUR, SWITZERLAND)
        assert len(heard) >= 25
        assert len(inside) > len(heard) / 2


@pytest.mark.parametrize("index", range(12))
def test_positions_agree_with_reported_speed(index: int) -> None:
    aircraft = Aircraft(1, index)
    step_s = 5
    for second in range(0, 2 * HOUR, step_s):
        before, after = aircraft.at(NOON + second), aircraft.at(NOON + second + step_s)
        moved_m = distance_m(before.point, after.point)
        slower, faster = sorted((before.motion.speed_m_s, after.motion.speed_m_s))
        # Within a step the speed may pass a bend of its curve; nothing accelerates above 3 m/s².
        assert slower * step_s - 3 * step_s**2 <= moved_m <= faster * step_s + 3 * step_s**2


@pytest.mark.parametrize("index", range(12))
def test_altitude_is_continuous_and_agrees_with_vertical_rate(index: int) -> None:
    aircraft = Aircraft(1, index)
    motions = [aircraft.at(NOON + second).motion for second in range(0, 3 * HOUR, 5)]
    for before, after in pairwise(motions):
        fastest = max(abs(before.vertical_m_s), abs(after.vertical_m_s))
        assert abs(after.altitude_m - before.altitude_m) <= 5 * fastest + 0.01


def test_reported_rows_move_as_fast_as_they_say() -> None:
    world = World(1, 80)
    polls = [by_address(world.states(NOON + 10 * number)) for number in range(90)]
    compared = 0
    for before, after in pairwise(polls):
        for address in before.keys() & after.keys():
            first, second = before[address], after[address]
            if None in (get(first, "time_position"), get(second, "time_position")):
                continue
            seconds = get(second, "time_position") - get(first, "time_position")
            moved_m = distance_m(
                Point(get(first, "latitude"), get(first, "longitude")),
                Point(get(second, "latitude"), get(second, "longitude")),
            )
            fastest = max(get(first, "velocity"), get(second, "velocity"))
            assert moved_m <= (fastest + 3) * seconds + 60
            compared += 1
    assert compared > 1000


def test_times_never_run_backwards() -> None:
    world = World(1, 80)
    newest: dict[str, tuple[int, int]] = {}
    for second in range(0, HOUR // 2, 7):
        for row in world.states(NOON + second):
            contact_s, fix_s = get(row, "last_contact"), get(row, "time_position")
            last = newest.get(get(row, "icao24"), (0, 0))
            assert contact_s >= last[0]
            assert fix_s is None or fix_s >= last[1]
            newest[get(row, "icao24")] = (contact_s, fix_s or last[1])


def test_flights_go_from_the_ground_to_cruise_and_back() -> None:
    profile = plan(JET, 250_000, (430, 270), 11_000)
    names = [phase.name for phase in profile.phases]
    assert names[:4] == ["start", "taxi out", "take-off", "climb"]
    assert names[-4:] == ["descent", "landing", "taxi in", "stop"]
    first, last = profile.at(0), profile.at(profile.lasts_s)
    assert (first.speed_m_s, last.speed_m_s) == (0, 0)
    assert (first.altitude_m, last.altitude_m) == (430, 270)
    assert last.distance_m == pytest.approx(250_000)


def test_a_flight_too_short_for_its_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        plan(LIGHT, 5_000, (400, 400), 2_000)


def test_consecutive_flights_join_at_the_stand() -> None:
    for index in range(50):
        legs = Aircraft(1, index).legs
        assert all(one.destination is two.origin for one, two in pairwise((*legs, legs[0])))


def test_every_trap_of_the_real_api_occurs(many: list[StateVector]) -> None:
    assert all(len(row) == EXTENDED_WIDTH for row in many)
    calls = {get(row, "callsign") for row in many}
    assert {None, "", " " * 8} <= calls
    assert all(len(call) in {0, 8} for call in calls if call is not None)
    assert any(get(row, "longitude") is None for row in many)
    grounded = [row for row in many if get(row, "on_ground")]
    assert any(get(row, "baro_altitude") is None for row in grounded)
    assert any(get(row, "baro_altitude") is not None for row in grounded)
    assert {get(row, "position_source") for row in many} == {0, 1, 2, 3}
    assert any(get(row, "squawk") is None for row in many)
    assert any(isinstance(get(row, "velocity"), int) for row in many)


def test_emergencies_are_rare_but_happen(many: list[StateVector]) -> None:
    emergencies = [row for row in many if get(row, "squawk") in {"7500", "7600", "7700"}]
    assert 0 < len(emergencies) < len(many) / 50


def test_rows_vanish_and_come_back() -> None:
    world = World(1, 60)
    seen = [by_address(world.states(NOON + 60 * minute)).keys() for minute in range(120)]
    everyone = set().union(*seen)
    returned = {
        address
        for address in everyone
        if "101" in _squeezed(["01"[address in poll] for poll in seen])
    }
    assert returned


def test_a_row_without_position_stays_in_its_box() -> None:
    world = World(1, 300)
    rows = [row for s in range(0, HOUR // 3, 60) for row in world.states(NOON + s, SWITZERLAND)]
    assert any(get(row, "latitude") is None for row in rows)


def test_a_number_of_aircraft_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="40000"):
        World(1, 40_000)


def _squeezed(marks: list[str]) -> str:
    return "".join(one for one, following in pairwise([*marks, "end"]) if one != following)
