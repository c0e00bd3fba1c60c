"""HTTP: one signed JSON request in, one JSON answer out."""

from __future__ import annotations

import json
import logging
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from headwater.lake.athena.engine_glue import TARGET, EngineGlue
from headwater.lake.athena.operations import Operation, unknown
from headwater.lake.athena.protocol import ApiError, Json
from headwater.lake.athena.signature import Request, Verifier

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BODY = 1 << 20
CONTENT_TYPE = "application/x-amz-json-1.1"
_OK, _FAILED = 200, 500

log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """The endpoint; one thread per connection."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        operations: Mapping[str, Operation],
        verifier: Verifier,
        glue: EngineGlue,
    ) -> None:
        self.operations = operations
        self.verifier = verifier
        self.glue = glue
        super().__init__(address, Handler)

    def answer(self, request: Request) -> tuple[int, bytes]:
        """Status and body for a request, of a client to Athena or of the engine to Glue."""
        target = request.headers.get("x-amz-target", "")
        try:
            if target.startswith(TARGET):
                return self.glue.answer(request)
            self.verifier.check(request)
            return _OK, _text(self._operation(target)(_parsed(request.body)))
        except ApiError as error:
            return error.status, _text(error.as_json())
        except Exception as error:  # one bad request must not end the endpoint
            log.exception("request %s", target)
            return _FAILED, _text(ApiError("InternalServerException", repr(error)).as_json())

    def _operation(self, target: str) -> Operation:
        prefix, _, name = target.rpartition(".")
        if prefix != "AmazonAthena" or name not in self.operations:
            raise unknown(target)
        return self.operations[name]


class Handler(BaseHTTPRequestHandler):
    """Reads a request, writes the answer in one piece."""

    server: Server
    protocol_version = "HTTP/1.1"
    # The answer is one write; without this it would wait for the client's delayed ACK.
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 300

    def do_GET(self) -> None:
        """Say that the endpoint is up; everything else is POST and signed."""
        self._send(_OK, _text({"service": "athena", "status": "ready"}))

    def do_POST(self) -> None:
        """Answer an operation."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            error = ApiError("InvalidRequestException", f"a body of {length or 'unknown'} bytes")
            self._send(error.status, _text(error.as_json()))
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(*self.server.answer(Request("POST", self.path, headers, body)))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Requests are worth a line only while debugging."""
        log.debug(format, *args)


def _text(answer: Json) -> bytes:
    return json.dumps(answer).encode()


def _parsed(body: bytes) -> Json:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ApiError("SerializationException", "the body is not a JSON object")
    return content
