"""Trino's statement protocol: submit, read pages as they come, cancel.

Values stay as Trino wrote them: numbers with a fraction are kept as text (`parse_float=str`), so
that neither a digit nor the notation of a double changes.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from headwater.errors import QueryError
from headwater.lake.athena.sessions import Sessions
from headwater.lake.athena.values import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.lake.athena.protocol import Json

USER_ERROR = "USER_ERROR"

log = logging.getLogger(__name__)
_TIMEOUT = (5, 120)
_OK = 200
_OVERLOADED = frozenset({502, 503, 504})
_ATTEMPTS = 5


class EngineError(QueryError):
    """The engine refused or failed; `name` and `kind` are Trino's error name and type."""

    def __init__(self, name: str, message: str, kind: str = USER_ERROR) -> None:
        super().__init__(message)
        self.name = name
        self.kind = kind


@dataclass(frozen=True)
class Page:
    """A part of a result; columns are known from the first page that has them on."""

    columns: tuple[Column, ...]
    rows: list[list[Any]]
    stats: Json = field(default_factory=dict)


class Statement:
    """One statement; iterate over `pages` in one thread, `cancel` from any."""

    def __init__(self, url: str, session: requests.Session, headers: dict[str, str]) -> None:
        self._url = url
        self._session = session
        self._headers = headers
        self._next: str | None = None
        self._cancelled = threading.Event()

    def pages(self, sql: str) -> Iterator[Page]:
        """Run `sql` to its end; raises EngineError where Trino does."""
        answer = self._call("POST", f"{self._url}/v1/statement", sql.encode())
        columns: tuple[Column, ...] = ()
        while True:
            self._next = answer.get("nextUri")
            _raise_error(answer)
            if not columns and answer.get("columns"):
                columns = tuple(
                    Column(c["name"], c["type"], c["typeSignature"]) for c in answer["columns"]
                )
            yield Page(columns, answer.get("data") or [], answer.get("stats") or {})
            if self._next is None:
                return
            if self._cancelled.is_set():
                self._delete()
            answer = self._call("GET", self._next)

    def cancel(self) -> None:
        """Make Trino stop the query; its next page is then a USER_CANCELED error."""
        self._cancelled.set()
        self._delete()

    def _delete(self) -> None:
        if self._next is None:
            return
        try:
            requests.delete(self._next, headers=self._headers, timeout=_TIMEOUT)
        except requests.RequestException as error:  # an engine that is gone runs nothing either
            log.warning("the engine did not take a cancellation: %s", error)

    def _call(self, method: str, url: str, body: bytes | None = None) -> Json:
        for _ in range(_ATTEMPTS):
            try:
                response = self._session.request(
                    method, url, data=body, headers=self._headers, timeout=_TIMEOUT
                )
            except requests.RequestException as error:
                raise _unreachable(self._url, error) from error
            if response.status_code == _OK:
                return dict(json.loads(response.content, parse_float=str))
            if response.status_code not in _OVERLOADED:
                break
            self._cancelled.wait(0.1)
        raise _unreachable(self._url, f"HTTP {response.status_code} {response.text[:200]}")


class Trino:
    """A Trino server; statements of different threads use different connections."""

    def __init__(self, url: str, *, source: str = "athena") -> None:
        self._url = url.rstrip("/")
        self._source = source
        self._sessions = Sessions()

    def statement(self, catalog: str, database: str) -> Statement:
        """A statement that sees `database` of `catalog` as its default."""
        headers = {
            "X-Trino-User": "headwater",
            "X-Trino-Source": self._source,
            "X-Trino-Catalog": catalog,
            "X-Trino-Schema": database,
            "X-Trino-Time-Zone": "UTC",
            # Without it Trino rounds every timestamp to milliseconds.
            "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
            "Content-Type": "text/plain; charset=utf-8",
        }
        return Statement(self._url, self._sessions.session, headers)


def _raise_error(answer: Json) -> None:
    error = answer.get("error")
    if error:
        raise EngineError(
            error.get("errorName", "GENERIC_INTERNAL_ERROR"),
            error.get("message", "no message"),
            error.get("errorType", "INTERNAL_ERROR"),
        )


def _unreachable(url: str, reason: object) -> EngineError:
    return EngineError(
        "GENERIC_INTERNAL_ERROR",
        f"the query engine (Trino at {url}) does not answer: {reason}",
        "INTERNAL_ERROR",
    )
