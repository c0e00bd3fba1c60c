"""OpenSky's REST API over the simulated world: `/api/states/all` in its exact format."""

from __future__ import annotations

import math
import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headwater.simulators.geo import Box
from headwater.simulators.oauth import TOKEN_PATH, Account, TokenOffice
from headwater.simulators.server import Request, Response, as_json
from headwater.simulators.service import Route, Service, api_error, wants
from headwater.simulators.traffic import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.simulators.clock import WorldClock
    from headwater.simulators.faults import FaultPlan

STATES_PATH = "/api/states/all"
BOX_NAMES = ("lamin", "lomin", "lamax", "lomax")
PLENTY_OF_CREDITS = 1_000_000
DAY_S = 86_400
HISTORY_S = 3600
PRICES = ((25.0, 1), (100.0, 2), (400.0, 3))  # square degrees up to, credits
GLOBAL_PRICE = 4


class Credits:
    """The daily allowance; it is full again at midnight UTC."""

    def __init__(self, per_day: int, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.set(per_day)

    def set(self, per_day: int) -> None:
        """Start afresh with another allowance."""
        with self._lock:
            self._per_day = self._left = per_day
            self._day = int(self._clock() // DAY_S)

    def spend(self, price: int) -> int | None:
        """Pay for a request; what is left, or None where it is not enough."""
        with self._lock:
            today = int(self._clock() // DAY_S)
            if today != self._day:
                self._day, self._left = today, self._per_day
            if self._left < price:
                return None
            self._left -= price
            return self._left

    def retry_after_s(self) -> int:
        """Whole seconds until the allowance is full again."""
        return math.ceil(DAY_S - self._clock() % DAY_S)


@dataclass(frozen=True)
class Question:
    """The parameters of a request for states."""

    box: Box | None = None
    icao24: frozenset[str] = field(default_factory=frozenset)
    time_s: int | None = None
    extended: bool = False


class BadParameterError(Exception):
    """A parameter has a value that the API does not take."""


class OpenSkyApi(Service):
    """The simulated OpenSky API with its token endpoint."""

    def __init__(
        self,
        world: World,
        clock: WorldClock,
        *,
        account: Account | None = None,
        real_time: Callable[[], float] = time.time,
        faults: FaultPlan | None = None,
    ) -> None:
        super().__init__("simulator", clock, faults)
        self.world = world
        self.tokens = TokenOffice(account, clock=real_time)
        self.credits = Credits(PLENTY_OF_CREDITS, real_time)
        self.auth_required = False
        self.routes |= {
            ("GET", STATES_PATH): Route(self._states, "states"),
            ("POST", TOKEN_PATH): Route(self.tokens.issue, "token"),
            ("GET", "/_world"): Route(lambda _: self._show_world()),
            ("POST", "/_world"): Route(self._set_world),
            ("POST", "/_auth"): Route(self._set_auth),
        }

    def _states(self, request: Request) -> Response:
        known = self._known_caller(request)
        if known is None:
            return Response(401, b"", {"WWW-Authenticate": "Bearer"})
        now_s = self.clock()
        try:
            question = ask(request.query)
            at_s = _moment(question, now_s) if known else now_s
        except BadParameterError as error:
            return api_error(now_s, 400, "Bad Request", str(error), request.path)
        left = self.credits.spend(price(question.box))
        if left is None:
            wait = {"X-Rate-Limit-Retry-After-Seconds": str(self.credits.retry_after_s())}
            return Response(429, b"Too many requests", {"X-Rate-Limit-Remaining": "0", **wait})
        return as_json(self._look(question, int(at_s)), X_Rate_Limit_Remaining=str(left))

    def _look(self, question: Question, at_s: int) -> dict[str, object]:
        width = 18 if question.extended else 17
        states = [
            vector[:width]
            for vector in self.world.states(at_s, question.box)
            if not question.icao24 or vector[0] in question.icao24
        ]
        return {"time": at_s, "states": states or None}

    def _known_caller(self, request: Request) -> bool | None:
        """True with a valid token, False for an anonymous caller, None for one to be refused."""
        authorization = request.headers.get("authorization", "")
        if authorization:
            return self.tokens.valid(authorization) or None
        return None if self.auth_required else False

    def _show_world(self) -> Response:
        return as_json({"seed": self.world.seed, "aircraft": self.world.count})

    def _set_world(self, request: Request) -> Response:
        wish = wants(request.json(), {"aircraft", "seed"}, set())
        seed = int(wish.get("seed", self.world.seed))
        self.world = World(seed, int(wish.get("aircraft", self.world.count)))
        return self._show_world()

    def _set_auth(self, request: Request) -> Response:
        wish = request.json()
        numbers = wants(wish, {"expires_in", "credits"}, {"required", "revoke"})
        self.auth_required = wish.get("required", self.auth_required)
        self.tokens.lifetime_s = int(numbers.get("expires_in", self.tokens.lifetime_s))
        if "credits" in numbers:
            self.credits.set(int(numbers["credits"]))
        if wish.get("revoke"):
            self.tokens.revoke_all()
        return as_json({"required": self.auth_required, "expires_in": self.tokens.lifetime_s})


def ask(query: dict[str, list[str]]) -> Question:
    """Read the parameters; names that are unknown are ignored, as the real API does."""
    edges = [_decimal(name, query[name][-1]) for name in BOX_NAMES if name in query]
    when = query.get("time", [""])[-1]
    if when and not re.fullmatch(r"-?\d{1,12}", when):
        raise BadParameterError(f"time: '{when}' is not a whole number of seconds")
    return Question(
        box=Box(*edges) if len(edges) == len(BOX_NAMES) else None,
        icao24=frozenset(value.lower() for value in query.get("icao24", ()) if value),
        time_s=int(when) if when else None,
        extended=query.get("extended", ["0"])[-1].lower() in {"1", "true"},
    )


def price(box: Box | None) -> int:
    """Credits that a request costs."""
    if box is None:
        return GLOBAL_PRICE
    fitting = (credits_ for limit, credits_ in PRICES if box.square_degrees <= limit)
    return next(fitting, GLOBAL_PRICE)


def _moment(question: Question, now_s: float) -> float:
    """The time asked for by a caller with an account; anonymous ones only see the present."""
    if not question.time_s:
        return now_s
    if question.time_s < now_s - HISTORY_S:
        raise BadParameterError("History more than 1h in the past not allowed")
    return min(question.time_s, now_s)


def _decimal(name: str, text: str) -> float:
    limit = 90 if name.startswith("la") else 180
    try:
        value = float(text)
    except ValueError:
        raise BadParameterError(f"{name}: '{text}' is not a number") from None
    if not -limit <= value <= limit:
        raise BadParameterError(f"{name}: {text} is not between -{limit} and {limit}")
    return value
