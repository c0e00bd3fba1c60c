"""A recorder: passes requests on to an API and keeps each response as a JSON line.

Of the headers only harmless ones are kept; credentials pass through and are never written.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import requests

from headwater.simulators.clock import WorldClock
from headwater.simulators.server import Request, Response, as_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIMEOUT_S = 60
PASSED_ON = ("authorization", "accept", "content-type")
KEPT = ("Content-Type", "X-Rate-Limit-Remaining", "X-Rate-Limit-Retry-After-Seconds")

log = logging.getLogger(__name__)


class Recorder:
    """Stands in front of an API; every response to a GET is appended to a file."""

    def __init__(
        self,
        base_url: str,
        path: Path,
        *,
        session: requests.Session | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._path = path
        self._session = session or requests.Session()
        self._clock = clock or WorldClock(time.time)
        self._lock = threading.Lock()
        self.written = 0

    def answer(self, request: Request) -> Response:
        """Pass a request on and return what came back."""
        if request.path == "/health":
            return as_json({"status": "ok", "source": "recorder", "written": self.written})
        try:
            answer = self._session.request(
                request.method,
                self._base_url + request.target,
                data=request.body or None,
                headers={
                    name: request.headers[name] for name in PASSED_ON if name in request.headers
                },
                timeout=TIMEOUT_S,
            )
        except requests.RequestException as error:
            log.warning("%s does not answer: %s", self._base_url, error)
            return Response(502, b"Bad Gateway", {"Content-Type": "text/plain"})
        headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
        response = Response(answer.status_code, answer.content, headers)
        if request.method == "GET":
            self._keep(response)
        return response

    def sent(self, request: Request, response: Response, *, whole: bool) -> None:
        """Nothing to note: what came is kept already."""

    def _keep(self, response: Response) -> None:
        line: dict[str, Any] = {
            "fetched_at": round(self._clock(), 3),
            "status": response.status,
            "headers": response.headers,
        }
        try:
            line["body"] = response.body.decode()
        except UnicodeDecodeError:
            line["body_base64"] = base64.b64encode(response.body).decode()
        text = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        # Gzip members may follow each other, so every line is complete on disk at once.
        content = gzip.compress(text) if self._path.suffix == ".gz" else text
        with self._lock, self._path.open("ab") as file:
            file.write(content)
            self.written += 1
