"""A small HTTP server whose answers are values, so that an API is a function and can misbehave."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import struct
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOPBACK = "127.0.0.1"
GZIP_FROM_BYTES = 1024
STALE_CONNECTION_S = 60

log = logging.getLogger(__name__)


class Ending(Enum):
    """How the connection of an answer ends."""

    KEEP = "keep"  # whole answer, connection reusable
    CLOSE = "closed"  # closed without an answer
    RESET = "reset"  # torn down without an answer


@dataclass(frozen=True)
class Request:
    """A request; header names in lower case."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    target: str = ""  # path and query as they came

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises ValueError otherwise."""
        content = json.loads(self.body or b"{}")
        if not isinstance(content, dict):
            raise ValueError(f"expected a JSON object, found {type(content).__name__}")  # noqa: TRY004 - as json's own errors
        return content


@dataclass(frozen=True)
class Response:
    """An answer. `chunks` (with `length` bytes in all) takes the place of a body too large."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: Callable[[], Iterator[bytes]] | None = None
    length: int = 0
    pause_s: float = 0.0  # between chunks
    ending: Ending = Ending.KEEP
    compressible: bool = True


class Api(Protocol):
    """What a server serves."""

    def answer(self, request: Request) -> Response:
        """The answer to a request."""

    def sent(self, request: Request, response: Response, *, whole: bool) -> None:
        """Take note of an answer that went out; not `whole` where the client left earlier."""


def as_json(content: object, status: int = 200, **headers: str) -> Response:
    """A JSON answer, without spaces, as APIs send it."""
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, body, {"Content-Type": "application/json", **named})


class SimulatorServer(ThreadingHTTPServer):
    """Serves one API, on loopback unless told otherwise; each connection has its own thread."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, api: Api, port: int = 0, host: str = LOOPBACK) -> None:
        super().__init__((host, port), _Handler)
        self.api = api
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        """Base address, without a slash at the end."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def shutdown(self) -> None:
        """Stop accepting, and let slow answers end."""
        self.stopping.set()
        super().shutdown()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Clients that go away are a matter of course; everything else is an error of ours."""
        level = logging.DEBUG if isinstance(sys.exception(), OSError) else logging.ERROR
        log.log(level, "the connection of %s failed", client_address, exc_info=True)


@contextmanager
def running(api: Api, port: int = 0) -> Iterator[SimulatorServer]:
    """Serve an API in the background for the length of a `with` block."""
    server = SimulatorServer(api, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: SimulatorServer
    protocol_version = "HTTP/1.1"
    server_version = "headwater-simulator"
    sys_version = ""
    timeout = STALE_CONNECTION_S
    disable_nagle_algorithm = True  # head and body are two writes

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the standard library's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - overridden
        log.debug(format, *args)

    def _serve(self) -> None:
        request = self._request()
        response = self.server.api.answer(request)
        if response.ending is not Ending.KEEP:
            self._hang_up(response.ending)
            self.server.api.sent(request, response, whole=True)
            return
        # Noted before the last byte leaves, so that a client that then asks for counts finds it.
        self.server.api.sent(request, response, whole=True)
        try:
            self._send(request, response)
        except OSError:
            self.close_connection = True
            self.server.api.sent(request, response, whole=False)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method=self.command,
            path=parts.path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            target=self.path,
        )

    def _send(self, request: Request, response: Response) -> None:
        body, headers = response.body, dict(response.headers)
        if _may_compress(request, response):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        length = response.length if response.chunks else len(body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if response.chunks is None:
            self.wfile.write(body)
            return
        for chunk in response.chunks():
            self.wfile.write(chunk)
            if response.pause_s and self.server.stopping.wait(response.pause_s):
                self.close_connection = True
                return

    def _hang_up(self, ending: Ending) -> None:
        self.close_connection = True
        if ending is Ending.RESET:
            # With a linger time of zero the kernel answers with RST instead of FIN.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.rfile.close()
            self.connection.close()


def _may_compress(request: Request, response: Response) -> bool:
    accepted = request.headers.get("accept-encoding", "")
    return (
        response.compressible
        and response.chunks is None
        and "gzip" in accepted
        and len(response.body) >= GZIP_FROM_BYTES
    )
