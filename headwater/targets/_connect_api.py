"""Kafka Connect's REST API: what this project asks of it, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests

from headwater.clock import Clock
from headwater.errors import TargetError

if TYPE_CHECKING:
    from headwater.targets._connect_config import Config

POLL_S = 0.2
DEADLINE_S = 120.0
TIMEOUT_S = 30.0
# A worker answers 409 while it rebalances, and 404 for a status that is not written yet.
_NOT_YET = (HTTPStatus.CONFLICT,)


@dataclass(frozen=True)
class Status:
    """A connector and its tasks, as the worker sees them."""

    connector: str
    tasks: tuple[str, ...] = ()
    trace: str = field(default="", repr=False)

    @property
    def running(self) -> bool:
        """The connector and its one task run."""
        return self.connector == "RUNNING" and self.tasks == ("RUNNING",)

    @property
    def failed(self) -> bool:
        """The connector or a task has given up."""
        return "FAILED" in (self.connector, *self.tasks)

    @property
    def reason(self) -> str:
        """Why it failed: the first line of the trace, and of its last cause."""
        lines = [line.strip() for line in self.trace.splitlines() if line.strip()]
        causes = [line for line in lines if line.startswith("Caused by:")]
        return " … ".join([*lines[:1], *causes[-1:]]) or "no reason given"


class ConnectApi:
    """One Connect worker (or a group of them, behind one address)."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        session: requests.Session | None = None,
        deadline_s: float = DEADLINE_S,
        patience_s: float = TIMEOUT_S,
    ) -> None:
        self._url = url.rstrip("/")
        self._clock = clock or Clock()
        self._session = session or requests.Session()
        self._deadline_s = deadline_s
        self._patience_s = patience_s

    def config(self, name: str) -> Config | None:
        """The configuration as it was given, or None where there is no such connector."""
        answer = self._send("GET", f"/connectors/{name}/config")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        return {key: str(value) for key, value in self._content(answer).items()}

    def put_config(self, name: str, config: Config) -> None:
        """Create the connector, or change it; its task restarts by itself."""
        self._content(self._send("PUT", f"/connectors/{name}/config", config))

    def stop(self, name: str) -> None:
        """Stop the connector; returns when its task is gone, so that nothing is read any more."""
        answer = self._send("PUT", f"/connectors/{name}/stop")
        if answer.status_code not in (HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT):
            self._content(answer)
        end = self._clock.now() + self._deadline_s
        while (status := self.status(name)) != Status("STOPPED"):
            if self._clock.now() > end:
                raise TargetError(
                    f"connector {name} does not stop within {self._deadline_s:.0f} s:"
                    f" {status.connector}, tasks {list(status.tasks)}",
                    remedy="`headwater logs connect` shows what holds it; `headwater restart"
                    " connect`, then `headwater apply`",
                )
            self._clock.sleep(POLL_S)

    def restart(self, name: str) -> None:
        """Restart the connector and its task."""
        path = f"/connectors/{name}/restart?includeTasks=true"
        answer = self._send("POST", path)
        if answer.status_code not in (HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT):
            self._content(answer)

    def resume(self, name: str) -> None:
        """Let a stopped or paused connector go on."""
        answer = self._send("PUT", f"/connectors/{name}/resume")
        if answer.status_code != HTTPStatus.ACCEPTED:
            self._content(answer)

    def offsets(self, name: str) -> dict[str, Any]:
        """Where the connector has come to in the binlog; empty while it has not begun."""
        found = self._content(self._send("GET", f"/connectors/{name}/offsets"))
        return dict(next((entry["offset"] for entry in found["offsets"]), None) or {})

    def forget(self, name: str) -> None:
        """Let a stopped connector begin anew: with a snapshot, then from MySQL's present end."""
        self._content(self._send("DELETE", f"/connectors/{name}/offsets"))

    def status(self, name: str) -> Status:
        """How the connector and its tasks are doing."""
        answer = self._send("GET", f"/connectors/{name}/status")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return Status("UNASSIGNED")
        content = self._content(answer)
        parts = [content["connector"], *content["tasks"]]
        return Status(
            connector=content["connector"]["state"],
            tasks=tuple(task["state"] for task in content["tasks"]),
            trace=next((part["trace"] for part in parts if part.get("trace")), ""),
        )

    def wait_until_running(self, name: str) -> None:
        """Return when the connector and its task run; say why where they do not."""
        end = self._clock.now() + self._deadline_s
        while not (status := self.status(name)).running:
            if status.failed:
                raise TargetError(
                    f"connector {name} failed: {status.reason}",
                    remedy=remedy_of(status.trace),
                )
            if self._clock.now() > end:
                raise TargetError(
                    f"connector {name} does not run after {self._deadline_s:.0f} s:"
                    f" {status.connector}, tasks {list(status.tasks)}",
                    remedy="`headwater logs connect` shows what it waits for",
                )
            self._clock.sleep(POLL_S)

    def _send(self, method: str, path: str, body: Config | None = None) -> requests.Response:
        end = self._clock.now() + self._deadline_s
        while True:
            try:
                answer = self._session.request(
                    method, self._url + path, json=body, timeout=self._patience_s
                )
            except requests.RequestException as error:
                raise TargetError(
                    f"Kafka Connect at {self._url} does not answer: {error}",
                    remedy="`headwater status` shows whether it runs; `headwater up` starts it",
                ) from error
            if answer.status_code not in _NOT_YET or self._clock.now() > end:
                return answer
            self._clock.sleep(POLL_S)

    def _content(self, answer: requests.Response) -> dict[str, Any]:
        if answer.ok:
            return dict(answer.json())
        raise TargetError(
            f"Kafka Connect refused {answer.request.method} {answer.request.path_url}"
            f" ({answer.status_code}): {_message(answer)}",
            remedy=remedy_of(answer.text),
        )


def _message(answer: requests.Response) -> str:
    try:
        text = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        text = answer.text
    return " ".join(text.split())[:500] or "no message"


_REMEDIES = (
    (
        "Access denied for user",
        "Connect has another password than the account: `headwater restart mysql` sets it anew",
    ),
    (
        "Communications link failure",
        "MySQL does not answer Connect: `headwater status`, `headwater logs mysql`",
    ),
    (
        "is no longer available on the server",
        "MySQL no longer has the binlog that comes next: `headwater snapshot --all` begins anew",
    ),
    (
        "RecordTooLargeException",
        "a row is larger than producer.override.max.request.size in debezium/connector.json",
    ),
    ("BooleanAsNumber", "headwater-wire.jar must lie in Debezium's plugin folder: docs/wire.md"),
    ("AvroSingleObjectConverter", "headwater-wire.jar is not in plugin.path: docs/wire.md"),
    ("exactly-once", "the worker needs exactly.once.source.support=enabled"),
)


def remedy_of(text: str) -> str:
    """What helps against an error of Connect's, by its text."""
    for sign, remedy in _REMEDIES:
        if sign in text:
            return remedy
    return "`headwater logs connect` shows the whole trace"
