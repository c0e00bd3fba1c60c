from __future__ import annotations

from typing import Any

import pytest

from headwater.clock import Clock
from headwater.errors import TargetError
from headwater.targets._nifi_api import DEADLINE_S, SETTLE_S, NifiApi


class FakeTime:
    def __init__(self) -> None:
        self.now_s = 0.0

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


class FakeClient:
    """Answers by method and path; a list is answered one by one, its last for ever."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def call_api(self, path: str, method: str, *_: object, **__: object) -> Any:
        self.asked.append(f"{method} {path}")
        answer = self.answers[f"{method} {path}"]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, list):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer


def _api(answers: dict[str, Any]) -> tuple[NifiApi, FakeClient, FakeTime]:
    time, client = FakeTime(), FakeClient(answers)
    api = NifiApi("http://nifi.test", clock=Clock(time.now, time.sleep))
    api._client = client
    return api, client, time


REPLACE = "/process-groups/g/replace-requests"
PLACE = "/process-groups/replace-requests/r"
URI = f"http://nifi.test/nifi-api{PLACE}"


def _replace(final: dict[str, Any]) -> tuple[NifiApi, FakeClient]:
    api, client, _ = _api({
        f"POST {REPLACE}": {"request": {"uri": URI, "complete": False}},
        f"GET {PLACE}": [{"request": {"complete": False}}, {"request": final}],
        f"DELETE {PLACE}": {},
    })  # fmt: skip
    api.replace({"id": "g", "revision": {"version": 3}}, {})
    return api, client


def test_a_long_request_is_watched_and_cleared_away() -> None:
    _, client = _replace({"complete": True})
    assert client.asked == [f"POST {REPLACE}", f"GET {PLACE}", f"GET {PLACE}", f"DELETE {PLACE}"]


def test_a_long_request_that_fails_says_why() -> None:
    with pytest.raises(TargetError, match="a queue is not empty"):
        _replace({"complete": True, "failureReason": "a queue is not empty"})


def test_waiting_ends_with_the_place_to_look_at() -> None:
    api, _, time = _api({})
    with pytest.raises(TargetError, match="for the moon") as caught:
        api.wait("the moon", lambda: False)
    assert time.now_s == pytest.approx(DEADLINE_S, abs=1)
    assert "http://nifi.test/nifi/" in caught.value.remedy


def test_a_processor_that_stays_invalid_is_named() -> None:
    flow = _flow("INVALID", ["'HTTP URL' is required"])
    api, _, time = _api({"GET /flow/process-groups/g": flow} | _NO_SERVICES)
    with pytest.raises(TargetError, match=r"'Ask the API' is invalid: 'HTTP URL' is required"):
        api.start("g")
    assert time.now_s == pytest.approx(SETTLE_S, abs=1)


def test_python_may_take_its_time_to_begin() -> None:
    beginning = _flow("INVALID", ["Initializing runtime environment for the Processor."])
    valid, running = _flow("VALID", []), _flow("VALID", [], "Running")
    slow = [beginning] * 200
    api, client, time = _api({
        "GET /flow/process-groups/g": [*slow, valid, running],
        "PUT /flow/process-groups/g": {},
    } | _NO_SERVICES)  # fmt: skip
    api.start("g")
    assert time.now_s > SETTLE_S
    assert client.asked.count("PUT /flow/process-groups/g") == 1


def test_a_nifi_that_does_not_answer_is_one_clear_line() -> None:
    api, _, _ = _api({"GET /flow/process-groups/root": OSError("connection refused")})
    with pytest.raises(TargetError, match=r"NiFi does not answer at http://nifi\.test"):
        api.root()


_NO_SERVICES: dict[str, Any] = {
    "GET /flow/process-groups/g/controller-services": {"controllerServices": []}
}


def _flow(status: str, errors: list[str], state: str = "Stopped") -> dict[str, Any]:
    processor = {
        "id": "p",
        "status": {"runStatus": state},
        "component": {
            "name": "Ask the API",
            "validationStatus": status,
            "validationErrors": errors,
        },
    }
    return {"processGroupFlow": {"flow": {"processors": [processor]}}}
