"""Recorded responses, served again in their order.

A file has one response per line: either the body itself, or the recorder's
`{"fetched_at", "status", "headers", "body"}`. With speed 0 each poll gets the next one; otherwise
the one that is due when the recording runs at so many times its own pace.
"""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.errors import ConfigError
from headwater.simulators.clock import WorldClock
from headwater.simulators.opensky import STATES_PATH
from headwater.simulators.server import Request, Response, as_json
from headwater.simulators.service import Route, Service, wants

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.simulators.faults import FaultPlan


@dataclass(frozen=True)
class Recorded:
    """One recorded response and when it was (Unix seconds)."""

    at_s: float
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Tape:
    """Recorded responses and the place reached; positions count from 0."""

    def __init__(
        self,
        recorded: list[Recorded],
        *,
        speed: float = 0.0,
        wrap: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.recorded = recorded
        self.speed = speed
        self.wrap = wrap
        self.paused = False
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0
        self._started_s = clock()
        self._served = 0

    def take(self) -> Recorded | None:
        """The response for one poll; None when all are through."""
        with self._lock:
            position = self._due() if self.speed and not self.paused else self._next
            if self.wrap:
                position %= len(self.recorded)
            if position >= len(self.recorded):
                return None
            if not self.paused:
                self._next = position + 1
            self._served += 1
            return self.recorded[position]

    def put_back(self) -> None:
        """Make the response just taken the next one again (when time decides, it does anyway)."""
        with self._lock:
            self._served -= 1
            if not self.paused and not self.speed:
                self._next = max(0, self._next - 1)

    def move_to(self, position: int) -> None:
        """Make a position the next one."""
        if not 0 <= position <= len(self.recorded):
            raise ConfigError(
                f"position {position} is not on the tape",
                remedy=f"use 0 to {len(self.recorded)}",
            )
        with self._lock:
            self._next = position
            reached = self.recorded[min(position, len(self.recorded) - 1)].at_s
            gone_s = (reached - self.recorded[0].at_s) / (self.speed or 1.0)
            self._started_s = self._clock() - gone_s

    def report(self) -> dict[str, Any]:
        """The place reached, for the admin endpoint."""
        with self._lock:
            done = self._next >= len(self.recorded) and not self.wrap
            return {
                "position": self._next,
                "length": len(self.recorded),
                "served": self._served,
                "done": done,
                "paused": self.paused,
                "speed": self.speed,
                "wrap": self.wrap,
            }

    def _due(self) -> int:
        """The newest response whose time has come; the length when the last is over."""
        at_s = self.recorded[0].at_s + (self._clock() - self._started_s) * self.speed
        last_s = self.recorded[-1].at_s
        pace_s = (last_s - self.recorded[0].at_s) / max(1, len(self.recorded) - 1)
        if at_s >= last_s + max(pace_s, 1.0):
            if self.wrap:
                self._started_s = self._clock()
                return 0
            self._next = len(self.recorded)
            return self._next
        return sum(one.at_s <= at_s for one in self.recorded) - 1


class ReplayApi(Service):
    """Answers polls for states from a tape; box and filters are not applied."""

    def __init__(self, tape: Tape, *, faults: FaultPlan | None = None) -> None:
        super().__init__("replay", WorldClock(), faults)
        self.tape = tape
        self.routes |= {
            ("GET", STATES_PATH): Route(self._states, "states"),
            ("GET", "/_replay"): Route(lambda _: as_json(self.tape.report())),
            ("POST", "/_replay"): Route(self._control),
        }

    def withhold(self) -> None:
        """A poll that met a fault gets the same response next time."""
        self.tape.put_back()

    def _states(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        recorded = self.tape.take()
        if recorded is None:
            return Response(503, b"End of the recording", {"Content-Type": "text/plain"})
        headers = {"Content-Type": "application/json", **recorded.headers}
        return Response(recorded.status, recorded.body, headers)

    def _control(self, request: Request) -> Response:
        wish = request.json()
        numbers = wants(wish, {"position", "step", "speed"}, {"paused", "wrap"})
        self.tape.paused = wish.get("paused", self.tape.paused)
        self.tape.wrap = wish.get("wrap", self.tape.wrap)
        self.tape.speed = numbers.get("speed", self.tape.speed)
        reached = self.tape.report()["position"]
        target = numbers.get("position", reached) + numbers.get("step", 0)
        if numbers or "paused" in wish:  # the time of the tape goes on from here
            self.tape.move_to(int(target))
        return as_json(self.tape.report())


def read(path: Path) -> list[Recorded]:
    """All responses of a recording, `.gz` or not."""
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}", remedy="give a JSON-lines file to replay"
        ) from error
    lines = [line for line in text.split("\n") if line.strip()]
    recorded = [_parse(path, number, line) for number, line in enumerate(lines, start=1)]
    if not recorded:
        raise ConfigError(f"{path} holds no response", remedy="give a JSON-lines file to replay")
    return recorded


def parse_source(source: str) -> Tape:
    """The tape of a setting `replay:FILE`, with `?speed=N&end=wrap` after it where wanted."""
    name, _, options = source.removeprefix("replay:").partition("?")
    speed, wrap = 0.0, False
    for option in filter(None, options.split("&")):
        match option.partition("="):
            case "speed", _, value if value.replace(".", "", 1).isdecimal():
                speed = float(value)
            case "end", _, ("wrap" | "stop") as value:
                wrap = value == "wrap"
            case _:
                raise ConfigError(
                    f"source {source!r}: unknown option {option!r}",
                    remedy="use replay:FILE, replay:FILE?speed=10, or replay:FILE?end=wrap",
                )
    return Tape(read(Path(name).expanduser()), speed=speed, wrap=wrap)


def _parse(path: Path, number: int, line: str) -> Recorded:
    try:
        content = json.loads(line)
        if isinstance(content, dict) and "fetched_at" in content:
            return _recorded(content)
        at_s = content.get("time", number) if isinstance(content, dict) else number
        return Recorded(float(at_s), line.encode())
    except (ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            f"{path}, line {number} is no recorded response ({error!r})",
            remedy="a recording has one response per line; see docs/simulators.md",
        ) from error


def _recorded(content: dict[str, Any]) -> Recorded:
    raw = content.get("body_base64")
    body = base64.b64decode(raw) if raw is not None else str(content["body"]).encode()
    at_s, status = float(content["fetched_at"]), int(content["status"])
    return Recorded(at_s, body, status, dict(content["headers"]))
