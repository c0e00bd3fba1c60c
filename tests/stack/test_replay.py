"""Replayed real responses give exactly the rows of an independent reading of the files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from headwater.simulators.replay import ReplayApi, Tape, read
from headwater.simulators.server import running
from support.stack import Stack
from support.waiting import until

POLLS = 30
COLUMNS = "icao24, time_position, longitude, latitude, callsign, velocity, on_ground, squawk"
Key = tuple[str, datetime]


@pytest.fixture
def responses(shared_data: Any) -> list[dict[str, Any]]:
    """Real responses of three years, oldest first."""
    many: Path = shared_data("flights/derived_states_all_switzerland_2018-08-01_30s.jsonl.gz")
    with gzip.open(many, "rt") as file:
        found = [json.loads(line) for line, _ in zip(file, range(POLLS), strict=False)]
    single = (
        "flights/opensky_states_all_switzerland_2019-09-10T043800Z.json",
        "flights/opensky_states_all_python-opensky_2023-05-07.json",
    )
    return [*found, *(json.loads(shared_data(name).read_text()) for name in single)]


@pytest.fixture
def replayed(
    stack: Stack, responses: list[dict[str, Any]], tmp_path: Path
) -> Iterator[list[dict[str, Any]]]:
    """A second feed that polls a replay of the responses, taken away afterwards."""
    tape = tmp_path / "tape.jsonl"
    tape.write_text("".join(json.dumps(one) + "\n" for one in responses))
    declared = (stack.root / "feeds" / "flights.yaml").read_text()
    feed = stack.root / "feeds" / "replayed.yaml"
    with running(ReplayApi(Tape(read(tape)))) as server:
        feed.write_text(_declaration(declared, server.url))
        stack.ok("render")
        stack.ok("apply", "--yes")
        yield responses
    feed.unlink()
    stack.ok("apply", "--yes")


def _declaration(flights: str, url: str) -> str:
    lines = [
        line
        for line in flights.splitlines()
        if not line.lstrip().startswith(("auth:", "oauth2:", "token_url:", "gone:"))
    ]
    return (
        "\n".join(lines)
        .replace("feed: flights", "feed: replayed")
        .replace("https://opensky-network.org/api", f"{url}/api")
        .replace("every: 4s", "every: 1s")
        .replace("  flights:", "  replayed:")
        .replace("like: flights", "like: replayed")
        .replace("flight_positions:", "replayed_positions:")
        + "\n"
    )


def _expected(responses: list[dict[str, Any]]) -> dict[Key, tuple[Any, ...]]:
    """One row per reported position: the first report of it stays."""
    rows: dict[Key, tuple[Any, ...]] = {}
    for response in responses:
        for state in response["states"] or []:
            if state[3] is not None:
                at = datetime.fromtimestamp(state[3], UTC).replace(tzinfo=None)
                rows.setdefault((state[0], at), _row(state))
    return rows


def _row(state: list[Any]) -> tuple[Any, ...]:
    def exact(value: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    callsign = (state[1] or "").strip() or None
    return (exact(state[5]), exact(state[6]), callsign, exact(state[9]), state[8], state[14])


def _check_newest(stack: Stack, responses: list[dict[str, Any]]) -> None:
    newest: dict[str, int] = {}
    for response in responses:
        for state in response["states"] or []:
            newest[state[0]] = max(state[4], newest.get(state[0], 0))
    expected = sorted(
        (icao24, datetime.fromtimestamp(at, UTC).replace(tzinfo=None))
        for icao24, at in newest.items()
    )

    def found() -> list[tuple[Any, ...]]:
        rows = stack.sql("SELECT icao24, last_contact FROM replayed ORDER BY icao24")
        return [(icao24, at.replace(tzinfo=None)) for icao24, at in rows]

    until(lambda: found() == expected, "the newest readings", timeout=240, forgive=(Exception,))


def test_the_lake_holds_exactly_what_was_replayed(
    stack: Stack, replayed: list[dict[str, Any]]
) -> None:
    expected = _expected(replayed)
    assert len(expected) > 300
    until(
        lambda: stack.sql("SELECT COUNT(*) FROM replayed_positions") == [(len(expected),)],
        f"{len(expected)} positions in the lake",
        timeout=240,
        forgive=(Exception,),
    )
    found = {
        (row[0], row[1].replace(tzinfo=None)): (*row[2:6], bool(row[6]), row[7])
        for row in stack.sql(f"SELECT {COLUMNS} FROM replayed_positions")
    }
    assert found == expected
    _check_newest(stack, replayed)
