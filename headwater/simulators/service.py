"""What every simulated API has in common: routes, faults, counts of requests, health."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.errors import HeadwaterError
from headwater.simulators.faults import FaultPlan
from headwater.simulators.server import Ending, Request, Response, as_json
from headwater.simulators.spoil import spoil

if TYPE_CHECKING:
    from headwater.simulators.clock import WorldClock

log = logging.getLogger(__name__)

Handler = Callable[[Request], Response]


@dataclass(frozen=True)
class Route:
    """A handler; a `label` makes it part of the API proper: counted, and open to faults."""

    handler: Handler
    label: str = ""


class RequestCounts:
    """How many requests were answered how, by endpoint."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[str]] = {}

    def note(self, label: str, outcome: str) -> None:
        """Count one request."""
        with self._lock:
            self._counts.setdefault(label, Counter())[outcome] += 1

    def report(self) -> dict[str, dict[str, int]]:
        """Endpoint, then status (or closed, reset, interrupted), then how many."""
        with self._lock:
            return {label: dict(counts) for label, counts in self._counts.items()}


class Service:
    """An API on loopback with its admin endpoints, whose paths start with an underscore."""

    def __init__(self, source: str, clock: WorldClock, faults: FaultPlan | None = None) -> None:
        self.source = source
        self.clock = clock
        self.faults = faults or FaultPlan()
        self.counts = RequestCounts()
        self.routes: dict[tuple[str, str], Route] = {
            ("GET", "/health"): Route(self._health),
            ("GET", "/_requests"): Route(lambda _: as_json(self.counts.report())),
            ("GET", "/_faults"): Route(lambda _: as_json(self.faults.report())),
            ("POST", "/_faults"): Route(self._add_fault),
            ("DELETE", "/_faults"): Route(self._clear_faults),
            ("GET", "/_clock"): Route(lambda _: self._show_clock()),
            ("POST", "/_clock"): Route(self._set_clock),
        }

    def answer(self, request: Request) -> Response:
        """The answer of the route, spoiled where a fault is due."""
        route = self.routes.get((request.method, request.path))
        if route is None:
            return self._unknown(request)
        try:
            response = route.handler(request)
        except HeadwaterError as error:
            return as_json({"error": error.message, "remedy": error.remedy}, 400)
        except ValueError as error:  # a body that is no JSON object
            return as_json({"error": f"unreadable body: {error}", "remedy": "send JSON"}, 400)
        # An answer that is an error already needs no fault, which would be counted in vain.
        if not route.label or response.status != Response.status:
            return response
        fault = self.faults.take(route.label)
        if fault is None:
            return response
        self.withhold()
        return spoil(fault, response)

    def withhold(self) -> None:
        """Take back what a good answer used up, as a fault is served in its place."""

    def sent(self, request: Request, response: Response, *, whole: bool) -> None:
        """Count an answer of the API proper."""
        route = self.routes.get((request.method, request.path))
        if route is None or not route.label:
            return
        kept = response.ending is Ending.KEEP
        outcome = str(response.status) if kept else response.ending.value
        self.counts.note(route.label, outcome if whole else "interrupted")

    def _unknown(self, request: Request) -> Response:
        methods = [method for method, path in self.routes if path == request.path]
        status, text = (405, "Method Not Allowed") if methods else (404, "Not Found")
        return api_error(self.clock(), status, text, text, request.path)

    def _health(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        return as_json({"status": "ok", "source": self.source, "time": self.clock()})

    def _add_fault(self, request: Request) -> Response:
        self.faults.add(request.json())
        return as_json(self.faults.report(), 201)

    def _clear_faults(self, request: Request) -> Response:  # noqa: ARG002 - a handler
        self.faults.clear()
        return as_json(self.faults.report())

    def _set_clock(self, request: Request) -> Response:
        wish = request.json()
        numbers = wants(wish, {"time", "speed", "step_s"}, {"freeze", "resume"})
        if wish.get("resume"):
            self.clock.resume()
        speed = 0.0 if wish.get("freeze") else numbers.get("speed")
        if speed is not None or "time" in numbers:
            self.clock.set(numbers.get("time"), speed)
        self.clock.step(numbers.get("step_s", 0.0))
        return self._show_clock()

    def _show_clock(self) -> Response:
        return as_json({"time": self.clock(), "speed": self.clock.speed})


def wants(wish: dict[str, Any], numbers: set[str], flags: set[str]) -> dict[str, float]:
    """The numbers of an admin request; refuses unknown names and wrong types."""
    for name, value in wish.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        right = is_number if name in numbers else isinstance(value, bool)
        if name not in numbers | flags or not right:
            raise HeadwaterError(
                f"{name}: {value!r} cannot be used here",
                remedy=f"numbers: {', '.join(sorted(numbers))}; flags: {', '.join(sorted(flags))}",
            )
    return {name: float(wish[name]) for name in numbers if name in wish}


def api_error(now_s: float, status: int, error: str, message: str, path: str) -> Response:
    """An error in the form of the framework that the real API is built on."""
    content = {
        "timestamp": int(now_s * 1000),
        "status": status,
        "error": error,
        "message": message,
        "path": path,
    }
    return as_json(content, status)
