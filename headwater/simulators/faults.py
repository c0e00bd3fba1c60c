"""Faults on demand: what a source API does on its bad days, as often or as long as asked for."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from headwater.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENDPOINTS = ("states", "token")


class Kind(StrEnum):
    """Every fault that can be asked for."""

    HTTP_500 = "http_500"
    HTTP_503 = "http_503"
    HTTP_429 = "http_429"
    HTTP_401 = "http_401"
    TRUNCATED_JSON = "truncated_json"
    MALFORMED_JSON = "malformed_json"
    HTML = "html"
    HUGE = "huge"
    SLOW = "slow"
    CLOSED = "closed"
    RESET = "reset"
    NULL_STATES = "null_states"
    WRONG_TYPES = "wrong_types"


STATES_ONLY = {Kind.NULL_STATES, Kind.WRONG_TYPES}
OPTIONS: dict[str, type[int | float]] = {
    "retry_after_s": int,
    "size_bytes": int,
    "lasts_s": float,
}


@dataclass(frozen=True)
class Fault:
    """A fault and how it is served: for `count` answers, or until `until_s` (monotonic)."""

    kind: Kind
    on: str = "states"  # or "token"
    count: int | None = 1
    until_s: float | None = None
    retry_after_s: int = 5  # http_429
    size_bytes: int = 100_000_000  # huge
    lasts_s: float = 10.0  # slow: from first to last byte


@dataclass
class _Pending:
    fault: Fault
    left: int | None


class FaultPlan:
    """The faults still to serve, first come first served, and how many of each were."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: list[_Pending] = []
        self._served: Counter[str] = Counter()

    def add(self, wish: Mapping[str, Any]) -> None:
        """Take a wish such as `{"kind": "http_500", "count": 3}`; see `parse`."""
        fault = parse(wish, self._clock())
        with self._lock:
            self._pending.append(_Pending(fault, fault.count))

    def clear(self) -> None:
        """Forget what is still to serve; the counts of what was served remain."""
        with self._lock:
            self._pending.clear()

    def take(self, on: str) -> Fault | None:
        """The fault to serve for one request to an endpoint, counted as served."""
        with self._lock:
            self._expire()
            for pending in self._pending:
                if pending.fault.on != on:
                    continue
                if pending.left is not None:
                    pending.left -= 1
                self._served[pending.fault.kind] += 1
                return pending.fault
        return None

    def report(self) -> dict[str, Any]:
        """What is pending and what was served, for the admin endpoint."""
        with self._lock:
            self._expire()
            now_s = self._clock()
            pending = [_describe(one, now_s) for one in self._pending]
            return {"pending": pending, "served": dict(self._served)}

    def _expire(self) -> None:
        now_s = self._clock()
        self._pending = [
            one
            for one in self._pending
            if (one.left is None or one.left > 0)
            and (one.fault.until_s is None or now_s < one.fault.until_s)
        ]


def parse(wish: Mapping[str, Any], now_s: float) -> Fault:
    """A fault from its JSON form: kind, count or duration_s, and the options of its kind."""
    options = dict(wish)
    kind = options.pop("kind", None)
    if kind not in set(Kind):
        raise ConfigError(f"unknown fault kind {kind!r}", remedy=f"one of: {', '.join(Kind)}")
    fault = Fault(Kind(kind))
    duration_s = options.pop("duration_s", None)
    if duration_s is not None:
        fault = replace(fault, count=None, until_s=now_s + _positive("duration_s", duration_s))
    if "count" in options:
        fault = replace(fault, count=int(_positive("count", options.pop("count"))))
    on = options.pop("on", fault.on)
    if on not in ENDPOINTS:
        raise ConfigError(f"unknown endpoint {on!r}", remedy=f"`on`: {' or '.join(ENDPOINTS)}")
    if on == "token" and fault.kind in STATES_ONLY:
        raise ConfigError(f"{kind} needs state vectors", remedy="leave `on` out, or say states")
    fault = replace(fault, on=on)
    return replace(fault, **{name: _option(name, value) for name, value in options.items()})


def _option(name: str, value: object) -> Any:  # noqa: ANN401 - int or float, as OPTIONS says
    if name not in OPTIONS:
        raise ConfigError(
            f"unknown option {name!r} of a fault",
            remedy=f"valid: kind, count, duration_s, on, {', '.join(OPTIONS)}",
        )
    return OPTIONS[name](_positive(name, value))


def _positive(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ConfigError(f"{name} is {value!r}", remedy=f"{name} must be a number above 0")
    return float(value)


def _describe(pending: _Pending, now_s: float) -> dict[str, Any]:
    fault = pending.fault
    left_s = None if fault.until_s is None else round(fault.until_s - now_s, 3)
    return {"kind": fault.kind, "on": fault.on, "count": pending.left, "duration_s": left_s}
