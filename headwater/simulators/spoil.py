"""What a good answer becomes under each kind of fault."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.simulators.faults import Fault, Kind
from headwater.simulators.server import Ending, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK_BYTES = 1 << 16
SLOW_CHUNKS = 20
PAGE = (
    b"<!DOCTYPE html><html><head><title>Maintenance</title></head>"
    b"<body><h1>We will be back soon</h1></body></html>"
)


def spoil(fault: Fault, good: Response) -> Response:
    """The answer that a fault makes of a good one."""
    return _SPOILERS[fault.kind](fault, good)


def _status(status: int, text: str) -> Callable[[Fault, Response], Response]:
    def answer(fault: Fault, good: Response) -> Response:  # noqa: ARG001 - one shape for all
        return Response(status, text.encode(), {"Content-Type": "text/plain"})

    return answer


def _too_many(fault: Fault, good: Response) -> Response:
    headers = {
        "Content-Type": "text/plain",
        "X-Rate-Limit-Remaining": "0",
        "X-Rate-Limit-Retry-After-Seconds": str(fault.retry_after_s),
    }
    return Response(429, b"Too many requests", {**good.headers, **headers})


def _truncated(fault: Fault, good: Response) -> Response:  # noqa: ARG001
    return replace(good, body=good.body[: max(1, len(good.body) * 2 // 3)])


def _malformed(fault: Fault, good: Response) -> Response:  # noqa: ARG001
    return replace(good, body=good.body.replace(b":", b"=", 1) + b"]")


def _html(fault: Fault, good: Response) -> Response:  # noqa: ARG001
    return Response(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})


def _huge(fault: Fault, good: Response) -> Response:
    """Valid JSON with one row many times over, streamed."""
    head, tail = b'{"time":0,"states":[', b"[]]}"
    row = json.dumps(["ffffff", "HUGE    ", "Nowhere", *[None] * 14]).encode() + b","
    frame = len(head) + len(tail)
    rows, rest = divmod(max(0, fault.size_bytes - frame), len(row))

    def chunks() -> Iterator[bytes]:
        yield head
        batch = CHUNK_BYTES // len(row)
        for start in range(0, rows, batch):
            yield row * min(batch, rows - start)
        yield b" " * rest
        yield tail

    return replace(good, body=b"", chunks=chunks, length=frame + rows * len(row) + rest)


def _slow(fault: Fault, good: Response) -> Response:
    """The right answer in small pieces."""
    size = max(1, -(-len(good.body) // SLOW_CHUNKS))
    pieces = [good.body[start : start + size] for start in range(0, len(good.body), size)]
    pause_s = fault.lasts_s / len(pieces)
    return replace(good, chunks=lambda: iter(pieces), length=len(good.body), pause_s=pause_s)


def _no_states(fault: Fault, good: Response) -> Response:  # noqa: ARG001
    content = json.loads(good.body)
    body = json.dumps({"time": content["time"], "states": None}, separators=(",", ":"))
    return replace(good, body=body.encode())


def _wrong_types(fault: Fault, good: Response) -> Response:  # noqa: ARG001
    """Spoil one value in each of the first rows: type, length, range."""
    content = json.loads(good.body)
    wrong = ((9, "fast"), (1, "OVERLONG CALLSIGN"), (4, "yesterday"), (6, 4711.5), (8, "maybe"))
    for row, (position, value) in zip(content["states"] or [], wrong, strict=False):
        row[position] = value
    return replace(good, body=json.dumps(content, separators=(",", ":")).encode())


def _hang_up(ending: Ending) -> Callable[[Fault, Response], Response]:
    def answer(fault: Fault, good: Response) -> Response:  # noqa: ARG001
        return Response(ending=ending)

    return answer


_SPOILERS: dict[Kind, Callable[[Fault, Response], Response]] = {
    Kind.HTTP_500: _status(500, "Internal Server Error"),
    Kind.HTTP_503: _status(503, "Service Unavailable"),
    Kind.HTTP_401: _status(401, "Unauthorized"),
    Kind.HTTP_429: _too_many,
    Kind.TRUNCATED_JSON: _truncated,
    Kind.MALFORMED_JSON: _malformed,
    Kind.HTML: _html,
    Kind.HUGE: _huge,
    Kind.SLOW: _slow,
    Kind.CLOSED: _hang_up(Ending.CLOSE),
    Kind.RESET: _hang_up(Ending.RESET),
    Kind.NULL_STATES: _no_states,
    Kind.WRONG_TYPES: _wrong_types,
}
