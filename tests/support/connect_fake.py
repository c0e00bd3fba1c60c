"""A server that speaks as much of Kafka Connect's REST as the target uses, on loopback."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACE = (
    "org.apache.kafka.connect.errors.ConnectException: it broke\n"
    "\tat io.debezium.Somewhere\n"
    "Caused by: java.sql.SQLException: Access denied for user 'debezium'@'localhost'\n"
)


@dataclass
class FakeConnect:
    """The state of a worker; tests set what it shall answer, and read what it was told."""

    configs: dict[str, dict[str, str]] = field(default_factory=dict)
    states: list[tuple[str, list[str]]] = field(default_factory=lambda: [("RUNNING", ["RUNNING"])])
    refuse: tuple[int, str] | None = None
    conflicts: int = 0
    told: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """What Connect says to a request."""
        if self.conflicts:
            self.conflicts -= 1
            return 409, {"message": "Cannot complete request: rebalance in progress"}
        if method != "GET":
            self.told.append(f"{method} {path}")
        name = path.split("/")[2]
        if path.endswith("/config"):
            return self._config(method, name, body)
        if path.endswith("/status"):
            return self._status(name)
        if path.endswith("/stop"):
            self.states = [("STOPPED", [])]
        if path.endswith("/resume"):
            self.states = [("RUNNING", ["RUNNING"])]
        return 202, None

    def _config(self, method: str, name: str, body: Any) -> tuple[int, Any]:
        if method == "PUT":
            if self.refuse:
                return self.refuse[0], {"message": self.refuse[1]}
            self.configs[name] = {**body, "name": name}
            return 201, {"name": name, "config": body, "tasks": []}
        if name not in self.configs:
            return 404, {"message": f"Connector {name} not found"}
        return 200, self.configs[name]

    def _status(self, name: str) -> tuple[int, Any]:
        if name not in self.configs:
            return 404, {"message": f"No status found for connector {name}"}
        connector, tasks = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return 200, {
            "name": name,
            "connector": _part(connector),
            "tasks": [{"id": i, **_part(state)} for i, state in enumerate(tasks)],
        }


def _part(state: str) -> dict[str, str]:
    trace = {"trace": TRACE} if state == "FAILED" else {}
    return {"state": state, "worker_id": "127.0.0.1:1", **trace}


@contextmanager
def serving(fake: FakeConnect) -> Iterator[FakeConnect]:
    """The fake behind a real port."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, content = fake.answer(self.command, self.path, body)
            data = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = _handle  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
