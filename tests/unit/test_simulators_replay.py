"""Recording and replay."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from headwater.errors import ConfigError
from headwater.settings import Settings
from headwater.simulators.__main__ import api_of
from headwater.simulators.clock import WorldClock
from headwater.simulators.opensky import STATES_PATH, OpenSkyApi
from headwater.simulators.record import Recorder
from headwater.simulators.replay import Recorded, ReplayApi, Tape, parse_source, read
from headwater.simulators.server import Request, SimulatorServer, running
from headwater.simulators.traffic import World

POLL = Request("GET", STATES_PATH)


def line(time_s: int) -> str:
    return json.dumps({"time": time_s, "states": None})


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "polls.jsonl"
    path.write_text("\n".join(line(1_000 + 30 * number) for number in range(4)) + "\n")
    return path


@pytest.fixture
def upstream() -> Iterator[SimulatorServer]:
    with running(OpenSkyApi(World(1, 30), WorldClock(lambda: 1_790_000_000.0))) as started:
        yield started


def polled(api: ReplayApi, times: int = 1) -> list[int]:
    answers = [api.answer(POLL) for _ in range(times)]
    return [json.loads(a.body)["time"] if a.status == 200 else a.status for a in answers]


def control(api: ReplayApi, **wish: object) -> dict[str, object]:
    answer = api.answer(Request("POST", "/_replay", body=json.dumps(wish).encode()))
    content: dict[str, object] = json.loads(answer.body)
    return content


def test_each_poll_gets_the_next_and_the_end_is_503(plain: Path) -> None:
    api = ReplayApi(parse_source(f"replay:{plain}"))
    assert polled(api, 5) == [1000, 1030, 1060, 1090, 503]
    assert api.tape.report()["done"] is True
    assert api.tape.report()["served"] == 4


def test_bodies_come_byte_for_byte(plain: Path) -> None:
    api = ReplayApi(Tape(read(plain)))
    assert [api.answer(POLL).body.decode() for _ in range(4)] == plain.read_text().splitlines()


def test_it_may_begin_again(plain: Path) -> None:
    api = ReplayApi(parse_source(f"replay:{plain}?end=wrap"))
    assert polled(api, 6)[4:] == [1000, 1030]
    assert api.tape.report()["done"] is False


def test_time_times_speed_decides(plain: Path) -> None:
    now_s = [0.0]
    api = ReplayApi(Tape(read(plain), speed=10, clock=lambda: now_s[0]))
    seen = []
    for now_s[0] in (0.0, 2.9, 3.0, 9.5, 11.9, 12.0):
        seen += polled(api)
    assert seen == [1000, 1000, 1030, 1090, 1090, 503]
    assert api.tape.report()["done"] is True


def test_time_times_speed_may_begin_again(plain: Path) -> None:
    now_s = [0.0]
    api = ReplayApi(Tape(read(plain), speed=1, wrap=True, clock=lambda: now_s[0]))
    seen = []
    for now_s[0] in (95.0, 120.0, 149.0, 150.0):
        seen += polled(api)
    assert seen == [1090, 1000, 1000, 1030]


def test_it_pauses_steps_and_jumps(plain: Path) -> None:
    api = ReplayApi(Tape(read(plain)))
    control(api, paused=True)
    assert polled(api, 2) == [1000, 1000]
    assert control(api, step=1)["position"] == 1
    assert polled(api, 2) == [1030, 1030]
    control(api, paused=False, position=3)
    assert polled(api, 2) == [1090, 503]
    assert "error" in control(api, position=9)
    assert "error" in control(api, rewind=True)


def test_a_paused_tape_goes_on_where_it_stood(plain: Path) -> None:
    now_s = [0.0]
    api = ReplayApi(Tape(read(plain), speed=1, clock=lambda: now_s[0]))
    now_s[0] = 31.0
    assert polled(api) == [1030]
    control(api, paused=True)
    now_s[0] = 1000.0
    assert polled(api) == [1060]
    control(api, paused=False)
    assert polled(api) == [1060]
    now_s[0] = 1030.0
    assert polled(api) == [1090]


def test_faults_come_between_without_using_up_the_tape(plain: Path) -> None:
    api = ReplayApi(Tape(read(plain)))
    api.faults.add({"kind": "http_500"})
    assert polled(api, 2) == [500, 1000]


def test_real_polls_are_replayed_whole(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("flights/derived_states_all_switzerland_2018-08-01_30s.jsonl.gz")
    tape = Tape(read(path))
    assert tape.report()["length"] == 2040
    bodies = [recorded.body for recorded in iter(tape.take, None)]
    assert b"\n".join(bodies) == gzip.decompress(path.read_bytes()).strip()


@pytest.mark.parametrize("name", ["kept.jsonl", "kept.jsonl.gz"])
def test_what_is_recorded_can_be_replayed(
    tmp_path: Path, upstream: SimulatorServer, name: str
) -> None:
    upstream.api.faults.add({"kind": "http_429", "retry_after_s": 9})  # type: ignore[attr-defined]
    recorder = Recorder(upstream.url, tmp_path / name, clock=lambda: 1_790_000_000.25)
    with running(recorder) as front:
        answers = [requests.get(front.url + STATES_PATH, timeout=5) for _ in range(2)]
        assert requests.get(front.url + "/health", timeout=5).json()["written"] == 2
    assert [answer.status_code for answer in answers] == [429, 200]
    first, second = read(tmp_path / name)
    assert (first.status, first.headers["X-Rate-Limit-Retry-After-Seconds"]) == (429, "9")
    assert second == Recorded(1_790_000_000.25, answers[1].content, 200, second.headers)
    assert b"authorization" not in (tmp_path / name).read_bytes().lower()


def test_a_recorder_passes_credentials_on_but_never_writes_them(
    tmp_path: Path, upstream: SimulatorServer
) -> None:
    path = tmp_path / "kept.jsonl"
    with running(Recorder(upstream.url, path)) as front:
        headers = {"Authorization": "Bearer made-up-token"}
        answer = requests.get(front.url + STATES_PATH, headers=headers, timeout=5)
    assert answer.status_code == 401
    assert "made-up-token" not in path.read_text()


def test_a_recorder_of_a_dead_api_says_bad_gateway(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    assert Recorder("http://127.0.0.1:1", path).answer(POLL).status == 502
    assert not path.exists()


def test_bytes_that_are_no_text_survive(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    content = {"fetched_at": 1.5, "status": 200, "headers": {}, "body_base64": "/w=="}
    path.write_text(json.dumps(content))
    assert read(path) == [Recorded(1.5, b"\xff", 200, {})]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"not json\n", b"\xff\xfe", b'{"fetched_at": 1}', b'{"time": null}']
)
def test_files_that_are_no_recording_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "polls.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"polls\.jsonl"):
        read(path)


def test_only_newlines_separate_responses(tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    path.write_text('["\u2028"]\n["\x85"]\n', encoding="utf-8")
    assert len(read(path)) == 2


@pytest.mark.parametrize("cut", [0, 5, -4])
def test_damaged_archives_are_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "polls.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}" * 100)[:cut] or b"no archive")
    with pytest.raises(ConfigError, match=r"polls\.jsonl\.gz"):
        read(path)


@pytest.mark.parametrize("options", ["speed=fast", "end=never", "loop"])
def test_unknown_options_of_the_source_are_refused(plain: Path, options: str) -> None:
    with pytest.raises(ConfigError, match="unknown option"):
        parse_source(f"replay:{plain}?{options}")


def test_the_setting_source_chooses_the_api(plain: Path) -> None:
    assert isinstance(api_of(Settings(source=f"replay:{plain}")), ReplayApi)
    for source in ("auto", "sim", "live"):
        api = api_of(Settings(source=source, simulator_aircraft=3, simulator_seed=8))
        assert isinstance(api, OpenSkyApi)
        assert (api.world.seed, api.world.count) == (8, 3)
