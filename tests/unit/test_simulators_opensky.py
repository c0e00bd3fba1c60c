"""The simulated OpenSky API over a real loopback connection."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests

from headwater.simulators.clock import WorldClock
from headwater.simulators.contract import POSITION
from headwater.simulators.geo import SWITZERLAND, Box
from headwater.simulators.oauth import TOKEN_PATH, Account
from headwater.simulators.opensky import STATES_PATH, OpenSkyApi, price
from headwater.simulators.server import Request, Response, SimulatorServer, running
from headwater.simulators.traffic import World

NOW = 1_790_000_000
BOX = {"lamin": "45.8389", "lomin": "5.9962", "lamax": "47.8229", "lomax": "10.5226"}


class Times:
    """A clock that stands still until it is moved (Unix seconds)."""

    def __init__(self) -> None:
        self.now_s = float(NOW)

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def api(times: Times) -> OpenSkyApi:
    account = Account("me", "secret")
    return OpenSkyApi(World(1, 60), WorldClock(times), account=account, real_time=times)


@pytest.fixture
def server(api: OpenSkyApi) -> Iterator[SimulatorServer]:
    with running(api) as started:
        yield started


def states(api: OpenSkyApi, token: str = "", **query: str | list[str]) -> Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    lists = {name: [value] if isinstance(value, str) else value for name, value in query.items()}
    return api.answer(Request("GET", STATES_PATH, lists, headers))


def new_token(api: OpenSkyApi, **changes: str) -> Response:
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "secret"}
    body = urlencode({**form, **changes}).encode()
    return api.answer(Request("POST", TOKEN_PATH, body=body))


def admin(api: OpenSkyApi, path: str, **wish: object) -> Response:
    return api.answer(Request("POST", path, body=json.dumps(wish).encode()))


def test_rows_have_17_values_and_18_when_extended(server: SimulatorServer) -> None:
    for query, width in (({}, 17), ({"extended": "1"}, 18), ({"extended": "0"}, 17)):
        answer = requests.get(server.url + STATES_PATH, params=query, timeout=5).json()
        assert answer["time"] == NOW
        assert {len(row) for row in answer["states"]} == {width}


def test_the_box_keeps_what_is_inside(api: OpenSkyApi) -> None:
    everywhere = json.loads(states(api).body)["states"]
    inside = json.loads(states(api, **BOX).body)["states"]
    assert 0 < len(inside) < len(everywhere)
    latitudes = [row[POSITION["latitude"]] for row in inside if row[POSITION["latitude"]]]
    assert all(SWITZERLAND.lamin <= latitude <= SWITZERLAND.lamax for latitude in latitudes)


def test_addresses_may_be_named_several_times(api: OpenSkyApi) -> None:
    wanted = [row[0] for row in json.loads(states(api).body)["states"][:2]]
    found = json.loads(states(api, icao24=[wanted[0].upper(), wanted[1]]).body)["states"]
    assert [row[0] for row in found] == wanted


def test_nobody_is_null(api: OpenSkyApi) -> None:
    nowhere = {"lamin": "-10", "lomin": "-10", "lamax": "-9", "lomax": "-9"}
    assert json.loads(states(api, **nowhere).body) == {"time": NOW, "states": None}


@pytest.mark.parametrize(
    "query", [{"lamin": "north"}, {"lamax": "91"}, {"lomin": "-181"}, {"time": "now"}]
)
def test_wrong_parameters_are_a_bad_request(api: OpenSkyApi, query: dict[str, str]) -> None:
    response = states(api, **query)
    assert response.status == 400
    content = json.loads(response.body)
    assert content["error"] == "Bad Request"
    assert content["path"] == STATES_PATH
    assert next(iter(query)) in content["message"]


def test_unknown_paths_and_methods_are_refused(server: SimulatorServer) -> None:
    assert requests.get(server.url + "/api/nothing", timeout=5).status_code == 404
    assert requests.delete(server.url + STATES_PATH, timeout=5).status_code == 405


def test_the_past_is_for_accounts_and_an_hour_long(api: OpenSkyApi) -> None:
    token = json.loads(new_token(api).body)["access_token"]
    asked = str(NOW - 600)
    assert json.loads(states(api, time=asked).body)["time"] == NOW
    past = json.loads(states(api, token, time=asked).body)
    assert past["time"] == NOW - 600
    assert past["states"] == [row[:17] for row in World(1, 60).states(NOW - 600)]
    assert states(api, token, time=str(NOW - 4000)).status == 400
    assert json.loads(states(api, token, time="0").body)["time"] == NOW


def test_requests_cost_credits_by_area() -> None:
    boxes = [Box(0, 0, 5, 5), Box(0, 0, 10, 10), Box(0, 0, 20, 20), Box(0, 0, 21, 20), None]
    assert [price(box) for box in boxes] == [1, 2, 3, 4, 4]


def test_credits_run_out_and_come_back_at_midnight(api: OpenSkyApi, times: Times) -> None:
    admin(api, "/_auth", credits=2)
    left = [states(api, **BOX).headers["X-Rate-Limit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    refused = states(api, **BOX)
    assert refused.status == 429
    times.now_s += int(refused.headers["X-Rate-Limit-Retry-After-Seconds"])
    assert states(api, **BOX).status == 200


def test_a_token_opens_and_expires(api: OpenSkyApi, times: Times) -> None:
    admin(api, "/_auth", required=True)
    assert states(api).status == 401
    grant = json.loads(new_token(api).body)
    assert (grant["expires_in"], grant["token_type"]) == (1800, "Bearer")
    times.now_s += 1799
    assert states(api, grant["access_token"]).status == 200
    times.now_s += 1
    assert states(api, grant["access_token"]).status == 401


def test_a_wrong_token_is_refused_even_where_none_is_needed(api: OpenSkyApi) -> None:
    assert states(api).status == 200
    assert states(api, "made-up").status == 401


def test_tokens_can_be_revoked_and_made_shorter(api: OpenSkyApi) -> None:
    admin(api, "/_auth", expires_in=60)
    grant = json.loads(new_token(api).body)
    assert grant["expires_in"] == 60
    admin(api, "/_auth", revoke=True)
    assert states(api, grant["access_token"]).status == 401


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
def test_token_requests_fail_as_oauth_says(
    api: OpenSkyApi, changes: dict[str, str], status: int, error: str
) -> None:
    response = new_token(api, **changes)
    assert (response.status, json.loads(response.body)["error"]) == (status, error)


def test_credentials_may_come_in_a_basic_header(server: SimulatorServer) -> None:
    form = {"grant_type": "client_credentials"}
    url = server.url + TOKEN_PATH
    assert requests.post(url, data=form, auth=("me", "secret"), timeout=5).status_code == 200
    assert requests.post(url, data=form, auth=("me", "other"), timeout=5).status_code == 401


def test_large_answers_are_compressed_for_who_accepts_it(server: SimulatorServer) -> None:
    url = server.url + STATES_PATH
    packed = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=5, stream=True)
    plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.raw.read(decode_content=False)) == plain.content


def test_the_clock_freezes_steps_runs_faster_and_resumes(api: OpenSkyApi, times: Times) -> None:
    admin(api, "/_clock", time=NOW + 100, freeze=True)
    times.now_s += 50
    assert api.clock() == NOW + 100
    admin(api, "/_clock", step_s=30)
    assert json.loads(states(api).body)["time"] == NOW + 130
    admin(api, "/_clock", speed=10)
    times.now_s += 2
    assert api.clock() == NOW + 150
    admin(api, "/_clock", resume=True)
    assert api.clock() == times.now_s


def test_the_world_can_be_changed(server: SimulatorServer) -> None:
    requests.post(server.url + "/_world", json={"aircraft": 0}, timeout=5)
    answer = requests.get(server.url + STATES_PATH, timeout=5).json()
    assert answer["states"] is None
    changed = requests.post(server.url + "/_world", json={"aircraft": 5, "seed": 9}, timeout=5)
    assert changed.json() == {"seed": 9, "aircraft": 5}


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("/_clock", {"hour": 1}),
        ("/_clock", {"step_s": "1"}),
        ("/_world", {"aircraft": True}),
        ("/_world", {"aircraft": -1}),
        ("/_auth", {"required": 1}),
    ],
)
def test_wrong_admin_requests_say_what_is_valid(
    api: OpenSkyApi, path: str, wish: dict[str, object]
) -> None:
    response = admin(api, path, **wish)
    assert response.status == 400
    assert json.loads(response.body)["remedy"]


def test_health_tells_the_source(server: SimulatorServer) -> None:
    health = requests.get(server.url + "/health", timeout=5).json()
    assert (health["status"], health["source"]) == ("ok", "simulator")
