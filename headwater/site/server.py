"""HTTP: the page's files and the API that feeds it.

/                  the page
/api/flights       the newest state of every aircraft, with an ETag
/api/trails?after= the position reports that came after a cursor
/health            200 while the server answers
"""

from __future__ import annotations

import gzip
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from headwater.connections import LOOPBACK
from headwater.errors import HeadwaterError, ServiceError
from headwater.site.picture import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.site.files import File
    from headwater.site.picture import Flights, Trails

GZIP_FROM_BYTES = 1000
JSON = "application/json"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Answer:
    """One answer before it is compressed; without a tag it is not kept by browsers."""

    status: HTTPStatus
    kind: str
    body: bytes
    tag: str = ""
    packed: bytes | None = None


class SiteServer(ThreadingHTTPServer):
    """The live map; one thread per connection."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        files: Mapping[str, File],
        flights: Flights,
        trails: Trails,
        names: Sequence[str] = (),
    ) -> None:
        self.names = {LOOPBACK, "localhost", *names}
        self.files = files
        self.flights = flights
        self.trails = trails
        try:
            super().__init__(address, Handler)
        except OSError as error:
            raise ServiceError(
                f"port {address[1]} cannot be used: {error.strerror}",
                remedy="stop what uses it, or set HEADWATER_PORTS__SITE",
            ) from error

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def answer(self, path: str) -> Answer:
        """What a path is answered with."""
        parts = urlsplit(path)
        try:
            if parts.path == "/api/flights":
                document, tag = self.flights.answer()
                return Answer(HTTPStatus.OK, JSON, json.dumps(document).encode(), tag)
            if parts.path == "/api/trails":
                after = parse_qs(parts.query).get("after", [""])[0]
                return _json(HTTPStatus.OK, self.trails.answer(after))
        except HeadwaterError as error:
            return _json(HTTPStatus.SERVICE_UNAVAILABLE, {"error": told(error)})
        if parts.path == "/health":
            return _json(HTTPStatus.OK, {"ok": True})
        if parts.path in self.files:
            file = self.files[parts.path]
            return Answer(HTTPStatus.OK, file.kind, file.body, file.tag, file.packed)
        return _json(HTTPStatus.NOT_FOUND, {"error": {"message": f"there is no {parts.path}"}})


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "headwater"
    sys_version = ""
    timeout = 60

    def handle(self) -> None:
        """Serve until the viewer has gone, however it went."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Say nothing of single requests."""

    def do_GET(self) -> None:
        """Answer."""
        if not self._is_ours():
            message = f"this server answers as {self.server.url}"
            self._send(_json(HTTPStatus.FORBIDDEN, {"error": {"message": message}}))
            return
        self._send(self.server.answer(self.path))

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def _is_ours(self) -> bool:
        """Only under its own name: a foreign page must not read it through a name of its own."""
        name = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        return name in self.server.names

    def _send(self, answer: Answer) -> None:
        tag = f'"{answer.tag}"' if answer.tag else ""
        if tag and tag in self.headers.get("If-None-Match", ""):
            answer = Answer(HTTPStatus.NOT_MODIFIED, "", b"", answer.tag)
        body, packed = answer.body, False
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > GZIP_FROM_BYTES:
            body, packed = answer.packed or gzip.compress(body, compresslevel=1, mtime=0), True
        self.send_response(answer.status)
        headers = {
            **SECURITY,
            "X-Server-Time": f"{time.time():.3f}",
            "Cache-Control": "no-cache" if tag else "no-store",
            **({"ETag": tag} if tag else {}),
            **({"Content-Type": answer.kind, "Vary": "Accept-Encoding"} if answer.kind else {}),
            **({"Content-Encoding": "gzip"} if packed else {}),
        }
        if answer.status != HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _json(status: HTTPStatus, document: object) -> Answer:
    return Answer(status, JSON, json.dumps(document).encode())
