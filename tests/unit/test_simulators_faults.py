"""Every fault, served over a real loopback connection and counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from headwater.errors import ConfigError
from headwater.simulators.clock import WorldClock
from headwater.simulators.contract import problems
from headwater.simulators.faults import FaultPlan, Kind, parse
from headwater.simulators.oauth import TOKEN_PATH
from headwater.simulators.opensky import STATES_PATH, OpenSkyApi
from headwater.simulators.replay import Recorded, ReplayApi, Tape
from headwater.simulators.server import SimulatorServer, running
from headwater.simulators.traffic import World


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    with running(OpenSkyApi(World(1, 30), WorldClock(lambda: 1_790_000_000.0))) as started:
        yield started


def wish(server: SimulatorServer, kind: str, **options: object) -> None:
    content = {"kind": kind, **options}
    requests.post(server.url + "/_faults", json=content, timeout=5).raise_for_status()


def poll(server: SimulatorServer, **options: bool) -> requests.Response:
    return requests.get(server.url + STATES_PATH, timeout=5, **options)  # type: ignore[arg-type]


def report(server: SimulatorServer, path: str) -> dict[str, dict[str, int]]:
    content: dict[str, dict[str, int]] = requests.get(server.url + path, timeout=5).json()
    return content


def is_good(answer: requests.Response) -> bool:
    return answer.status_code == 200 and problems(answer.json()) == []


@pytest.mark.parametrize(
    ("kind", "status"), [("http_500", 500), ("http_503", 503), ("http_401", 401)]
)
def test_statuses_are_served_as_often_as_asked(
    server: SimulatorServer, kind: str, status: int
) -> None:
    wish(server, kind, count=2)
    assert [poll(server).status_code for _ in range(3)] == [status, status, 200]
    assert report(server, "/_requests")["states"] == {str(status): 2, "200": 1}
    assert report(server, "/_faults") == {"pending": [], "served": {kind: 2}}


def test_too_many_requests_say_when_to_come_back(server: SimulatorServer) -> None:
    wish(server, "http_429", retry_after_s=17)
    answer = poll(server)
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Retry-After-Seconds"] == "17"
    assert answer.headers["X-Rate-Limit-Remaining"] == "0"


@pytest.mark.parametrize("kind", ["truncated_json", "malformed_json", "html"])
def test_bodies_that_are_no_json_come_with_status_200(server: SimulatorServer, kind: str) -> None:
    wish(server, kind)
    answer = poll(server)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert answer.headers["Content-Type"].startswith("text/html" if kind == "html" else "app")
    assert is_good(poll(server))


def test_no_states_are_null(server: SimulatorServer) -> None:
    wish(server, "null_states")
    assert poll(server).json() == {"time": 1_790_000_000, "states": None}


def test_wrong_types_are_json_that_breaks_the_contract(server: SimulatorServer) -> None:
    wish(server, "wrong_types")
    found = problems(poll(server).json())
    assert len(found) == 5
    assert "OVERLONG CALLSIGN" in " ".join(found)


@pytest.mark.parametrize("kind", ["closed", "reset"])
def test_connections_end_without_an_answer(server: SimulatorServer, kind: str) -> None:
    wish(server, kind)
    with pytest.raises(requests.ConnectionError):
        poll(server)
    assert is_good(poll(server))
    assert report(server, "/_requests")["states"] == {kind: 1, "200": 1}


@pytest.mark.parametrize("size_bytes", [100, 3_000_000])
def test_a_huge_body_has_exactly_the_size_and_is_json(
    server: SimulatorServer, size_bytes: int
) -> None:
    wish(server, "huge", size_bytes=size_bytes)
    answer = poll(server)
    assert len(answer.content) == size_bytes == int(answer.headers["Content-Length"])
    assert set(answer.json()) == {"time", "states"}


def test_huge_is_100_megabytes_by_default() -> None:
    assert parse({"kind": "huge"}, 0).size_bytes == 100_000_000


def test_a_client_that_leaves_a_huge_body_is_counted(server: SimulatorServer) -> None:
    wish(server, "huge")
    with poll(server, stream=True) as answer:
        answer.raw.read(1000)
    for _ in range(1000):  # the server notices once its buffers are full
        counts = report(server, "/_requests")["states"]
        if "interrupted" in counts:
            break
    assert counts == {"200": 1, "interrupted": 1}


def test_a_slow_answer_is_right_but_takes_its_time(server: SimulatorServer) -> None:
    wish(server, "slow", lasts_s=0.2)
    answer = poll(server)
    assert is_good(answer)
    assert report(server, "/_faults")["served"] == {"slow": 1}


def test_a_slow_answer_does_not_hold_up_the_others_or_the_end(server: SimulatorServer) -> None:
    wish(server, "slow", lasts_s=3600)
    with poll(server, stream=True):
        assert is_good(poll(server))


def test_faults_are_served_in_order_and_can_be_cleared(server: SimulatorServer) -> None:
    wish(server, "http_500")
    wish(server, "http_503", count=5)
    assert [poll(server).status_code for _ in range(2)] == [500, 503]
    pending = requests.delete(server.url + "/_faults", timeout=5).json()
    assert pending == {"pending": [], "served": {"http_500": 1, "http_503": 1}}
    assert is_good(poll(server))


def test_the_token_endpoint_has_its_own_faults(server: SimulatorServer) -> None:
    wish(server, "http_503", on="token")
    assert is_good(poll(server))
    form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
    got = [requests.post(server.url + TOKEN_PATH, data=form, timeout=5) for _ in range(2)]
    assert [answer.status_code for answer in got] == [503, 200]
    assert report(server, "/_requests")["token"] == {"503": 1, "200": 1}


def test_a_request_that_fails_anyway_uses_up_no_fault(server: SimulatorServer) -> None:
    wish(server, "http_500")
    assert requests.get(server.url + STATES_PATH + "?lamin=x", timeout=5).status_code == 400
    assert poll(server).status_code == 500


def test_a_fault_may_last_for_a_time() -> None:
    now_s = [0.0]
    plan = FaultPlan(lambda: now_s[0])
    plan.add({"kind": "http_500", "duration_s": 30})
    assert plan.report()["pending"][0]["duration_s"] == 30
    served = []
    for now_s[0] in (0.0, 29.9, 30.0):
        served.append(plan.take("states") is not None)
    assert served == [True, True, False]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": "flood"},
        {"kind": "slow", "lasts": 3},
        {"kind": "http_500", "count": 0},
        {"kind": "http_500", "count": "3"},
        {"kind": "http_500", "on": "everything"},
        {"kind": "wrong_types", "on": "token"},
    ],
)
def test_wishes_that_make_no_sense_are_refused(content: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(content, 0)
    assert caught.value.remedy


@pytest.mark.parametrize("body", ["[]", "{", '{"kind": "flood"}'])
def test_refusals_reach_the_client(server: SimulatorServer, body: str) -> None:
    answer = requests.post(server.url + "/_faults", data=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["remedy"]


def test_every_fault_and_admin_endpoint_is_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "simulators.md").read_text()
    documented = re.findall(r"^\| `([a-z_0-9]+)` \|", page, re.MULTILINE)
    assert sorted(documented) == sorted(Kind)
    api = OpenSkyApi(World(1, 0), WorldClock())
    replay = ReplayApi(Tape([Recorded(0, b"{}")]))
    missing = [f"{m} {p}" for m, p in api.routes | replay.routes if f"`{m} {p}`" not in page]
    assert not missing
