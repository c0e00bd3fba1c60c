"""Recorded responses as if given from a moment on: replayed, transformed and written as a poll's.

No flow polls the replay, which would take a feed of its own and minutes: its answers go through
the feed's own transform and statements into the feed's own tables.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import requests

from headwater.feed.load import load
from headwater.feed.result import ResponseInfo
from headwater.feed.transform import transform
from headwater.ingest import statements
from headwater.simulators.opensky import STATES_PATH
from headwater.simulators.replay import ReplayApi, Tape, read
from headwater.simulators.server import running

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.feed.result import Result
    from support.stack import Stack

State = list[Any]
ICAO24, COUNTRY, REPORTED, HEARD, ALTITUDE, ON_GROUND, VELOCITY, SQUAWK = 0, 2, 3, 4, 7, 8, 9, 14
STEP_S = 30
_FOREVER = datetime(2037, 1, 2, tzinfo=UTC)  # no poll of the stack has seen them: not gone either


def moved(responses: list[dict[str, Any]], start: int) -> list[dict[str, Any]]:
    """The responses with the times of polls from `start` on; nothing else differs."""
    return [_moved(one, start + number * STEP_S) for number, one in enumerate(responses)]


def _moved(response: dict[str, Any], at: int) -> dict[str, Any]:
    by = at - response["time"]
    states = [
        [*s[:REPORTED], s[REPORTED] and s[REPORTED] + by, s[HEARD] + by, *s[HEARD + 1 :]]
        for s in response["states"]
    ]
    return {"time": at, "states": states}


def plant(stack: Stack, responses: list[dict[str, Any]], tape: Path) -> None:
    """Have the responses replayed, and write the rows of each answer."""
    tape.write_text("".join(json.dumps(one) + "\n" for one in responses))
    spec = load(stack.root / "feeds" / "flights.yaml").spec()
    with running(ReplayApi(Tape(read(tape)))) as server:
        for number in range(len(responses)):
            answer = requests.get(server.url + STATES_PATH, timeout=30)
            polled = ResponseInfo(_FOREVER + timedelta(seconds=number), server.url)
            _write(stack, transform(spec, answer.content, polled), spec.tables)


def _write(stack: Stack, result: Result, tables: Any) -> None:
    assert not result.rejected
    with closing(stack.connections.mysql_root.connect("final")) as connection:
        cursor = connection.cursor()
        cursor.execute(statements.SESSION)
        for table in tables:
            rows = result.tables[table.name].rows
            if rows:
                cursor.execute(statements.insert_rows(table, len(rows)), list(chain(*rows)))


def remove(stack: Stack) -> None:
    """The aircraft are gone; their reports stay, as history does."""
    stack.mysql(f"DELETE FROM flights WHERE polled_at >= '{_FOREVER:%Y-%m-%d}'", database="final")


def newest(responses: list[dict[str, Any]]) -> list[State]:
    """Of each aircraft the state heard last."""
    found: dict[str, State] = {}
    for state in _states(responses):
        if state[ICAO24] not in found or state[HEARD] >= found[state[ICAO24]][HEARD]:
            found[state[ICAO24]] = state
    return list(found.values())


def reports(responses: list[dict[str, Any]]) -> list[State]:
    """Every report of a position, as first seen."""
    found: dict[tuple[str, int], State] = {}
    for state in _states(responses):
        if state[REPORTED] is not None:
            found.setdefault((state[ICAO24], state[REPORTED]), state)
    return list(found.values())


def _states(responses: list[dict[str, Any]]) -> list[State]:
    return [state for response in responses for state in response["states"]]
