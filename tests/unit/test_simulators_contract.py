"""One description that the real answers and the simulated ones satisfy."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headwater.simulators.clock import WorldClock
from headwater.simulators.contract import POSITION, REMAINING, RETRY_AFTER, problems
from headwater.simulators.opensky import STATES_PATH, OpenSkyApi
from headwater.simulators.server import Request
from headwater.simulators.traffic import World

REAL = (
    "flights/opensky_states_all_switzerland_2019-09-10T043800Z.json",
    "flights/opensky_states_all_python-opensky_2023-05-07.json",
    "flights/derived_states_all_switzerland_2018-08-01_30s.jsonl.gz",
)
BOX = {"lamin": ["45.8389"], "lomin": ["5.9962"], "lamax": ["47.8229"], "lomax": ["10.5226"]}


def answers(path: Path) -> list[Any]:
    if path.name.endswith(".jsonl.gz"):
        return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    return [json.loads(path.read_bytes())]


@pytest.mark.parametrize("name", REAL)
def test_real_answers_satisfy_the_contract(name: str, shared_data: Callable[[str], Path]) -> None:
    for answer in answers(shared_data(name)):
        assert problems(answer) == []


@pytest.mark.parametrize("extended", ["0", "1"])
@pytest.mark.parametrize("box", [{}, BOX], ids=["global", "box"])
def test_simulated_answers_satisfy_the_contract(extended: str, box: dict[str, list[str]]) -> None:
    clock = WorldClock(lambda: 1_790_000_000.5)
    api = OpenSkyApi(World(5, 150), clock)
    for _ in range(30):
        response = api.answer(Request("GET", STATES_PATH, {**box, "extended": [extended]}))
        assert problems(json.loads(response.body)) == []
        assert REMAINING in response.headers
        clock.step(197)


def test_simulated_refusal_carries_the_real_header() -> None:
    api = OpenSkyApi(World(5, 1), WorldClock())
    api.credits.set(1)
    answered = [api.answer(Request("GET", STATES_PATH, BOX)) for _ in range(2)]
    assert [response.status for response in answered] == [200, 429]
    assert 0 < int(answered[1].headers[RETRY_AFTER]) <= 86_400


GOOD = ["4b1803", "SWR1    ", "Switzerland", 1790000000, 1790000000, 8.5, 47.4, 900, False, 70.1]
GOOD += [5, 1.3, None, None, "1021", False, 0]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("icao24", "4B1803"),
        ("callsign", "SWR1"),
        ("origin_country", ""),
        ("time_position", 1790000001),
        ("last_contact", None),
        ("longitude", None),
        ("latitude", 91),
        ("baro_altitude", "900"),
        ("on_ground", 0),
        ("velocity", -1),
        ("true_track", True),
        ("vertical_rate", 400),
        ("sensors", ["1"]),
        ("squawk", "1081"),
        ("position_source", 4),
    ],
)
def test_the_contract_notices(field: str, wrong: object) -> None:
    row: list[Any] = list(GOOD)
    assert problems({"time": 1790000000, "states": [row]}) == []
    row[POSITION[field]] = wrong
    assert len(problems({"time": 1790000000, "states": [row]})) == 1


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"time": "now", "states": None},
        {"time": 1790000000, "states": []},
        {"time": 1790000000, "states": [GOOD, [*GOOD, 0]]},
        {"time": 1790000000, "states": [GOOD[:16]]},
        {"time": 1790000000, "states": [GOOD, GOOD]},
    ],
)
def test_the_contract_notices_a_wrong_shape(answer: object) -> None:
    assert problems(answer)
